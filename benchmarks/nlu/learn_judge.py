"""Learns the weights of `nlu/judging.py` from the catalogue alone, and prints them to be put there.

    python -m benchmarks.nlu.learn_judge

Four times: a quarter of the sentences and a fifth of the services are left out, the model is learnt of the rest, and every sentence left out is
read. A sentence whose service was left out, and one of `nlu/data/elsewhere.yaml` left out too, means none of those that are there. A logistic
regression then learns from all candidates looked at which of them was meant. Needs scikit-learn; takes about a minute.
"""

from __future__ import annotations

import random
from dataclasses import astuple, fields, replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.nlu.sentences import services
from nlu.items import ItemIndex
from nlu.judging import Evidence
from nlu.tables import phrases
from nlu.training import elsewhere, train

FOLDS, LEFT_OUT, SEED = 4, 0.2, 1


def examples() -> tuple[list[tuple[float, ...]], list[bool]]:
    """Evidence of every candidate that was looked at, and whether it was meant."""
    chance = random.Random(SEED)
    items = services()
    other = [text for texts in phrases("elsewhere").values() for text in texts]
    fold_of = {text: chance.randrange(FOLDS) for text in [*other, *(way for item in items for way in item.ways)]}
    rows: list[tuple[float, ...]] = []
    meant: list[bool] = []
    for fold in range(FOLDS):
        gone = set(chance.sample(range(len(items)), int(LEFT_OUT * len(items))))
        kept, asked = [], []
        for number, one in enumerate(items):
            if number not in gone:
                kept.append(replace(one, ways=tuple(way for way in one.ways if fold_of[way] != fold)))
                asked += [(way, one.code) for way in one.ways if fold_of[way] == fold]
        asked += [(text, "") for number in gone for text in (items[number].name, *items[number].ways)]
        asked += [(text, "") for text in elsewhere(tuple(items)) if fold_of[text] == fold]
        index = ItemIndex(kept, train(kept, [text for text in other if fold_of[text] != fold]))
        for number, (text, code) in enumerate(asked):
            for reason in index.why([text], heard=number % 2 == 0).reasons:
                if reason.evidence is not None:
                    rows.append(astuple(reason.evidence))
                    meant.append(reason.candidate.code == code)
    return rows, meant


def main() -> None:
    """Prints the weights."""
    rows, meant = examples()
    table = np.array(rows)
    scale = table.std(axis=0)
    learnt = LogisticRegression(C=1.0, max_iter=1000).fit(table / scale, meant)
    print(f"{len(rows)} candidates, {sum(meant)} meant")
    for field, weight in zip(fields(Evidence), learnt.coef_[0] / scale, strict=True):
        print(f'    ("{field.name}", {weight:.3f}),')
    print(f"_BIAS: Final = {learnt.intercept_[0]:.3f}")


if __name__ == "__main__":
    main()

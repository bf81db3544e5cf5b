"""Learns the weights of `nlu/judging.py` from the catalogue alone, and prints them to be put there.

    python -m benchmarks.meaning.learn_judge

Four times: a quarter of the sentences and a fifth of the services are left out, the model is learnt of the rest, and every sentence left out is
read. A sentence whose service was left out, and one of `nlu/data/elsewhere.yaml` that was left out too, means none of those that are there. Needs
scikit-learn; takes about a minute.
"""

from __future__ import annotations

import random
from dataclasses import astuple, dataclass, fields, replace

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from benchmarks.meaning.sentences import services
from nlu.items import ItemIndex
from nlu.judging import Evidence
from nlu.tables import phrases
from nlu.training import elsewhere, train

FOLDS, LEFT_OUT, SEED = 4, 0.2, 1
TIMES = 5
"""The sentences of elsewhere.yaml count so often, because they are few beside those of services left out, and unlike them."""
WHICH = ("rank", "held")
NAMES = tuple(field.name for field in fields(Evidence))


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that was read. candidates: evidence, one a row. right: the row that is meant, None when it is not among them. ours: it means a
    service that is there. weight: how often it counts."""

    candidates: npt.NDArray[np.float64]
    right: int | None
    ours: bool
    weight: int


def examples() -> list[Example]:
    """All sentences, each read by a model that had not seen it."""
    chance = random.Random(SEED)
    items = services()
    others = [text for texts in phrases("elsewhere").values() for text in texts]
    fold_of = {text: chance.randrange(FOLDS) for text in [*others, *(way for item in items for way in item.ways)]}
    found = []
    for fold in range(FOLDS):
        gone = set(chance.sample(range(len(items)), int(LEFT_OUT * len(items))))
        kept, asked = [], []
        for number, one in enumerate(items):
            if number not in gone:
                kept.append(replace(one, ways=tuple(way for way in one.ways if fold_of[way] != fold)))
                asked += [(way, one.code, 1) for way in one.ways if fold_of[way] == fold]
        asked += [(text, "", 1) for number in sorted(gone) for text in (items[number].name, *items[number].ways)]
        asked += [(text, "", TIMES) for text in elsewhere(tuple(items)) if fold_of[text] == fold]
        index = ItemIndex(kept, train(kept, [text for text in others if fold_of[text] != fold]))
        for number, (text, code, weight) in enumerate(asked):
            reasons = [reason for reason in index.why([text], heard=number % 2 == 0).reasons if reason.evidence is not None]
            if reasons:
                codes = [reason.candidate.code for reason in reasons]
                table = np.array([astuple(reason.evidence) for reason in reasons if reason.evidence])
                found.append(Example(table, codes.index(code) if code in codes else None, bool(code), weight))
    return found


def which(read: list[Example]) -> npt.NDArray[np.float64]:
    """Weights of WHICH: a logistic regression on how the right candidate differs from each wrong one beside it."""
    columns = [NAMES.index(name) for name in WHICH]
    apart = np.vstack(
        [np.delete(one.candidates[one.right] - one.candidates, one.right, axis=0)[:, columns] for one in read if one.right is not None]
    )
    scale = apart.std(axis=0)
    rows = np.vstack([apart, -apart]) / scale
    learnt = LogisticRegression(fit_intercept=False, max_iter=1000).fit(rows, [1] * len(apart) + [0] * len(apart))
    return np.asarray(learnt.coef_[0] / scale)


def whether(read: list[Example], chosen: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], float]:
    """Weights of all evidence, and the bias: a logistic regression on the evidence for the best candidate. chosen: from `which`."""
    columns = [NAMES.index(name) for name in WHICH]
    best = np.array([one.candidates[np.argmax(one.candidates[:, columns] @ chosen)] for one in read])
    scale = best.std(axis=0)
    learnt = LogisticRegression(max_iter=1000).fit(best / scale, [one.ours for one in read], sample_weight=[one.weight for one in read])
    return learnt.coef_[0] / scale, float(learnt.intercept_[0])


def main() -> None:
    """Prints the weights."""
    read = examples()
    chosen = which(read)
    weights, bias = whether(read, chosen)
    print(f"{len(read)} sentences, {sum(one.ours for one in read)} of them ours")
    print("_RANK, _HELD = " + ", ".join(f"{weight:.2f}" for weight in chosen))
    for name, weight in zip(NAMES, weights, strict=True):
        print(f'    ("{name}", {weight:.2f}),')
    print(f"_OURS_BIAS: Final = {bias:.2f}")


if __name__ == "__main__":
    main()

"""Learns the weights of `nlu.facet_model`: `python -m nlu.facet_training` after `data/facet_examples.tsv` was extended.

Ridge regression on +1 and -1 for each kind, solved in the number of sentences. Nothing here runs while the service does.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np

from nlu.facet_model import BIAS, KINDS, FacetModel, Weights, features
from nlu.facets import core_of
from nlu.tables import FOLDER, TableError

RIDGE: Final = 0.3
"""How much large weights cost; the best of 0.15, 0.3 and 1 by six-fold cross-validation."""
EXAMPLES: Final = FOLDER / "facet_examples.tsv"

Example = tuple[str, str]
"""A kind, and a sentence."""


def read_examples(path: Path) -> tuple[Example, ...]:
    """The rows of a table "kind, tab, sentence". Raises TableError with file, line and mend."""
    rows: dict[str, str] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        kind, tab, text = line.partition("\t")
        if not tab or not core_of(text):
            raise TableError(f"{path.name}:{number}: wants a kind, a tab and a sentence")
        if kind not in KINDS:
            raise TableError(f"{path.name}:{number}: {kind!r} is no kind; there are {', '.join(KINDS)}")
        if text in rows:
            raise TableError(f"{path.name}:{number}: {text!r} is there twice; keep one")
        rows[text] = kind
    return tuple((kind, text) for text, kind in rows.items())


def learn(examples: Iterable[Example]) -> tuple[tuple[str, ...], Weights]:
    """The names of the features, the bias first, and their weights (features x KINDS)."""
    rows = [(kind, frozenset(name for name, _ in features(core_of(text)))) for kind, text in examples]
    names = tuple(sorted({name for _, found in rows for name in found}))
    column = {name: number for number, name in enumerate(names)}
    said = np.zeros((len(rows), len(names)))
    wanted = -np.ones((len(rows), len(KINDS)))
    for number, (kind, found) in enumerate(rows):
        said[number, [column[name] for name in found]] = 1 / np.sqrt(len(found))
        wanted[number, KINDS.index(kind)] = 1.0
    bias = wanted.mean(axis=0)
    weights = said.T @ np.linalg.solve(said @ said.T + RIDGE * np.eye(len(rows)), wanted - bias)
    return (BIAS, *names), np.vstack([bias, weights]).astype(np.float32)


def learnt(examples: Iterable[Example]) -> FacetModel:
    """A model of these examples."""
    return FacetModel(*learn(examples))


def main() -> None:
    """Writes the shipped weights anew."""
    names, weights = learn(read_examples(EXAMPLES))
    (FOLDER / "facet_features.txt").write_text("\n".join(names) + "\n", "utf-8")
    np.save(FOLDER / "facet_weights.npy", weights.astype(np.float16))
    print(f"{len(names)} features, {weights.shape[1]} kinds")


if __name__ == "__main__":
    main()

"""Learns from a catalogue how its services are asked for: the only place that needs scikit-learn, imported when it is used.

One against all others: a linear support vector machine for each service, on characters, fuzzy sounds and meanings of its names and of the
sentences in which people ask for it, and one for what is none of them (`data/elsewhere.yaml`). Ridge and logistic regression with the same features
were not better. 373 services with 6,000 phrases take about three seconds on one thread, so a model is learnt once and kept.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable

import numpy as np

from nlu.features import form_of
from nlu.found import Item
from nlu.ranking import VERSION, Model, bag_of, in_steps, unit
from nlu.tables import FOLDER, phrases

_PENALTY = 1.0
"""The C of the machines; 0.5 and 2 give the same within half a point."""
_READS = ("elsewhere", "item_words", "meanings", "sounds", "traditional")
"""The tables that change what is learnt."""


def fingerprint(items: Iterable[Item]) -> str:
    """What a kept model is found again by: it changes when the catalogue, this room's tables or the way of learning do."""
    digest = hashlib.sha256(f"{VERSION} {_PENALTY}".encode())
    for table in sorted(path for path in FOLDER.iterdir() if path.stem in _READS):
        digest.update(table.read_bytes())
    for item in items:
        digest.update("\0".join((item.code, item.name, "", *item.aliases, "", *item.ways, "\n")).encode())
    return digest.hexdigest()


def train(items: Iterable[Item], others: Iterable[str] | None = None) -> Model:
    """Learns a catalogue. The same items give the same model.

    others: sentences that ask for none of its services; None: those of the table. Those that hold a name are left out, because what one catalogue
    has not, another has. Raises ImportError without scikit-learn, ValueError for a catalogue of nothing.
    """
    from scipy.sparse import csr_matrix  # half a second to import, so only here
    from sklearn.svm import LinearSVC

    services = tuple(items)
    if not services:
        raise ValueError("there is nothing to learn from an empty catalogue")
    told = [(number, text) for number, item in enumerate(services) for text in (item.name, *item.aliases, *item.ways)]
    told += [(len(services), text) for text in elsewhere(services, others)]
    rows = [(number, bag_of(form)) for number, text in told if (form := form_of(text)).core]
    seen: dict[str, set[int]] = {}
    for number, bag in rows:
        for feature in bag:
            seen.setdefault(feature, set()).add(number)
    features = {
        feature: (row, float(np.float32(math.log((2 + len(services)) / (1 + len(numbers))) + 1)))
        for row, (feature, numbers) in enumerate(seen.items())
    }
    units = [unit(bag, features) for _, bag in rows]
    starts = np.cumsum([0, *(len(values) for _, values in units)])
    matrix = csr_matrix(
        ([value for _, values in units for value in values], [row for found, _ in units for row in found], starts),
        shape=(len(units), len(features)),
    )
    machine = LinearSVC(C=_PENALTY, random_state=0).fit(matrix, [number for number, _ in rows])
    found, bias = machine.coef_, machine.intercept_
    if len(machine.classes_) == 2:  # scikit-learn keeps one row for two classes, that of the second
        found, bias = np.vstack([-found, found]), np.concatenate([-bias, bias])
    columns = np.zeros((len(services) + 1, len(features)))
    biases = np.full(len(services) + 1, -1.0, dtype=np.float32)
    columns[machine.classes_], biases[machine.classes_] = found, bias
    weights, step = in_steps(columns.T)
    return Model(tuple(item.code for item in services), features, weights, step, biases)


def elsewhere(items: tuple[Item, ...], others: Iterable[str] | None = None) -> tuple[str, ...]:
    """Those of the other sentences (see `train`) in which no name of these items stands, nor what is specific in one."""
    names = {form.specific for item in items for name in (item.name, *item.aliases) if len((form := form_of(name)).specific) > 1}
    given = [text for texts in phrases("elsewhere").values() for text in texts] if others is None else others
    return tuple(text for text in given if not any(name in form_of(text).words for name in names))

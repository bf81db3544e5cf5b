"""Ranks services by a linear model: one row of weights for each feature, summed over the features of a sentence.

It is learnt by `nlu.training`, which needs scikit-learn; ranking needs numpy alone, so that a server can use a model that was kept.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlu.features import Form

VERSION = 1
"""Of the file and of how features are weighed; a kept model of another version is not read."""
KINDS = {"c": 1.0, "p": 1.0, "m": 0.8}
"""What characters, sounds and meanings count beside each other: the length of each kind's part of a sentence."""
_STEPS = 127


class ModelError(ValueError):
    """Bytes that are no model of this version; the text says how to mend it."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What was learnt of a catalogue.

    codes: of the services, in the order of the columns; one more column stands for "none of them". features: to their row, in the order of rows,
    and how rare they are. weights: features x (codes + 1), in steps of `step` of the row. bias: of each column.
    """

    codes: tuple[str, ...]
    features: dict[str, tuple[int, float]]
    weights: npt.NDArray[np.int8]
    step: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    def scores(self, bag: dict[str, float]) -> npt.NDArray[np.float32]:
        """How much speaks for each service, in the order of `codes`, and last for none of them; above 0 is more for it than against it.

        bag: features of a sentence, from `Form.weighed` and `Form.told`.
        """
        rows, values = unit(bag, self.features)
        if not rows:
            return self.bias.copy()
        at = np.array(rows, dtype=np.intp)
        summed: npt.NDArray[np.float32] = (np.array(values, dtype=np.float32) * self.step[at]) @ self.weights[at].astype(np.float32)
        return summed + self.bias

    def dump(self) -> bytes:
        """The model as a compressed npz file, without pickles."""
        file = io.BytesIO()
        np.savez_compressed(
            file,
            version=np.array([VERSION]),
            codes=_packed(self.codes),
            features=_packed(tuple(self.features)),
            rarity=np.array([rarity for _, rarity in self.features.values()], dtype=np.float32),
            weights=self.weights,
            step=self.step,
            bias=self.bias,
        )
        return file.getvalue()

    @classmethod
    def load(cls, data: bytes) -> Model:
        """A model that was dumped. Raises ModelError for anything else: train again then."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                if file["version"].tolist() != [VERSION]:
                    raise ModelError(f"the model is of version {file['version'].tolist()}, wanted is {VERSION}; train it again")
                features = _unpacked(file["features"])
                model = cls(
                    _unpacked(file["codes"]),
                    {feature: (row, rarity) for row, (feature, rarity) in enumerate(zip(features, file["rarity"].tolist(), strict=True))},
                    file["weights"],
                    file["step"],
                    file["bias"],
                )
        except ModelError:
            raise
        except Exception as wrong:  # numpy raises what zipfile, zlib and its own header reader raise
            raise ModelError(f"this is no model ({wrong}); train it again") from wrong
        columns = len(model.codes) + 1
        if model.weights.shape != (len(model.features), columns) or model.bias.shape != (columns,):
            raise ModelError("the model's parts are not of one size; train it again")
        return model


def bag_of(form: Form) -> dict[str, float]:
    """All features of a phrase."""
    return form.weighed() | form.told()


def unit(bag: dict[str, float], features: dict[str, tuple[int, float]]) -> tuple[list[int], list[float]]:
    """Rows and values of the known features of a phrase; each kind's values together are as long as KINDS says. features: as in `Model`."""
    known: list[tuple[str, int, float]] = []
    lengths = dict.fromkeys(KINDS, 0.0)
    for feature, count in bag.items():
        found = features.get(feature)
        if found is not None:
            value = (count if count <= 1.0 else 1.0 + math.log(count)) * found[1]
            known.append((feature[0], found[0], value))
            lengths[feature[0]] += value * value
    scale = {kind: weight / math.sqrt(lengths[kind]) if lengths[kind] else 0.0 for kind, weight in KINDS.items()}
    return [row for _, row, _ in known], [value * scale[kind] for kind, _, value in known]


def in_steps(weights: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Weights as whole steps, a byte each, and the size of a step of each row."""
    step = np.maximum(np.abs(weights).max(axis=1), 1e-12) / _STEPS
    return np.rint(weights / step[:, None]).astype(np.int8), step.astype(np.float32)


def _packed(texts: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)


def _unpacked(data: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(data.tobytes().decode().split("\n")) if data.size else ()

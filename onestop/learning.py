"""The index of services with what was learnt of the catalogue: learnt once for each catalogue, then kept in the cache.

Learning takes some seconds and needs scikit-learn; where it cannot be done, services are found by likeness alone, and the health page says so.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import structlog

from nlu.items import Item, ItemIndex
from nlu.ranking import Model, ModelError
from nlu.training import fingerprint, train

log = structlog.get_logger(__name__)

FOLDER = "understanding"
"""In the cache."""
KEPT = 8
"""Models of earlier catalogues that stay, some 2 MB each: who takes an import back need not learn anew."""


def index_of(items: Sequence[Item], cache: Path) -> ItemIndex:
    """The index with its model, learnt now unless this very catalogue was learnt before."""
    if not items:
        return ItemIndex(())
    path = cache / FOLDER / f"{fingerprint(items)[:24]}.npz"
    try:
        return ItemIndex(items, Model.load(path.read_bytes()))
    except FileNotFoundError:
        pass
    except (OSError, ModelError, ValueError) as wrong:
        log.warning("learning.kept_model_unfit", reason=str(wrong))
    try:
        model = train(items)
    except ImportError as wrong:
        log.warning("learning.not_learnt", reason=str(wrong), mend="pip install scikit-learn, then start again")
        return ItemIndex(items)
    try:
        _keep(path, model)
    except OSError as wrong:
        log.warning("learning.not_kept", reason=str(wrong))
    return ItemIndex(items, model)


def _keep(path: Path, model: Model) -> None:
    """Written whole or not at all: another process may be reading."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(model.dump())
    Path(name).replace(path)
    for old in sorted(path.parent.glob("*.npz"), key=lambda each: each.stat().st_mtime, reverse=True)[KEPT:]:
        old.unlink(missing_ok=True)

"""Model files: what there is (models.yaml), whether it is here, and getting it.

Nothing is ever fetched while a call waits: `fetch` belongs to set-up (`onestop fetch`), the running service only looks with `locate`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache as once
from pathlib import Path

import yaml

from ivr.fetching import CannotFetch, Packages, Progress, Release, Source, fetch_archive, fetch_file, no_progress

MANIFEST = Path(__file__).parent / "models.yaml"
OFFICIAL, TRIAL = "vosk-model-small-cn-0.22", "vosk-trial-cn"


class ManifestError(ValueError):
    """models.yaml cannot be used; the text names the entry."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One model of the manifest.

    purpose: what it is for. file: its name in the cache, or the archive's. folder: what an archive unpacks to. size: bytes. checked: whether
    size and sum were seen by us; of one that is not, the size is about right and the sum decides. shipped: where it is in this project.
    """

    name: str
    purpose: str
    file: str
    folder: str
    size: int
    sha256: str
    licence: str
    checked: bool
    sources: tuple[Source, ...]
    shipped: Path | None = None

    def place(self, cache: Path) -> Path:
        """Where it is, or will be."""
        return self.shipped if self.shipped is not None else cache / "models" / (self.folder or self.file)


@dataclass(frozen=True, slots=True)
class NotFetched:
    """A model that could not be had: `reason` with the mend, `still` says what works all the same."""

    name: str
    reason: str
    still: str


@dataclass(frozen=True, slots=True)
class Recogniser:
    """The chosen model of the recogniser. kind: "own" (VOSK_MODEL), "official", "trial", or "" when calls go by keys alone; why: for people."""

    folder: Path | None
    kind: str
    why: str


@once
def manifest(path: Path = MANIFEST) -> dict[str, ModelFile]:
    """Every model by name. Raises ManifestError."""
    loaded = yaml.safe_load(path.read_text("utf-8"))
    out = {}
    for name, entry in loaded.items():
        try:
            shipped = next((path.parent / source["path"] for source in entry["sources"] if "path" in source), None)
            out[name] = ModelFile(
                name=name,
                purpose=entry["for"],
                file=entry.get("file", ""),
                folder=entry.get("folder", ""),
                size=int(entry.get("size", 0)),
                sha256=entry.get("sha256", ""),
                licence=entry["licence"],
                checked=bool(entry["checked"]),
                sources=tuple(_source(source) for source in entry["sources"] if "path" not in source),
                shipped=shipped,
            )
        except (KeyError, TypeError, ValueError) as wrong:
            raise ManifestError(f"{path.name}: {name}: {type(wrong).__name__}: {wrong}") from wrong
    return out


def _source(entry: dict[str, object]) -> Source:
    if "packages" in entry:
        packages, files = entry["packages"], entry["files"]
        if not isinstance(packages, dict) or not isinstance(files, list):
            raise ManifestError("packages wants names with versions, files a list")
        return Packages(tuple((str(name), str(version)) for name, version in packages.items()), tuple(str(f) for f in files))
    return Release(str(entry["url"]))


def locate(name: str, cache: Path) -> Path | None:
    """The file or folder of a model, None when it is not here. What was verified when it came is not verified again. Raises KeyError."""
    place = manifest()[name].place(cache)
    return place if place.exists() else None


def fetch(names: Iterable[str], cache: Path, progress: Progress = no_progress) -> tuple[NotFetched, ...]:
    """Gets what is not here yet; gives what could not be had. Stopped half-way, it goes on from there the next time. Raises KeyError."""
    failed = []
    for name in names:
        model = manifest()[name]
        if locate(name, cache) is not None:
            continue
        reasons = []
        for source in model.sources:
            try:
                if model.folder:
                    fetch_archive(source, model, cache / "models", progress)
                else:
                    fetch_file(source, model, cache / "models", progress)
                break
            except CannotFetch as wrong:
                reasons.append(str(wrong))
        else:
            failed.append(NotFetched(name, "; ".join(reasons), _still(name)))
    return tuple(failed)


def fetch_all(cache: Path, progress: Progress = no_progress) -> tuple[NotFetched, ...]:
    """Everything of the manifest."""
    return fetch(manifest(), cache, progress)


def _still(name: str) -> str:
    if name.startswith("vosk"):
        return "the telephone by keys, and by speech with the trial model (for trials only)"
    return "the telephone with the sentences rendered ahead; WeChat and television"


def choose_recogniser(vosk_model: Path | str | None, cache: Path) -> Recogniser:
    """Which model hears: VOSK_MODEL; the official one from the cache; the project's trial model; none."""
    if vosk_model:
        own = Path(vosk_model).expanduser()
        if _is_vosk(own):
            return Recogniser(own, "trial" if own.name == TRIAL else "own", f"VOSK_MODEL names {own.name}")
        wrong = f"VOSK_MODEL names {own}, which is no Vosk model (there is no am/final.mdl in it); "
    else:
        wrong = ""
    official = locate(OFFICIAL, cache)
    if official is not None and _is_vosk(official):
        return Recogniser(official, "official", wrong + f"{OFFICIAL} is in the cache")
    trial = locate(TRIAL, cache)
    if trial is not None and _is_vosk(trial):
        why = f"{OFFICIAL} is not in the cache (`onestop fetch` gets it), so the project's trial model hears: for trials only, not for the public"
        return Recogniser(trial, "trial", wrong + why)
    return Recogniser(None, "", wrong + "there is no recogniser model; calls go by keys alone. `onestop fetch` gets one")


def _is_vosk(folder: Path) -> bool:
    return (folder / "am" / "final.mdl").is_file() or (folder / "final.mdl").is_file()

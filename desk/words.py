"""The words of the staff's pages, kept as data beside them."""

from __future__ import annotations

from pathlib import Path

import yaml

WORDS: dict[str, str] = yaml.safe_load((Path(__file__).parent / "words.yaml").read_text("utf-8"))

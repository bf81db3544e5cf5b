"""The small words around every conversation ("请按", "回复数字选择"), kept as data beside the flows.

`flows/words/*.yaml`: one file per owner (common, wechat, tv, telephone …), each a flat mapping of name to sentence; a name is
`<file>.<key>`. Sentences are Jinja2 templates in the same sandbox as the flows' prompts.
"""

from __future__ import annotations

from pathlib import Path

import yaml
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

FOLDER = Path(__file__).parent / "flows" / "words"


class WordsError(ValueError):
    """A words file cannot be used; the text names file and key."""


class Words:
    """All small sentences. `words("telephone.press", key="1")` gives the sentence; unknown names and missing values raise WordsError."""

    def __init__(self, sentences: dict[str, str]) -> None:
        self.sentences = sentences
        environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
        self._plain = {name: sentence for name, sentence in sentences.items() if "{" not in sentence}
        self._templates: dict[str, Template] = {}
        for name, sentence in sentences.items():
            try:
                self._templates[name] = environment.from_string(sentence)
            except TemplateError as wrong:
                raise WordsError(f"words {name}: {wrong}") from wrong

    def __call__(self, name: str, /, **values: object) -> str:
        if (plain := self._plain.get(name)) is not None:
            return plain
        template = self._templates.get(name)
        if template is None:
            raise WordsError(f"no words named {name!r}; add it to dialogs/flows/words/{name.partition('.')[0]}.yaml")
        try:
            return template.render(values)
        except TemplateError as wrong:
            raise WordsError(f"words {name}: {wrong}") from wrong


def load_words(folder: Path = FOLDER) -> Words:
    """Reads every words file of the folder."""
    sentences: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        loaded = yaml.safe_load(path.read_text("utf-8")) or {}
        if not isinstance(loaded, dict):
            raise WordsError(f"{path}: wants a mapping of name to sentence")
        for key, sentence in loaded.items():
            if not isinstance(key, str):
                raise WordsError(f"{path}: the key {key!r} is not text; put it in quotes (YAML takes yes, no and on for truth values)")
            if not isinstance(sentence, str):
                raise WordsError(f"{path}: {key}: wants one sentence in quotes, got {type(sentence).__name__}")
            sentences[f"{path.stem}.{key}"] = sentence.strip()
    return Words(sentences)

"""How plays are read and compared, without a terminal: errors name file, line and mend, and every kind of line can come true or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dialogs.tools.play import Act, Asked, CannotDo, Given, PlayError, perform, read_play


@dataclass
class Actor:
    """A stage and a world in one: answers what it is told to, and keeps what it was asked."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    question: Asked = field(default_factory=Asked)
    held: dict[str, Any] = field(default_factory=dict)
    did: list[Act] = field(default_factory=list)
    later: float = 0.0
    closed: int = 0
    begun: int = 0

    async def begin(self) -> None:
        self.begun += 1

    async def prepare(self, given: Given) -> str:
        return f"26{given.item[-3:]}"

    async def stage(self, terminal: str, known: Mapping[str, str]) -> Actor:
        return self

    async def do(self, act: Act) -> Sequence[str]:
        self.did.append(act)
        if act.kind == "photo":
            raise CannotDo("no photos here")
        return self.answers.get(act.what or act.kind, [])

    async def behind(self, act: Act) -> None:
        self.did.append(act)

    async def pass_time(self, seconds: float) -> None:
        self.later += seconds

    async def asked(self) -> Asked:
        return self.question

    async def records(self) -> Mapping[str, Any]:
        return self.held

    async def close(self) -> None:
        self.closed += 1


def written(tmp_path: Path, *scene: str, head: str = "") -> Path:
    path = tmp_path / "x.yaml"
    path.write_text("\n".join(["play: x", *([head] if head else []), "scene:", *(f"  - {line}" for line in scene)]) + "\n", "utf-8")
    return path


async def difference(tmp_path: Path, actor: Actor, *scene: str, terminal: str = "wechat", head: str = "") -> str:
    return (await perform(read_play(written(tmp_path, *scene, head=head)), terminal, actor)).difference


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("sees: y", "a scene's line is one of resident, house"),
        ("{hears: y, resident: waits}", "a scene's line is one of"),
        ("resident: dances", "a resident arrives, leaves"),
        ("resident: {sing: la}", "not {'sing': 'la'}"),
        ("resident: {waits: 3 hours}", "written as 40m, 3h or 1d"),
        ("resident: {say: 三, heard: 三}", "list"),
        ("resident: {radio: {say: x}, otherwise: arrives}", "radio: no terminal"),
        ("hears: {fax: y}", "text or a list"),
        ("records: {csaes: 1}", "not csaes"),
        ("records: 1", "not 1"),
        ("records: {answers: mobile}", "answers is a mapping"),
        ("asks: [a, b]", "names one question"),
        ("house: {records: broken}", "records: down|up"),
        ("house: {clerk: {case: x}}", "clerk: {case, act, note}"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_file_line_and_mend(tmp_path: Path, line: str, says: str) -> None:
    path = written(tmp_path, "resident: arrives", line)
    with pytest.raises(PlayError) as wrong:
        read_play(path)
    assert str(wrong.value).startswith(f"{path}:4: ")
    assert says in str(wrong.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("play: x\n", "scene"),
        ("play: x\nscene: []\n", "scene"),
        ("play: x\nterminals: [radio]\nscene: [{resident: arrives}]\n", "no terminal 'radio'"),
        ("play: x\nknown: {radio: {mobile: '1'}}\nscene: [{resident: arrives}]\n", "no terminal 'radio'"),
        ("play: x\ntitle: y\nscene: [{resident: arrives}]\n", "title"),
        ("play: [x\n", "yaml"),
        ("play: x\nscene: 3\n", "scene"),
    ],
)
def test_an_unreadable_play_names_its_file(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(PlayError, match=says) as wrong:
        read_play(path)
    assert str(path) in str(wrong.value)


async def test_a_play_that_comes_true_has_no_difference_and_its_stage_is_closed(tmp_path: Path) -> None:
    actor = Actor({"你好": ["您好。", "您要办什么事？"]})
    assert await difference(tmp_path, actor, "resident: {say: 你好}", "hears: [您好, 您要办什么事]", "never hears: 再见") == ""
    assert (actor.begun, actor.closed) == (1, 1)


@pytest.mark.parametrize(
    ("line", "expected", "got"),
    [
        ("hears: 再见", "- hears: 再见", "+ 您好。"),
        ("never hears: 您好", "- never hears: 您好", "+ 您好。"),
        ("asks: a.c", "- asks: a.c", "+ a.b"),
        ("asks: nothing", "- asks: nothing", "+ a.b"),
        ("offers: 不是", "- offers: 不是", "+ 是的"),
        ("never offers: [不是, 是的]", "- never offers: 是的", "+ 是的"),
        ("records: {cases: 2}", "- records: cases = 2", "+ cases = 1"),
        ("records: {answers: {for_whom: self}}", "- records: answers = {'for_whom': 'self'}", "+ answers = {'for_whom': 'parents'}"),
        ("records: {profile: {}}", "- records: profile = {}", "+ profile = {'mobile': '13800138000'}"),
        ("resident: {photo: one}", "- resident: photo one", "+ no photos here"),
    ],
)
async def test_the_first_line_that_does_not_come_true_is_shown_with_its_place(tmp_path: Path, line: str, expected: str, got: str) -> None:
    held = {"cases": 1, "answers": {"for_whom": "parents", "mobile": "1"}, "profile": {"mobile": "13800138000"}}
    actor = Actor({"你好": ["您好。"]}, Asked("a.b", ("是的",)), held)
    told = await difference(tmp_path, actor, "resident: {say: 你好}", line, "hears: 月亮")
    assert f"{tmp_path / 'x.yaml'}:4:" in told
    assert expected in told
    assert got in told
    assert "月亮" not in told
    assert actor.closed == 1


async def test_all_kinds_of_lines_can_come_true(tmp_path: Path) -> None:
    held = {"cases": 1, "item": "YL-001", "answers": {"people": "4", "story": None}, "profile": {}, "call_backs": 0}
    actor = Actor({"你好": ["您好。"]}, Asked("a.b", ("是的", "不是")), held)
    scene = (
        "resident: {say: 你好}",
        "asks: a.b",
        "offers: [是的, 不是]",
        "never offers: 跳过",
        "records: {cases: 1, item: YL-001, answers: {people: 4, story: null}, profile: {}, call_backs: 0}",
    )
    assert await difference(tmp_path, actor, *scene) == ""


async def test_punctuation_and_blanks_do_not_count(tmp_path: Path) -> None:
    assert (
        await difference(tmp_path, Actor({"编号": ["261 230 4275，\n请记好。"]}), "resident: {say: 编号}", "hears: 2612304275请记好") == ""
    )


async def test_a_line_of_its_own_for_a_terminal_and_none_for_another(tmp_path: Path) -> None:
    scene = ("resident: {telephone: {press: 1}, wechat: null, otherwise: {pick: 办事}}", "hears: {telephone: 请说, wechat: 请选, tv: null}")
    for terminal, answers in (("telephone", {"1": ["请说"]}), ("wechat", {}), ("tv", {})):
        actor = Actor(answers)
        told = await difference(tmp_path, actor, *scene, terminal=terminal)
        assert bool(told) is (terminal == "wechat")
        assert [str(act) for act in actor.did] == {"telephone": ["press 1"], "wechat": [], "tv": ["pick 办事"]}[terminal]


async def test_time_passes_before_the_stage_is_told(tmp_path: Path) -> None:
    actor = Actor()
    assert await difference(tmp_path, actor, "resident: {waits: 40m}", "resident: {waits: 1d}", "resident: waits") == ""
    assert actor.later == 40 * 60 + 24 * 3600
    assert [act.what for act in actor.did] == ["40m", "1d", ""]


async def test_given_cases_are_meant_by_their_names(tmp_path: Path) -> None:
    actor = Actor({"26001": ["编号26001"]}, held={"last": "2699"})
    scene = (
        'resident: {enter: "{mine}"}',
        'hears: "{mine}"',
        'house: {clerk: {case: "{mine}", act: accept, note: 好}}',
        'resident: {enter: "{last}"}',
    )
    assert await difference(tmp_path, actor, *scene, head='given: [{case: mine, item: YL-001, mobile: "13800138000"}]') == ""
    assert actor.did[1].details == {"case": "26001", "act": "accept", "note": "好"}
    assert actor.did[2].what == "2699"


@pytest.mark.parametrize(("name", "says"), [("{mine}", "no case is called {mine}"), ("{last}", "none yet")])
async def test_an_unknown_case_names_the_line(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(PlayError) as wrong:
        await difference(tmp_path, Actor(), "resident: arrives", f'resident: {{enter: "{name}"}}')
    assert f"{tmp_path / 'x.yaml'}:4:" in str(wrong.value)
    assert says in str(wrong.value)


async def test_what_a_recogniser_made_of_it_comes_along(tmp_path: Path) -> None:
    actor = Actor()
    assert await difference(tmp_path, actor, "resident: {say: 三, heard: [山, 三]}") == ""
    assert actor.did[0].heard == ("山", "三")


async def test_the_transcript_tells_who_said_what(tmp_path: Path) -> None:
    play = read_play(written(tmp_path, "resident: {say: 你好}", "house: {records: down}"))
    performance = await perform(play, "wechat", Actor({"你好": ["您好。"]}))
    assert performance.told.splitlines() == ["    居民：say 你好", "    一站通：您好。", "    后台：records down"]

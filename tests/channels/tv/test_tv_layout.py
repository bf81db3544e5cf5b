"""Where things stand: inside the safe area, apart from each other, all reached by arrows, for any reply and both screens."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.tv.budget import BUDGET
from channels.tv.keypad import Entry, grouped, shown_number
from channels.tv.layout import FRAMES, HD, Frame, every_box
from channels.tv.render import Look, positions, screen_of
from channels.tv.screen import Screen
from channels.tv.tokens import Links
from channels.tv.wrap import shorten, width, wrap
from dialogs.contract import Choice, Expectation, Outcome, Prompt, Reply, Wants
from dialogs.words import load_words
from tests.channels.tv.small_engine import ID_ASKED, UNIVERSALS

WORDS = load_words()
LINKS = Links("s" * 40, "a", 1)
labels = st.text(alphabet="老年优待证补贴和重度残疾人护理Ab12，", min_size=1, max_size=40)
texts = st.lists(st.text(alphabet="请输入办件编号，一共10位数字。在回执上Ab \n", max_size=400), min_size=0, max_size=5)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    """Any reply that waits, within the engine's budget and beyond."""
    choices = tuple(
        Choice(f"c{n}", label, hint=draw(labels) if n % 2 else "") for n, label in enumerate(draw(st.lists(labels, max_size=9)), 1)
    )
    wants = draw(st.sampled_from(list(Wants)))
    skip = (Choice("!skip", "跳过"),) if draw(st.booleans()) else ()
    most = draw(st.sampled_from([4, 10, 11, 18, 30]))
    expect = Expectation("q", wants, "digits", choices, (*skip, *UNIVERSALS), least=1, most=most, letter_x=most == 18)
    return Reply(tuple(map(Prompt, draw(texts))), Outcome.WAIT, expect, title=draw(labels), revision=3)


def screens(reply: Reply, look: Look) -> list[Screen]:
    first = screen_of(reply, LINKS, WORDS, look)
    return [first, *(screen_of(reply, LINKS, WORDS, look, page) for page in range(2, first.pages + 1))]


def reached(screen: Screen) -> set[str]:
    """The items that arrows lead to from the marked one."""
    navs = {item.id: item.nav for item in screen.items}
    seen, queue = {screen.focus}, [screen.focus]
    while queue:
        for there in navs[queue.pop()]:
            if there and there not in seen:
                seen.add(there)
                queue.append(there)
    return seen


@given(reply=replies(), size=st.sampled_from(["hd", "sd"]), portal=st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_reply_stays_inside_the_safe_area_and_every_item_is_reached_by_arrows(reply: Reply, size: str, portal: bool) -> None:
    frame = FRAMES[size]
    known = set(every_box(frame))
    for screen in screens(reply, Look(frame, "3000", portal)):
        boxes = [item.box for item in screen.items] + ([screen.field.box, screen.field.count_box] if screen.field else [])
        for box in boxes:
            assert frame.side <= box.x
            assert box.x + box.w <= frame.width - frame.side
            assert frame.top <= box.y
            assert box.y + box.h <= frame.height - frame.top
            assert box in known, "the style sheet does not know this box"
        for a, b in itertools.combinations(boxes, 2):
            assert a.x + a.w <= b.x or b.x + b.w <= a.x or a.y + a.h <= b.y or b.y + b.h <= a.y, "two boxes overlap"
        tops = [item.box.y for item in screen.items if item.kind in ("choice", "bar")] + ([screen.field.box.y] if screen.field else [])
        assert frame.body_top + len(screen.lines) * frame.line <= min(tops)
        assert all(width(line.text) <= frame.line_width for line in screen.lines)
        assert reached(screen) == {item.id for item in screen.items}


@given(reply=replies())
@settings(max_examples=60, deadline=None)
def test_no_choice_and_no_word_is_lost_however_long_the_reply(reply: Reply) -> None:
    assert reply.expect is not None
    all_screens = screens(reply, Look(HD))
    shown = [item.href for screen in all_screens for item in screen.items if item.kind in ("choice", "offer")]
    assert [LINKS.choice(str(n)) for n in range(1, len(reply.expect.choices) + 1)] == list(dict.fromkeys(shown))
    said = "".join(line.text for screen in all_screens for line in screen.lines).replace(" ", "")
    for paragraph in (p for prompt in reply.prompts for p in prompt.text.splitlines()):
        assert paragraph.strip().replace(" ", "") in said


@given(st.text(max_size=200), st.integers(2, 40))
def test_a_line_is_never_wider_than_the_screen(text: str, columns: int) -> None:
    assert all(width(line.text) <= columns for line in wrap(" ".join(text.split()), columns))


def test_closing_marks_do_not_begin_a_line_and_numbers_stay_whole() -> None:
    lines = [line.text for line in wrap("请输入办件编号，一共10位数字，在回执上的编号是2611230427。", 8)]
    assert not [line for line in lines if line[0] in "，。"]
    assert any("2611230427" in line for line in lines)
    assert [line.text for line in wrap("需要您配合会打您留的手机。", 11)] == ["需要您配合会打您留", "的手机。"]
    assert shorten("一二三四五", 4) == "一二三…"


def test_six_choices_leave_room_for_three_lines_of_text() -> None:
    assert BUDGET.choices == 6
    assert HD.text_lines(3) >= 3
    assert HD.reading_lines * 3 == BUDGET.lines


@pytest.mark.parametrize("frame", FRAMES.values(), ids=lambda frame: frame.name)
def test_type_on_the_new_screens_is_at_least_28_px(frame: Frame) -> None:
    sizes = (frame.title, frame.text, frame.item, frame.item_smaller, frame.item - 4, frame.small, frame.value)
    assert min(sizes) >= (28 if frame is HD else 20)
    assert frame.line / frame.text >= 1.3


def test_a_personal_number_shows_only_the_key_just_pressed_and_then_nothing() -> None:
    expect = ID_ASKED.expect
    assert expect is not None
    entry = Entry()
    for key in "11010519":
        entry = entry.after(key, expect)
    assert shown_number(entry, expect) == "****** *9"
    for key in "491231002X":
        entry = entry.after(key, expect)
    assert shown_number(entry, expect) == "****** ******** ****"
    assert entry.digits == "11010519491231002X"
    assert entry.after("1", expect).digits == entry.digits, "a nineteenth digit was taken"
    assert entry.after("delete", expect).digits == "11010519491231002"
    assert Entry().after("X", expect).digits == "", "an X was taken as the first digit"


def test_numbers_are_written_in_the_groups_they_are_read_in() -> None:
    assert grouped("2611230427", 10) == "261 123 0427"
    assert grouped("13800", 11) == "138 00"
    assert grouped("1234", 4) == "1234"


def test_a_screen_that_waits_always_has_the_person_and_links_tell_nothing_personal() -> None:
    reply = Reply(
        (Prompt("选一件"),),
        Outcome.WAIT,
        Expectation("q", Wants.CHOICE, "choice", (Choice("case:2611230427", "老年优待证"),), UNIVERSALS),
        revision=7,
    )
    for frame in FRAMES.values():
        screen = screen_of(reply, LINKS, WORDS, Look(frame, portal=True))
        assert "找人工" in [item.label for item in screen.items]
        assert not [item for item in screen.items if "2611230427" in item.href]
    assert positions(reply)["1"] == "case:2611230427"


def test_keypad_links_of_one_number_do_not_tell_which_digits_are_the_same() -> None:
    links = {LINKS.key("1", step) for step in range(5)}
    assert len({link.split("k=")[1].split("&")[0] for link in links}) == 5

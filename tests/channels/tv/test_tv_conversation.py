"""A conversation at the television over HTTP, by what the pages show and nothing else."""

from __future__ import annotations

import httpx
import pytest

from channels.tv import Television
from channels.tv.remote import CannotFollow
from dialogs.contract import Keys, Leave, Pick
from tests.channels.tv.small_engine import CASE, GUIDE, ID, TAIL, SmallEngine


async def test_a_case_is_looked_up_with_items_and_keypad_alone(tv: Television, engine: SmallEngine) -> None:
    await tv.open()
    assert tv.seen.choices == ("查进度", "办事", "看要带什么材料")
    await tv.follow("查进度")
    await tv.enter(CASE)
    assert tv.seen.name == "status.tail"
    await tv.enter(TAIL)
    assert "现在是“办理”" in tv.text
    await tv.answer("没有了")
    assert "再见" in tv.text
    assert tv.seen.choices == ("再办一件事",)
    assert [turn.event for turn in engine.turns[1:]] == [Pick("status", "main.menu"), Keys(CASE), Keys(TAIL), Pick("finish", "main.more")]


async def test_an_identity_number_ends_in_x_and_the_engine_gets_a_star(tv: Television, engine: SmallEngine) -> None:
    await tv.open()
    await tv.follow("办事")
    await tv.follow("2")
    await tv.enter(ID)
    assert engine.turns[-1].event == Keys(ID.replace("X", "*"))


async def test_a_long_text_is_told_whole_over_its_pages(tv: Television) -> None:
    await tv.open()
    await tv.follow("看要带什么材料")
    for paragraph in "\n".join(GUIDE).splitlines():
        assert paragraph in tv.told
    assert tv.seen.choices == ("现在申请", "先不申请")
    await tv.follow("上一页")
    assert tv.seen.choices  # the viewer turned on to the last page again


async def test_letters_are_never_asked_for(tv: Television) -> None:
    await tv.open()
    await tv.follow("看要带什么材料")
    await tv.follow("先不申请")
    assert tv.seen.choices == ("老年优待证", "八十周岁以上老年人高龄补贴")
    assert "不用打字" in tv.text


async def test_a_person_is_one_item_away_and_the_way_back_is_too(tv: Television) -> None:
    await tv.open()
    for step in ("查进度", "找人工"):
        await tv.follow(step)
    assert "3000" in tv.text
    await tv.follow("接着办")
    assert tv.seen.name == "main.menu"


async def test_a_breakdown_is_said_and_can_be_tried_again(tv: Television, engine: SmallEngine) -> None:
    await tv.open()
    engine.down = True
    assert (await tv.follow("查进度")).status == 503
    assert "3000" in tv.text
    engine.down = False
    await tv.follow("再试一次")
    assert tv.seen.name == "main.menu"
    await tv.follow("查进度")
    assert tv.seen.name == "status.number"


async def test_coming_back_to_the_page_shows_where_they_were(tv: Television, engine: SmallEngine) -> None:
    await tv.open()
    await tv.follow("查进度")
    await tv.enter(CASE[:4], done="")
    await tv.open()
    assert tv.seen.value == "261 1"
    assert len(engine.turns) == 2


async def test_the_last_word_is_still_there_after_switching_to_live_television(tv: Television) -> None:
    await tv.open()
    for step in ("结束",):
        await tv.follow(step)
    await tv.open()
    assert "再见" in tv.text
    await tv.follow("再办一件事")
    assert tv.seen.name == "main.menu"


async def test_beginning_anew_makes_another_resident(tv: Television, engine: SmallEngine, client: httpx.AsyncClient) -> None:
    await tv.open()
    await tv.follow("结束")
    await tv.follow("再办一件事")
    assert len({turn.address for turn in engine.turns}) == 2


async def test_a_wiped_screen_says_so_and_leaves_nothing_to_come_back_to(
    tv: Television, engine: SmallEngine, client: httpx.AsyncClient
) -> None:
    await tv.open()
    page = (await client.get("/tv")).text
    wipe = page.split('data-wipe="')[1].split('"')[0].replace("&amp;", "&")
    await tv._see(wipe)
    assert "清掉" in tv.text
    assert isinstance(engine.turns[-1].event, Leave)
    await tv.follow("开始")
    assert len({turn.address for turn in engine.turns}) == 2


async def test_picking_what_is_not_there_says_what_is(tv: Television) -> None:
    await tv.open()
    with pytest.raises(CannotFollow, match="查进度 办事"):
        await tv.follow("买火车票")

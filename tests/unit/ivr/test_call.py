"""A call's life, driven by the handset (no sound, no waiting)."""

# ruff: noqa: ASYNC110  waiting for a condition of the thing under test, which has no event to offer

from __future__ import annotations

import asyncio
import dataclasses
import io
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import structlog

from dialogs.contract import Arrive, Garbled, Keys, Leave, Outcome, Reply, Silence, Speech, Unanswered, Wants
from dialogs.words import Words
from ivr.asterisk.configure import DONE_VARIABLE
from ivr.call import CallSettings, End
from ivr.contract import Lost, Partial
from ivr.handset import Handset, HandsetError
from ivr.media import Closed, Key

from .conftest import ScriptedTalk, ask, close

MENU = ask("要办什么？", choices=("查进度", "办事"))
NUMBER = ask("请输入编号。", Wants.DIGITS, slot="case_number", least=10, most=10)
CONFIRM = ask("对吗？", choices=("是的", "不是"), slot="yes_no")
BYE = close("再见。")
HANDS: list[Handset] = []  # put down after each test
HAND_OVER = close("马上转人工。", Outcome.HAND_OVER)


@pytest.fixture(autouse=True)
async def hands() -> AsyncIterator[list[Handset]]:
    yield HANDS
    while HANDS:
        await HANDS.pop().put_down()


def in_hand(talk: ScriptedTalk, words: Words, **options: object) -> Handset:
    HANDS.append(Handset(talk, words, **options))  # type: ignore[arg-type]
    return HANDS[-1]


async def dialled(words: Words, *replies: object, **options: object) -> tuple[Handset, ScriptedTalk]:
    talk = ScriptedTalk(*replies)  # type: ignore[arg-type]
    handset = in_hand(talk, words, **options)
    await handset.dial()
    return handset, talk


async def test_a_call_is_greeted_and_told_the_choices(words: Words):
    handset, talk = await dialled(words, MENU)
    assert handset.heard == ["要办什么？", "查进度，请按一。", "办事，请按二。", words("telephone.person_hint")]
    assert talk.events == [Arrive("telephone")]


async def test_a_key_is_an_answer(words: Words):
    handset, talk = await dialled(words, MENU, BYE)
    assert await handset.press("2") == ["再见。"]
    assert talk.events[1:] == [Keys("2")]
    assert handset.ended is End.DONE
    assert handset.switchboard.asked == [("set_variable", handset.call.call_id, DONE_VARIABLE, "1")]  # type: ignore[union-attr]


async def test_speech_is_an_answer_with_all_its_readings(words: Words):
    handset, talk = await dialled(words, MENU, BYE)
    await handset.say("查 进度", "查 几度")
    event = talk.events[1]
    assert isinstance(event, Speech)
    assert [a.text for a in event.alternatives] == ["查 进度", "查 几度"]


async def test_a_number_is_collected_from_keys(words: Words):
    handset, talk = await dialled(words, NUMBER, BYE)
    await handset.press("2600000015")
    assert talk.events[1] == Keys("2600000015")


async def test_a_number_without_its_end_counts_after_a_pause(words: Words):
    handset, talk = await dialled(words, NUMBER, MENU)
    await handset.press("26")
    assert talk.events[1] == Keys("26")


async def test_a_hash_after_a_full_number_is_not_the_next_answer(words: Words):
    handset, talk = await dialled(words, NUMBER, MENU, BYE)
    await handset.press("2600000015#")
    await handset.press("1")
    assert talk.events[1:] == [Keys("2600000015"), Keys("1")]


async def test_a_lone_zero_in_a_number_is_a_person(words: Words):
    handset, talk = await dialled(words, NUMBER, HAND_OVER)
    assert await handset.press("0") == ["马上转人工。"]
    assert talk.events[1] == Keys("0")
    assert handset.with_person
    assert handset.ended is End.PERSON
    assert handset.switchboard.asked == [("redirect", handset.call.call_id, "transfer", "agent")]  # type: ignore[union-attr]


async def test_keys_pressed_ahead_answer_the_following_questions(words: Words):
    handset, talk = await dialled(words, MENU, NUMBER, MENU)
    await handset.press("12600000015")
    assert talk.events[1:] == [Keys("1"), Keys("2600000015")]


async def test_a_question_answered_ahead_is_not_spoken(words: Words):
    handset, _ = await dialled(words, MENU, MENU, BYE)
    assert await handset.press("12") == ["再见。"]


async def test_a_confirmation_is_never_answered_by_a_key_pressed_before_it(words: Words):
    handset, talk = await dialled(words, MENU, CONFIRM, BYE)
    assert "对吗？" in await handset.press("11")
    assert talk.events[1:] == [Keys("1")]
    await handset.press("1")
    assert talk.events[1:] == [Keys("1"), Keys("1")]


async def test_silence_is_told_and_a_person_offered_then(words: Words):
    handset, talk = await dialled(words, MENU, MENU, MENU)
    await handset.press("1")
    assert words("telephone.person_hint") not in handset.heard
    await handset.silence()
    assert talk.events[2] == Silence()
    assert words("telephone.person_hint") in handset.heard


async def test_noise_is_told_as_not_understood(words: Words):
    handset, talk = await dialled(words, MENU)
    await handset.say()
    assert talk.events[1] == Garbled()


async def test_a_hum_is_no_answer(words: Words):
    handset, talk = await dialled(words, MENU)
    await handset.say("嗯")
    assert talk.events == [Arrive("telephone")]


async def test_hanging_up_is_told_once(words: Words):
    handset, talk = await dialled(words, MENU)
    await handset.hang_up()
    assert talk.events[1:] == [Leave("hung up")]
    assert handset.ended is End.LEFT
    assert not handset.with_person


async def test_the_mobile_that_calls_is_offered_as_known(words: Words):
    for caller, known in (("13800138000", "13800138000"), ("013800138000", "13800138000"), ("8613800138000", "13800138000")):
        _, talk = await dialled(words, MENU, caller=caller)
        assert talk.taken[0].known == (("mobile", known),)
    for caller in ("", "02787654321", "12345", "138001380001"):
        _, talk = await dialled(words, MENU, caller=caller)
        assert talk.taken[0].known == ()


async def test_every_event_of_a_call_has_its_own_key(words: Words):
    handset, talk = await dialled(words, MENU)
    await handset.press("1")
    await handset.silence()
    assert [incoming.key.rpartition(":")[2] for incoming in talk.taken] == ["0", "1", "2"]
    assert {incoming.address.user for incoming in talk.taken} == {handset.call.call_id}  # type: ignore[union-attr]


# --- when something breaks, a person ---------------------------------------------------------------------------------------------------


async def test_an_engine_that_raises_ends_at_a_person(words: Words):
    handset, _ = await dialled(words, MENU, RuntimeError("138 0013 8000"))
    await handset.press("1")
    assert handset.ended is End.DIALPLAN
    assert handset.line.gone
    assert handset.switchboard.asked == []


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What is logged, with tracebacks; whatever another test has set up."""
    before, written = structlog.get_config(), io.StringIO()
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.BoundLogger,
        logger_factory=structlog.PrintLoggerFactory(written),
    )
    yield written
    structlog.configure(**before)


async def test_what_went_wrong_is_logged_without_what_was_said(words: Words, logged: io.StringIO):
    handset, _ = await dialled(words, MENU, RuntimeError("13800138000"), caller="13900139000")
    await handset.press("1")
    assert "RuntimeError" in logged.getvalue()
    assert "13800138000" not in logged.getvalue()
    assert "13900139000" not in logged.getvalue()


async def test_an_engine_that_is_down_ends_at_a_person(words: Words):
    handset, _ = await dialled(words, close("系统忙。", Outcome.DOWN))
    assert handset.heard == ["系统忙。"]
    assert handset.ended is End.DIALPLAN


async def test_a_refused_transfer_is_left_to_the_dialplan(words: Words):
    handset, _ = await dialled(words, MENU, HAND_OVER)
    handset.switchboard.down = True
    await handset.press("0")
    assert handset.ended is End.DIALPLAN
    assert handset.line.gone


async def test_a_voice_that_fails_ends_at_a_person(words: Words):
    handset, _ = await dialled(words, MENU, MENU)
    handset.line.mute = True
    await handset.press("1")
    assert handset.ended is End.DIALPLAN


async def test_a_person_is_reached_even_without_a_voice(words: Words):
    handset, _ = await dialled(words, MENU, HAND_OVER)
    handset.line.mute = True
    await handset.press("0")
    assert handset.ended is End.PERSON


async def test_a_slow_engine_is_bridged_by_a_word(words: Words):
    talk = ScriptedTalk(MENU, BYE)
    handset = in_hand(talk, words, settings=CallSettings(think=0.02))
    await handset.dial()
    talk.hold = asyncio.Event()
    handset.line.heard.clear()
    handset.line.put(Key("1"))
    while not handset.line.heard:
        await asyncio.sleep(0.01)
    assert handset.heard == [words("telephone.wait")]
    talk.hold.set()
    while handset.ended is None:
        await asyncio.sleep(0.01)
    assert handset.heard[-1] == "再见。"


async def test_an_engine_that_never_answers_ends_at_a_person(words: Words):
    talk = ScriptedTalk(MENU)
    handset = in_hand(talk, words, settings=CallSettings(think=0.02, give_up=0.05))
    await handset.dial()
    talk.hold = asyncio.Event()
    await handset.press("1")
    assert handset.ended is End.DIALPLAN


async def test_a_caller_who_hangs_up_during_the_greeting_is_noticed(words: Words):
    talk = ScriptedTalk(MENU)
    talk.hold = asyncio.Event()
    handset = in_hand(talk, words)
    dialling = asyncio.create_task(handset.dial())
    while not talk.taken:
        await asyncio.sleep(0)
    handset.line.put(Closed())
    talk.hold.set()
    await dialling
    assert handset.ended is End.LEFT
    assert talk.events[-1] == Leave("hung up")


async def test_a_service_that_stops_gives_the_call_to_a_person(words: Words):
    handset, talk = await dialled(words, MENU)
    assert handset.call is not None
    handset.call.resting.clear()
    await handset.call.give_back()
    await handset._rest(handset.call)
    assert handset.ended is End.DIALPLAN
    assert talk.events[-1] == Leave("hung up")


# --- when the person does not come ------------------------------------------------------------------------------------------------------

CALL_BACK = ask("要给您回电吗？", choices=("要", "不用"), slot="yes_no")


async def test_a_caller_whom_nobody_answered_is_back_in_the_same_conversation(words: Words):
    handset, talk = await dialled(words, MENU, HAND_OVER, CALL_BACK, BYE)
    await handset.press("0")
    assert await handset.unanswered() == ["要给您回电吗？", "要，请按一。", "不用，请按二。"]
    assert talk.events == [Arrive("telephone"), Keys("0"), Unanswered()]
    assert not handset.with_person
    assert await handset.press("1") == ["再见。"]
    assert handset.ended is End.DONE
    assert {incoming.address.user for incoming in talk.taken} == {handset.call.call_id}  # type: ignore[union-attr]


async def test_no_event_after_an_unanswered_call_is_taken_for_one_from_before_it(words: Words):
    handset, talk = await dialled(words, MENU, HAND_OVER, CALL_BACK, BYE)
    await handset.press("0")
    await handset.unanswered()
    await handset.press("1")
    keys = [incoming.key for incoming in talk.taken]
    assert len(set(keys)) == len(keys) == 4


async def test_the_number_that_calls_is_still_known_when_nobody_answered(words: Words):
    handset, talk = await dialled(words, MENU, HAND_OVER, CALL_BACK, caller="13800138000")
    await handset.press("0")
    await handset.unanswered()
    assert talk.taken[-1].known == (("mobile", "13800138000"),)


async def test_the_second_time_nobody_comes_the_call_ends_and_says_why(words: Words):
    handset, talk = await dialled(words, MENU, HAND_OVER, CALL_BACK, HAND_OVER)
    await handset.press("0")
    await handset.unanswered()
    await handset.press("0")
    assert handset.with_person
    assert await handset.unanswered() == [words("telephone.no_agent")]
    assert not handset.with_person
    assert len(talk.taken) == 4
    with pytest.raises(HandsetError, match="nobody was called for"):
        await handset.unanswered()


async def test_a_call_that_broke_comes_back_too_when_nobody_answers(words: Words):
    handset, talk = await dialled(words, MENU, RuntimeError(), CALL_BACK)
    await handset.press("1")
    await handset.unanswered()
    assert talk.events[-1] == Unanswered()
    assert handset.ended is None


async def test_nobody_is_unanswered_who_was_not_brought_to_a_person(words: Words):
    handset, _ = await dialled(words, MENU)
    with pytest.raises(HandsetError, match="nobody was called for"):
        await handset.unanswered()


async def test_the_next_call_begins_anew(words: Words):
    handset, talk = await dialled(words, MENU, HAND_OVER, CALL_BACK, MENU)
    await handset.press("0")
    await handset.unanswered()
    await handset.hang_up()
    await handset.dial()
    assert talk.events[-1] == Arrive("telephone")


# --- slow speech ------------------------------------------------------------------------------------------------------------------------


def slowly(reply: Reply) -> Reply:
    return dataclasses.replace(reply, slow=True)


async def test_who_asks_for_it_is_spoken_to_slowly_for_as_long_as_replies_say_so(words: Words):
    handset, _ = await dialled(words, MENU, slowly(MENU), slowly(MENU), MENU)
    paces = [handset.line.pace]
    for _ in range(3):
        await handset.press("1")
        paces.append(handset.line.pace)
    assert paces == [1.0, 0.8, 0.8, 1.0]


async def test_a_good_bye_is_said_slowly_too(words: Words):
    handset, _ = await dialled(words, MENU, slowly(BYE))
    await handset.press("1")
    assert (handset.heard, handset.line.pace) == (["再见。"], 0.8)


async def test_the_word_that_bridges_a_slow_turn_keeps_the_pace(words: Words):
    talk = ScriptedTalk(slowly(MENU), BYE)
    handset = in_hand(talk, words, settings=CallSettings(think=0.02))
    await handset.dial()
    talk.hold = asyncio.Event()
    handset.line.heard.clear()
    handset.line.pace = 0.0
    handset.line.put(Key("1"))
    while not handset.line.heard:
        await asyncio.sleep(0.01)
    assert (handset.heard, handset.line.pace) == ([words("telephone.wait")], 0.8)
    talk.hold.set()


async def test_silence_is_told_a_second_and_a_half_later_to_who_is_spoken_to_slowly(words: Words):
    waited = []
    for reply in (MENU, slowly(MENU)):
        handset, _ = await dialled(words, reply)
        before = handset.now
        await handset.silence()
        waited.append(handset.now - before)
    assert waited[1] - waited[0] == pytest.approx(1.5)


# --- ears -------------------------------------------------------------------------------------------------------------------------------


async def test_a_hotline_without_a_recogniser_says_so_once_and_goes_by_keys(words: Words):
    handset, talk = await dialled(words, MENU, MENU, ears=False)
    assert handset.heard[0] == words("telephone.keys_only")
    await handset.press("1")
    assert words("telephone.keys_only") not in handset.heard
    assert talk.events[1] == Keys("1")


async def test_a_recogniser_that_is_lost_is_told_at_the_next_prompt(words: Words):
    handset, talk = await dialled(words, MENU, MENU)
    handset.ear.events.put_nowait(Lost("the worker died"))
    await handset.press("1")
    assert handset.heard[0] == words("telephone.keys_only")
    assert talk.events[1] == Keys("1")


async def test_a_recogniser_that_is_lost_between_two_questions_is_told_at_the_next(words: Words):
    handset, talk = await dialled(words, MENU, MENU)
    talk.hold = asyncio.Event()
    pressing = asyncio.create_task(handset.press("1"))
    while len(talk.taken) < 2:
        await asyncio.sleep(0)
    handset.ear.events.put_nowait(Lost("the worker died"))
    await asyncio.sleep(0.01)
    talk.hold.set()
    assert (await pressing)[0] == words("telephone.keys_only")


async def test_each_question_is_listened_for_with_its_own_phrases(words: Words):
    handset, _ = await dialled(words, ask("一", phrases=("查进度",)), ask("二", phrases=("是的", "不是")))
    assert handset.ear.phrases == ("查进度",)
    await handset.press("1")
    assert handset.ear.phrases == ("是的", "不是")


async def test_part_of_an_utterance_is_no_answer_yet(words: Words):
    handset, talk = await dialled(words, MENU)
    assert handset.call is not None
    handset.call.resting.clear()
    handset.ear.events.put_nowait(Partial("查"))
    await handset._rest(handset.call)
    assert len(talk.taken) == 1
    await handset.say("查 进度")
    assert len(talk.taken) == 2


async def test_a_handset_without_a_call_says_so(words: Words, scripted: Callable[..., ScriptedTalk]):
    with pytest.raises(HandsetError, match="dial"):
        await Handset(scripted(MENU), words).press("1")

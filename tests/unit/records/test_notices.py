"""The outbox: a notice lives and dies with the move it tells of, and goes out once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from records.cases import Act, Cases, State, Submission
from records.clock import utc_now
from records.database import Database
from records.notices import DeliveryResult, Notice, NoticePolicy, Notices
from records.vault import Vault
from records.worker import work

Make = Callable[..., Submission]
QUICK = NoticePolicy(first_wait=0.0, longest_wait=0.0, tries=3)
DONE = DeliveryResult("delivered")


class Terminal:
    """Takes deliveries; answers with what was prepared, then with `delivered`."""

    def __init__(self, *answers: DeliveryResult | Exception) -> None:
        self.answers = list(answers)
        self.got: list[tuple[str, str, str, str]] = []

    async def __call__(self, channel: str, user: str, text: str, key: str) -> DeliveryResult:
        self.got.append((channel, user, text, key))
        answer = self.answers.pop(0) if self.answers else DONE
        if isinstance(answer, Exception):
            raise answer
        return answer


def worded(notice: Notice) -> str:
    return f"{notice.item_name} {notice.state_label} {notice.number_masked} {notice.note}"


async def count(database: Database, table: str) -> int:
    async with database.session() as session:
        return await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0


async def until_done(database: Database, vault: Vault, terminal: Terminal, policy: NoticePolicy = QUICK) -> None:
    """Works as often as it takes for tries that are due at once."""
    for _ in range(policy.tries + 1):
        await work(database, vault, terminal, worded, until_idle=True, policy=policy)


async def test_a_move_of_a_case_with_an_address_is_told_to_it(cases: Cases, database: Database, vault: Vault, submission: Make) -> None:
    case = await cases.submit(submission(notify_user="openid-1"))
    await cases.move(case.number, Act.SUPPLEMENT, "李", "请补户口簿")
    terminal = Terminal()
    await until_done(database, vault, terminal)
    [(channel, user, told, key)] = terminal.got
    assert (channel, user) == ("wechat", "openid-1")
    assert told == f"高龄补贴 待补正 ******{case.number[-4:]} 请补户口簿"
    assert key
    health = await Notices(database, vault).health()
    assert (health.waiting, health.dead) == (0, 0)


async def test_nobody_is_told_who_gave_no_address_or_withdrew(cases: Cases, database: Database, submission: Make) -> None:
    silent = await cases.submit(submission("a"))
    await cases.move(silent.number, Act.ACCEPT, "李")
    own = await cases.submit(submission("b", notify_user="openid-1"))
    await cases.withdraw(own.number, "8000", channel="wechat")
    assert await count(database, "notices") == 0


async def test_a_notice_and_its_job_are_rolled_back_with_the_move(cases: Cases, database: Database, vault: Vault, submission: Make) -> None:
    case = await cases.submit(submission(notify_user="openid-1"))

    async def fails_after_the_move() -> None:
        async with database.session() as session:
            await cases.move_in(session, case.number, Act.ACCEPT, "李")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails_after_the_move()
    assert (await count(database, "notices"), await count(database, "procrastinate_jobs")) == (0, 0)
    terminal = Terminal()
    await until_done(database, vault, terminal)
    assert terminal.got == []
    assert (await cases.move(case.number, Act.ACCEPT, "李")).state is State.ACCEPTED


async def test_a_failed_delivery_is_tried_again_with_the_same_key(cases: Cases, database: Database, vault: Vault, submission: Make) -> None:
    case = await cases.submit(submission(notify_user="openid-1"))
    await cases.move(case.number, Act.ACCEPT, "李")
    terminal = Terminal(DeliveryResult("later", "busy"), OSError("network"))
    await until_done(database, vault, terminal)
    assert len(terminal.got) == 3
    assert len(set(terminal.got)) == 1
    assert await count(database, "notice_attempts") == 3


async def test_what_cannot_be_delivered_is_dead_and_can_be_revived(
    cases: Cases, database: Database, vault: Vault, submission: Make
) -> None:
    case = await cases.submit(submission(notify_user="openid-1"))
    await cases.move(case.number, Act.ACCEPT, "李")
    await until_done(database, vault, Terminal(DeliveryResult("never", "unsubscribed")))
    notices = Notices(database, vault)
    [dead] = await notices.dead()
    assert (dead.state, dead.detail, dead.attempts) == ("dead", "unsubscribed", 1)
    assert await notices.revive(dead.key)
    assert not await notices.revive(dead.key)
    terminal = Terminal()
    await until_done(database, vault, terminal)
    assert [key for *_, key in terminal.got] == [dead.key]


async def test_tries_end_after_the_policy(cases: Cases, database: Database, vault: Vault, submission: Make) -> None:
    case = await cases.submit(submission(notify_user="openid-1"))
    await cases.move(case.number, Act.ACCEPT, "李")
    terminal = Terminal(*[DeliveryResult("later")] * 9)
    await until_done(database, vault, terminal)
    assert len(terminal.got) == QUICK.tries
    assert (await Notices(database, vault).health()).dead == 1


async def test_many_workers_send_each_notice_once(cases: Cases, database: Database, vault: Vault, submission: Make) -> None:
    for n in range(10):
        case = await cases.submit(submission(str(n), notify_user=f"openid-{n}"))
        await cases.move(case.number, Act.ACCEPT, "李")
    terminal = Terminal()
    await asyncio.gather(*(work(database, vault, terminal, worded, until_idle=True, policy=QUICK) for _ in range(3)))
    assert sorted(user for _, user, _, _ in terminal.got) == sorted(f"openid-{n}" for n in range(10))


async def test_the_notices_of_one_case_keep_their_order(cases: Cases, database: Database, vault: Vault, submission: Make) -> None:
    case = await cases.submit(submission(notify_user="openid-1"))
    for act in (Act.ACCEPT, Act.PROCESS, Act.APPROVE):
        await cases.move(case.number, act, "李")
    terminal = Terminal(DeliveryResult("later"))
    await until_done(database, vault, terminal)
    assert [told.split()[1] for _, _, told, _ in terminal.got] == ["已受理", "已受理", "办理中", "已办结"]


async def test_a_running_worker_takes_a_notice_at_once_and_is_seen_alive(
    cases: Cases, database: Database, vault: Vault, submission: Make
) -> None:
    notices = Notices(database, vault)
    assert not (await notices.health()).worker_alive
    sent = asyncio.Event()

    async def deliver(channel: str, user: str, text: str, key: str) -> DeliveryResult:
        sent.set()
        return DONE

    running = asyncio.create_task(work(database, vault, deliver, worded, policy=QUICK))
    case = await cases.submit(submission(notify_user="openid-1"))
    await cases.move(case.number, Act.ACCEPT, "李")
    await asyncio.wait_for(sent.wait(), 30)
    assert (await notices.health()).worker_alive
    late = Notices(database, vault, lambda: utc_now() + timedelta(minutes=2))
    assert not (await late.health()).worker_alive
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


def test_waits_double_up_to_the_longest() -> None:
    policy = replace(NoticePolicy(), first_wait=30, longest_wait=100)
    assert [policy.wait(n) for n in (1, 2, 3, 4)] == [30, 60, 100, 100]

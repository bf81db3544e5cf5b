"""The worker that delivers notices: in the service's own process, or as many further processes as wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import procrastinate
import structlog
from procrastinate.exceptions import ConnectorException
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from records.attachments import KEPT_WAITING, forget_waiting
from records.clock import utc_now
from records.database import Database
from records.notices import QUEUE, TASK, WORKER_SILENT, Deliver, DeliveryResult, Notice, NoticePolicy, Notices
from records.throttle import forget_old
from records.vault import Vault

log = structlog.get_logger()

HOUSEKEEPING_SECONDS = 30.0
KEEP_JOBS_HOURS = 24 * 7


class _Later(Exception):  # noqa: N818 - not an error: how procrastinate is told to try again
    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds:.0f} s")
        self.seconds = seconds


class _AfterOwnWait(procrastinate.BaseRetryStrategy):
    """The wait is decided by the notice's policy; anything unforeseen is tried again after a minute."""

    def get_retry_decision(self, *, exception: BaseException, job: procrastinate.jobs.Job) -> procrastinate.RetryDecision | None:
        seconds = exception.seconds if isinstance(exception, _Later) else 60.0
        return procrastinate.RetryDecision(retry_at=utc_now() + timedelta(seconds=seconds))


async def work(
    database: Database,
    vault: Vault,
    deliver: Deliver,
    render: Callable[[Notice], str],
    *,
    until_idle: bool = False,
    policy: NoticePolicy | None = None,
) -> None:
    """Delivers notices until cancelled (or, with until_idle, until nothing is due).

    render: words a notice. What it or `deliver` raises counts as a failed try: logged, tried again, dead after `policy.tries`.
    """
    rules = policy or NoticePolicy()
    notices = Notices(database, vault)
    url = make_url(database.url)
    # by keywords: SQLAlchemy writes a space in a socket's folder as +, which libpq takes for a plus
    query = {key: value if isinstance(value, str) else ",".join(value) for key, value in url.query.items()}
    conninfo = make_conninfo("", **url.translate_connect_args(username="user", database="dbname"), **query)
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=rules.workers + 2))

    @app.task(name=TASK, queue=QUEUE, retry=_AfterOwnWait())
    async def deliver_notice(notice: str) -> None:
        await _deliver_one(notices, UUID(notice), deliver, render, rules)

    async with app.open_async():
        await _take_over(app)
        keeping = asyncio.create_task(_keep_house(app, database))
        try:
            await app.run_worker_async(
                queues=[QUEUE],
                wait=not until_idle,
                concurrency=rules.workers,
                install_signal_handlers=False,
                update_heartbeat_interval=WORKER_SILENT.total_seconds() / 3,
                stalled_worker_timeout=WORKER_SILENT.total_seconds(),
                shutdown_graceful_timeout=5.0,
            )
        finally:
            keeping.cancel()


async def _deliver_one(notices: Notices, key: UUID, deliver: Deliver, render: Callable[[Notice], str], rules: NoticePolicy) -> None:
    begun = await notices.begin(key)
    if begun is None:
        return
    row, user, notice = begun
    try:
        result = await deliver(row.channel, user, render(notice), row.key)
    except Exception as wrong:  # whatever a terminal or a template raises must not lose the notice
        log.exception("notice.try_failed", key=row.key, channel=row.channel)
        result = DeliveryResult("later", f"{type(wrong).__name__}")
    if result.outcome == "delivered":
        await notices.settle(key, "sent", "delivered", result.detail)
        log.info("notice.sent", key=row.key, channel=row.channel, attempts=row.attempts)
    elif result.outcome == "never" or row.attempts >= rules.tries:
        await notices.settle(key, "dead", result.outcome, result.detail)
        log.warning("notice.dead", key=row.key, channel=row.channel, attempts=row.attempts, detail=result.detail)
    else:
        await notices.settle(key, "waiting", "later", result.detail)
        raise _Later(result.retry_after if result.retry_after is not None else rules.wait(row.attempts))


async def _take_over(app: procrastinate.App) -> None:
    """Gives back the jobs of workers whose heartbeat stopped: a process that was killed leaves its jobs `doing` for ever."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=WORKER_SILENT.total_seconds()):
        log.warning("notice.taken_over", job=job.id)
        await app.job_manager.retry_job(job)


async def _keep_house(app: procrastinate.App, database: Database) -> None:
    while True:
        await asyncio.sleep(HOUSEKEEPING_SECONDS)
        try:
            await _take_over(app)
            await app.job_manager.delete_old_jobs(nb_hours=KEEP_JOBS_HOURS, include_failed=True)
            async with database.session() as session:
                await forget_old(session, utc_now() - timedelta(days=1))
                gone = await forget_waiting(session, utc_now() - KEPT_WAITING)
            if gone:
                log.info("attachments.forgotten", count=gone)
        except (ConnectorException, SQLAlchemyError, OSError):
            log.warning("notices.housekeeping_failed", exc_info=True)

"""A part that fails is told of and does not take the others with it."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from dialogs.contract import PartHealth
from onestop import parts as parts_module
from onestop.health import health_router
from onestop.parts import PartFailed, Parts


async def _fails() -> str:
    raise RuntimeError("no route to redis://:hunter2@host/0; set REDIS_URL")


async def _works() -> str:
    return "made"


async def test_a_part_that_fails_is_off_with_its_reason_and_the_next_one_starts() -> None:
    async with Parts() as parts:
        assert await parts.start("asterisk", _fails) is None
        assert await parts.start("voice", _works) == "made"
        report = await parts.report()
    assert report.status == "degraded"
    assert report.parts["asterisk"].state == "off"
    assert "set REDIS_URL" in report.parts["asterisk"].reason
    assert "hunter2" not in report.parts["asterisk"].reason
    assert report.parts["voice"].state == "ok"


async def test_a_part_one_cannot_do_without_stops_the_start() -> None:
    async with Parts() as parts:
        with pytest.raises(PartFailed, match=r"redis: .*REDIS_URL"):
            await parts.start("redis", _fails, must=True)


async def test_parts_end_in_the_reverse_order_and_one_failure_does_not_spare_the_rest() -> None:
    ended: list[str] = []

    async def end(name: str) -> None:
        ended.append(name)
        if name == "second":
            raise RuntimeError("stuck")

    async with Parts() as parts:
        for name in ("first", "second", "third"):
            await parts.start(name, _works, stop=lambda _, name=name: end(name))  # type: ignore[misc]
    assert ended == ["third", "second", "first"]


async def test_a_probe_that_hangs_is_degraded_and_does_not_hang_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "PROBE_SECONDS", 0.05)

    async def hangs() -> PartHealth:
        await asyncio.Event().wait()
        raise AssertionError

    async with Parts() as parts:
        parts.watch("recogniser", hangs)
        report = await parts.report()
    assert report.parts["recogniser"].state == "degraded"


@pytest.mark.parametrize(("state", "code", "status"), [("ok", 200, "ok"), ("degraded", 200, "degraded"), ("off", 503, "off")])
async def test_the_health_page_answers_503_only_when_a_must_have_part_is_off(state: str, code: int, status: str) -> None:
    async def probe() -> PartHealth:
        return PartHealth(state, "why", {"version": "18"})

    async with Parts() as parts:
        parts.expect("postgres", must=True)
        parts.watch("postgres", probe)
        parts.say("voice", PartHealth("ok"))
        app = FastAPI()
        app.include_router(health_router(parts))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            answer = await client.get("/healthz")
    assert answer.status_code == code
    assert answer.json()["status"] == status
    assert answer.json()["parts"]["postgres"] == {"state": state, "reason": "why", "facts": {"version": "18"}}

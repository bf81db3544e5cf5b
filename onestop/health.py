"""`GET /healthz`: one entry per part, for load balancers and for the newcomer's health box."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from onestop.parts import Parts, Report


def as_json(report: Report) -> dict[str, Any]:
    """The body of /healthz: {"status", "parts": {name: {"state", "reason", "facts"}}}."""
    return {
        "status": report.status,
        "parts": {name: {"state": part.state, "reason": part.reason, "facts": part.facts} for name, part in report.parts.items()},
    }


def health_router(parts: Parts) -> APIRouter:
    """200 while the service can serve (also degraded), 503 when a must-have part is off."""
    router = APIRouter()

    @router.get("/healthz", summary="How every part is")
    async def healthz() -> JSONResponse:
        report = await parts.report()
        return JSONResponse(as_json(report), status_code=503 if report.status == "off" else 200, headers={"Cache-Control": "no-store"})

    return router

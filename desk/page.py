"""What all pages of ours have: sqladmin's layout, who is logged in, and the records they work on."""

from __future__ import annotations

from typing import ClassVar

from sqladmin import BaseView
from starlette.requests import Request
from starlette.responses import Response

from desk.people import person
from records.cases import Cases
from records.catalogue import Catalogue
from records.handovers import HandOvers


class Page(BaseView):
    """A page of ours. sqladmin makes the views itself and takes classes only, so `desk.mount` sets the records on classes of its own."""

    cases: ClassVar[Cases]
    handovers: ClassVar[HandOvers]
    catalogue: ClassVar[Catalogue]

    async def show(self, request: Request, template: str, status: int = 200, **values: object) -> Response:
        """The page in sqladmin's layout."""
        context = {"person": person(request), "token": request.session["token"], **values}
        response: Response = await self.templates.TemplateResponse(request, template, context, status_code=status)
        return response

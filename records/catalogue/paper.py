"""The catalogue as its files say, without a database: what flows are checked, played, drawn and rendered with."""

from __future__ import annotations

from dataclasses import dataclass

from records.catalogue.directory import Approval, directory_files, read_directory
from records.catalogue.items import Domain, Item, Theme
from records.catalogue.reading import Contents, read_files, sample_files


@dataclass(frozen=True, slots=True)
class PaperCatalogue:
    """Answers as `Catalogue` does after an import of the same files."""

    contents: Contents
    directory: tuple[Approval, ...] = ()

    async def items(self) -> tuple[Item, ...]:
        """The offered items, in menu order."""
        return tuple(item for item in self.contents.items if item.offered)

    async def domains(self) -> tuple[Domain, ...]:
        """The domains that have an offered item, in menu order."""
        used = {item.domain for item in await self.items()}
        return tuple(domain for domain in self.contents.domains if domain.id in used)

    async def themes(self) -> tuple[Theme, ...]:
        """The themes that have an offered item, in menu order."""
        used = {domain.theme for domain in await self.domains()}
        return tuple(theme for theme in self.contents.themes if theme.id in used)

    async def item(self, code: str) -> Item | None:
        """One offered item."""
        return next((item for item in await self.items() if item.code == code), None)

    async def approvals(self) -> tuple[Approval, ...]:
        """The offered entries of the city's directory."""
        return tuple(approval for approval in self.directory if approval.offered)

    async def approval(self, code: str) -> Approval | None:
        """One of them."""
        return next((approval for approval in await self.approvals() if approval.code == code), None)


def sample_catalogue() -> PaperCatalogue:
    """The catalogue that comes with the program."""
    return PaperCatalogue(read_files(sample_files()), read_directory(directory_files()).approvals)

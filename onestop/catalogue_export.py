"""Which files an export writes, and what goes into them."""

from __future__ import annotations

from pathlib import Path

from records.catalogue import Catalogue, Domain
from records.catalogue.export import ExportError, domain_yaml, fields_yaml, office_yaml, themes_yaml, write_files
from records.catalogue.incoming import FIELDS, shared_fields
from records.catalogue.sheets import write_csv, write_xlsx

THEMES = "themes.yaml"
SHEETS = (".xlsx", ".csv")


def chosen(domains: tuple[Domain, ...], wanted: tuple[str, ...]) -> tuple[Domain, ...]:
    """The domains of those ids or labels; all when none is named. Raises ExportError for one that there is not."""
    unknown = [name for name in wanted if not any(name in (domain.id, domain.label) for domain in domains)]
    if unknown:
        known = ", ".join(f"{domain.id} ({domain.label})" for domain in domains) or "none: the catalogue is empty"
        raise ExportError(f"there is no domain {unknown[0]!r}; domains: {known}")
    return tuple(domain for domain in domains if not wanted or domain.id in wanted or domain.label in wanted)


async def export(catalogue: Catalogue, target: Path, wanted: tuple[str, ...], *, replace: bool) -> tuple[str, ...]:
    """Writes `target` and gives a line on each file. A workbook and a folder also get the city directory, unless only some domains are wanted.

    Raises ExportError and SheetError (both RecordsError), and then nothing is written.
    """
    domains = chosen(await catalogue.domains(), wanted)
    names = {domain.id for domain in domains}
    items = [item for item in await catalogue.items() if item.domain in names]
    if not items:
        raise ExportError("the catalogue is empty: onestop catalogue import FILES first")
    suffix = target.suffix.lower()
    folder = target if not suffix else target.parent
    fields = shared_fields(folder)
    if suffix in SHEETS:
        if target.exists() and not replace:
            raise ExportError(f"{target} is there already: choose another name, or replace it with --force")
        folder.mkdir(parents=True, exist_ok=True)
        if suffix == ".csv":
            write_csv(target, items, domains, fields)
            return (f"{target}: {len(items)} items of {len(domains)} domains",)
        approvals = () if wanted else await catalogue.approvals()
        write_xlsx(target, items, domains, fields, approvals, await catalogue.offices())
        return (f"{target}: {len(items)} items of {len(domains)} domains, {len(approvals)} approvals",)
    if suffix not in ("", ".yaml", ".yml"):
        raise ExportError(f"{target}: write .xlsx, .csv or .yaml, or name a folder for all YAML files")
    if suffix and len(domains) > 1:
        raise ExportError(f"{target}: a YAML file holds one domain: choose it with --domain, or name a folder and get a file for each")
    beside = {folder / THEMES: themes_yaml(await catalogue.themes()), folder / FIELDS: fields_yaml(fields)}
    texts, lines = dict(beside), []
    for domain in domains:
        path = target if suffix else folder / f"{domain.id}.yaml"
        own = [item for item in items if item.domain == domain.id]
        texts[path] = domain_yaml(domain, own, fields)
        lines.append(f"{path}: {len(own)} items")
    if not suffix and not wanted:
        approvals = await catalogue.approvals()
        for office in await catalogue.offices():
            path = folder / f"directory-{office.id}.yaml"
            its = [approval for approval in approvals if approval.office == office.id]
            texts[path] = office_yaml(office, its)
            lines.append(f"{path}: {len(its)} approvals")
    write_files(texts, replace=replace)
    return (*lines, *(f"{path}: needed beside them" for path in beside))

"""Writes `records/holidays.yaml`, the public holidays and make-up working days of China, from the package chinese-calendar (MIT).

Run when the State Council has published another year and the package has it (mostly in the same week of November):

    pip install --upgrade 'chinese-calendar>=1.11'
    python scripts/make_holidays.py

The service neither needs nor imports the package: a clerk can also add the year to the file by hand, from the notice itself.
"""

from __future__ import annotations

from datetime import date
from importlib.metadata import version
from pathlib import Path

from chinese_calendar.constants import Holiday, holidays, workdays

OUT = Path(__file__).resolve().parents[1] / "records" / "holidays.yaml"
HEAD = """\
# 国务院办公厅每年公布的节假日安排：哪些天放假，哪些周末上班。没有写到的日子，周一到周五上班，周六周日休息。
# 新的一年：照通知在下面加一段；或者运行 scripts/make_holidays.py。出处见 holidays.README.md。
"""


def main() -> None:
    years = sorted({day.year for day in (*holidays, *workdays)})
    lines = [HEAD, f"# chinese-calendar {version('chinese-calendar')}\n"]
    for year in years:
        lines.append(f"{year}:\n")
        for key, table in (("rest", holidays), ("work", workdays)):
            lines.append(f"  {key}:\n")
            for name, days in _by_name(table, year).items():
                lines.append(f"    {name}: [{', '.join(f'{day:%m-%d}' for day in days)}]\n")
    OUT.write_text("".join(lines), "utf-8")
    print(f"{OUT.name}: {years[0]} to {years[-1]}, {len(holidays)} days off, {len(workdays)} days of work made up")


def _by_name(table: dict[date, str], year: int) -> dict[str, list[date]]:
    found: dict[str, list[date]] = {}
    for day in sorted(day for day in table if day.year == year):
        found.setdefault(Holiday(table[day]).chinese, []).append(day)
    return found


if __name__ == "__main__":
    main()

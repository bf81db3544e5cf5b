"""Writes `nlu/data/places.tsv`, the towns and villages of Xiangyang, from the place dictionary of jionlp (Apache-2.0).

Run once when the source has a newer version; the service neither needs nor imports jionlp:

    pip download --no-deps --dest /tmp jionlp==1.5.31
    python scripts/make_places.py /tmp/jionlp-1.5.31-py2.py3-none-any.whl

The source is one line a place, indented by its level: province, city, county, town, village; see `nlu/data/places.README.md` for what is changed.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "nlu" / "data" / "places.tsv"
DICTIONARY = "jionlp/dictionary/china_location.zip"
CITY = "襄阳市\t420600"
NO_HOMES = {"劳教所", "襄南监狱", "高新区高新技术创业服务中心"}
"""Towns of the source where nobody lives who would ask for a service."""
STAND_INS = ("虚拟社区", "虚拟生活区")
"""Villages that statistics made up for towns without any."""
HIGH_TECH = "高新区"
"""The source has its towns under 樊城区 with this before their names; people give it like a county."""
MIN_VILLAGES = 2500


def city_lines(wheel: Path) -> Iterator[str]:
    """The lines of the city, without its own."""
    with zipfile.ZipFile(wheel) as outer:
        packed = outer.read(DICTIONARY)
    with zipfile.ZipFile(io.BytesIO(packed)) as inner:
        lines = inner.read("china_location.txt").decode("utf-8").splitlines()
    start = next((number for number, line in enumerate(lines) if line.strip("\t").startswith(CITY)), None)
    if start is None:
        raise SystemExit(f"{wheel}: no line with {CITY!r}; is it another version of the source?")
    for line in lines[start + 1 :]:
        if line.strip() and not line.startswith("\t\t"):
            return
        if line.strip():
            yield line


def read(lines: Iterator[str]) -> tuple[dict[tuple[str, str, str], list[str]], list[str]]:
    """(county code, county, town) to villages, and what was left out."""
    towns: dict[tuple[str, str, str], list[str]] = {}
    left_out: list[str] = []
    code = county = ""
    key: tuple[str, str, str] | None = None
    for line in lines:
        level = len(line) - len(line.lstrip("\t"))
        columns = line.strip("\t").split("\t")
        name = columns[0]
        if level == 2:
            county, code = name, columns[1]
        elif level == 3:
            key = None if name in NO_HOMES else town_key(code, county, name)
            if key is None:
                left_out.append(f"{county}/{name}")
            else:
                towns[key] = []
        elif key is not None:
            villages = towns[key]
            if is_village(name, key[2]) and name not in villages:
                villages.append(name)
            else:
                left_out.append(f"{county}/{key[2]}/{name.encode('unicode_escape').decode() if not name.isalpha() else name}")
    return towns, left_out


def is_village(name: str, town: str) -> bool:
    """Whether people live there and every character means something outside the source, which holds two of the private use area."""
    return name.isalpha() and not name.endswith(STAND_INS) and not name.endswith(town)


def town_key(code: str, county: str, name: str) -> tuple[str, str, str]:
    """Town names as people say them, under the county they say it with."""
    if name.startswith(HIGH_TECH) and name != HIGH_TECH:
        return "420607~", HIGH_TECH, name.removeprefix(HIGH_TECH)  # after the three districts of the city, before the counties
    return code, county, name.removeprefix("湖北").removeprefix(county[:-1])


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    towns, left_out = read(city_lines(Path(sys.argv[1])))
    villages = sum(map(len, towns.values()))
    if villages < MIN_VILLAGES:
        raise SystemExit(f"only {villages} villages were read; the source has another shape than this script knows")
    rows = [f"{county}\t{town}\t{' '.join(towns[code, county, town])}" for code, county, town in sorted(towns)]
    head = "# county, town, its villages. Written by scripts/make_places.py; source and licence: places.README.md\n"
    OUT.write_text(head + "".join(f"{row.rstrip()}\n" for row in rows), "utf-8")
    print(f"{len({county for _, county, _ in towns})} counties, {len(towns)} towns, {villages} villages; left out: {', '.join(left_out)}")


if __name__ == "__main__":
    main()

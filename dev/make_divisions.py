"""Derive ``src/chedang/terms/data/divisions.csv`` from the table inside python-stdnum.

Run it after a new release of python-stdnum (a development dependency): ``.venv/bin/python dev/make_divisions.py``.
Only facts are taken: code, name, first and last year. Provenance: docs/adr/0001-own-identifier-rules.md.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

TARGET = Path(__file__).parent.parent / "src/chedang/terms/data/divisions.csv"

_PROVINCE = re.compile(r'(\d{2}) province="')
_CODE = re.compile(r'  (\d{4}) county="([^"]+)"')
_PERIOD = re.compile(r"(?:\[(\d{4})?-(\d{4})?\])?(\D+)")
_SIMPLIFIED = str.maketrans("區達員會嶺稜", "区达员会岭棱")

Row = tuple[str, str, str, str]

# What the source lacks, found by comparing it with the statistical bureau's codes of 2023 as republished on GitHub.
_ADDED: tuple[Row, ...] = (("330113", "临平区", "2021", ""), ("330114", "钱塘区", "2021", ""))
_ENDED = {("429001", "随州市"): "2000"}  # the county-level city became the prefecture-level one


def derive_rows(source: str) -> Iterator[Row]:
    """Yield code, name, first year, last year ('' is open) of every period, in the order of the source.

    A period that ends before it begins says nothing and is left out. Raises ValueError for a line not understood.
    """
    province = ""
    for line in source.splitlines():
        if line.startswith("#"):
            continue
        if opened := _PROVINCE.match(line):
            province = opened[1]
            continue
        found = _CODE.fullmatch(line)
        if found is None:
            raise ValueError(f"not understood: {line!r}")
        for period in found[2].split(","):
            read = _PERIOD.fullmatch(period)
            if read is None:
                raise ValueError(f"not understood: {line!r}")
            first, last = read[1] or "", read[2] or ""
            code, name = province + found[1], read[3].translate(_SIMPLIFIED)
            if not (first and last and last < first):
                yield code, name, first, last or _ENDED.get((code, name), "")
    yield from _ADDED


def render() -> str:
    """Give the whole file as text, with its head line, sorted by code and first year."""
    source = resources.files("stdnum").joinpath("cn", "loc.dat").read_text(encoding="utf-8")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("code", "name", "from", "until"))
    writer.writerows(sorted(derive_rows(source), key=lambda row: (row[0], row[2], row[3])))
    return text.getvalue()


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
    sys.stdout.write(f"{TARGET}: {len(TARGET.read_text(encoding='utf-8').splitlines()) - 1} rows\n")

"""Failed tests as rows of a table of an inspection station. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from chedang.emission.reading import COLUMNS
from chedang.enterprises.table import TableUnreadable
from chedang.terms.saying import said
from chedang.terms.text import clean

MOST_ROWS: Final = 5_000
_FIELDS: Final = {heading: field for field, heading in COLUMNS.items()} | {field: field for field in COLUMNS}


def read_rows(rows: Iterable[Sequence[str]]) -> list[tuple[int, dict[str, str]]]:
    """Rows with their number in the spreadsheet, the heading being 1; cells by field. Raises TableUnreadable."""
    lines = iter(rows)
    heading = [_FIELDS.get(clean(cell), "") for cell in next(lines, [])]
    missing = [name for field, name in COLUMNS.items() if field not in heading]
    if missing:
        raise TableUnreadable(said("第一行应为列名，缺少：%(names)s。", names=tuple(missing)))
    found = [
        (number, {field: clean(cell) for field, cell in zip(heading, cells, strict=False) if field})
        for number, cells in enumerate(lines, 2)
        if any(cells)
    ]
    if len(found) > MOST_ROWS:
        raise TableUnreadable(
            said("一次最多 %(most)s 行，这个文件有 %(rows)s 行，请分成几次。", most=MOST_ROWS, rows=len(found))
        )
    return found


def template() -> str:
    """An empty table with its headings, as CSV."""
    return ",".join(COLUMNS.values()) + "\r\n"

"""Lists for everybody that are read as a page, as JSON and as CSV: one definition, the same rows three ways."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.utils import timezone

from chedang.platform.tables import harmless
from chedang.terms.dates import day_in_china

BOM: Final = "\ufeff"
CSV: Final = "text/csv; charset=utf-8"


class PublicList(NamedTuple):
    """A list of business data, in Chinese whatever language a reader speaks."""

    name: str
    """The member of JSON that holds the rows."""
    headings: Sequence[str]
    """Of CSV, in the order of the rows' members."""
    rows: Callable[[], Iterable[Mapping[str, Any]]]
    """Members by their names in JSON."""
    file: str
    """Name of the files, without ending."""

    def as_json(self) -> HttpResponse:
        """An object with the day and the rows, written row by row: only their text is held."""
        rows = ", ".join(json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False) for row in self.rows())
        day = day_in_china(timezone.now()).isoformat()
        answer = HttpResponse(f'{{"day": "{day}", "{self.name}": [{rows}]}}', content_type="application/json")
        answer.headers["Content-Disposition"] = f'inline; filename="{self.file}.json"'
        return answer

    def as_csv(self) -> HttpResponse:
        """UTF-8 with its mark, for spreadsheets."""
        table = io.StringIO(newline="")
        writer = csv.writer(table)
        writer.writerow(self.headings)
        writer.writerows([csv_cell(cell) for cell in row.values()] for row in self.rows())
        answer = HttpResponse(BOM + table.getvalue(), content_type=CSV)
        answer.headers["Content-Disposition"] = f'attachment; filename="{self.file}.csv"'
        return answer


def csv_cell(cell: Any) -> str:
    """Words for yes and no; a name must not become a formula in a spreadsheet."""
    if isinstance(cell, bool):
        return "是" if cell else ""
    return "" if cell is None else harmless(str(cell))

"""Lists for everybody that are read as a page, as JSON and as CSV: one definition, three ways, the same rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.http import HttpResponse, JsonResponse
from django.utils import timezone

from chedang.platform.tables import harmless
from chedang.terms.dates import day_in_china

_BOM = "\ufeff"
_CSV = "text/csv; charset=utf-8"


class PublicList(NamedTuple):
    """A list of business data."""

    name: str
    """Of its file, and of the member of JSON that holds the rows."""
    columns: Sequence[tuple[str, str]]
    """Key in JSON and heading in CSV, in Chinese: it is data, whatever language a reader speaks."""
    rows: Callable[[], Sequence[Sequence[Any]]]

    def as_json(self) -> JsonResponse:
        """An object with the day and the rows."""
        keys = [key for key, _heading in self.columns]
        rows = [dict(zip(keys, row, strict=True)) for row in self.rows()]
        day = day_in_china(timezone.now()).isoformat()
        answer = JsonResponse({"day": day, self.name: rows}, json_dumps_params={"ensure_ascii": False})
        self._name(answer, "json")
        return answer

    def as_csv(self) -> HttpResponse:
        """UTF-8 with its mark, for spreadsheets."""
        table = io.StringIO(newline="")
        writer = csv.writer(table)
        writer.writerow([heading for _key, heading in self.columns])
        writer.writerows([[csv_cell(cell) for cell in row] for row in self.rows()])
        answer = HttpResponse(_BOM + table.getvalue(), content_type=_CSV)
        self._name(answer, "csv")
        return answer

    def _name(self, answer: HttpResponse, ending: str) -> None:
        file = f"{self.name.replace('_', '-')}.{ending}"
        answer.headers["Content-Disposition"] = f'attachment; filename="{file}"'
        answer.headers["Cache-Control"] = "public, max-age=300"


def csv_cell(cell: Any) -> str:
    """Words for yes and no; a name must not become a formula in a spreadsheet."""
    if isinstance(cell, bool):
        return "是" if cell else ""
    return "" if cell is None else harmless(str(cell))

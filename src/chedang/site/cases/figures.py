"""更正公开数据: how long owners wait for corrections, by county; shops that let their time pass. Names no person."""

from __future__ import annotations

import csv
import io
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.enterprises import known
from chedang.reviews import case_figures
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import division_name

_HEADINGS: Final = ("行政区划代码", "行政区划", "近365天反馈", "已有结果", "按时有结果", "现在超期", "中位工作日")
_BOM: Final = "\ufeff"


@login_not_required
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The tables and how they are reckoned."""
    now = timezone.now()
    late = case_figures.by_shop(now=now)
    with archive() as connection:
        shops = known.find_all(connection, {shop.company_code for shop in late})
    rows = case_figures.by_county(now=now)
    context = {
        "rows": [(division_name(row.division_code), row) for row in rows],
        "opened": sum(row.opened for row in rows),
        "overdue": sum(row.overdue for row in rows),
        "shops": [
            (shops[shop.company_code].company_name, division_name(shop.division_code), shop.overdue)
            for shop in late
            if shop.company_code in shops
        ],
        "now": now,
    }
    return render(request, "cases/figures.html", context)


@login_not_required
@require_safe
def as_csv(_request: HttpRequest) -> HttpResponse:
    """The table of counties for spreadsheets: UTF-8 with its mark."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(_HEADINGS)
    for row in case_figures.by_county(now=timezone.now()):
        days = "" if row.median_working_days is None else row.median_working_days
        name = division_name(row.division_code)
        writer.writerow([row.division_code, name, row.opened, row.decided, row.in_time, row.overdue, days])
    response = HttpResponse(_BOM + table.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="corrections.csv"'
    return response

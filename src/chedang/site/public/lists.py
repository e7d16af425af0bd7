"""公开名单: where they all are, and the list of software with what its shops' records show."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.access.rules import NATION
from chedang.quality import statistics
from chedang.quality.statistics_model import Dimension, Row
from chedang.site.archive.connections import archive
from chedang.site.public.listing import PublicList
from chedang.site.settings import NODE
from chedang.supervision import software_list
from chedang.supervision.models.announcements import ListedSoftware
from chedang.terms.dates import day_in_china

_DAYS: Final = 90
"""Records of so many days stand beside a software (ours)."""
_HEADINGS: Final = (
    "软件名称",
    "开发单位",
    "版本",
    "支持的接口",
    "列入机关",
    "列入日期",
    "有效期止",
    "近90天使用的企业数",
    "近90天上传记录数",
    "合格率（%）",
)


@login_not_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every list that is open to everybody."""
    return render(request, "announcements/lists.html", {"software": software_list.listed(_today()).count()})


@login_not_required
@require_safe
def software(request: HttpRequest) -> HttpResponse:
    """维修软件名录 as of today."""
    context = {"rows": _software(), "days": _DAYS, "today": _today()}
    return render(request, "announcements/software.html", context)


@login_not_required
@require_safe
def software_json(_request: HttpRequest) -> HttpResponse:
    """The same for machines."""
    return _list().as_json()


@login_not_required
@require_safe
def software_csv(_request: HttpRequest) -> HttpResponse:
    """The same for spreadsheets."""
    return _list().as_csv()


def _list() -> PublicList:
    def rows() -> list[dict[str, Any]]:
        return [
            {
                "name": entry.name,
                "vendor": entry.vendor,
                "version": entry.version,
                "interfaces": entry.interfaces,
                "authority": entry.authority,
                "listed_on": entry.listed_on,
                "until_on": entry.until_on,
                "shops": figures.active if figures else 0,
                "records": figures.tally.received if figures else 0,
                "valid_percent": figures.tally.valid_percent if figures else None,
            }
            for entry, figures in _software()
        ]

    return PublicList("software", _HEADINGS, rows, "software")


def _software() -> list[tuple[ListedSoftware, Row | None]]:
    """Entries with the figures of the shops that say they use it: by the vendor's name as shops tell it."""
    entries = list(software_list.listed(_today()))
    if not entries:
        return []
    figures = {row.key: row for row in _figures(_today())}
    return [(entry, figures.get(entry.name) or figures.get(entry.vendor)) for entry in entries]


def _figures(today: date) -> list[Row]:
    scope = NATION if NODE.node.level == "ministry" else f"{NODE.node.code}0000"
    with archive() as connection:
        return statistics.figures(connection, scope, today - timedelta(days=_DAYS - 1), today, by=Dimension.VENDOR)


def _today() -> date:
    return day_in_china(timezone.now())

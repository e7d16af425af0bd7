"""The lists of tickets as a file: the condition and the order of the page, and like the page without VIN and plate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.emission import store
from chedang.emission.model import TicketState
from chedang.platform.tables import Cell, Column, Kind
from chedang.site.archive.connections import archive
from chedang.site.emission.presentation import ticket_views
from chedang.site.emission.words import LISTS
from chedang.site.enterprise_view import division_name
from chedang.site.regulator.statistics.exports import Note, Params, register
from chedang.terms.dates import day_in_china

TABLE: Final = "emission-tickets"
_AT_ONCE: Final = 500
"""Tickets whose stations and shops are named together."""


_ALL: Final = "all"
"""Every ticket: what a file has when no list is named."""


def read_asked(params: Params, *, otherwise: str = _ALL) -> tuple[str, str]:
    """Which list, and of which shop ('' of all), as an address names them."""
    show = params.get("show", "")
    return show if show in LISTS else otherwise, params.get("shop", "")[:15]


def _columns(_officer: User, _params: Params) -> list[Column]:
    return [
        Column(_("检验报告编号"), Kind.TEXT, 28),
        Column(_("状态"), Kind.TEXT, 18),
        Column(_("逾期"), Kind.TEXT, 8),
        Column(_("存疑"), Kind.TEXT, 30),
        Column(_("检验机构"), Kind.TEXT, 26),
        Column(_("地区"), Kind.TEXT, 28),
        Column(_("检验日期"), Kind.DAY),
        Column(_("不合格项目"), Kind.TEXT, 24),
        Column(_("维修期限"), Kind.DAY),
        Column(_("维修企业编码"), Kind.TEXT, 18),
        Column(_("维修企业"), Kind.TEXT, 34),
        Column(_("结算日期"), Kind.DAY),
        Column(_("复检报告编号"), Kind.TEXT, 28),
        Column(_("复检日期"), Kind.DAY),
    ]


def _cells(view: dict[str, Any]) -> tuple[Cell, ...]:
    return (
        view["report_number"],
        str(view["word"]),
        _("逾期") if view["is_overdue"] else "",
        "；".join(map(str, view["doubts"])),
        view["station"],
        view["division"],
        view["tested_on"],
        "、".join(view["items"]),
        view["deadline_on"],
        view["company_code"],
        view["shop"],
        view["settled_on"],
        view["retest_number"],
        view["retested_on"],
    )


def _rows(officer: User, params: Params) -> Iterator[tuple[Cell, ...]]:
    (show, company_code), today = read_asked(params), _today()
    prefix = division_prefix(officer.division_code)
    # Names are asked on a connection of their own: that of the list has its transaction open until the last row.
    with archive() as listing, archive() as connection:
        tickets = store.iterate_tickets(listing, prefix, show, today=today, company_code=company_code)
        while part := list(islice(tickets, _AT_ONCE)):
            yield from map(_cells, ticket_views(connection, part, today))


def _count(officer: User, params: Params) -> int:
    show, company_code = read_asked(params)
    with archive() as connection:
        prefix = division_prefix(officer.division_code)
        counts = store.count_tickets(connection, prefix, today=_today(), company_code=company_code)
    return sum(counts[state] for state in TicketState) if show == _ALL else counts[show]


def _notes(officer: User, params: Params) -> list[Note]:
    show, company_code = read_asked(params)
    notes = [(_("范围"), division_name(officer.division_code)), (_("名单"), str(LISTS.get(show, _("全部"))))]
    return [*notes, (_("维修企业编码"), company_code)] if company_code else notes


def _checked(_officer: User, params: Params) -> Params:
    show, company_code = read_asked(params)
    return {"show": show} | ({"shop": company_code} if company_code else {})


def _today() -> date:
    return day_in_china(timezone.now())


register(TABLE, gettext_lazy("排放维修单"), _columns, _rows, check=_checked, count=_count, notes=_notes)

"""Lists behind the numbers of a shop's first page, and the search by the end of a number or a plate."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.enterprises import store as enterprises
from chedang.records.company_lists import (
    MOST_COUNTED,
    CompanyList,
    ListKind,
    count_list,
    day_list,
    read_list,
)
from chedang.site.archive.connections import archive
from chedang.site.explained import explained_beside
from chedang.site.figures import number
from chedang.site.findings import record_row
from chedang.site.guards import for_shop, person
from chedang.site.organisation import organisation_of
from chedang.site.paging import read_key, split_page
from chedang.site.shop.records.missing import missing_rows
from chedang.site.shop.records.open_orders import orders_view
from chedang.site.shop.records.unsent import unsent_rows
from chedang.terms.dates import day_in_china
from chedang.terms.text import clean
from chedang.workshop.explanations import explained_codes

SHOWS: Final = ("all", "today", "doubtful", "explained", "held", "void")
_KINDS: Final = {
    "doubtful": ListKind.DOUBTFUL,
    "explained": ListKind.EXPLAINED,
    "held": ListKind.HELD,
    "void": ListKind.VOID,
}
_LONGEST_SEARCH: Final = 64
_FIRST_DAY: Final = date(2000, 1, 1)


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop(ShopPost.CLERK)
def list_records(request: HttpRequest) -> HttpResponse:
    """One list, newest received first. A search is sent as a form: no number stands in an address."""
    shop = person(request)
    record_event(
        shop,
        AuditAction.READ_OWN_RECORDS,
        Purpose.OWN_BUSINESS,
        now=timezone.now(),
        object_id=shop.company_code,
        organisation=organisation_of(shop),
    )
    if request.method == "POST":
        return _search(request, clean(request.POST.get("q", ""))[:_LONGEST_SEARCH])
    show = request.GET.get("show", "all")
    if show == "open":
        return _open_orders(request)
    if show == "missing":
        return _missing(request)
    if show == "unsent":
        return _unsent(request)
    day = _read_day(request.GET.get("day", ""))
    show = "day" if day else show if show in SHOWS else "all"
    return _list(request, show, day)


def wanted_list(company_code: str, show: str, day: date | None = None) -> CompanyList:
    """The list that a name in the address stands for; the first page counts the same one."""
    if show == "today":
        return day_list(company_code, day_in_china(timezone.now()))
    if show == "day" and day is not None:
        return day_list(company_code, day)
    kind = _KINDS.get(show, ListKind.RECEIVED)
    is_about_explaining = kind in {ListKind.DOUBTFUL, ListKind.EXPLAINED}
    return CompanyList(company_code, kind, explained=explained_codes(company_code) if is_about_explaining else {})


def _list(request: HttpRequest, show: str, day: date | None) -> HttpResponse:
    company_code = person(request).company_code
    wanted = wanted_list(company_code, show, day)
    with archive() as connection:
        count = count_list(connection, wanted)
        found = read_list(
            connection, wanted, limit=settings.RECORDS_PER_PAGE + 1, before=read_key(request.GET.get("before", ""))
        )
        enterprise = enterprises.find_by_code(connection, company_code)
    query = {"day": day.isoformat()} if day else {"show": show}
    page, next_query = split_page(found, settings.RECORDS_PER_PAGE, query)
    context = {
        "title": _title(show, count, day),
        "show": show,
        "rows": _rows(page),
        "next_query": next_query,
        "first_query": urlencode(query),
        "is_first_page": "before" not in request.GET,
        "review_state": enterprise.review_state.value if enterprise else "",
    }
    return render(request, "shop/records.html", context)


def _search(request: HttpRequest, text: str) -> HttpResponse:
    company_code = person(request).company_code
    found, count = [], 0
    if text:
        wanted = CompanyList(company_code, ListKind.FOUND, tail=text)
        with archive() as connection:
            count = count_list(connection, wanted)
            found = read_list(connection, wanted, limit=settings.RECORDS_PER_PAGE)
    context = {
        "title": _title("found", count, None) if text else _("请输入结算清单编号或车牌号码的后几位"),
        "show": "found",
        "searched": text,
        "rows": _rows(found),
        "is_cut": count > len(found),
        "is_first_page": True,
    }
    return render(request, "shop/records.html", context)


def _open_orders(request: HttpRequest) -> HttpResponse:
    with archive() as connection:
        orders = orders_view(connection, person(request).company_code)
    count = orders["count"]  # a word within ngettext would be taken for another plural
    title = ngettext("%(n)s 张工单还没有结算", "%(n)s 张工单还没有结算", count) % {"n": number(count)}
    return render(request, "shop/open_orders.html", {"orders": orders, "title": title, "show": "open"})


def _missing(request: HttpRequest) -> HttpResponse:
    with archive() as connection:
        rows = missing_rows(connection, person(request).company_code, day_in_china(timezone.now()))
    title = ngettext("%(n)s 条软件说传过、这里没有", "%(n)s 条软件说传过、这里没有", len(rows)) % {
        "n": number(len(rows))
    }
    return render(request, "shop/missing.html", {"rows": rows, "title": title, "show": "missing"})


def _unsent(request: HttpRequest) -> HttpResponse:
    rows = list(unsent_rows(person(request).company_code))
    title = ngettext("%(n)s 单已经结算、还没有传成", "%(n)s 单已经结算、还没有传成", len(rows)) % {
        "n": number(len(rows))
    }
    return render(request, "shop/unsent.html", {"rows": rows, "title": title, "show": "unsent"})


def _rows(found: Any) -> list[Any]:
    said = explained_beside((record.record_id, record.findings) for record in found)
    return [record_row(record, "", said=said.get(record.record_id, {})) for record in found]


def _title(show: str, count: int, day: date | None) -> str:
    if count == 0:
        return _EMPTY_TITLES[show]()
    n = _("%(n)s 条以上") % {"n": number(count)} if count == MOST_COUNTED else _("%(n)s 条") % {"n": number(count)}
    return _TITLES[show]() % {"n": n, "day": date_format(day, "DATE_FORMAT") if day else ""}


_TITLES: Final = {
    "all": lambda: _("本店的记录 %(n)s"),
    "today": lambda: _("今天收到记录 %(n)s"),
    "day": lambda: _("%(day)s收到记录 %(n)s"),
    "doubtful": lambda: _("要核对的记录 %(n)s"),
    "explained": lambda: _("已经说明的记录 %(n)s"),
    "held": lambda: _("没有归入车辆档案的记录 %(n)s"),
    "void": lambda: _("作废的记录 %(n)s"),
    "found": lambda: _("找到记录 %(n)s"),
}
_EMPTY_TITLES: Final = {
    "all": lambda: _("还没有收到本店的记录"),
    "today": lambda: _("今天还没有收到记录"),
    "day": lambda: _("这一天没有收到记录"),
    "doubtful": lambda: _("没有要核对的记录"),
    "explained": lambda: _("没有说明过的记录"),
    "held": lambda: _("所有记录都归入了车辆档案"),
    "void": lambda: _("没有作废的记录"),
    "found": lambda: _("没有找到这样的记录"),
}


def _read_day(text: str) -> date | None:
    """A day that has come; ``None`` for any other."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _FIRST_DAY <= day <= day_in_china(timezone.now()) else None

"""每日对账 on pages: what we hold of a day, what was named for it, and the differences with their records."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.enterprises.store import Connection
from chedang.intake import named_days
from chedang.intake.named_days import LISTS, NamedBy, NamedDay
from chedang.intake.native.reconciling import MAX_NAMED, NamedRecord, Statement, compare, held_numbers
from chedang.records.identity import record_id
from chedang.records.readback import DayCount, count_days
from chedang.site.archive.connections import archive
from chedang.site.guards import for_shop, person
from chedang.site.shop.upload_handler import BoundedMemoryHandler
from chedang.terms.dates import SHANGHAI
from chedang.terms.text import clean

STRIP_DAYS: Final = 30
_LONGEST_NUMBER: Final = 64
_READ_OF_LINE: Final = 1024
"""Characters of a line: the number stands in front."""
_LONGEST_TEXT: Final = 1024 * 1024
_BY_WORDS: Final = {"received": gettext_lazy("按收到的日期"), "settled": gettext_lazy("按结算日期")}
_LIST_WORDS: Final = {
    "missing": (gettext_lazy("本店有，这里没有"), gettext_lazy("在软件里重新上传。")),
    "elsewhere": (gettext_lazy("这里有，但不是这一天的"), gettext_lazy("不用处理：是别的日子收到或结算的。")),
    "unknown": (
        gettext_lazy("这里有，清单里没有"),
        gettext_lazy("在软件里找一找；找不到的，可能是别的软件替本店传的。"),
    ),
    "different": (gettext_lazy("内容不一样"), gettext_lazy("以软件为准就重新上传，以这里为准就在软件里改。")),
    "void": (gettext_lazy("在这里已经作废"), gettext_lazy("本店作废的不用处理；不是本店作废的，重新上传就恢复。")),
}


class NumbersForm(forms.Form):
    """Numbers of the settlement lists of a day, typed in or in a file."""

    by = forms.ChoiceField(
        label=gettext_lazy("这些编号是"),
        choices=(("settled", gettext_lazy("这一天结算的")), ("received", gettext_lazy("这一天上传的"))),
        initial="settled",
    )
    numbers = forms.CharField(
        label=gettext_lazy("结算清单编号"),
        help_text=gettext_lazy("一行一个，或者粘贴表格里的一列。"),
        required=False,
        max_length=_LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=gettext_lazy("或者选一个文件"),
        help_text=gettext_lazy("csv 或 txt，每行第一列是编号。"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        file = given.get("file")
        text = _decode(file.read()) if file is not None else given.get("numbers", "")
        found = read_numbers(text)
        if not found:
            raise forms.ValidationError(_("没有读到编号。请一行写一个。"))
        if len(found) > MAX_NAMED:
            raise forms.ValidationError(_("一次最多对 %(most)s 个编号。") % {"most": MAX_NAMED})
        return given | {"found": found}


class NumbersHandler(BoundedMemoryHandler):
    """Keeps the file of one form in memory."""

    most_bytes = _LONGEST_TEXT


@dataclass(frozen=True, slots=True)
class StripDay:
    """One day of the month strip."""

    day: date
    count: DayCount
    named: NamedDay | None
    missing: int
    tone: str
    sign: str
    word: str


@dataclass(frozen=True, slots=True)
class DifferenceList:
    """One list of differences."""

    name: str
    title: str
    remedy: str
    count: int
    rows: list[tuple[str, UUID | None]]
    """Number, and the record where we hold one."""


def read_numbers(text: str) -> list[str]:
    """Numbers from lines or from the first column of a table, each once, in order; a heading is no number."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    rows = (next(csv.reader([line[:_READ_OF_LINE].replace("\t", ",")]), []) for line in lines)
    cells = (clean(row[0]) for row in rows if row)
    numbers = dict.fromkeys(cell[:_LONGEST_NUMBER] for cell in cells if cell)
    return [number for number in numbers if any(character.isdigit() for character in number)]


@require_safe
@for_shop(ShopPost.CLERK)
def list_days(request: HttpRequest) -> HttpResponse:
    """The last 30 days: named, held, missing."""
    shop = person(request)
    today = timezone.localdate()
    since = today - timedelta(days=STRIP_DAYS - 1)
    _note(request, shop.company_code, AuditAction.READ_OWN_RECORDS)
    with archive() as connection:
        counts = {each.day: each for each in _count(connection, shop.company_code, since, today)}
        named = {each.day: each for each in named_days.list_since(connection, shop.company_code, since)}
        days = [
            _strip_day(connection, shop.company_code, day, counts.get(day), named.get(day))
            for day in (today - timedelta(days=back) for back in range(STRIP_DAYS))
        ]
    return render(request, "connect/days.html", {"days": days, "strip_days": STRIP_DAYS})


@csrf_exempt  # the form's token is checked below, once the handler is in place: it stands in the same body
@require_http_methods(["GET", "HEAD", "POST"])
@for_shop(ShopPost.CLERK)
def read_day(request: HttpRequest, day: str) -> HttpResponse:
    """One day: what we hold, what was named, the differences; a list can be compared here."""
    handler = NumbersHandler(request)
    request.upload_handlers = [handler]
    return _compare(request, _read_day(day), handler)


@csrf_protect
def _compare(request: HttpRequest, on: date, handler: NumbersHandler) -> HttpResponse:
    shop, now = person(request), timezone.now()
    form = NumbersForm(request.POST, request.FILES) if request.method == "POST" else NumbersForm()
    if handler.is_too_much:
        form.add_error("file", _("文件超过 1 MB，请只留编号一列。"))
    action = AuditAction.RECONCILE_DAY if request.method == "POST" else AuditAction.READ_OWN_RECORDS
    _note(request, f"{shop.company_code} {on.isoformat()}", action)
    with archive() as connection:
        if request.method == "POST" and form.is_valid():
            statement = Statement(
                tuple(NamedRecord(number) for number in form.cleaned_data["found"]), by=form.cleaned_data["by"]
            )
            compared = compare(connection, shop.company_code, on, statement)
            named_days.keep(connection, shop.company_code, compared, named_by=NamedBy.PAGE, now=now)
            return redirect("shop-day", on.isoformat())
        counts = _count(connection, shop.company_code, on, on)
        named = named_days.find(connection, shop.company_code, on)
        lists = _lists(connection, shop.company_code, named) if named else []
        context: dict[str, Any] = {
            "day": on,
            "count": counts[0] if counts else DayCount(on, 0, 0, 0, 0),
            "named": named,
            "is_by_software": named is not None and named.named_by is NamedBy.SOFTWARE,
            "by_words": _BY_WORDS[named.by] if named else "",
            "lists": lists,
            "missing": len(named_days.still_missing(connection, shop.company_code, named)) if named else 0,
            "form": form,
            "kept_days": named_days.KEPT_FOR.days,
        }
    return render(request, "connect/day.html", context, status=422 if form.errors else 200)


@require_safe
@for_shop(ShopPost.CLERK)
def as_csv(request: HttpRequest, day: str) -> HttpResponse:
    """The differences as a table."""
    shop, on = person(request), _read_day(day)
    _note(request, f"{shop.company_code} {on.isoformat()}", AuditAction.READ_OWN_RECORDS)
    with archive() as connection:
        named = named_days.find(connection, shop.company_code, on)
        if named is None:
            raise Http404
        lists = _lists(connection, shop.company_code, named)
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow([_("结算清单编号"), _("差异"), _("怎么办")])
    writer.writerows([_harmless(number), each.title, each.remedy] for each in lists for number, _record in each.rows)
    headers = {"Content-Disposition": f'attachment; filename="differences-{on.isoformat()}.csv"'}
    return HttpResponse("\ufeff" + table.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _strip_day(
    connection: Connection, company_code: str, day: date, count: DayCount | None, named: NamedDay | None
) -> StripDay:
    count = count or DayCount(day, 0, 0, 0, 0)
    missing = len(named_days.still_missing(connection, company_code, named)) if named else 0
    if named is None:
        tone, sign, word = "open", "–", _("没有对账")
    elif missing:
        tone, sign, word = "wrong-tone", "✕", _("有漏传")
    elif named.counts["different"] or named.counts["unknown"]:
        tone, sign, word = "doubt", "!", _("有差异")
    else:
        tone, sign, word = "good", "✓", _("对上了")
    return StripDay(day, count, named, missing, tone, sign, word)


def _lists(connection: Connection, company_code: str, named: NamedDay) -> list[DifferenceList]:
    """The lists that are not empty, with links to the records that we hold now."""
    found = []
    for name in LISTS:
        numbers: tuple[str, ...] = getattr(named, name)
        if numbers:
            held = held_numbers(connection, company_code, numbers)
            title, remedy = _LIST_WORDS[name]
            rows = [(number, _record_of(company_code, number) if number in held else None) for number in numbers]
            found.append(DifferenceList(name, str(title), str(remedy), named.counts[name], rows))
    return found


def _record_of(company_code: str, number: str) -> UUID:
    return UUID(record_id(company_code, number, b""))


def _count(connection: Connection, company_code: str, first: date, last: date) -> list[DayCount]:
    return count_days(connection, company_code, from_at=_midnight(first), until_at=_midnight(last + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def _read_day(text: str) -> date:
    """Raises Http404 for what is no day of this century, or has not come yet."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if not date(2000, 1, 1) <= day <= timezone.localdate():
        raise Http404
    return day


def _note(request: HttpRequest, object_id: str, action: AuditAction) -> None:
    record_event(person(request), action, Purpose.OWN_BUSINESS, now=timezone.now(), object_id=object_id)


def _decode(raw: bytes) -> str:
    """Text of a file as spreadsheets write it."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell

"""质量信誉考核 of a division as a desk: what waits for which step, shops that handed in nothing, batches to publish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from chedang.access.model import Role
from chedang.access.models import User
from chedang.enterprises import store as enterprises
from chedang.enterprises.model import ReviewState as Registration
from chedang.filing.cancelling_model import CANCELLED_CODE
from chedang.platform.tables import Cell, Column, Kind
from chedang.site.archive.connections import archive
from chedang.site.archive.models import Enterprise
from chedang.site.enterprise_view import category_name, division_name
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.regulator.scope import enterprise_in_scope, enterprises_in_scope
from chedang.site.regulator.statistics.exports import register
from chedang.site.shop.credit.common import sheet
from chedang.site.shop.credit.figures import gather
from chedang.site.shop.credit.finding import STATES
from chedang.site.shop.credit.presentation import grade_view
from chedang.site.shop.credit.publishing import tell_public
from chedang.site.typed import whole_number
from chedang.supervision import credit, credit_review
from chedang.supervision.announcing import Author
from chedang.supervision.credit_model import CreditState
from chedang.supervision.credit_review import MOST_PUBLISHED
from chedang.supervision.credit_review_model import ReviewState
from chedang.supervision.credit_sheet import Grade
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.credit import CreditAssessment
from chedang.supervision.models.credit_review import CreditReview
from chedang.terms.dates import SHANGHAI, day_in_china

_ALL: Final = "all"
LISTS: Final = {
    "review": gettext_lazy("待初评"),
    "confirm": gettext_lazy("待复核"),
    "proposed": gettext_lazy("公示中"),
    "objected": gettext_lazy("异议待决"),
    "ready": gettext_lazy("可公布"),
    "published": gettext_lazy("已公布"),
    "missing": gettext_lazy("未自评"),
    "new": gettext_lazy("没有打开的"),
}
"""Key in addresses and name, in the order of the way."""


@require_safe
@for_roles(Role.REGULATOR)
def show_desk(request: HttpRequest) -> HttpResponse:
    """Numbers of a year, each opening its list."""
    return _desk(request)


def _desk(request: HttpRequest, fault: NotAllowed | None = None) -> HttpResponse:
    officer, now = person(request), timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    years = _years(officer, now)
    typed = given.get("year", "")
    year = None if typed == _ALL else int(typed) if typed in map(str, years) else years[0]
    show = given.get("show", "")
    show = show if show in LISTS else "review"
    lists = _lists(officer, year, now)
    page = Paginator(lists[show], settings.RECORDS_PER_PAGE).get_page(given.get("page"))
    in_use, closed = sheet(), credit.years_open(now)[0]
    context: dict[str, Any] = {
        "division": division_name(officer.division_code),
        "years": years,
        "year": year,
        "kept_year": year if year is not None else _ALL,
        "show": show,
        "title": LISTS[show],
        "tabs": [(key, name, lists[key].count()) for key, name in LISTS.items()],
        "page": page,
        "rows": _rows(page, show),
        "missing_year": year or closed,
        "may_take_up": day_in_china(now) > in_use.last_day_of(year or closed),
        "last_day": in_use.last_day_of(year or closed),
        "spread": _spread(officer, year),
        "grades": list(Grade),
        "batch": min(page.paginator.count, MOST_PUBLISHED),
        "query": f"&show={show}&year={year if year is not None else _ALL}",
        "problem": fault.sentence if fault else "",
    }
    status = 200 if fault is None else 409 if isinstance(fault, Overtaken) else 422
    return render(request, "credit/desk.html", context, status=status)


@require_POST
@for_roles(Role.REGULATOR)
def publish(request: HttpRequest) -> HttpResponse:
    """Publish those that were picked, or all that the button counted if they still are as many."""
    officer, now = person(request), timezone.now()
    ready = CreditReview.objects.in_scope(officer)
    try:
        if request.POST.get("deed") == _ALL:
            typed = request.POST.get("year", "")
            wanted = _of_year(ready.publishable(now), whole_number(typed, None))
            ordered = wanted.order_by("-points", "company_code").values_list("assessment_id", flat=True)
            numbers = list(ordered[:MOST_PUBLISHED])
            if str(len(numbers)) != request.POST.get("count", ""):
                raise Overtaken(_("可公布的企业刚刚变了，一家都没有公布。请核对后再公布。"))
        else:
            picked = ready.filter(assessment__public_id__in=request.POST.getlist("pick"))
            numbers = list(picked.values_list("assessment_id", flat=True))
        author = Author(officer, organisation_of(officer))
        count = credit_review.publish(numbers, author, now=now, tell_public=tell_public)
    except NotAllowed as fault:
        return _desk(request, fault)
    messages.success(request, _("已公布 %(n)d 家，企业页面和名单已更新。") % {"n": count})
    return redirect("officer-credit")


@require_POST
@for_roles(Role.REGULATOR)
def take_up(request: HttpRequest) -> HttpResponse:
    """未自评: take a shop up with what is counted, and go on to its 初评."""
    officer, now = person(request), timezone.now()
    shop = enterprise_in_scope(officer, request.POST.get("shop", ""))
    typed = request.POST.get("year", "")
    year = whole_number(typed, 0)
    try:
        if year != credit.years_open(now)[0]:
            raise NotAllowed(_("这个年度没有自评表。"))
        with translation.override("zh-hans"):  # as it is kept
            figures = gather(shop.company_code, year, now)
        assessment = credit.take_up(
            shop.company_code,
            shop.division_code,
            year,
            officer,
            sheet=sheet(),
            figures=figures,
            organisation=organisation_of(officer),
            now=now,
        )
    except NotAllowed as fault:
        return _desk(request, fault)
    return redirect("officer-credit-one", assessment.public_id)


def _years(officer: User, now: datetime) -> list[int]:
    found = CreditAssessment.objects.in_scope(officer).order_by().values_list("year", flat=True).distinct()
    return sorted({credit.years_open(now)[0], *found}, reverse=True)


def _lists(officer: User, year: int | None, now: datetime) -> dict[str, QuerySet[Any]]:
    sheets = CreditAssessment.objects.in_scope(officer).order_by("-points", "company_code")
    sheets = sheets if year is None else sheets.filter(year=year)
    reviews = _of_year(CreditReview.objects.in_scope(officer), year)
    reviews = reviews.select_related("assessment").order_by("-points", "company_code")
    return {
        "review": sheets.filter(Q(review=None) | Q(review__state=str(ReviewState.RETURNED))),
        "confirm": reviews.filter(state=str(ReviewState.REVIEWED)),
        "proposed": reviews.within_period(now).order_by("due_at", "company_code"),
        "objected": reviews.filter(state=str(ReviewState.OBJECTED)).order_by("objected_at"),
        "ready": reviews.publishable(now),
        "published": reviews.published(),
        "missing": _missing(officer, year or credit.years_open(now)[0]),
        "new": sheets.filter(opened_at=None),
    }


def _of_year(found: Any, year: int | None) -> Any:
    return found if year is None else found.filter(year=year)


def _missing(officer: User, year: int) -> QuerySet[Enterprise]:
    """Approved shops in business, on the register before the year was over, that handed in nothing for it."""
    handed_in = CreditAssessment.objects.filter(company_code=OuterRef("company_code"), year=year)
    shops = enterprises_in_scope(officer).filter(
        review_state=str(Registration.APPROVED), created_at__lt=datetime(year + 1, 1, 1, tzinfo=SHANGHAI)
    )
    shops = shops.exclude(operation_state_code=CANCELLED_CODE)
    return shops.filter(~Exists(handed_in.exclude(state=str(CreditState.DRAFT)))).order_by("company_code")


def _rows(page: Any, show: str) -> list[dict[str, Any]]:
    if show == "missing":
        return [{"name": each.company_name, "code": each.company_code} for each in page]
    if show in {"review", "new"}:
        with archive() as connection:
            names = enterprises.names(connection, {each.company_code for each in page})
        return [
            {"sheet": each, "name": names.get(each.company_code, each.company_code), "grade": grade_view(each.grade)}
            for each in page
        ]
    return [
        {
            "sheet": each.assessment,
            "review": each,
            "name": each.company_name,
            "grade": grade_view(each.grade),
            "state": STATES[ReviewState(each.state)],
        }
        for each in page
    ]


def _spread(officer: User, year: int | None) -> list[tuple[str, list[int], int]]:
    """Published grades by class: how many of each, and all."""
    found = _of_year(CreditReview.objects.in_scope(officer).published(), year)
    counts: dict[str, dict[str, int]] = {}
    for category, grade, count in found.order_by().values_list("category_code", "grade").annotate(n=Count("pk")):
        counts.setdefault(category, {})[grade] = count
    rows = [
        (category_name(category), [of.get(grade.value, 0) for grade in Grade])
        for category, of in sorted(counts.items())
    ]
    return [(name, numbers, sum(numbers)) for name, numbers in rows]


_COLUMNS: Final = (
    Column("企业名称", Kind.TEXT, 30),
    Column("维修企业编码", Kind.TEXT, 20),
    Column("行政区划代码", Kind.TEXT),
    Column("类别", Kind.TEXT),
    Column("考核年度"),
    Column("得分"),
    Column("质量信誉等级", Kind.TEXT),
    Column("状态", Kind.TEXT),
    Column("公布时间", Kind.INSTANT, 20),
    Column("改判前等级", Kind.TEXT),
)
_CATEGORIES: Final = {"01": "一类", "02": "二类", "03": "三类"}


def _exported_set(officer: User, params: Mapping[str, str]) -> QuerySet[CreditReview]:
    typed = params.get("year", "")
    year = whole_number(typed, None)
    found: QuerySet[CreditReview] = _of_year(CreditReview.objects.in_scope(officer), year)
    return found


def _exported(officer: User, params: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    for row in _exported_set(officer, params).order_by("-year", "-points", "company_code").iterator(chunk_size=1000):
        yield (
            row.company_name, row.company_code, row.division_code, _CATEGORIES.get(row.category_code, ""), row.year,
            row.points, row.grade, str(STATES[ReviewState(row.state)][2]), row.published_at, row.former_grade,
        )  # fmt: skip


register(
    "credit",
    gettext_lazy("质量信誉考核"),
    _COLUMNS,
    _exported,
    count=lambda officer, params: _exported_set(officer, params).count(),
    notes=lambda _officer, _params: [("范围", "已初评的企业；得分和等级是当前评定的。")],
)

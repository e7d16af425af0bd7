"""质量信誉等级 for everybody, as a page, JSON and CSV: what was published, with corrections. Business data only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from chedang.access.rules import division_prefix
from chedang.site.enterprise_view import category_name, division_name
from chedang.site.public.listing import PublicList
from chedang.site.shop.credit.presentation import grade_view
from chedang.supervision.credit_sheet import Grade
from chedang.supervision.models.credit_review import CreditReview
from chedang.terms import division
from chedang.terms.dates import day_in_china

_AT_ONCE: Final = 1000
"""Assessments in memory when the whole list is wanted: every year has one of every shop."""
_COLUMNS: Final = (
    ("company_name", "企业名称"),
    ("company_code", "维修企业编码"),
    ("division_code", "行政区划代码"),
    ("division", "行政区划"),
    ("year", "考核年度"),
    ("grade", "质量信誉等级"),
    ("points", "得分"),
    ("authority", "评定机关"),
    ("published_on", "公布日期"),
    ("former_grade", "改判前等级"),
    ("corrected_on", "改判日期"),
    ("correction_reason", "改判原因"),
)


class GradedForm(forms.Form):
    """What part of the list is wanted."""

    use_required_attribute = False

    year = forms.ChoiceField(label=gettext_lazy("考核年度"), required=False)
    grade = forms.ChoiceField(label=gettext_lazy("等级"), required=False)
    division = forms.RegexField(
        r"^[1-9][0-9]{5}$",
        label=gettext_lazy("行政区划代码"),
        help_text=gettext_lazy("六位，例如 330106；330100 是全市，330000 是全省。"),
        required=False,
        error_messages={"invalid": gettext_lazy("请填写六位行政区划代码，例如 330106。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        years = CreditReview.objects.published().order_by("-year").values_list("year", flat=True).distinct()
        told = [(str(year), str(year)) for year in years]
        self.fields["year"].choices = [("", _("不限")), *told]  # type: ignore[attr-defined]  # a choice
        grades = [(grade.value, f"{grade.value} {grade_view(grade).word}") for grade in Grade]
        self.fields["grade"].choices = [("", _("不限")), *grades]  # type: ignore[attr-defined]  # a choice

    def wanted(self) -> QuerySet[CreditReview]:
        """What a valid form asks for, the newest year and the most points first."""
        asked, found = self.cleaned_data, CreditReview.objects.published()
        if asked["year"]:
            found = found.filter(year=int(asked["year"]))
        if asked["grade"]:
            found = found.filter(grade=asked["grade"])
        if asked["division"]:
            found = found.filter(division_code__startswith=division_prefix(asked["division"]))
        return found.order_by("-year", "-points", "company_code")


@login_not_required
@require_safe
def list_graded(request: HttpRequest) -> HttpResponse:
    """The list a page at a time, with how many there are of each grade."""
    form = GradedForm(request.GET)
    context: dict[str, Any] = {"form": form, "page": None}
    if form.is_valid():
        found = form.wanted()
        counts = dict(found.order_by().values_list("grade").annotate(n=Count("pk")))
        page = Paginator(found, settings.RECORDS_PER_PAGE).get_page(request.GET.get("page"))
        kept = urlencode({name: value for name, value in form.cleaned_data.items() if value})
        context |= {
            "page": page,
            "rows": [
                (each, grade_view(each.grade), division_name(each.division_code), category_name(each.category_code))
                for each in page
            ],
            "spread": [(grade_view(grade), counts.get(grade.value, 0)) for grade in Grade],
            "kept_query": kept,
            "query": f"&{kept}" if kept else "",
        }
    return render(request, "public/graded.html", context, status=200 if form.is_valid() else 422)


@login_not_required
@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """The whole list asked for, for machines."""
    form = GradedForm(request.GET)
    return _list(form).as_json() if form.is_valid() else _refuse()


@login_not_required
@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same for spreadsheets."""
    form = GradedForm(request.GET)
    return _list(form).as_csv() if form.is_valid() else _refuse()


def _refuse() -> HttpResponse:
    return HttpResponse(status=422, content="筛选条件不正确。", content_type="text/plain; charset=utf-8")


def _list(form: GradedForm) -> PublicList:
    names = [name for name, _heading in _COLUMNS]

    def rows() -> Iterator[dict[str, Any]]:
        for each in form.wanted().defer("result", "objection", "decision").iterator(chunk_size=_AT_ONCE):
            row = (
                each.company_name,
                each.company_code,
                each.division_code,
                division.full_name(each.division_code) or "",
                each.year,
                each.grade,
                each.points,
                each.authority,
                day_in_china(each.published_at).isoformat() if each.published_at else "",
                each.former_grade,
                day_in_china(each.corrected_at).isoformat() if each.corrected_at else "",
                each.correction_reason,
            )
            yield dict(zip(names, row, strict=True))

    return PublicList("graded_shops", [heading for _name, heading in _COLUMNS], rows, "graded-shops")

"""质量信誉自评: the years, a draft with its points as it goes, the check before it is handed in, and taking it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chedang.access.model import ShopPost
from chedang.site.guards import for_shop, person
from chedang.site.shop.credit.common import assessment_of, note_deed, sheet
from chedang.site.shop.credit.figures import gather
from chedang.site.shop.credit.finding import finding_context, found_parts
from chedang.site.shop.credit.presentation import (
    day_of,
    deeds_of,
    frozen_views,
    grade_view,
    language,
    part_views,
    step_views,
    summary,
    unit_word,
)
from chedang.supervision import credit
from chedang.supervision.credit_model import CreditState, read_snapshot
from chedang.supervision.credit_rules import nearest_steps, values_of
from chedang.supervision.credit_sheet import Indicator, Kind, Sheet
from chedang.supervision.duty_rules import MOST_EVIDENCE
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.credit import CreditAssessment
from chedang.supervision.models.credit_review import CreditReview


class StatedForm(forms.Form):
    """One field for everything that a shop states, and the revision that it saw."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, rows: Sheet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows = {row.key: row for row in rows.indicators if row.kind is Kind.STATED}
        for key, row in self._rows.items():
            self.fields[key] = _StatedField(row)


class _StatedField(forms.CharField):
    """A number within the bounds of its indicator; may stay empty in a draft."""

    def __init__(self, row: Indicator) -> None:
        label = f"{row.in_language(language())}（{unit_word(row.unit)}）"
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(required=False, max_length=12, label=label, help_text=row.hint_in(language()), widget=widget)
        self._row = row

    def clean(self, value: Any) -> str:
        try:
            return credit.read_stated(self._row, super().clean(value))
        except NotAllowed as fault:
            raise forms.ValidationError(fault.sentence) from fault


@require_safe
@for_shop(ShopPost.CLERK)
def list_years(request: HttpRequest) -> HttpResponse:
    """The year that can be handed in, the running one, and those before."""
    closed, running = credit.years_open(timezone.now())
    found = CreditAssessment.objects.of_shop(person(request).company_code).select_related("review").order_by("-year")
    by_year: dict[int, CreditAssessment | None] = {running: None, closed: None} | {each.year: each for each in found}
    rows = [
        (year, each, grade_view(each.grade) if each and each.grade else None)
        for year, each in sorted(by_year.items(), reverse=True)
    ]
    current = by_year[closed]
    context = {"rows": rows, "closed": closed, "running": running, "is_due": current is None or current.is_draft}
    return render(request, "credit/years.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop(ShopPost.CLERK)
def read_year(request: HttpRequest, year: int) -> HttpResponse:
    """A draft to fill in, or what was handed in."""
    now = timezone.now()
    assessment = assessment_of(request, year, now)
    if not assessment.is_draft:
        return handed_in(request, assessment)
    rows = sheet()
    kept = {**assessment.stated, "revision": assessment.revision}
    form = StatedForm(rows, request.POST if request.method == "POST" else None, initial=kept)
    if form.is_bound and form.is_valid():
        note_deed(request, assessment, now)
        try:
            credit.save(assessment.pk, rows, form.cleaned_data, form.cleaned_data["revision"], now=now)
        except Overtaken as fault:
            assessment.refresh_from_db()
            form.data = request.POST.dict() | {"revision": str(assessment.revision)}
            form.add_error(None, fault.sentence)
        except NotAllowed as fault:
            messages.warning(request, fault.sentence)
            return redirect("shop-credit-year", year)
        else:
            messages.success(request, _("已保存。"))
            return redirect("shop-credit-check" if "check" in request.POST else "shop-credit-year", year)
    context = _draft_context(assessment, rows) | {"form": form}
    return render(request, "credit/draft.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop(ShopPost.CLERK)
def check(request: HttpRequest, year: int) -> HttpResponse:
    """All at a glance before it is handed in; who manages the shop hands it in here."""
    now = timezone.now()
    assessment = assessment_of(request, year, now)
    if not assessment.is_draft:
        return redirect("shop-credit-year", year)
    rows, may_submit = sheet(), person(request).shop_post == ShopPost.MANAGER
    problem = ""
    if request.method == "POST":
        if not may_submit:
            raise PermissionDenied(_("自评表由本店负责人提交。"))
        organisation = note_deed(request, assessment, now)
        try:
            with translation.override("zh-hans"):  # as it is kept
                figures = gather(assessment.company_code, year, now)
            credit.submit(assessment.pk, rows, figures, person(request), organisation=organisation, now=now)
        except NotAllowed as fault:
            problem = fault.sentence
        else:
            messages.success(request, _("自评表已提交。主管部门打开以前可以撤回。"))
            return redirect("shop-credit-year", year)
    context = _draft_context(assessment, rows)
    context |= {
        "problem": problem,
        "may_submit": may_submit,
        "is_over": year < credit.years_open(now)[1],
        "missing": [
            row for part in context["parts"] for row in part.rows if row.kind != Kind.COUNTED and not row.points
        ],
    }
    return render(request, "credit/check.html", context, status=422 if problem else 200)


@require_POST
@for_shop()
def take_back(request: HttpRequest, year: int) -> HttpResponse:
    """Make a draft of it again, until the authority has opened it."""
    now = timezone.now()
    assessment = assessment_of(request, year, now)
    organisation = note_deed(request, assessment, now)
    try:
        credit.take_back(assessment.pk, person(request), organisation=organisation, now=now)
    except NotAllowed as fault:
        messages.warning(request, fault.sentence)
    else:
        messages.success(request, _("已撤回，可以继续修改。"))
    return redirect("shop-credit-year", year)


def handed_in(
    request: HttpRequest, assessment: CreditAssessment, *, problem: str = "", typed: str = "", status: int = 200
) -> HttpResponse:
    """The snapshot with its history; from the 公示 on what the authority finds, and the form of an objection."""
    snapshot, now = read_snapshot(assessment.snapshot), timezone.now()
    is_manager = person(request).shop_post == ShopPost.MANAGER
    context: dict[str, Any] = {
        "assessment": assessment,
        "snapshot": snapshot,
        "counted_on": day_of(snapshot.counted_on),
        "grade": grade_view(snapshot.grade),
        "parts": frozen_views(snapshot),
        "deeds": deeds_of(assessment),
        "may_take_back": assessment.state == CreditState.SUBMITTED and is_manager,
        "problem": problem,
        "typed": typed,
    }
    review = CreditReview.objects.filter(assessment=assessment, proposed_at__isnull=False).first()
    if review is not None:
        context |= finding_context(review)
        context["found_parts"] = found_parts(assessment, snapshot, context["result"])
        may_object = is_manager and CreditReview.objects.within_period(now).filter(pk=review.pk).exists()
        context |= {"may_object": may_object, "is_manager": is_manager, "most_files": MOST_EVIDENCE}
    return render(request, "credit/handed_in.html", context, status=status)


def _draft_context(assessment: CreditAssessment, rows: Sheet) -> dict[str, Any]:
    figures = gather(assessment.company_code, assessment.year, timezone.now())
    filled = credit.fill(assessment, rows, figures)
    counted = {key: figure.value for key, figure in figures.items()}
    values = values_of(rows, counted, filled.stated, filled.photos.keys())
    parts = part_views(rows, filled)
    return {
        "assessment": assessment,
        "sheet_name": rows.in_language(language()),
        "parts": parts,
        "unfilled": sum(row.is_missing for part in parts for row in part.rows),
        "steps": step_views(filled.assessment, nearest_steps(rows, values), 3),
        "counted_on": timezone.localdate(),
        **summary(filled.assessment, rows),
    }

"""试算: change any value and see points, grade and what is nearest to the next grade. Nothing is kept."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chedang.access.model import ShopPost
from chedang.site.guards import for_shop
from chedang.site.shop.credit.common import assessment_of, sheet
from chedang.site.shop.credit.figures import gather
from chedang.site.shop.credit.presentation import grade_view, language, step_views, summary, unit_word
from chedang.supervision import credit
from chedang.supervision.credit_rules import Values, assess, nearest_steps, values_of
from chedang.supervision.credit_sheet import Indicator, Sheet, Unit


class WhatIfForm(forms.Form):
    """One field for every indicator; an empty one is as it is now."""

    def __init__(self, rows: Sheet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in rows.indicators:
            self.fields[row.key] = _paper(row) if row.unit is Unit.PAPER else _number(row)


@require_safe
@for_shop(ShopPost.CLERK)
def what_if(request: HttpRequest, year: int) -> HttpResponse:
    """The calculator: a GET form, so that a result can be kept as an address and works without scripts."""
    now, rows = timezone.now(), sheet()
    draft = assessment_of(request, year, now)
    figures = gather(draft.company_code, year, now)
    filled = credit.fill(draft, rows, figures)
    counted = {key: figure.value for key, figure in figures.items()}
    present = values_of(rows, counted, filled.stated, filled.photos.keys())
    initial = {key: f"{value:f}" for key, value in present.items() if value is not None}
    asked = any(row.key in request.GET for row in rows.indicators)
    form = WhatIfForm(rows, {**initial, **request.GET.dict()} if asked else None, initial=initial)
    values: Values = present
    if asked and form.is_valid():
        values = {key: given if (given := form.cleaned_data[key]) is not None else present[key] for key in present}
    result, now_stands = assess(rows, values), assess(rows, present)
    points = {row.indicator.key: row.points for row in result.rows}
    context = {
        "assessment": draft,
        "form": form,
        "parts": [
            (
                part.in_language(language()),
                [(form[row.key], points[row.key], row.most) for row in part.indicators],
            )
            for part in rows.dimensions
        ],
        "present_points": now_stands.points,
        "present_grade": grade_view(now_stands.grade),
        "change": result.points - now_stands.points,
        "steps": step_views(result, nearest_steps(rows, values)),
        "asked": asked,
        **summary(result, rows),
    }
    return render(request, "credit/what_if.html", context, status=422 if form.errors else 200)


def _number(row: Indicator) -> forms.DecimalField:
    return forms.DecimalField(
        required=False,
        label=f"{row.in_language(language())}（{unit_word(row.unit)}）",
        min_value=min(row.least, row.full_at, row.zero_at),
        max_value=max(row.greatest, row.full_at, row.zero_at),
        decimal_places=2,
        max_digits=8,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


def _paper(row: Indicator) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        required=False,
        label=row.in_language(language()),
        choices=[("1", _("已附")), ("0", _("未附"))],
        coerce=Decimal,
        empty_value=None,
    )

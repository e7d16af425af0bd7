"""建议抽查: shops worth a visit by points, each with its reasons."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from chedang.access.model import Role
from chedang.filing.risk import Points, load_scale, suggest
from chedang.site.enterprise_view import category_name, division_name
from chedang.site.guards import for_roles, person
from chedang.site.regulator.inspections.figures import figures_of
from chedang.site.regulator.scope import enterprises_in_scope

_SUGGESTED: Final = 50


@require_safe
@for_roles(Role.REGULATOR)
def suggested(request: HttpRequest) -> HttpResponse:
    """建议抽查, most points first; what gives how many points stands below."""
    officer, now = person(request), timezone.now()
    is_english = (get_language() or "").startswith("en")
    scale = load_scale()
    found = suggest(figures_of(officer, now), scale, limit=_SUGGESTED)
    shops = enterprises_in_scope(officer).in_bulk([each.company_code for each in found])
    context = {
        "division": division_name(officer.division_code),
        "rows": [
            {
                "shop": shops[each.company_code],
                "division": division_name(shops[each.company_code].division_code),
                "category": category_name(shops[each.company_code].category_code),
                "points": each.points,
                "reasons": [(_words(part, is_english=is_english), part.points) for part in each.parts],
            }
            for each in found
            if each.company_code in shops
        ],
        "limit": _SUGGESTED,
        "from_points": scale.suggested_from,
        "edition": scale.edition,
        "factors": [(each.english_name if is_english else each.name, each.steps) for each in scale.factors],
    }
    return render(request, "inspections/suggested.html", context)


def _words(part: Points, *, is_english: bool) -> str:
    return (part.factor.english if is_english else part.factor.text).replace("{n}", str(part.figure))

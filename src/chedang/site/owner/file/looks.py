"""谁看过我的档案: every look at one's own car, officials' included."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chedang.access.looks import looks_of, looks_of_others
from chedang.access.models import AuditEvent
from chedang.owners.handovers import handed_over_at
from chedang.owners.model import Access
from chedang.site.guards import person
from chedang.site.owner.cars import for_own_car
from chedang.site.vehicle.looks import Look, present_look, present_looks

_OWN_SHOWN: Final = 20


@require_safe
@for_own_car
def looks(request: HttpRequest, access: Access) -> HttpResponse:
    """Looks of others page by page, one's own folded. Reading this list is no look at the file."""
    reader = person(request)
    own = looks_of(access.vin, reader)
    others = _of_others(access, request)
    page = Paginator(others, settings.RECORDS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "access": access,
        "page": page,
        "looks": present_looks(page.object_list),
        "own_count": own.count(),
        "own_looks": present_looks(own[:_OWN_SHOWN]),
        "own_shown": _OWN_SHOWN,
    }
    return render(request, "owner/looks.html", context)


def last_look_of_others(access: Access, request: HttpRequest) -> Look | None:
    """The newest look of anybody else; ``None`` when nobody else looked."""
    event = _of_others(access, request).first()
    return None if event is None else present_look(event)


def _of_others(access: Access, request: HttpRequest) -> QuerySet[AuditEvent]:
    """Looks since the car is this owner's: those of before are the former owner's, and would name the shops."""
    looks = looks_of_others(access.vin, person(request), since=handed_over_at(access))
    return looks.select_related("actor")

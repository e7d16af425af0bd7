"""Pages of 安全审计员: the audit trail, searched and exported. Every search is an event itself; nothing is changed."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import AuditEvent, AuditSeal
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.oversight.events import MOST_EXPORTED, EventFilter, as_csv, present


@require_safe
@for_roles(Role.AUDITOR)
def home(request: HttpRequest) -> HttpResponse:
    """The search and what it finds, the newest first; how far the trail is sealed."""
    auditor = person(request)
    form = EventFilter(request.GET)
    is_good = form.is_valid()
    is_export = is_good and request.GET.get("format") == "csv"
    record_event(
        auditor,
        AuditAction.EXPORT_TABLE if is_export else AuditAction.READ_AUDIT,
        Purpose.OVERSIGHT,
        now=timezone.now(),
        object_id="audit",
        organisation=organisation_of(auditor),
        reason=form.in_words() if is_good else "",
    )
    events: QuerySet[AuditEvent] = AuditEvent.objects.order_by("-pk")
    events = form.narrow(events) if is_good else events.none()
    if is_export:
        return as_csv(events, "audit")
    page = Paginator(events.select_related("actor"), settings.RECORDS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": present(page),
        "most_exported": MOST_EXPORTED,
        "newest_seal": AuditSeal.objects.order_by("-first_id").first(),
        "query": urlencode({name: value for name, value in request.GET.items() if name not in {"page", "format"}}),
        "shows_same_vehicle": True,
    }
    return render(request, "oversight/audit.html", context, status=200 if is_good else 422)

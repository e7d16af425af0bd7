"""发件箱: what would have been sent by SMS, and the codes that officials' devices would show.

For a demonstration with fictional people only.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.access.sms import OutboxSender, sender
from chedang.site.accounts import demo_codes
from chedang.site.settings import NODE

_MOST = 50


@login_not_required
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """The newest texts with their numbers; no such page where SMS are really sent, or not at all."""
    way = sender()
    if not isinstance(way, OutboxSender):
        raise Http404
    codes = demo_codes(now=timezone.now()) if NODE.second_factor == "required" else []
    response = render(request, "phone/outbox.html", {"texts": way.last(_MOST), "codes": codes})
    response.headers["X-Robots-Tag"] = "noindex"
    return response

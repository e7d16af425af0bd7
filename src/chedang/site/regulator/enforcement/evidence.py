"""证据包 of one shop in one press: the page shows the figures, the form fetches the signed archive."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.site.guards import for_roles, person
from chedang.site.regulator.enforcement.common import actor
from chedang.site.regulator.enforcement.forms import PeriodForm
from chedang.site.regulator.enforcement.packing import pack_of, zip_of
from chedang.site.regulator.scope import enterprise_in_scope
from chedang.supervision.evidence_cover import count_rows

_MOST_AT_ONCE: Final = 2
_LONGEST_SECONDS: Final = 15 * 60
_turns: Final = threading.BoundedSemaphore(_MOST_AT_ONCE)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def evidence(request: HttpRequest, company_code: str) -> HttpResponse:
    """Figures of ``?since=&until=``; the form sends the archive. Making one is written down before it is made."""
    officer, now = person(request), timezone.now()
    shop = enterprise_in_scope(officer, company_code)
    is_post = request.method == "POST"
    given = request.POST if is_post else request.GET
    is_asked = is_post or "since" in request.GET
    form = PeriodForm(given if is_asked else None)
    if is_asked and not form.is_valid():
        return render(request, "enforcement/evidence.html", {"form": form, "shop": shop}, status=422)
    period = form.cleaned_data if is_asked else form.initial
    by = actor(request)
    pack = pack_of(shop, period["since"], period["until"], authority=by.organisation, made_at=now)
    if not is_post:
        context = {"form": form, "shop": shop, "pack": pack, "counts": count_rows(pack), "period": period}
        return render(request, "enforcement/evidence.html", context)
    if not _turns.acquire(blocking=False):
        messages.warning(request, _("正在制作的证据包太多，请过几分钟再试。"))
        return redirect("officer-evidence", company_code)
    pieces = _in_turn(lambda: zip_of(pack))
    next(pieces)  # begun, it ends in every case: read to its end, closed, or forgotten
    record_event(
        officer,
        AuditAction.MAKE_EVIDENCE_PACK,
        Purpose.ENFORCEMENT,
        now=now,
        object_id=company_code,
        organisation=by.organisation,
        after={"since": str(period["since"]), "until": str(period["until"])},
    )
    name = f"evidence-{company_code}-{period['since']:%Y%m%d}-{period['until']:%Y%m%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Encoding": "identity"}
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)  # type: ignore[return-value]  # guards say HttpResponse


def _in_turn(make: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
    """The pieces, and the turn given back after them. The first one is empty. Raises TimeoutError for a slow line."""
    until = time.monotonic() + _LONGEST_SECONDS
    try:
        yield b""
        for piece in make():
            if time.monotonic() > until:
                raise TimeoutError
            yield piece
    finally:
        _turns.release()

"""导出本店数据: all of it, at any time, by whoever manages the shop. Streamed: memory does not grow with the shop."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.platform.zips import zip_pieces
from chedang.site.guards import for_shop, person
from chedang.site.organisation import organisation_of
from chedang.site.shop.why.takeaway import files_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop()
def export(request: HttpRequest) -> HttpResponse:
    """What is inside; the form sends the archive."""
    if request.method != "POST":
        return render(request, "why/export.html", {})
    shop, now = person(request), timezone.now()
    record_event(
        shop,
        AuditAction.EXPORT_OWN_DATA,
        Purpose.OWN_BUSINESS,
        now=now,
        object_id=shop.company_code,
        organisation=organisation_of(shop),
    )
    name = f"chedang-{shop.company_code}-{timezone.localdate(now):%Y%m%d}.zip"
    pieces = zip_pieces(files_of(shop.company_code), made_at=now)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Encoding": "identity"}
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)  # type: ignore[return-value]  # guards say HttpResponse

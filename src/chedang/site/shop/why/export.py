"""导出本店数据: all of it, at any time, by whoever manages the shop. Streamed: memory does not grow with the shop.

An archive takes a thread of this process for as long as somebody's line takes to fetch it. So there are few at once,
one of each shop, and none for longer than a slow line needs: or a handful of slow lines would stop every other page.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.platform.zips import zip_pieces
from chedang.site.guards import for_shop, person
from chedang.site.organisation import organisation_of
from chedang.site.shop.why.takeaway import files_of

_MOST_AT_ONCE: Final = 2
_LONGEST_SECONDS: Final = 15 * 60
_lock = threading.Lock()
_under_way: set[str] = set()
"""Codes of the shops whose archive is being fetched."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop()
def export(request: HttpRequest) -> HttpResponse:
    """What is inside; the form sends the archive."""
    if request.method != "POST":
        return render(request, "why/export.html", {})
    shop, now = person(request), timezone.now()
    if not _begin(shop.company_code):
        messages.warning(request, _("正在导出的企业太多，或者本店的另一次导出还没有下载完，请过几分钟再试。"))
        return redirect("shop-export")
    pieces = _in_turn(shop.company_code, zip_pieces(files_of(shop.company_code), made_at=now))
    next(pieces)  # begun, it ends in every case: read to its end, closed, or forgotten
    record_event(
        shop,
        AuditAction.EXPORT_OWN_DATA,
        Purpose.OWN_BUSINESS,
        now=now,
        object_id=shop.company_code,
        organisation=organisation_of(shop),
    )
    name = f"chedang-{shop.company_code}-{timezone.localdate(now):%Y%m%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Encoding": "identity"}
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)  # type: ignore[return-value]  # guards say HttpResponse


def _begin(company_code: str) -> bool:
    """Take a turn; False when there is none."""
    with _lock:
        if company_code in _under_way or len(_under_way) >= _MOST_AT_ONCE:
            return False
        _under_way.add(company_code)
        return True


def _in_turn(company_code: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, and the turn given back after them. The first one is empty. Raises TimeoutError for a slow line."""
    until = time.monotonic() + _LONGEST_SECONDS
    try:
        yield b""
        for piece in pieces:
            if time.monotonic() > until:
                raise TimeoutError
            yield piece
    finally:
        with _lock:
            _under_way.discard(company_code)

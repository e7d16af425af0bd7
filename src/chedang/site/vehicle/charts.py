"""里程曲线 at an address of its own: the page need not wait for it, and an unchanged one is not sent again."""

from __future__ import annotations

from hashlib import sha256

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from chedang.site.findings import page_language
from chedang.vehicles.chart import can_draw, mileage_chart
from chedang.vehicles.model import OdometerVerdict


def chart_response(request: HttpRequest, verdict: OdometerVerdict) -> HttpResponse:
    """The picture, or 304 where the browser has it. Raises Http404 where there is nothing to draw."""
    if not can_draw(verdict):
        raise Http404
    language = page_language()
    content = msgspec.json.encode((language, verdict.sentence, verdict.readings, sorted(map(str, verdict.doubtful))))
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    # Asked before anything is drawn: drawing is what takes time.
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(mileage_chart(verdict, language), content_type="image/svg+xml; charset=utf-8")
    response.headers["ETag"] = tag
    # Kept by the browser of this person alone, which asks each time whether it still holds.
    response.headers["Cache-Control"] = "private, no-cache"
    return response

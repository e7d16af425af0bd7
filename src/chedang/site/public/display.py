"""长辈版: the same pages with larger type, remembered in a cookie."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

_COOKIE = "chedang_size"
_LARGE = "large"
_YEAR_SECONDS = 365 * 24 * 3600


def is_large(request: HttpRequest) -> bool:
    """Whether the reader asked for 长辈版."""
    return request.COOKIES.get(_COOKIE) == _LARGE


@login_not_required
@require_POST
def switch_size(request: HttpRequest) -> HttpResponse:
    """Turn 长辈版 on or off and go back to the page the reader was on."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if request.POST.get("size") == _LARGE:
        response.set_cookie(
            _COOKIE, _LARGE, max_age=_YEAR_SECONDS, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    else:
        response.delete_cookie(_COOKIE, samesite="Lax")
    return response

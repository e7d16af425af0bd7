"""Headers that every page carries, and addresses that no page answers."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Nothing inline, nothing from elsewhere."""


class SecurityHeadersMiddleware:
    """Adds what Django's own middleware does not: the content policy, and no caching of what a person was shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class WithoutNulMiddleware:
    """Keeps NUL from the pages: no text of the database can hold one.

    An address with one leads nowhere. In what is typed it is invisible, comes along with pasted text, and is left
    out, as ``terms.text.clean`` does. Forms of pages that take files are left alone: these choose who takes the files
    before anything is read, and read the rest by fields that refuse it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: object = None, *_rest: object) -> None:
        """After the check of the token, which has read the form.

        A page that checks the token itself takes files, whatever kind of form comes: nothing may be read before it.
        """
        is_read = request.content_type == "application/x-www-form-urlencoded" or hasattr(request, "_post")
        if not is_read or getattr(view, "csrf_exempt", False):
            return
        if any("\0" in value for values in request.POST.lists() for value in values[1]):
            cleaned = request.POST.copy()
            for name, values in request.POST.lists():
                cleaned.setlist(name, [value.replace("\0", "") for value in values])
            request.POST = QueryDict(cleaned.urlencode())  # as immutable as it was

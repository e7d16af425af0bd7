"""Pages for what went wrong: each says why and offers a way on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from chedang.site.public.display import is_large


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``exception`` carries the sentence that says why, when the page had one."""
    return render(request, "errors/403.html", {"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request: naming the signed-in person would need the database, which may be what failed.
    return HttpResponse(get_template("errors/500.html").render({"is_large": is_large(request)}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is too old, or cookies that are switched off."""
    return render(request, "errors/csrf.html", status=403)

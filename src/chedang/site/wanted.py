"""Where somebody wanted to go before signing in: ``next`` in a form or an address, which anybody may write."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def wanted_page(request: HttpRequest, own: str) -> str:
    """The page of this site that the person wanted to open; '' for none. ``own`` names the page that asks.

    A path, no other word: ``redirect`` would take that for the name of a page, and most name none.
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    is_own = wanted.split("?")[0] == resolve_url(own)
    return wanted if is_ours and wanted.startswith("/") and not is_own else ""

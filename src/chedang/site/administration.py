"""Django's admin pages for the 系统管理员: accounts and registrations."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class ChedangAdminSite(AdminSite):
    """Signs people in through the site's own page, which counts wrong passwords."""

    site_header = _("车档 · 系统管理")
    site_title = _("车档")
    index_title = _("账户与备案")
    enable_nav_sidebar = False

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied(gettext("系统管理只对系统管理员开放。"))
        return redirect(f"{reverse('sign-in')}?next={reverse('admin:index')}")

    def logout(  # type: ignore[override]  # the stubs name what Django's own page answers
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The site's own, which writes it down."""
        from chedang.site.account.pages import sign_out  # this module is loaded before the models are

        return sign_out(request)

    def password_change(  # type: ignore[override]  # the stubs name what Django's own page answers
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The site's own, which ends the other sessions."""
        return redirect("change-password")

"""Who may open a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chedang.access.model import Role, ShopPost
from chedang.access.models import User
from chedang.site.settings import OWNERS_SIGN_IN

Parameters = ParamSpec("Parameters")
Page = Callable[Concatenate[HttpRequest, Parameters], HttpResponse]


def person(request: HttpRequest) -> User:
    """The signed-in account. Raises PermissionDenied for a visitor: a closed page that was left open by mistake."""
    if not isinstance(request.user, User):
        raise PermissionDenied(_("请先登录。"))
    return request.user


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """Leads to the sign-in page; who sent a form from a session that had ended is told what became of it."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        if request.method == "POST":
            messages.warning(request, _("登录已经失效，刚才填的内容没有提交。请重新登录后再填一次。"))
        return super().handle_no_permission(request, view_func)


def for_roles(*roles: Role) -> Callable[[Page[Parameters]], Page[Parameters]]:
    """Open a page to some roles only; others get the page that says why and where to go."""

    def decorate(page: Page[Parameters]) -> Page[Parameters]:
        @wraps(page)
        def guarded(request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponse:
            if person(request).role not in roles:
                raise PermissionDenied(_("这个页面不对您的账户开放。"))
            return page(request, *args, **kwargs)

        if roles == (Role.OWNER,) and OWNERS_SIGN_IN:
            guarded.login_url = "phone-sign-in"  # type: ignore[attr-defined]  # Django reads it off the page
        return guarded

    return decorate


def for_shop(*posts: ShopPost) -> Callable[[Page[Parameters]], Page[Parameters]]:
    """Open a page to people of a shop: those who manage it, and the posts named."""

    def decorate(page: Page[Parameters]) -> Page[Parameters]:
        @for_roles(Role.SHOP)
        @wraps(page)
        def guarded(request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponse:
            if person(request).shop_post not in opens_to:
                raise PermissionDenied(_("这个页面不对您的岗位开放，请找本店负责人。"))
            return page(request, *args, **kwargs)

        guarded.shop_posts = opens_to  # type: ignore[attr-defined]  # a test reads it off every page of a shop
        return guarded

    opens_to = frozenset({ShopPost.MANAGER, *posts})

    return decorate

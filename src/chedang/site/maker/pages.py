"""Apply for 总部对总部, and look how it stands. At the ministry only; nobody signs in for it.

The state opens with the upload account and its password, which a head office has anyway: one account fewer to keep.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from chedang.access.saying import words_of
from chedang.enterprises import actions, known, maker_store, makers, store
from chedang.enterprises.errors import AlreadyRegistered, DecisionRefused, PasswordRefused
from chedang.enterprises.maker_model import Application, Maker
from chedang.enterprises.model import Source
from chedang.platform.passwords import verify_password
from chedang.site.account import throttle
from chedang.site.archive.connections import archive
from chedang.site.maker.dealer_file import TOO_LARGE, SmallFileHandler
from chedang.site.maker.forms import ApplicationForm, PasswordForm, StatusForm
from chedang.site.maker_view import dealer_rows, maker_view
from chedang.site.settings import NODE

_MOST_NAMED = 20
_MOST_SHOWN = 200
_MOST_PROBLEMS = 100

Parameters = ParamSpec("Parameters")


def at_ministry(
    page: Callable[Concatenate[HttpRequest, Parameters], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Parameters], HttpResponse]:
    """Open a page at the ministry only; elsewhere it is not there."""

    @wraps(page)
    def guarded(request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponse:
        if NODE.node.level != "ministry":
            raise Http404
        return page(request, *args, **kwargs)

    return guarded


@csrf_exempt  # the form's token is checked below, once the handler is in place: it stands in the same body
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
@at_ministry
def apply(request: HttpRequest) -> HttpResponse:
    """The application form; what was typed stays until it is right, but for the password."""
    handler = SmallFileHandler(request)
    request.upload_handlers = [handler]
    return _apply(request, handler)


@csrf_protect
def _apply(request: HttpRequest, handler: SmallFileHandler) -> HttpResponse:
    form = ApplicationForm(request.POST, request.FILES) if request.method == "POST" else ApplicationForm()
    if handler.is_too_much:
        form.add_error("file", TOO_LARGE)
    elif request.method == "POST" and form.is_valid() and form.application is not None:
        maker = _take(form, form.application)
        if maker is not None:
            return _applied(request, maker, form.application)
    context = {
        "form": form,
        "problems": form.problems[:_MOST_PROBLEMS],
        "more_problems": max(len(form.problems) - _MOST_PROBLEMS, 0),
    }
    return render(request, "maker/apply.html", context, status=422 if form.errors else 200)


def _take(form: ApplicationForm, application: Application) -> Maker | None:
    """Store the application; complaints go to the form."""
    # A second application tells a right password from a wrong one, so it is guarded like a sign-in.
    tries = f"maker/{application.unified_credit_code}"
    if wait := throttle.claim(tries):
        form.add_error(None, _("密码错误次数过多，请 %(minutes)d 分钟后再试。") % {"minutes": wait.seconds // 60 + 1})
        return None
    try:
        with archive() as connection:
            maker = makers.apply(connection, application, now=timezone.now())
    except PasswordRefused as fault:
        throttle.forget(tries)
        form.add_error("password", words_of(fault))
    except AlreadyRegistered:
        form.add_error("password", _("贵企业申报过，密码与上次的不同。请用上次的密码；忘记了请联系部级主管部门。"))
    except DecisionRefused as fault:
        throttle.forget(tries)
        form.add_error(None, words_of(fault))
    else:
        throttle.forget(tries)
        return maker
    return None


def _applied(request: HttpRequest, maker: Maker, application: Application) -> HttpResponse:
    codes = [dealer.company_code for dealer in application.dealers]
    with archive() as connection:
        shops = known.find_all(connection, codes)
    unknown = [code for code in codes if code not in shops]
    context = {"maker": maker, "dealers": len(codes), "unknown": unknown[:_MOST_NAMED], "unknown_count": len(unknown)}
    return render(request, "maker/applied.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
@at_ministry
def status(request: HttpRequest) -> HttpResponse:
    """How an application stands, with its dealers."""
    form = StatusForm(request.POST) if request.method == "POST" else StatusForm()
    if request.method == "POST" and form.is_valid():
        account = form.cleaned_data["account"].strip()
        if _is_right(form, account, form.cleaned_data["password"]):
            with archive() as connection:
                maker, rows = maker_store.find(connection, account), dealer_rows(connection, account)
            if maker is None:
                raise Http404
            view = maker_view(maker, sum(row.is_current for row in rows))
            context = {"maker": view, "page": rows[:_MOST_SHOWN], "unlisted": max(len(rows) - _MOST_SHOWN, 0)}
            return render(request, "maker/status.html", context)
    return render(request, "maker/ask_status.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password", "new_password")
@at_ministry
def change_password(request: HttpRequest) -> HttpResponse:
    """Another password for the upload account, by whoever knows the one it has; tokens got with that end."""
    form = PasswordForm(request.POST) if request.method == "POST" else PasswordForm()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        account = given["account"].strip()
        if _is_right(form, account, given["password"]):
            try:
                with archive() as connection:
                    actions.change_password(
                        connection, account, given["new_password"], now=timezone.now(), ends_tokens=True
                    )
            except PasswordRefused as fault:
                form.add_error("new_password", words_of(fault))
            else:
                messages.success(request, _("上传密码已更换，请同时改总部软件里的密码。"))
                return redirect("maker-status")
    return render(request, "maker/password.html", {"form": form}, status=422 if form.errors else 200)


def _is_right(form: StatusForm, account: str, password: str) -> bool:
    """Is this the password of a maker's account? Complaints go to the form and tell nothing else."""
    tries = f"maker/{account}"
    if wait := throttle.claim(tries):
        form.add_error(None, _("密码错误次数过多，请 %(minutes)d 分钟后再试。") % {"minutes": wait.seconds // 60 + 1})
        return False
    with archive() as connection:
        found = store.find_by_code(connection, account)
    if found is None or found.source is not Source.MAKER or not verify_password(found.password_hash, password):
        form.add_error(None, _("账户或密码不对，请核对后再试。"))
        return False
    throttle.forget(tries)
    return True

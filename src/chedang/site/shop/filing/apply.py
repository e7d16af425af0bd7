"""For everybody: a shop without software files on the web and may upload at once (ADR 0008)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from chedang.access import allowances
from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.access.models import User
from chedang.enterprises.code_tables import read_registration_today
from chedang.enterprises.errors import AlreadyRegistered, RegistrationRefused
from chedang.enterprises.model import WIRE_NAMES, Enterprise, RegistrationText
from chedang.enterprises.rules import read_registration
from chedang.filing.applying import give_account, is_name_free
from chedang.filing.filing_model import FilingRefused
from chedang.site.account import throttle
from chedang.site.archive.connections import archive
from chedang.site.client_address import client_address
from chedang.site.owner.phone.pages import note_this_session
from chedang.site.registration_words import finding_words
from chedang.site.settings import NODE
from chedang.site.shop.filing.forms import LIVE, ApplyForm, choices_on
from chedang.site.shop.filing.wiring import digester, registrar
from chedang.terms.codes import OPERATION_STATE
from chedang.terms.dates import day_in_china

MOST_PER_ADDRESS: Final = 20
"""Filings of one network address within a day (ours): offices help shops of a whole street."""
_DAY: Final = timedelta(days=1)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password", "account_password")
def apply(request: HttpRequest) -> HttpResponse:
    """The form; what was typed stays until it is right, but for the passwords."""
    if NODE.node.level != "province":
        raise Http404
    if isinstance(request.user, User):
        return redirect("home")
    with archive() as connection:
        choices = choices_on(connection, timezone.now())
    usual = {"operation_state": OPERATION_STATE.code_of("营业")}
    form = ApplyForm(request.POST if request.method == "POST" else None, choices=choices, initial=usual)
    if form.is_bound:
        _judge(form)
        if not form.errors and (user := _take(request, form)) is not None:
            return _go_on(request, user)
    return render(request, "filing/apply.html", {"form": form, "live": LIVE}, status=422 if form.errors else 200)


@login_not_required
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """What the rules say of one element just filled in: a piece of the page. Nothing is looked up or kept."""
    name = next((name for name in LIVE if name in request.POST), None)
    if name is None:
        raise Http404
    value = request.POST[name][:400]
    text = RegistrationText(**{name: value})
    found = read_registration(text, today=day_in_china(timezone.now()))[1]
    sentences = [finding_words(finding) for finding in found if finding.field == WIRE_NAMES[name]]
    return render(request, "filing/_check.html", {"sentences": sentences, "is_empty": not value.strip()})


def _judge(form: ApplyForm) -> None:
    """The form's own faults and the findings of the rules, all at once."""
    if not form.is_valid() and not form.cleaned_data:
        return
    with archive() as connection:
        findings = read_registration_today(connection, _text(form), now=timezone.now())[1]
    own = [finding for finding in findings if finding.field != WIRE_NAMES["password"]]
    form.show(own)


def _text(form: ApplyForm) -> RegistrationText:
    given = {name: str(form.cleaned_data.get(name, "")) for name in WIRE_NAMES}
    return RegistrationText(**given)


def _take(request: HttpRequest, form: ApplyForm) -> User | None:
    """Register and open the account; complaints go to the form. Safe to repeat after a lost answer."""
    now, given = timezone.now(), form.cleaned_data
    if allowances.take("apply:address", _digest(request), most=MOST_PER_ADDRESS, within=_DAY, now=now):
        form.add_error(None, _("从这个网络今天提交得太多了，请明天再试，或到当地道路运输管理机构办理。"))
        return None
    if not _may_have_name(form, given["username"], given["account_password"]):
        return None
    # A second filing tells a right password from a wrong one, so it is guarded like a sign-in.
    tries = f"shop/{given['unified_credit_code'] or given['road_transport_license'] or given['company_name']}"
    if wait := throttle.claim(tries):
        form.add_error(None, _too_often(wait))
        return None
    try:
        shop = _register(_text(form))
        throttle.forget(tries)
        return give_account(
            shop, given["username"], given["account_password"], given["superintendent_name"][:32], now=now
        )
    except AlreadyRegistered:
        form.add_error(
            None, _("这家企业已经登记过，上传密码和那时的不同。请用原来的密码，或用“首次登录”凭企业编码登录。")
        )
    except RegistrationRefused as fault:  # the code tables changed since they were looked at
        form.show(fault.findings)
    except FilingRefused as fault:
        form.add_error(None, fault.sentence)
    return None


def _register(text: RegistrationText) -> Enterprise:
    with archive() as connection:
        return registrar()(connection, text, timezone.now())


def _may_have_name(form: ApplyForm, username: str, password: str) -> bool:
    """Is the name free, or the applicant's own from an earlier try? Else a complaint goes to the form.

    A name that is taken tells a right password from a wrong one, so tries are counted for each name; apart from those
    of the sign-in page, which nobody here is to close to whom the name belongs.
    """
    if is_name_free(username):
        return True
    tries = f"apply/{username}"
    if wait := throttle.claim(tries):
        form.add_error(None, _too_often(wait))
        return False
    if _is_own(username, password):
        throttle.forget(tries)
        return True
    form.add_error("username", _("这个账户名已经有人用了，请换一个。"))
    return False


def _too_often(wait: timedelta) -> str:
    return _("密码错误次数过多，请 %(minutes)d 分钟后再试。") % {"minutes": wait.seconds // 60 + 1}


def _is_own(username: str, password: str) -> bool:
    """Is it the account that an earlier try made?"""
    user = User.objects.filter(username=username, role="shop", is_active=True).first()
    return user is not None and user.check_password(password)


def _digest(request: HttpRequest) -> str:
    return digester().digest(client_address(request))


def _go_on(request: HttpRequest, user: User) -> HttpResponse:
    """Signed in, and told the code."""
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    record_event(user, AuditAction.SIGN_IN, Purpose.OWN_BUSINESS, now=timezone.now())
    note_this_session(request, user)
    messages.success(request, _("备案已提交。维修企业编码是 %(code)s，请记下。") % {"code": user.company_code})
    return redirect("shop-filing")

"""首次登录: a shop that has only its software's password comes to a manager account, in two steps."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import structlog
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from chedang.access.codes import Matter
from chedang.access.sms import NotSent, send_text
from chedang.enterprises import store as enterprises
from chedang.filing import staff_enrolment
from chedang.filing.staff_accounts import NameTaken
from chedang.filing.staff_enrolment import HasManager, NotProved, Proof, TooManyTries
from chedang.site.archive.connections import archive
from chedang.site.client_address import client_address
from chedang.site.owner.phone.asking import send_code
from chedang.site.owner.phone.devices import device_of, remember_device
from chedang.site.settings import NODE, OWNERS_SIGN_IN
from chedang.site.shop.staff.forms import EnrolForm, ManagerByPasswordForm, ManagerByPhoneForm, ShopCodeForm
from chedang.site.shop.staff.signing_in import code_page, enter_as, prove_number, waiting_number
from chedang.terms import phone

_PROOF = "enrolling"
_PROOF_LASTS = timedelta(minutes=30)

_log = structlog.get_logger(__name__)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("secret")
def prove(request: HttpRequest) -> HttpResponse:
    """First step: the shop's code with its upload password, or with a code of the county's officer."""
    if NODE.node.level != "province":
        raise Http404
    if request.user.is_authenticated:
        return redirect("home")
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            proof = _prove(request, form)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            until = timezone.now() + _PROOF_LASTS
            request.session[_PROOF] = {"proof": list(proof), "until": until.isoformat()}
            return redirect("shop-enrol-account")
    return render(request, "staff/enrol.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password-new_password", "password-again")
def make_account(request: HttpRequest) -> HttpResponse:
    """Second step: the manager's account, by a password or by a phone."""
    proof = _proof(request)
    if proof is None:
        return _again(request)
    way = request.POST.get("way", "")
    by_password = ManagerByPasswordForm(request.POST if way == "password" else None)
    by_phone = ManagerByPhoneForm(request.POST if way == "phone" else None)
    if by_password.is_bound and by_password.is_valid():
        given = by_password.cleaned_data
        try:
            return _finish(
                request, proof, given["name"], username=given["username"], password=given["new_password"], number=""
            )
        except NameTaken:
            by_password.add_error("username", _("这个账户名已有人用，请换一个。"))
    if by_phone.is_bound and by_phone.is_valid() and _send(request, by_phone):
        return redirect("shop-enrol-code")
    wrong = by_phone if by_phone.errors else by_password
    with archive() as connection:
        shop = enterprises.find_by_code(connection, proof.company_code)
    context = {
        "wrong": wrong,
        "by_password": by_password,
        "by_phone": by_phone if OWNERS_SIGN_IN else None,
        "company_name": shop.company_name if shop else "",
        "by_code": bool(proof.code_digest),
    }
    return render(request, "staff/enrol_account.html", context, status=422 if wrong.errors else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code that proves the manager's phone."""
    proof = _proof(request)
    if proof is None:
        return _again(request)
    form = ShopCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            number = prove_number(request, Matter.SHOP_ENROL, form.cleaned_data["code"])
        except ValidationError as refusal:
            form.add_error("code", refusal)
        else:
            name = str(request.session[_PROOF].get("name", ""))
            response = _finish(request, proof, name, username="", password="", number=number)
            remember_device(request, response, number)
            return response
    return code_page(request, form, Matter.SHOP_ENROL, back="shop-enrol-account")


def _prove(request: HttpRequest, form: EnrolForm) -> Proof:
    """Raises ValidationError."""
    given = form.cleaned_data
    try:
        with archive() as connection:
            return staff_enrolment.prove(
                connection, given["company_code"], given["secret"], client_address(request), now=timezone.now()
            )
    except NotProved:
        raise ValidationError(
            _(
                "没有通过。请核对编码和密码。上传密码太简单的企业、由连锁总部开户的企业，"
                "要用县级道路运输管理机构给的首次登录码。"
            )
        ) from None
    except HasManager:
        raise ValidationError(
            _("贵企业已有负责人账户，请让负责人给您开通。联系不上负责人的，请找县级道路运输管理机构要首次登录码。")
        ) from None
    except TooManyTries as fault:
        raise ValidationError(_too_many(fault)) from None


def _too_many(fault: TooManyTries) -> str:
    minutes = math.ceil(fault.wait.total_seconds() / 60)
    if fault.of_shop:
        return _("用上传密码试这个编码的次数太多，今天不再接受密码。首次登录码仍然可用，请向县级道路运输管理机构要。")
    return ngettext(
        "试的次数太多，请 %(minutes)d 分钟后再试。", "试的次数太多，请 %(minutes)d 分钟后再试。", minutes
    ) % {"minutes": minutes}


def _proof(request: HttpRequest) -> Proof | None:
    """What the first step proved in this browser, for half an hour."""
    kept = request.session.get(_PROOF)
    if not kept or datetime.fromisoformat(kept["until"]) <= timezone.now():
        return None
    return Proof(*kept["proof"])


def _again(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("home")
    messages.info(request, _("请先填写维修企业编码和上传密码。"))
    return redirect("shop-enrol")


def _send(request: HttpRequest, form: ManagerByPhoneForm) -> bool:
    """Send the code that proves the phone; says whether one is on its way."""
    number = form.cleaned_data["number"]
    try:
        send_code(request, number, Matter.SHOP_ENROL, device=device_of(request, number))
    except ValidationError as refusal:
        if waiting_number(request, Matter.SHOP_ENROL) != number:
            form.add_error("number", refusal)
            return False
    request.session[_PROOF] = request.session[_PROOF] | {"name": form.cleaned_data["name"]}
    return True


def _finish(
    request: HttpRequest, proof: Proof, name: str, *, username: str, password: str, number: str
) -> HttpResponse:
    """Make the account and sign in; a shop that was let in meanwhile is told. Raises NameTaken."""
    try:
        user = staff_enrolment.make_manager(
            proof, name, username=username, password=password, number=number, now=timezone.now()
        )
    except (HasManager, NotProved):
        request.session.pop(_PROOF, None)
        messages.error(request, _("没有开通：贵企业刚有了负责人账户，或者首次登录码已经用过。"))
        return redirect("shop-enrol")
    request.session.pop(_PROOF, None)
    _tell_shop(proof)
    enter_as(request, user)
    messages.success(request, _("负责人账户已开通。别的人请在“本店人员”里添加，不要共用账户。"))
    return redirect("home")


def _tell_shop(proof: Proof) -> None:
    """Whoever knows only the password cannot do this in silence: the registered contact gets a text."""
    with archive() as connection:
        shop = enterprises.find_by_code(connection, proof.company_code)
    number = phone.normalise(shop.linkman_phone) if shop else ""
    if not phone.is_mobile(number):
        return
    text = (
        f"维修企业编码末四位 {proof.company_code[-4:]} 的企业刚开通了网站的负责人账户。"
        "不是贵企业所为，请马上联系县级道路运输管理机构。"
    )
    try:
        send_text(number, text)
    except NotSent:
        _log.warning("a shop was not told of its first account", company_code=proof.company_code)

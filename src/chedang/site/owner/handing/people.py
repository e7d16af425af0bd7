"""谁能看我的车: the owner's consents, given, listed, taken back; and asking another owner for one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chedang.access import allowances
from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.access.phones import digest_of
from chedang.access.sms import NotSent, notify, send_text
from chedang.owners import consents
from chedang.owners.consents import ConsentRefused
from chedang.owners.ending import end_with_all
from chedang.owners.handing_limits import handing_limits
from chedang.owners.limits import binding_limits
from chedang.owners.model import Access, Kind, Scope
from chedang.owners.models import Binding
from chedang.site.guards import for_roles, person
from chedang.site.owner.cars import for_own_car
from chedang.site.owner.garage.desk import unhurried
from chedang.site.owner.handing.forms import AskForm, CodeForm, InviteForm
from chedang.site.owner.handing.keys import consent_digester

_QUESTION = "asked_consent"
_DAY = timedelta(days=1)


def refusal_sentence(reason: str) -> str:
    """Why a consent cannot be given, as what to do."""
    cars = binding_limits().cars
    return {
        consents.TOO_MANY_PEOPLE: _("一辆车最多给 %(count)d 个人看。请先收回一个。")
        % {"count": cars.most_people_per_car},
        consents.TOO_MANY_CARS: _("一个人最多看 %(count)d 辆别人的车。请先在“我的车”里放弃一辆。")
        % {"count": cars.most_others_cars},
        consents.OWN_PHONE: _("这是您自己的号码。"),
        consents.ALREADY: _("这个人已经能看，或者已经邀请过。"),
        consents.WRONG_CODE: _("验证码不对或已过期。请再问一次车主，或重新申请。"),
    }[reason]


@require_http_methods(["GET", "HEAD", "POST"])
@for_own_car
def people(request: HttpRequest, access: Access) -> HttpResponse:
    """Who may see the car, and letting one more in."""
    binding = Binding.objects.get(public_id=access.car_id)
    form = InviteForm(request.POST) if request.method == "POST" else InviteForm()
    if request.method == "POST" and form.is_valid() and _invite(request, form, binding):
        return redirect("car-people", access.car_id)
    seen_by, invited = consents.people_of(binding, now=timezone.now())
    most = binding_limits().cars.most_people_per_car
    context = {
        "form": form,
        "access": access,
        "seen_by": seen_by,
        "invited": invited,
        "most": most,
        "has_room": len(seen_by) + len(invited) < most,
    }
    return render(request, "handing/people.html", context, status=422 if form.errors else 200)


def _invite(request: HttpRequest, form: InviteForm, binding: Binding) -> bool:
    """Give the consent; says whether it was given."""
    asked, now, owner = form.cleaned_data, timezone.now(), person(request)
    try:
        record_event(
            owner, AuditAction.GRANT_ACCESS, Purpose.OWN_VEHICLE, now=now, vin=binding.vin, object_id=binding.public_id
        )
        consents.invite(
            binding,
            by=owner,
            number=asked["number"],
            relation=asked["relation"],
            scope=Scope(asked["scope"]),
            days=asked["days"],
            now=now,
        )
    except ConsentRefused as refused:
        form.add_error(None, refusal_sentence(refused.reason))
        return False
    if _may_tell(owner, asked["number"], now):
        _tell(asked["number"], asked["days"])
    messages.success(request, _("已同意。对方用这个号码登录后就能看到这辆车，您可以随时收回。"))
    return True


def _may_tell(owner: User, number: str, now: datetime) -> bool:
    """Are there texts left? Else consents given and taken back in turn would ring a stranger's telephone all day."""
    limits, digester = handing_limits().consent, consent_digester()
    counters = (
        ("consent:tell:account", f"account {owner.pk}", limits.told_per_account),
        ("consent:tell:number", f"number {digest_of(number)}", limits.told_per_number),
    )
    return not any(
        allowances.take(kind, digester.digest(key), most=most, within=_DAY, now=now) for kind, key, most in counters
    )


def _tell(number: str, days: int) -> None:
    """Say so to the person let in; the consent stands also when no text can be sent."""
    try:
        send_text(
            number,
            _("一位车主同意您查看他的车辆维修档案，%(days)d 天内有效。用本手机号登录即可看到。") % {"days": days},
        )
    except NotSent:
        return


@require_POST
@for_own_car
def revoke(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """Take a consent or an invitation back, at once."""
    now = timezone.now()
    binding = Binding.objects.get(public_id=access.car_id)
    record_event(
        person(request), AuditAction.REVOKE_GRANT, Purpose.OWN_VEHICLE, now=now, vin=access.vin, object_id=public_id
    )
    granted = Binding.objects.active(now).filter(granted_by=binding, public_id=public_id).first()
    if granted is not None:
        end_with_all(granted, why=consents.REVOKED, now=now)
    if granted is not None or consents.revoke_invitation(binding, public_id, now=now):
        messages.success(request, _("已收回，对方现在看不到了。"))
    return redirect("car-people", access.car_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.OWNER)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the owner of a car: a code goes to the owner, whoever and whatever was typed."""
    form = AskForm(request.POST) if request.method == "POST" else AskForm()
    if request.method == "POST" and form.is_valid():
        with unhurried():
            may_ask = _ask(request, form)
        if not may_ask:
            return render(request, "handing/too_often.html", status=429)
        return redirect("bind-other-code")
    return render(request, "handing/ask.html", {"form": form}, status=422 if form.errors else 200)


def _ask(request: HttpRequest, form: AskForm) -> bool:
    """Send the code; says whether this account may ask again today. An owner gets so many texts a day, and no more."""
    asker, now, limits, asked = person(request), timezone.now(), handing_limits().consent, form.cleaned_data
    digester = consent_digester()
    account = digester.digest(f"account {asker.pk}")
    if allowances.take("consent:account", account, most=limits.asked_per_account, within=_DAY, now=now):
        return False
    question, owner, code = consents.ask(
        asker,
        digester,
        owners_number=asked["number"],
        plate_number=asked["plate"],
        relation=asked["relation"],
        now=now,
    )
    at_owner = digester.digest(f"owner {digest_of(asked['number'])}")
    is_too_often = allowances.take("consent:owner", at_owner, most=limits.asked_per_owner, within=_DAY, now=now)
    if owner is not None and not is_too_often:
        text = _("%(who)s（%(relation)s）想查看您车辆的维修档案，同意就把验证码 %(code)s 告诉对方，不同意请不要理会。")
        notify(owner, text % {"who": asker.display_name, "relation": asked["relation"], "code": code})
    request.session[_QUESTION] = question.public_id
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.OWNER)
def answer(request: HttpRequest) -> HttpResponse:
    """The code that the owner told opens the car."""
    question = request.session.get(_QUESTION, "")
    if not question:
        return redirect("bind-other")
    form = CodeForm(request.POST) if request.method == "POST" else CodeForm()
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            granted = consents.answer(
                question, consent_digester(), by=person(request), typed=form.cleaned_data["code"], now=now
            )
        except ConsentRefused as refused:
            form.add_error(None, refusal_sentence(refused.reason))
        else:
            del request.session[_QUESTION]
            record_event(
                person(request),
                AuditAction.GRANT_ACCESS,
                Purpose.BY_CONSENT,
                now=now,
                vin=granted.vin,
                object_id=granted.public_id,
            )
            return redirect("my-car", granted.public_id)
    minutes = handing_limits().consent.code_minutes
    return render(
        request, "handing/answer.html", {"form": form, "minutes": minutes}, status=422 if form.errors else 200
    )


@require_POST
@for_roles(Role.OWNER)
def give_up(request: HttpRequest, car_id: str) -> HttpResponse:
    """A person who sees another's car no longer wants to."""
    now = timezone.now()
    granted = Binding.objects.active(now).filter(user=person(request), public_id=car_id, kind=str(Kind.CONSENT)).first()
    if granted is not None:
        record_event(
            person(request), AuditAction.END_BINDING, Purpose.BY_CONSENT, now=now, vin=granted.vin, object_id=car_id
        )
        end_with_all(granted, why="given_up", now=now)
        messages.success(request, _("已放弃查看这辆车。"))
    return redirect("garage")

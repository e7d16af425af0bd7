"""过户: the owner makes a code, the new owner takes the car with it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chedang.access import allowances
from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.owners import fleets, transfers
from chedang.owners.handing_limits import handing_limits
from chedang.owners.model import Access, FleetRole
from chedang.owners.models import Binding, Fleet
from chedang.owners.transfers import TransferRefused
from chedang.platform.qr import qr_svg
from chedang.site.client_address import client_address
from chedang.site.guards import for_roles, person
from chedang.site.owner.cars import for_own_car
from chedang.site.owner.handing.forms import OfferForm, TakeOverForm
from chedang.site.owner.handing.keys import transfer_digester
from chedang.site.settings import NODE
from chedang.terms.spoken import in_groups, read_code

_DAY = timedelta(days=1)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_own_car
def transfer(request: HttpRequest, access: Access) -> HttpResponse:
    """What a change of owner does, and the code; shown once."""
    binding = Binding.objects.get(public_id=access.car_id)
    now = timezone.now()
    context: dict[str, object] = {"access": access, "days": handing_limits().transfer.valid_days}
    if request.method == "POST":
        form = OfferForm(request.POST)
        form.is_valid()  # one tick: nothing can be wrong with it
        record_event(
            person(request),
            AuditAction.OFFER_TRANSFER,
            Purpose.OWN_VEHICLE,
            now=now,
            vin=access.vin,
            object_id=access.car_id,
        )
        code, made = transfers.offer(
            binding, transfer_digester(), shows_shops=form.cleaned_data["shows_shops"], now=now
        )
        link = f"{NODE.site_address}{reverse('take-over-code', args=[code])}"
        picture = mark_safe(qr_svg(link, label=_("过户码的二维码")))  # noqa: S308 - drawn by our own package
        context |= {"code": in_groups(code), "offer": made, "qr": picture}
    else:
        context |= {"form": OfferForm(), "offer": transfers.open_offer(binding, now=now)}
    return render(request, "handing/transfer.html", context)


@require_POST
@for_own_car
def cancel(request: HttpRequest, access: Access) -> HttpResponse:
    """Take the offer back."""
    binding = Binding.objects.get(public_id=access.car_id)
    if transfers.cancel(binding, now=timezone.now()):
        messages.success(request, _("过户码已作废。"))
    return redirect("car-transfer", access.car_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_roles(Role.OWNER)
def take_over(request: HttpRequest, code: str = "") -> HttpResponse:
    """The new owner types or scans the code; the car is theirs at once."""
    owner, now = person(request), timezone.now()
    managed = [fleet for fleet, role in fleets.fleets_of(owner) if role is FleetRole.MANAGER]
    choices = [(fleet.public_id, fleet.name) for fleet in managed]
    initial = {"code": in_groups(read_code(code, transfers.CODE_LENGTH) or "")}
    if request.method != "POST":
        return render(request, "handing/take_over.html", {"form": TakeOverForm(initial=initial, fleets=choices)})
    form = TakeOverForm(request.POST, fleets=choices)
    if form.is_valid():
        if _is_too_often(request, owner.pk):
            return render(request, "handing/too_often.html", status=429)
        chosen = next((fleet for fleet in managed if fleet.public_id == form.cleaned_data.get("fleet")), None)
        taken = _take(request, form, chosen)
        if taken is not None:
            _give_back(request, owner.pk)
            record_event(
                owner, AuditAction.TAKE_TRANSFER, Purpose.OWN_VEHICLE, now=now, vin=taken.vin, object_id=taken.public_id
            )
            messages.success(request, _("过户完成，这辆车现在在您名下。"))
            return redirect("my-car", taken.public_id)
        form.add_error("code", _("过户码不对、已用过、已作废或已过期。请向原车主再要一个。"))
    return render(request, "handing/take_over.html", {"form": form}, status=422)


def _take(request: HttpRequest, form: TakeOverForm, fleet: Fleet | None) -> Binding | None:
    try:
        return transfers.take(
            form.cleaned_data["code"],
            transfer_digester(),
            by=person(request),
            plate_number=form.cleaned_data["plate"],
            now=timezone.now(),
            fleet=fleet,
        )
    except TransferRefused:
        return None


def _keys(request: HttpRequest, account: int) -> tuple[tuple[str, str, int], ...]:
    limits, digester = handing_limits().transfer, transfer_digester()
    return (
        ("transfer:account", digester.digest(f"account {account}"), limits.wrong_per_account),
        ("transfer:network", digester.digest(f"network {client_address(request)}"), limits.wrong_per_network),
    )


def _is_too_often(request: HttpRequest, account: int) -> bool:
    """The account first: one beyond its own limit uses up nothing of those who share its address."""
    now = timezone.now()
    return any(
        allowances.take(kind, key, most=most, within=_DAY, now=now) for kind, key, most in _keys(request, account)
    )


def _give_back(request: HttpRequest, account: int) -> None:
    """Only wrong codes count."""
    for kind, key, _most in _keys(request, account):
        allowances.give_back(kind, key)

"""Open an order and change it. Whatever was typed is kept, whoever else had the order open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chedang.access.model import AuditAction, ShopPost
from chedang.platform.chance import new_public_id
from chedang.site.guards import for_shop, person
from chedang.site.shop.book.common import (
    names_of_people,
    own_order,
    picks_of,
    refusal_words,
    write_down,
)
from chedang.site.shop.book.forms import OrderTyping, ReasonForm
from chedang.site.shop.book.presentation import (
    changes_view,
    old_parts_name,
    state_tag,
    steps_view,
    sums_view,
    upload_view,
    void_view,
)
from chedang.site.shop.rows import Pick
from chedang.terms.dates import day_in_china
from chedang.workshop.models.orders import Order
from chedang.workshop.order_model import Customer, OrderContent, OrderState
from chedang.workshop.order_rules import Fault, Lack, add_up, find_faults, merge, merge_customer, with_plain_figures
from chedang.workshop.orders import (
    Changed,
    NotAllowed,
    cancel_order,
    dispatch_order,
    is_order_id,
    open_order,
    save_order,
    version_of,
)
from chedang.workshop.sending_model import SendingState
from chedang.workshop.shop_terms import Terms, terms_of

_CHANGEABLE = (OrderState.OPEN, OrderState.DISPATCHED)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_shop(ShopPost.CLERK)
def new(request: HttpRequest) -> HttpResponse:
    """开单."""
    company_code = person(request).company_code
    terms = terms_of(company_code)
    picks = picks_of(company_code, terms)
    if request.method != "POST":
        content = OrderContent(arrived_on=_today().isoformat())
        return _form_page(request, OrderTyping.of(content, Customer()), picks, order_id=new_public_id())
    typing = OrderTyping.sent(request.POST)
    order_id = request.POST.get("order_id", "")
    if typing.press(request.POST, picks):
        return _form_page(request, typing, picks, order_id=order_id)
    write_down(request, AuditAction.CHANGE_ORDER, order_id if is_order_id(order_id) else "")
    content, customer = _priced(typing.content(), terms), typing.customer()
    try:
        order = open_order(order_id, company_code, content, customer, by=person(request), now=timezone.now())
    except NotAllowed as fault:
        return _form_page(request, typing, picks, order_id=new_public_id(), status=409, problem=refusal_words(fault))
    except Changed as changed:  # sent before, changed since, and sent again from the first page
        return _both(request, (content, customer), changed, picks)
    return _after_save(request, order)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_shop(ShopPost.CLERK)
def edit(request: HttpRequest, order_id: str) -> HttpResponse:
    """One order: to be changed while it is open, to be read when it is settled or cancelled."""
    order = own_order(request, order_id)
    if request.method == "POST":
        return _save(request, order)
    write_down(request, AuditAction.READ_ORDER, order_id)
    if order.state not in _CHANGEABLE:
        return _read_page(request, order)
    version = version_of(order)
    picks = picks_of(order.company_code, terms_of(order.company_code))
    return _form_page(request, OrderTyping.of(version.content, version.customer), picks, order=order)


@require_POST
@for_shop(ShopPost.CLERK)
def cancel(request: HttpRequest, order_id: str) -> HttpResponse:
    """取消 with a reason."""
    order = own_order(request, order_id)
    write_down(request, AuditAction.CHANGE_ORDER, order_id)
    try:
        cancel_order(
            order_id, order.company_code, request.POST.get("reason", ""), by=person(request), now=timezone.now()
        )
    except NotAllowed as fault:
        messages.error(request, refusal_words(fault))
    else:
        messages.success(request, _("工单已取消。"))
    return redirect("shop-order", order_id)


def _save(request: HttpRequest, order: Order) -> HttpResponse:
    terms = terms_of(order.company_code)
    picks = picks_of(order.company_code, terms)
    typing = OrderTyping.sent(request.POST)
    revision = _revision(request)
    if typing.press(request.POST, picks):
        return _form_page(request, typing, picks, order=order, revision=revision)
    write_down(request, AuditAction.CHANGE_ORDER, order.public_id)
    content, customer = _priced(typing.content(), terms), typing.customer()
    try:
        order = save_order(
            order.public_id, order.company_code, revision, content, customer, by=person(request), now=timezone.now()
        )
    except Order.DoesNotExist:
        raise Http404 from None
    except NotAllowed as fault:
        order = own_order(request, order.public_id)
        return _form_page(request, typing, picks, order=order, status=409, problem=refusal_words(fault))
    except Changed as changed:
        return _both(request, (content, customer), changed, picks)
    return _after_save(request, order)


def _after_save(request: HttpRequest, order: Order) -> HttpResponse:
    """What the pressed button asks for beside saving."""
    deed = request.POST.get("do", "")
    if deed == "settle":
        return redirect("shop-order-settle", order.public_id)
    said = _("已保存。")
    if deed == "dispatch":
        try:
            dispatch_order(order.public_id, order.company_code, by=person(request), now=timezone.now())
            said = _("已派工，技师在“我的活”里看得到。")
        except NotAllowed as fault:
            messages.error(request, refusal_words(fault))
    messages.success(request, said)
    return redirect("shop-order", order.public_id)


def _both(
    request: HttpRequest, typed: tuple[OrderContent, Customer], changed: Changed, picks: Mapping[str, list[Pick]]
) -> HttpResponse:
    """What the person typed, over what somebody else saved meanwhile, and what that was."""
    content, customer = typed
    mine = merge(changed.base.content, content, changed.current.content)
    whose = merge_customer(changed.base.customer, customer, changed.current.customer)
    return _form_page(
        request,
        OrderTyping.of(mine, whose),
        picks,
        order=own_order(request, changed.order_id),
        revision=changed.current.revision,
        status=409,
        changes=changes_view(changed.base, changed.current),
        changed_by=changed.current.made_by,
        changed_at=changed.current.made_at,
    )


def _form_page(
    request: HttpRequest,
    typing: OrderTyping,
    picks: Mapping[str, list[Pick]],
    *,
    order: Order | None = None,
    order_id: str = "",
    revision: int = 0,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    content = typing.content()
    faults = _faults(request, content) if order is not None and request.method != "POST" else ()
    typing.show_faults(faults)
    context = {
        "form": typing.form,
        "groups": typing.form.groups(),
        "tables": typing.tables(picks, faults),
        "people": names_of_people(person(request).company_code),
        "order": order,
        "order_id": order.public_id if order else order_id,
        "revision": revision or (order.revision if order else 0),
        "sums": sums_view(add_up(content)),
        "faults": len(faults),
        **more,
    }
    if order is not None:
        context |= {"tag": state_tag(order), "steps": steps_view(order), "reason_form": ReasonForm()}
        context["voided"] = _voided(order)
    return render(request, "book/edit.html", context, status=status)


def _faults(request: HttpRequest, content: OrderContent) -> tuple[Fault, ...]:
    """What to mark: figures that cannot be read; what is still empty only for who wanted to settle."""
    found = find_faults(content, today=_today())
    if "check" in request.GET:
        return found
    return tuple(fault for fault in found if fault.lack not in {Lack.MISSING, Lack.NO_LINES})


def _read_page(request: HttpRequest, order: Order) -> HttpResponse:
    version = version_of(order, order.settlement.revision if order.settlement else None)
    context: dict[str, Any] = {
        "order": order,
        "tag": state_tag(order),
        "version": version,
        "sums": sums_view(add_up(version.content)),
        "old_parts": old_parts_name(version.content),
        "steps": steps_view(order),
        "reason_form": ReasonForm(),
        "upload": upload_view(order.settlement) if order.settlement else None,
        "voided": _voided(order),
    }
    return render(request, "book/read.html", context)


def _voided(order: Order) -> list[dict[str, Any]]:
    """Settlements that were taken back."""
    taken_back = order.settlements.select_related("void_sending").exclude(reopened_at=None).order_by("-id")
    return [
        {
            "number": each.number,
            "tag": void_view(each),
            "is_refused": each.void_sending is not None and each.void_sending.state == SendingState.REFUSED,
        }
        for each in taken_back
    ]


def _priced(content: OrderContent, terms: Terms) -> OrderContent:
    """Figures written plainly; items without a price get the shop's."""
    content = with_plain_figures(content)
    if terms.hour_price is None:
        return content
    price = f"{terms.hour_price:f}"
    items = tuple(
        item if item.unit_price else msgspec.structs.replace(item, unit_price=price) for item in content.items
    )
    return msgspec.structs.replace(content, items=items)


def _revision(request: HttpRequest) -> int:
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


def _today() -> date:
    return day_in_china(timezone.now())

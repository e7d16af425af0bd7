"""结算 and 反结算: look before, do once, see what became of the upload."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chedang.access.model import AuditAction, ShopPost
from chedang.site.archive.connections import archive
from chedang.site.findings import describe_findings
from chedang.site.guards import for_shop, person
from chedang.site.limits import limits_today
from chedang.site.shop.book.common import own_order, own_shop, refusal_words, write_down
from chedang.site.shop.book.presentation import old_parts_name, state_tag, sums_view, upload_view
from chedang.site.shop.book.words import COLUMN_WORDS, FIELD_WORDS, LACK_WORDS
from chedang.workshop.models.orders import Order
from chedang.workshop.models.sending import Sending
from chedang.workshop.order_model import OrderState
from chedang.workshop.order_rules import Fault, add_up
from chedang.workshop.orders import Changed, NotAllowed, version_of
from chedang.workshop.sending import send
from chedang.workshop.settlement import NotReady, look_ahead, reopen_order, send_again, settle_order


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_shop(ShopPost.CLERK)
def settle(request: HttpRequest, order_id: str) -> HttpResponse:
    """What will be printed and uploaded, to be looked at once more; then 结算."""
    order = own_order(request, order_id)
    if request.method == "POST":
        return _settle(request, order)
    if order.state not in {OrderState.OPEN, OrderState.DISPATCHED}:
        return redirect("shop-order", order_id)
    write_down(request, AuditAction.READ_ORDER, order_id)
    return _check_page(request, order)


@require_POST
@for_shop(ShopPost.CLERK)
def reopen(request: HttpRequest, order_id: str) -> HttpResponse:
    """反结算 with a reason: the record is voided, the order can be changed again."""
    order = own_order(request, order_id)
    write_down(request, AuditAction.REOPEN_ORDER, order_id)
    try:
        void = reopen_order(
            order_id,
            order.company_code,
            request.POST.get("reason", ""),
            number=request.POST.get("number"),
            by=person(request),
            now=timezone.now(),
        )
    except NotAllowed as fault:
        messages.error(request, refusal_words(fault))
        return redirect("shop-order", order_id)
    if void is not None:
        _send(void)
    messages.success(request, _("已反结算，可以修改后重新结算；原来的结算清单作废，请收回。"))
    return redirect("shop-order", order_id)


@require_POST
@for_shop(ShopPost.CLERK)
def send_anew(request: HttpRequest, order_id: str) -> HttpResponse:
    """Send once more what the archive refused: the record, or the void of an earlier one."""
    order = own_order(request, order_id)
    write_down(request, AuditAction.SETTLE_ORDER, order_id)
    for sending in send_again(order_id, order.company_code, by=person(request), now=timezone.now()):
        _send(sending)
    return redirect("shop-order", order_id)


def _settle(request: HttpRequest, order: Order) -> HttpResponse:
    revision = request.POST.get("revision", "")
    write_down(request, AuditAction.SETTLE_ORDER, order.public_id)
    try:
        settlement = settle_order(
            order.public_id,
            own_shop(request),
            int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 9 else 0,
            limits=limits_today(),
            by=person(request),
            now=timezone.now(),
        )
    except Order.DoesNotExist:
        raise Http404 from None
    except NotAllowed as fault:
        messages.error(request, refusal_words(fault))
        return redirect("shop-order", order.public_id)
    except Changed as changed:
        messages.error(
            request,
            _("还没有结算：%(name)s刚刚改过这张工单，请看过再结算。") % {"name": changed.current.made_by},
        )
        return redirect("shop-order-settle", order.public_id)
    except NotReady:
        return _check_page(request, order, status=422)
    if settlement.sending is not None:
        settlement.sending = _send(settlement.sending)
    view = upload_view(settlement)
    messages.success(
        request, _("已结算，编号 %(number)s，%(state)s。") % {"number": settlement.number, "state": view.tag.word}
    )
    return redirect("shop-order", order.public_id)


def _check_page(request: HttpRequest, order: Order, *, status: int = 200) -> HttpResponse:
    version = version_of(order)
    ready = look_ahead(version.content, own_shop(request), limits=limits_today(), now=timezone.now())
    context = {
        "order": order,
        "tag": state_tag(order),
        "version": version,
        "sums": sums_view(add_up(version.content)),
        "old_parts": old_parts_name(version.content),
        "is_ready": ready.is_ready,
        "faults": [(_place(fault), LACK_WORDS[fault.lack]) for fault in ready.faults],
        "flags": describe_findings(ready.findings, with_notes=False),
    }
    return render(request, "book/settle.html", context, status=status)


def _place(fault: Fault) -> str:
    """``items-0-hours`` → 维修项目 第 1 行 工时."""
    table, _dash, rest = fault.place.partition("-")
    if not rest:
        return str(FIELD_WORDS[table])
    row, column = rest.split("-")
    return _("%(table)s第 %(row)d 行%(column)s") % {
        "table": FIELD_WORDS[table],
        "row": int(row) + 1,
        "column": COLUMN_WORDS[column],
    }


def _send(sending: Sending) -> Sending:
    """Hand it over now; what cannot be is tried again by the worker."""
    with archive() as connection:
        return send(connection, sending.pk, limits=limits_today(), now=timezone.now())

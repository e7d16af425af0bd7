"""The shop's orders by state."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from django.core.paginator import Paginator
from django.db.models import F, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chedang.access.model import AuditAction, ShopPost
from chedang.site.guards import for_shop, person
from chedang.site.shop.book.common import write_down
from chedang.site.shop.book.presentation import state_tag, upload_view
from chedang.workshop.amounts import written
from chedang.workshop.models.orders import Order, OrderVersion
from chedang.workshop.order_model import OrderContent, OrderState
from chedang.workshop.order_rules import add_up

_A_PAGE: Final = 30
_SHOWN: Final = {
    "open": (OrderState.OPEN, OrderState.DISPATCHED),
    "settled": (OrderState.SETTLED,),
    "cancelled": (OrderState.CANCELLED,),
}
_read = msgspec.json.Decoder(OrderContent).decode


@require_safe
@for_shop(ShopPost.CLERK)
def list_orders(request: HttpRequest) -> HttpResponse:
    """Orders of one's own shop, newest first; ``show`` is open, settled or cancelled."""
    shop = person(request).company_code
    wanted = request.GET.get("show", "open")
    show = wanted if wanted in _SHOWN else "open"
    write_down(request, AuditAction.READ_ORDER, shop)
    said = OrderVersion.objects.filter(order=OuterRef("pk"), revision=OuterRef("revision")).values("content")
    orders = Order.objects.filter(company_code=shop, state__in=_SHOWN[show]).annotate(said=Subquery(said))
    orders = orders.select_related("settlement__sending").order_by(F("opened_at").desc(), "-pk")
    page = Paginator(orders, _A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "show": show, "rows": [_row(order) for order in page]}
    return render(request, "book/list.html", context)


def _row(order: Any) -> dict[str, Any]:
    content = _read(order.said)
    sums = add_up(content)
    return {
        "order": order,
        "tag": state_tag(order),
        "content": content,
        "total": written(sums.total) if sums else "–",
        "upload": upload_view(order.settlement) if order.settlement else None,
    }

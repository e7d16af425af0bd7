"""The settlement list of a settled order: a page to print, and a PDF."""

from __future__ import annotations

from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chedang.access.model import AuditAction, ShopPost
from chedang.owners.limits import binding_limits
from chedang.platform.qr import qr_svg
from chedang.site.guards import for_shop
from chedang.site.owner.garage.desk import claim_printer
from chedang.site.shop.book.common import own_order, write_down
from chedang.workshop.models.orders import Order
from chedang.workshop.orders import version_of
from chedang.workshop.settlement import paper_of, record_id_of
from chedang.workshop.settlement_paper import SettlementPaper, make_paper
from chedang.workshop.settlement_pdf import settlement_pdf


class _Printed(NamedTuple):
    paper: SettlementPaper
    claim_url: str


@require_safe
@never_cache
@for_shop(ShopPost.CLERK)
def page(request: HttpRequest, order_id: str) -> HttpResponse:
    """The list as a page in the order of the paper."""
    order, printed = _print(request, order_id)
    context = {
        "order": order,
        "paper": printed.paper,
        "qr": mark_safe(qr_svg(printed.claim_url, label=_("认领码二维码"))),  # noqa: S308 - drawn by our own package
    }
    return render(request, "book/settlement_list.html", context)


@require_safe
@never_cache
@for_shop(ShopPost.CLERK)
def pdf(request: HttpRequest, order_id: str) -> HttpResponse:
    """The list as PDF."""
    _order, printed = _print(request, order_id)
    answer = HttpResponse(settlement_pdf(*printed), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{printed.paper.number}.pdf"'
    return answer


def _print(request: HttpRequest, order_id: str) -> tuple[Order, _Printed]:
    """The list of the settlement that stands; without one there is none."""
    order = own_order(request, order_id)
    settlement = order.settlement
    if settlement is None:
        raise Http404
    write_down(request, AuditAction.READ_ORDER, order_id)
    version = version_of(order, settlement.revision)
    printer = claim_printer()
    code = printer.code(record_id_of(settlement).hex)
    paper = make_paper(
        version.content,
        version.customer,
        paper_of(settlement),
        number=settlement.number,
        settled_on=settlement.settled_on,
        claim_code=code,
        claim_days=binding_limits().codes.valid_days,
    )
    return order, _Printed(paper, printer.url(code))

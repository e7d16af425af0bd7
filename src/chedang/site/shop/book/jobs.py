"""A technician's own items of dispatched orders: what to do at which car. No price, nobody's name or phone."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chedang.access.model import AuditAction, ShopPost
from chedang.site.guards import for_shop, person
from chedang.site.shop.book.common import refusal_words, write_down
from chedang.site.shop.book.words import JOB_DEEDS
from chedang.workshop.models.orders import Order
from chedang.workshop.orders import NotAllowed, is_order_id, jobs_of, mark_item


@require_safe
@for_shop(ShopPost.CLERK, ShopPost.TECHNICIAN)
def list_jobs(request: HttpRequest) -> HttpResponse:
    """What is to be done, the oldest order first; what is finished after it."""
    write_down(request, AuditAction.READ_ORDER, person(request).company_code)
    jobs = sorted(jobs_of(person(request)), key=lambda job: job.finished_at is not None)
    context = {"jobs": jobs, "waiting": sum(1 for job in jobs if job.finished_at is None)}
    return render(request, "book/jobs.html", context)


@require_POST
@for_shop(ShopPost.CLERK, ShopPost.TECHNICIAN)
def mark(request: HttpRequest, order_id: str, item_key: str) -> HttpResponse:
    """开工 or 完工 of one's own item."""
    deed = JOB_DEEDS.get(request.POST.get("do", ""))
    if deed is None:
        raise Http404
    if not is_order_id(order_id):
        raise Http404
    write_down(request, AuditAction.CHANGE_ORDER, order_id)
    try:
        mark_item(order_id, item_key, deed, by=person(request), now=timezone.now())
    except Order.DoesNotExist:
        raise Http404 from None
    except NotAllowed as fault:
        messages.error(request, refusal_words(fault))
    else:
        messages.success(request, _("已记下。"))
    return redirect("shop-my-jobs")

"""注销备案 as a shop asks for it, and takes that back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.enterprises.model import ReviewState
from chedang.filing import cancelling
from chedang.filing.cancelling_model import OF_SHOPS, Ending
from chedang.filing.filing_model import FilingRefused
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import enterprise_view
from chedang.site.guards import for_shop, person
from chedang.site.regulator.inspections.cancelling import cancellation_view
from chedang.site.regulator.inspections.forms import EndingForm
from chedang.site.shop.filing.pages import own_shop
from chedang.site.shop.filing.wiring import acting
from chedang.terms.dates import day_in_china


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop()
def end(request: HttpRequest) -> HttpResponse:
    """Ask an officer to cancel the filing; ``deed=back`` takes the request back."""
    user, now = person(request), timezone.now()
    by = acting(user)
    with archive() as connection:
        shop = own_shop(connection, user.company_code)
    is_back = request.POST.get("deed") == "back"
    form = EndingForm(
        request.POST if request.method == "POST" and not is_back else None,
        reasons=OF_SHOPS,
        initial={"ended_on": day_in_china(now)},
    )
    problem = ""
    if is_back or (form.is_bound and form.is_valid()):
        record_event(
            user,
            AuditAction.CANCEL_FILING,
            Purpose.OWN_BUSINESS,
            now=now,
            object_id=shop.company_code,
            organisation=by.organisation,
            after={"deed": "back" if is_back else "ask"},
        )
        try:
            if is_back:
                cancelling.take_back(shop.company_code, by, now=now)
                messages.success(request, _("注销申请已撤回。"))
            else:
                given = form.cleaned_data
                ending = Ending(given["reason"], given["text"], given["ended_on"])
                with archive() as connection:
                    cancelling.ask(connection, shop.company_code, ending, by, now=now)
                messages.success(request, _("注销申请已提交，等主管部门审核。"))
        except FilingRefused as refused:
            problem = refused.sentence
        else:
            return redirect("shop-filing-cancel")
    row = cancelling.open_or_standing(shop.company_code) or cancelling.newest_of(shop.company_code)
    context = {
        "enterprise": enterprise_view(shop),
        "row": cancellation_view(row, now),
        "may_ask": shop.review_state is ReviewState.APPROVED and cancelling.open_or_standing(shop.company_code) is None,
        "form": form,
        "problem": problem,
    }
    return render(request, "inspections/shop_cancel.html", context, status=422 if form.errors or problem else 200)

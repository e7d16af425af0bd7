"""What the shop proposes in every order: 工时单价 and 质量保证期. For who manages the shop."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chedang.access.model import AuditAction
from chedang.site.guards import for_shop, person
from chedang.site.shop.book.common import write_down
from chedang.site.shop.book.forms import TermsForm
from chedang.site.shop.book.words import LACK_WORDS, PROMISED_NAMES
from chedang.workshop.amounts import MOST_YUAN, NotAnAmount, read_figure
from chedang.workshop.order_model import Promise
from chedang.workshop.order_rules import Lack
from chedang.workshop.shop_terms import Promised, Terms, least_promise, set_terms, terms_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop()
def change(request: HttpRequest) -> HttpResponse:
    """See and change the shop's terms; nothing below the legal minima."""
    company_code = person(request).company_code
    if request.method == "POST":
        form = TermsForm(request.POST)
        terms = _read(form)
        if terms is not None:
            write_down(request, AuditAction.CHANGE_ORDER, company_code)
            set_terms(company_code, terms, by=person(request), now=timezone.now())
            messages.success(request, _("已保存，从下一张结算的工单起使用。"))
            return redirect("shop-terms")
    else:
        form = TermsForm(initial=_initial(terms_of(company_code)))
    rows = [
        (name, least_promise(promised), form[f"{promised.value}_km"], form[f"{promised.value}_days"])
        for promised, name in PROMISED_NAMES.items()
    ]
    return render(request, "book/terms.html", {"form": form, "rows": rows}, status=422 if form.errors else 200)


def _initial(terms: Terms) -> dict[str, object]:
    values: dict[str, object] = {"hour_price": "" if terms.hour_price is None else f"{terms.hour_price:f}"}
    for name, promise in terms.promises.items():
        values |= {f"{name}_km": promise.km, f"{name}_days": promise.days}
    return values


def _read(form: TermsForm) -> Terms | None:
    """The terms of a form in order; ``None`` with the errors put beside their fields."""
    if not form.is_valid():
        return None
    price = None
    if typed := form.cleaned_data["hour_price"]:
        try:
            price = read_figure(typed, most=MOST_YUAN)
        except NotAnAmount as fault:
            form.add_error("hour_price", LACK_WORDS[Lack(fault.why.value)])
    promises = {}
    for promised in Promised:
        least = least_promise(promised)
        km, days = form.cleaned_data[f"{promised.value}_km"], form.cleaned_data[f"{promised.value}_days"]
        if km is None and days is None:
            continue
        for name, value, minimum in (("km", km, least.km), ("days", days, least.days)):
            if value is not None and value < minimum:
                form.add_error(f"{promised.value}_{name}", _("不能少于法定的 %(least)d。") % {"least": minimum})
        promises[promised.value] = Promise(km or least.km, days or least.days)
    return None if form.errors else Terms(price, promises)

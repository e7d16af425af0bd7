"""What the pages of the order book share."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.enterprises.model import Enterprise
from chedang.enterprises.store import find_by_code
from chedang.site.archive.connections import archive
from chedang.site.guards import person
from chedang.site.organisation import organisation_of
from chedang.site.shop.book.words import REFUSALS
from chedang.site.shop.rows import Pick
from chedang.workshop.models.orders import Order
from chedang.workshop.orders import NotAllowed
from chedang.workshop.shop_terms import Terms
from chedang.workshop.suggestions import usual_of_shop


def own_order(request: HttpRequest, order_id: str) -> Order:
    """An order of the person's shop; another's and none at all are the same: not there."""
    found = (
        Order.objects.select_related("settlement__sending", "settlement__void_sending")
        .filter(public_id=order_id, company_code=person(request).company_code)
        .first()
    )
    if found is None:
        raise Http404
    return found


def write_down(request: HttpRequest, action: AuditAction, order_id: str) -> None:
    """Write down who acts before it is done."""
    who = person(request)
    record_event(
        who,
        action,
        Purpose.OWN_BUSINESS,
        now=timezone.now(),
        object_id=order_id,
        organisation=organisation_of(who),
    )


def own_shop(request: HttpRequest) -> Enterprise:
    """The registration of the person's shop."""
    with archive() as connection:
        shop = find_by_code(connection, person(request).company_code)
    if shop is None:
        raise Http404
    return shop


def picks_of(company_code: str, terms: Terms) -> dict[str, list[Pick]]:
    """What the shop usually does and fits, to be picked into a row."""
    with archive() as connection:
        usual = usual_of_shop(connection, company_code)
    price = "" if terms.hour_price is None else f"{terms.hour_price:f}"
    return {
        "items": [
            Pick(item.name, {"name": item.name, "hours": item.hours, "unit_price": price}) for item in usual.items
        ],
        "parts": [
            Pick(part.name, {"name": part.name, "code": part.code, "quantity": part.quantity}, part.code)
            for part in usual.parts
        ],
    }


def names_of_people(company_code: str) -> list[str]:
    """Who may be given a job: names of the shop's accounts; of two of one name each with its account's."""
    people = User.objects.filter(role=Role.SHOP, company_code=company_code, is_active=True).order_by("display_name")
    names = [each.display_name for each in people]
    return [
        each.display_name if names.count(each.display_name) == 1 else f"{each.display_name}（{each.username}）"
        for each in people
    ]


def refusal_words(fault: NotAllowed) -> str:
    """Why something was not done."""
    return _("没有办成：%(why)s") % {"why": REFUSALS[fault.why]}

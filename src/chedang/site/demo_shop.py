"""What lies on the desk of a demonstration's shop: a job in hand, a notice, an order to correct, numbers for 合格证."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from chedang.site.databases import named_database
from chedang.terms.dates import day_in_china

if TYPE_CHECKING:
    from chedang.access.models import User
    from chedang.workshop.order_model import OrderContent

ORDER_ID: Final = "222222222222"
_NOTICE_ID: Final = "2222222222222222"
_DUTY_CODE: Final = "22222222"
_NUMBERS: Final = 20
_LIMIT_DAYS: Final = 10


def furnish_demo_shop(database_url: str, vin: str, plate_number: str, mileage_km: int, *, now: datetime) -> None:
    """Put it there in the name of the demonstration's accounts, with one car for the job; safe to repeat.

    The accounts must be there, and the node is that of this environment.
    """
    with named_database(database_url, "default"):
        from chedang.access.models import User

        people = {user.username: user for user in User.objects.filter(username__startswith="demo-")}
        shop, county = people["demo-shop"], people["demo-county"]
        _open_order(shop, _job(vin, plate_number, mileage_km, people["demo-technician"].display_name, now), now)
        _write(county, shop.company_code, now)
        _give_numbers(shop, county, now)


def _job(vin: str, plate_number: str, mileage_km: int, technician: str, now: datetime) -> OrderContent:
    from chedang.workshop.order_model import Item, OldParts, OrderContent, PartKind, PartLine

    return OrderContent(
        plate_number=plate_number,
        vin=vin,
        arrived_on=day_in_china(now).isoformat(),
        mileage=str(mileage_km),
        fault_description="制动时有异响，保养到期",
        items=(
            Item(name="更换前制动片", hours="1.5", unit_price="120", technician=technician),
            Item(name="更换机油和机滤", hours="0.5", unit_price="120", technician=technician),
        ),
        parts=(
            PartLine(name="前制动片", code="D1210-8A", quantity="1", unit_price="268.50", kind=PartKind.AFTERMARKET),
            PartLine(name="机油滤清器", code="06E115561", quantity="1", unit_price="39", kind=PartKind.OEM),
        ),
        old_parts=OldParts.CUSTOMER,
    )


def _open_order(shop: User, content: OrderContent, now: datetime) -> None:
    from chedang.workshop.order_model import Customer, OrderState
    from chedang.workshop.orders import dispatch_order, open_order

    customer = Customer(owner_name="沈某某", sender_name="沈某某", phone="14200000009")
    order = open_order(ORDER_ID, shop.company_code, content, customer, by=shop, now=now)
    if order.state == OrderState.OPEN:
        dispatch_order(ORDER_ID, shop.company_code, by=shop, now=now)


def _write(county: User, company_code: str, now: datetime) -> None:
    from chedang.site.organisation import authority_name
    from chedang.supervision import duties, notices
    from chedang.supervision.duties import NewDuty
    from chedang.supervision.model import DutyKind
    from chedang.supervision.models.duties import Duty
    from chedang.supervision.models.notices import Notice
    from chedang.supervision.notice_texts import load_templates
    from chedang.supervision.notices import Writing

    authority = authority_name(county.division_code)
    if not Notice.objects.filter(public_id=_NOTICE_ID).exists():
        words = load_templates()["doubtful"]
        writing = Writing(
            words.kind, words.title, words.text, words.key, words.asks_acknowledgement, audience=(company_code,)
        )
        notices.draft(_NOTICE_ID, writing, county, authority=authority, now=now)
        notices.send(_NOTICE_ID, county, now=now)
    if not Duty.objects.filter(code=_DUTY_CODE).exists():
        new = NewDuty(
            kind=DutyKind.URGE,
            company_code=company_code,
            division_code=county.division_code,
            what="请核对有疑问的记录，逐条更正或说明。",
            days=_LIMIT_DAYS,
        )
        duties.issue(_DUTY_CODE, new, county, organisation=authority, now=now)


def _give_numbers(shop: User, county: User, now: datetime) -> None:
    from chedang.workshop import completion
    from chedang.workshop.models import NumberGrant

    if not NumberGrant.objects.filter(company_code=shop.company_code).exists():
        asked = completion.ask_for_numbers(shop, county.division_code, _NUMBERS, "", now=now)
        completion.grant(asked.pk, county, now=now)

"""Of the scene: people of the shop, one with certificates, one who left; people on their way in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.test import Client

from chedang.access.model import ShopPost
from chedang.access.models import User
from chedang.access.sms import OutboxSender, sender
from chedang.filing import staff, staff_accounts, staff_enrolment
from chedang.filing.staff_model import CertificateKind, Trade
from tests.pages.filled_province import TODAY
from tests.pages.stage import DAY, NOW

if TYPE_CHECKING:
    from chedang.filing.models import StaffMember
    from tests.pages.stage import Stage

_NUMBER, _OTHER_NUMBER = "14200009071", "14200009072"


def make_staff(stage: Stage) -> None:
    """All of the shop "west lake", but for a second shop that knows the same phone."""
    code = stage.province.shops["west lake"]
    electrician = _enter(code, "钱电工", Trade.ELECTRICIAN)
    for number, days in (("ZQXJ-0001-8801", 9), ("ZQXJ-0001-8802", -40), ("ZQXJ-0001-8803", 900)):
        until = TODAY + timedelta(days=days)
        staff.add_certificate(
            electrician,
            CertificateKind.SKILL,
            number,
            level="三级",
            issued_by="省人社厅",
            valid_until_on=until,
            now=NOW,
        )
    left = _enter(code, "孙漆工", Trade.PAINT)
    staff_accounts.leave(left, on=TODAY - 20 * DAY)
    with_two = _enter(code, "周接待", Trade.RECEPTION)
    staff_accounts.open_account(with_two, ShopPost.CLERK, username="zhou.jiedai", number=_NUMBER, now=NOW)
    elsewhere = _enter(stage.province.shops["ningbo"], "周接待", Trade.RECEPTION)
    staff_accounts.open_account(elsewhere, ShopPost.CLERK, number=_NUMBER, now=NOW)
    stage.ids |= {"person": electrician.public_id, "person_left": left.public_id, "person_in": with_two.public_id}
    stage.enter("with one-time password", User.objects.get(username="zhou.jiedai"))
    _let_wait(stage)


def _enter(code: str, name: str, trade: Trade) -> StaffMember:
    return staff.add_person(code, name=name, trade=trade, joined_on=TODAY - 400 * DAY, now=NOW)


def _let_wait(stage: Stage) -> None:
    """Three on their way in: one must choose a shop, one proves a phone, one has proved a shop."""
    for place, name in enumerate(("knows two shops", "waits for shop's code", "proved a shop")):
        stage.clients[name] = Client(SERVER_NAME="127.0.0.1", HTTP_X_FORWARDED_FOR=f"198.51.100.{70 + place}")
    stage.post("knows two shops", "/sign-in/shop", number=_NUMBER)
    stage.post("knows two shops", "/sign-in/shop/code", code=_code(_NUMBER))
    stage.post("waits for shop's code", "/sign-in/shop", number=_OTHER_NUMBER)
    company_code = stage.province.shops["waiting elsewhere"]
    secret = staff_enrolment.make_code(company_code, now=NOW)
    stage.post("proved a shop", "/shops/first-sign-in", company_code=company_code, secret=secret)
    fields = {"way": "phone", "phone-name": "吴老板", "phone-number": "14200009073"}
    stage.post("proved a shop", "/shops/first-sign-in/account", **fields)


def _code(number: str) -> str:
    outbox = sender()
    assert isinstance(outbox, OutboxSender)
    text = next(message.text for message in outbox.last(9) if message.number == number)
    return text.split("验证码 ")[1][:6]

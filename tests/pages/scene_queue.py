"""Of the scene: a shop that has been silent, reminded of it, with a letter; another that nobody reminded yet."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from chedang.fiction.vehicles import make_vin
from chedang.quality.expectation_store import count_expectations
from chedang.site.organisation import authority_name
from chedang.supervision import reminding, reminding_letters, reminding_sms
from chedang.supervision.models.notices import new_notice_id
from chedang.supervision.models.reminders import Reminder, new_reminder_id
from chedang.supervision.notice_texts import load_templates
from chedang.supervision.reminding import Words
from chedang.supervision.reminding_model import Concern
from chedang.supervision.shops import ShopQuery
from tests.pages.counting import count_statistics
from tests.pages.filled_province import TODAY, Car
from tests.pages.stage import DAY, NOW

if TYPE_CHECKING:
    from tests.pages.stage import Stage

_AUTHORITY = authority_name("330106")


def make_queue(stage: Stage, url: str) -> None:
    """Silent shops in the county."""
    province = stage.province
    for place, name in enumerate(("reminded", "unreminded")):
        province.add_shop(name, 13 + place, division_code="330106", is_approved=True)
        car = Car(f"浙A7Q88{place}", make_vin(Random(f"silent {place}")))
        province.upload(name, car, TODAY - timedelta(days=40 + place), "8000")
    province.connection.commit()
    count_statistics(url)
    count_expectations(province.connection, now=NOW, seconds=60)
    shop, officer = province.shops["reminded"], stage.users["county"]
    template = load_templates()["not_uploaded"]
    words = Words(template.title, template.text, template.key)
    wanted = ShopQuery("330106", Concern.SILENT, codes=(shop,))
    reminding.remind(new_notice_id(), wanted, words, officer, authority=_AUTHORITY, now=NOW - 8 * DAY)
    reminding_sms.send(Reminder.objects.get(company_code=shop).pk, None, organisation="", now=NOW - 3 * DAY)
    letter = reminding_letters.write_letter(new_reminder_id(), [shop], officer, authority=_AUTHORITY, now=NOW - DAY)
    stage.ids |= {
        "queue_reminded": shop,
        "queue_unreminded": province.shops["unreminded"],
        "queue_letter": letter.public_id,
    }

"""A new owner learns nothing of what the owner before did with the car, on no page."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import BrowserContext

from tests.pages.conftest import Site
from tests.pages.filled_province import TODAY
from tests.pages.owners import bind_car, new_owner


def test_a_new_owner_is_led_to_no_shop_of_a_former_visit(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    car, handed_over_on = site.province.electric_car, TODAY - timedelta(days=250)
    owner = new_owner(site, new_context)
    car_id = bind_car(site, owner.username, car, shops_hidden_before_on=handed_over_on)
    get = owner.page.request.get
    site.province.connection.execute(
        "insert into access_audit_event (at, action, purpose, role, vin, object_id, object_digest, organisation) "
        "values (%s, 'correction:answer', 'own_business', 'shop', %s, '', '', '从前的维修店'), "
        "(now(), 'vehicle:read', 'supervision', 'regulator', %s, '', '', '如今的机构')",
        (handed_over_on - timedelta(days=1), car.vin, car.vin),
    )
    site.province.connection.commit()

    looks = get(f"/my/{car_id}/looks").text()
    assert "如今的机构" in looks
    assert "从前的维修店" not in looks + get(f"/my/{car_id}/").text()
    records = json.loads(get(f"/my/{car_id}/export.json").text())["records"]
    hidden = next(record for record in records if record["shop"]["is_hidden"])
    page = get(f"/my/{car_id}/").text()
    names = site.province.names.values()
    for deed in ("review", "mistake", "complaint"):
        path = f"/my/{car_id}/records/{hidden['record_id']}/{deed}"
        answer = get(path)
        assert answer.status in (403, 409), deed
        assert not [name for name in names if name in answer.text()], deed
        assert path not in page, deed
    shops = [site.province.shops[name] for name in ("ningbo", "west lake")]
    for shop in shops:  # whether there was a visit would name the shop, too
        owner.page.goto(f"/my/{car_id}/missing?shop={shop}")
        owner.page.get_by_label("哪天结算的").fill(hidden["settled_on"])
        owner.page.get_by_role("main").get_by_role("button").last.click()
        owner.page.wait_for_load_state()
        assert "在您成为车主之前" in owner.page.get_by_role("main").inner_text()

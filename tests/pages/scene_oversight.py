"""The scene's officials under their superiors' eyes, and the accounts of the three administrators."""

from __future__ import annotations

from chedang.access.model import AuditAction
from chedang.access.models import AuditEvent, DrawnLook, User
from chedang.access.second_factor import enrolment_code
from chedang.terms.dates import day_in_china
from tests.pages.stage import DAY, NOW, Stage, sign_in


def make_oversight(stage: Stage) -> None:
    """A look was drawn for a check; an account waits for 安全管理员; two officials have yet to show a code."""
    looks = AuditEvent.objects.filter(action=AuditAction.READ_VEHICLE_FILE, role="regulator").exclude(vin="")
    event = looks.order_by("pk").first()
    if event is None:
        stage.clients["county"].get(f"/vehicle/{stage.ids['file']}")
        event = looks.get()
    DrawnLook.objects.create(event=event, drawn_on=day_in_china(NOW - DAY))
    waiting = User.objects.create(
        username="new-official",
        display_name="新任科员",
        role="regulator",
        division_code="330106",
        password="!",
        awaits_confirmation=True,
    )
    stage.ids["waiting_account"] = str(waiting.pk)
    stage.ids["own_account"] = str(User.objects.get(username="demo-security").pk)
    fresh = User.objects.create(
        username="no-device", display_name="某人", role="regulator", division_code="330106", password="!"
    )
    stage.ids["no_device"] = str(fresh.pk)
    stage.clients["without a device"] = sign_in(fresh, is_verified=False)
    stage.clients["handed a code"] = sign_in(fresh, is_verified=False)
    stage.clients["handed a code"].post("/account/second-factor", {"code": enrolment_code(fresh)})
    stage.clients["asked for a code"] = sign_in(User.objects.get(username="demo-county"), is_verified=False)

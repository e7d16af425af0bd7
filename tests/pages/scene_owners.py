"""Of the scene: bound cars, requests, consents, share codes, certificates, an offer, a company."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from chedang.owners import claim_index, claims, consents, fleets, requests, transfers
from chedang.owners.access import may_read
from chedang.owners.claim_codes import claim_code
from chedang.owners.claims import Asked, TooManyTries, UnknownCode
from chedang.owners.facts import Facts
from chedang.owners.model import FleetRole, Scope
from chedang.owners.roster import move_in
from chedang.owners.shares import make_share, open_share, revoke_share
from chedang.records.store import read_file
from chedang.site.owner.garage.desk import claim_desk
from chedang.site.owner.handing.keys import transfer_digester
from chedang.site.owner.proof.wiring import share_digest
from chedang.vehicles.follow import follow
from tests.pages.filled_province import TODAY
from tests.pages.stage import DAY, NOW, NUMBERS

if TYPE_CHECKING:
    from chedang.owners.models import Binding
    from tests.pages.stage import Stage

VISITS = {"visit_shared": 120, "visit_held": 100, "visit_appealed": 60, "visit_reviewed": 40, "visit": 5}
"""Of the family car at "west lake", how many days ago."""


def make_owners(stage: Stage) -> None:
    """Cars first: everything hangs on them."""
    _repair(stage)
    province = stage.province
    family = stage.own("owner", province.family_car)
    stage.ids["car"] = family.public_id
    stage.ids["fallen_car"] = stage.own("owner", province.electric_car).public_id
    stage.ids["empty_car"] = stage.own("owner", province.new_car).public_id
    _consent(stage, family)
    _share(stage)
    _certify(stage)
    code, _offer = transfers.offer(family, transfer_digester(), shows_shops=False, now=NOW)
    stage.ids["transfer_code"] = code
    _found_company(stage)
    _ask(stage)
    _guess(stage)


def _repair(stage: Stage) -> None:
    province = stage.province
    for number, (name, days) in enumerate(VISITS.items()):
        on = TODAY - timedelta(days=days)
        province.upload("west lake", province.family_car, on, str(43_100 + 1_000 * number), number=f"SC-{name}")
    province.upload("west lake", stage.wechat_car, TODAY - timedelta(days=3), "9000", number="SC-wechat")
    province.upload("ningbo", stage.company_car, TODAY - timedelta(days=30), "61000", number="SC-company")
    province.connection.commit()
    desk = claim_desk()
    while follow(province.connection, clock=lambda: NOW, node_code="33"):
        pass
    while claim_index.follow(province.connection, desk.code_key, clock=lambda: NOW):
        pass
    for version in read_file(province.connection, province.family_car.vin):
        if version.settlement_list_number in {f"SC-{name}" for name in VISITS}:
            stage.ids[str(version.settlement_list_number).removeprefix("SC-")] = str(version.record_id)
    old = [version for version in read_file(province.connection, province.family_car.vin) if version.version == 1]
    for place, version in enumerate(sorted(old, key=lambda each: str(each.settled_on))[:6]):
        stage.ids[f"old_visit_{place}"] = str(version.record_id)
    unbound = next(iter(read_file(province.connection, province.taxi.vin)))
    stage.ids["free_code"] = claim_code(desk.code_key, unbound.record_id.hex)
    wechat = next(iter(read_file(province.connection, stage.wechat_car.vin)))
    stage.ids["wechat_code"] = claim_code(desk.code_key, wechat.record_id.hex)
    stage.ids["own_code"] = claim_code(desk.code_key, UUID(stage.ids["visit"]).hex)
    province.connection.commit()


def _consent(stage: Stage, family: Binding) -> None:
    for name, scope in (("relative", Scope.FULL), ("invited", Scope.BUYER)):
        consents.invite(
            family, by=stage.users["owner"], number=NUMBERS[name], relation="家人", scope=scope, days=30, now=NOW
        )
    (granted,) = consents.take_invitations(stage.users["relative"], NUMBERS["relative"], now=NOW)
    stage.ids["seen_car"] = granted.public_id
    plate = stage.province.electric_car.plate_number
    stage.post("buyer", "/my/others", number=NUMBERS["owner"], plate=plate, relation="朋友")


def _share(stage: Stage) -> None:
    owner = stage.users["owner"]
    access = may_read(owner, stage.ids["car"], now=NOW)
    assert access is not None
    made = {
        name: make_share(
            access, owner, scope=scope, hours=24, most_views=views, note=note, digest=share_digest, now=made_at
        )
        for name, scope, views, note, made_at in (
            ("live", Scope.BUYER, 5, "给看车的人", NOW),
            ("opened", Scope.FULL, 5, "", NOW),
            ("verdict", Scope.VERDICT, 5, "", NOW),
            ("used", Scope.BUYER, 1, "", NOW),
            ("revoked", Scope.BUYER, 5, "", NOW),
            ("expired", Scope.BUYER, 5, "", NOW - 9 * DAY),
        )
    }
    open_share(made["used"].code, viewer=None, digest=share_digest, now=NOW)
    revoke_share(access, owner, made["revoked"].share.public_id, now=NOW)
    stage.ids |= {f"share_{name}": each.code for name, each in made.items()}
    for name in ("opened", "verdict"):
        stage.post("", f"/s/{made[name].code}")


def _certify(stage: Stage) -> None:
    for name, view in (("certificate_revoked", "buyer"), ("certificate_superseded", "owner")):
        made = stage.post("owner", f"/my/{stage.ids['car']}/certificates", view=view)
        stage.ids[name] = made["Location"].rsplit("/", 1)[-1]
    stage.post("owner", f"/certificates/{stage.ids['certificate_revoked']}/revoke")
    made = stage.post("owner", f"/my/{stage.ids['fallen_car']}/certificates", view="buyer")
    stage.ids["certificate"] = made["Location"].rsplit("/", 1)[-1]


def _found_company(stage: Stage) -> None:
    manager = stage.users["manager"]
    fleet = fleets.set_up(manager, name="西湖出租汽车有限公司", credit_code="", now=NOW)
    stage.ids["fleet"] = fleet.public_id
    fleets.add_member(fleet, number=NUMBERS["clerk"], role=FleetRole.VIEWER, now=NOW)
    own = stage.own("manager", stage.company_car)
    stage.ids["company_car"] = move_in(fleet, own, by=manager, now=NOW).public_id


def _ask(stage: Stage) -> None:
    """Another's car: waits. A car that is free: agreed. One that is none: refused."""
    province, asker, desk = stage.province, stage.users["asker"], claim_desk()
    told = Facts(number="000000", mileage_km=Decimal(1))
    asked = {
        "waiting": (province.family_car.plate_number, province.family_car.vin_tail),
        "agreed": (province.taxi.plate_number, province.taxi.vin_tail),
        "refused": ("浙A00000", "123456"),
    }
    for name, (plate, tail) in asked.items():
        held = requests.ask_by_facts(desk, asker, Asked(plate, tail, told), now=NOW)
        stage.ids[f"request_{name}"], stage.ids[f"request_{name}_key"] = held.public_id, str(held.pk)
        if name != "waiting":
            requests.decide(
                desk,
                stage.users["province"],
                held,
                agrees=name == "agreed",
                reason=requests.Reason.LICENCE_SEEN if name == "agreed" else requests.Reason.NO_CAR,
                explanation="窗口核对过行驶证原件。" if name == "agreed" else "没有这个号牌的档案，请核对后再申请。",
                licence_province="33" if name == "agreed" else "",
                organisation="浙江省道路运输管理机构",
                now=NOW,
            )


def _guess(stage: Stage) -> None:
    """Somebody has tried codes until none was left."""
    while True:
        try:
            claims.find_by_code(claim_desk(), stage.users["guesser"], "2222-2222-2222", now=NOW)
        except UnknownCode:
            continue
        except TooManyTries:
            return

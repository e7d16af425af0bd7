"""Of the scene: visits planned, under way and finished, lots, a filing whose end is asked for and one that ended."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from chedang.access.models import User
from chedang.enterprises import store
from chedang.enterprises.model import Enterprise
from chedang.filing import cancelling, inspections
from chedang.filing.cancelling_model import CancelReason, Ending
from chedang.filing.history import By
from chedang.filing.inspection_model import InspectionReason, Presence, Said, Verdict
from chedang.filing.inspection_photos import InspectionPhotos
from chedang.filing.inspections import Visit
from chedang.filing.models.inspections import Inspection, InspectionDraw
from chedang.filing.risk import draw
from chedang.site.organisation import authority_name
from chedang.site.settings import NODE
from chedang.terms.dates import day_in_china
from tests.pages.stage import DAY, NOW
from tests.unit.platform.test_images import photo

if TYPE_CHECKING:
    from tests.pages.stage import Stage

_COUNTY = "330111"
_SHOPS = {"inspected": 451, "ending": 452, "ended": 453}


def make_inspections(stage: Stage) -> None:
    """Three shops of a county of its own, with two officers."""
    for name, number in _SHOPS.items():
        stage.province.add_shop(name, number, division_code=_COUNTY, is_approved=True)
    first, second = (_enter(stage, name, shown) for name, shown in (("inspector", "某甲"), ("colleague", "某乙")))
    _enter_manager(stage, "inspected manager", "inspected")
    _enter_manager(stage, "ended manager", "ended")
    by = By(first, authority_name(_COUNTY))
    today, pair = day_in_china(NOW), (first, second)
    planned = {
        "inspection_late": today - timedelta(days=3),
        "inspection": today,
        "inspection_done": today - timedelta(days=1),
    }
    visits = {
        key: inspections.plan(
            key.replace("_", ""),
            _shop(stage, "inspected"),
            Visit(InspectionReason.FILING, on, pair),
            by,
            now=NOW - 4 * DAY,
        )
        for key, on in planned.items()
    }
    _begin(visits["inspection"], by)
    _finish(visits["inspection_done"], by)
    stage.ids |= {key: visit.public_id for key, visit in visits.items()}
    stage.ids |= {"inspected_shop": stage.province.shops["inspected"], "ending_shop": stage.province.shops["ending"]}
    stage.ids |= {"ended_shop": stage.province.shops["ended"]}
    _draw(stage, pair)
    connection, code = stage.province.connection, stage.province.shops
    ending = Ending(CancelReason.CLOSED, "租期已到", today - DAY)
    cancelling.ask(connection, code["ending"], ending, By(first, "某店"), now=NOW - DAY)
    cancelling.cancel(connection, code["ended"], ending, by, now=NOW - DAY)
    connection.execute("update enterprise set license_end_on = %s where company_code = %s", [today, code["inspected"]])
    connection.commit()


def _enter(stage: Stage, name: str, shown: str) -> User:
    user = User.objects.create(username=name, display_name=shown, role="regulator", password="!", division_code=_COUNTY)
    stage.enter(name, user)
    return user


def _enter_manager(stage: Stage, name: str, shop: str) -> None:
    user = User.objects.create(
        username=name.replace(" ", "-"),
        display_name="某负责人",
        role="shop",
        password="!",
        company_code=stage.province.shops[shop],
    )
    stage.enter(name, user)


def _shop(stage: Stage, name: str) -> Enterprise:
    found = store.find_by_code(stage.province.connection, stage.province.shops[name])
    stage.province.connection.commit()
    assert found is not None
    return found


def _items(visit: Inspection) -> list[str]:
    return [item.key for group in inspections.groups_of(visit) for item in group.items]


def _begin(visit: Inspection, by: By) -> None:
    first, second, *_rest = _items(visit)
    inspections.say(visit, [_said(first, Verdict.MET), _said(second, Verdict.NOT_MET, "正在招聘")], by, now=NOW)
    InspectionPhotos(Path(NODE.data_dir)).add(visit, second, uuid4(), photo(), by, now=NOW)


def _finish(visit: Inspection, by: By) -> None:
    _begin(visit, by)
    rest = [_said(key, Verdict.MET) for key in _items(visit)[2:]]
    seen = 2 + inspections.say(visit, rest, by, now=NOW)
    inspections.finish(visit, Presence.PRESENT, "其余条件符合。", by, seen=seen, now=NOW)
    inspections.amend(visit, "第二项已核对招聘启事。", by, now=NOW)


def _said(item: str, verdict: Verdict, note: str = "") -> Said:
    return Said(client_id=uuid4(), item=item, verdict=verdict, note=note)


def _draw(stage: Stage, pair: tuple[User, User]) -> None:
    shops = sorted(stage.province.shops[name] for name in ("inspected", "ending"))
    drawn = draw("seed", shops, [str(user.pk) for user in pair], 1)
    made = InspectionDraw.objects.create(
        public_id="drawdrawdraw",
        division_code=_COUNTY,
        seed="seed",
        shops=shops,
        officers=[user.pk for user in pair],
        count=1,
        drawn=[[code, [int(key) for key in keys]] for code, keys in drawn],
        drawn_by=pair[0],
        drawn_at=NOW,
    )
    stage.ids["draw"] = made.public_id

"""The pages of binding as they show it: cars as cards, requests with their clock. Nothing to a stranger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedang.access.actions import record_event
from chedang.access.model import AuditAction
from chedang.access.models import User
from chedang.owners import requests
from chedang.owners.access import cars_of
from chedang.owners.binding_models import BindingRequestQuerySet
from chedang.owners.evidence import Sighting
from chedang.owners.model import Access, Kind, RequestState, Scope
from chedang.owners.models import BindingRequest
from chedang.owners.requests import Reason
from chedang.owners.rules import Doubt
from chedang.site.owner.cars import purpose_of
from chedang.site.owner.file.reading import read_car
from chedang.site.owner.garage.forms import REASON_WORDS
from chedang.site.vehicle.presentation import present_file
from chedang.site.vehicle.verdict import Verdict
from chedang.terms import plate as plates

_MOST_READ: Final = 8
"""Cars whose file the page opens; of more it shows the plates alone."""
_MOST_SHOWN: Final = 50
_TAIL_LENGTH: Final = 6
_STATES = {
    RequestState.WAITING: ("open", "–", gettext_lazy("等待核对")),
    RequestState.AGREED: ("good", "✓", gettext_lazy("已同意")),
    RequestState.REFUSED: ("wrong-tone", "✕", gettext_lazy("未同意")),
    RequestState.WITHDRAWN: ("open", "–", gettext_lazy("已撤回")),
}
DOUBT_WORDS: Final = {
    Doubt.NO_CAR: gettext_lazy("没有号牌和车架号都相符的车辆"),
    Doubt.SEVERAL_CARS: gettext_lazy("不止一辆车相符"),
    Doubt.NO_FACTS: gettext_lazy("上次维修的记录不全，无法比对"),
    Doubt.FACTS_DIFFER: gettext_lazy("填写的事实与上次维修的记录都不相符"),
    Doubt.ONE_FACT: gettext_lazy("填写的事实只有一项与上次维修的记录相符"),
    Doubt.OLD_PLATE: gettext_lazy("这辆车后来换过号牌"),
    Doubt.UNSURE_RECORD: gettext_lazy("上次维修的记录中车架号或号牌有疑问"),
    Doubt.BOUND: gettext_lazy("这辆车已由他人绑定"),
    Doubt.HAD_OWNER: gettext_lazy("上次维修时这辆车由他人绑定，单据可能是原车主的"),
    Doubt.TRIES_USED: gettext_lazy("当天对这辆车的尝试次数已满，或申请人选择人工核对"),
    Doubt.MANY_CARS: gettext_lazy("申请人自己的车已达到不经人工的上限"),
}
FACT_WORDS: Final = {
    "number": gettext_lazy("结算清单编号"),
    "mileage": gettext_lazy("送修里程"),
    "settled_on": gettext_lazy("结算日期"),
}
_WORDS_OF_OWNER = {"agrees": gettext_lazy("同意"), "objects": gettext_lazy("不同意")}


@dataclass(frozen=True, slots=True)
class CarCard:
    """One car of the garage."""

    access: Access
    plate_number: str
    """'' where the owner lets the person see no plate."""
    title: str
    verdict: Verdict | None
    """``None`` where the file is not opened on this page."""
    kind: str


def garage_view(user: User, now: datetime) -> dict[str, Any]:
    """Cars and requests. Opening files here is written down for each."""
    cars = cars_of(user, now=now)
    own = [car for car in cars if car.kind is not Kind.COMPANY]
    company = [car for car in cars if car.kind is Kind.COMPANY]
    return {
        "cards": [_card(user, car, now) for car in own[:_MOST_READ]],
        "others": own[_MOST_READ:],
        "company": company[:_MOST_SHOWN],
        "company_count": len(company),
        "requests": [request_view(each, now) for each in _recent(user, now)],
        "questions": [
            {"request": each, "said": _WORDS_OF_OWNER.get(each.owner_said, "")}
            for each in requests.about_cars_of(user, now=now)
        ],
    }


def _recent(user: User, now: datetime) -> BindingRequestQuerySet:
    """Those that wait, and answers of the last month."""
    found = BindingRequest.objects.filter(user=user).exclude(state=str(RequestState.WITHDRAWN))
    return found.filter(asked_at__gte=now - timedelta(days=30)).order_by("-asked_at")[:5]


def _card(user: User, access: Access, now: datetime) -> CarCard:
    record_event(
        user, AuditAction.READ_VEHICLE_FILE, purpose_of(access), now=now, vin=access.vin, object_id=access.car_id
    )
    page = present_file(read_car(access, now=now).view, access.plate_number)
    may_see_plate = access.is_owner or access.scope is Scope.FULL
    return CarCard(
        access,
        (page.plate_number or access.plate_number) if may_see_plate else "",
        page.title,
        page.verdict,
        _("本人车辆") if access.kind is Kind.OWN else _("他人车辆"),
    )


def sighting_view(sighting: Sighting) -> dict[str, Any]:
    """Enough to recognise one's own car, and nothing to a stranger."""
    visit = sighting.visit
    on = next((entry.on for entry in sighting.entries if visit and entry.newest.record_id == visit.record_id), None)
    return {
        "plate": plates.mask(visit.plate_number) if visit else "",
        "month": date_format(on, "YEAR_MONTH_FORMAT") if on else "",
        "shop": mask_name(sighting.shop_name),
    }


def mask_name(name: str) -> str:
    """``杭州青禾汽车维修有限公司`` → ``杭州青…公司``: whoever was there knows it again."""
    return f"{name[:3]}…{name[-2:]}" if len(name) > 6 else f"{name[:1]}…"


def request_view(request: BindingRequest, now: datetime, *, for_officer: bool = False) -> dict[str, Any]:
    """One request as its own person sees it: the clock and the answer, not what fitted."""
    tone, sign, word = _STATES[RequestState(request.state)]
    left = request.due_at - now
    return {
        "request": request,
        "plate": plates.display(request.plate_number) if for_officer else _plate_of(request),
        "tone": tone,
        "sign": sign,
        "word": word,
        "hours_left": max(0, int(left.total_seconds() // 3600)),
        "is_overdue": request.is_overdue(now),
        "reason": REASON_WORDS[Reason(request.reason)] if request.reason in list(Reason) else "",
    }


def _plate_of(request: BindingRequest) -> str:
    """As it was typed; where a claim code led to it, a stranger may hold the paper: not whole before it is agreed."""
    is_told = not request.has_code or request.state == RequestState.AGREED
    return plates.display(request.plate_number) if is_told else plates.mask(request.plate_number)


def evidence_view(request: BindingRequest, now: datetime) -> dict[str, Any]:
    """The same as the officer sees it: what speaks against binding at once, what fitted and what did not."""
    right = request.facts_right.split(",") if request.facts_right else []
    facts = [{"name": FACT_WORDS[fact], "is_right": fact in right} for fact in request.facts_given.split(",") if fact]
    return request_view(request, now, for_officer=True) | {
        "doubts": [DOUBT_WORDS[doubt] for doubt in request.all_doubts],
        "facts": facts,
        "owner_said": _WORDS_OF_OWNER.get(request.owner_said, ""),
        "vin_tail": request.vin[-_TAIL_LENGTH:],
    }

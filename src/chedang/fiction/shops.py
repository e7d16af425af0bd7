"""Fictional repair shops: names, places, codes with right check characters, and the habits of some."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from chedang.enterprises.model import RegistrationText
from chedang.fiction.habits import Habit
from chedang.fiction.provinces import ZHEJIANG, FictionalProvince
from chedang.terms import credit_code

_WORDS = (
    "青禾", "云栖", "安途", "晨曦", "北辰星", "恒驰达", "远航者", "嘉木", "瑞驿", "清和",
    "明澈", "松风", "海石", "竹韵", "乐行", "望江", "金穗", "临波", "翠微", "平野",
)  # fmt: skip
_BUSINESS = {
    "01": ("汽车销售服务有限公司", "一类汽车维修（整车修理、总成修理、维护、小修）", "150"),
    "02": ("汽车维修有限公司", "二类汽车维修（总成修理、维护、小修）", "150"),
    "03": ("汽车快修店", "三类汽车维修（综合小修）", "175"),
}
_CATEGORIES = ("01", "02", "02", "03")
_HABITS: dict[int, tuple[Habit, ...]] = {
    3: (Habit.PLACEHOLDER_VIN,),
    6: (Habit.PRICE_IN_HOURS,),
    8: (Habit.FAULT_DASH, Habit.MISSING_SETTLEMENT_NUMBER),
    11: (Habit.SHORT_VIN,),
    14: (Habit.PLATE_IN_VIN,),
    17: (Habit.WRONG_CHECK_DIGIT,),
}
_LETTERS = "ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class FictionalShop:
    """One shop: what it registers with and what it does wrong."""

    registration: RegistrationText
    habits: tuple[Habit, ...]
    number_prefix: str
    """How its software begins a settlement list number."""


def make_credit_code(random: Random, division_code: str, *, entity: str = "91") -> str:
    """统一社会信用代码 of an enterprise (``92``: of an individual), both its check characters right."""
    organisation = "MA" + "".join(random.choice("0123456789" + _LETTERS) for _ in range(6))
    organisation += credit_code.organisation_check_character(organisation)
    body = entity + division_code + organisation
    return body + credit_code.check_character(body)


def make_shop(random: Random, number: int, province: FictionalProvince = ZHEJIANG) -> FictionalShop:
    """Shop ``number`` (0, 1, …): the same number always has the same name, place, class and habits."""
    place = province.places[number % len(province.places)]
    division_code = place.division_code
    category = _CATEGORIES[number % len(_CATEGORIES)]
    kind, business_scope, economic_category = _BUSINESS[category]
    word = _WORDS[number % len(_WORDS)]
    generation = number // len(_WORDS)
    name = f"{place.name}{word}{f'{generation}号' if generation else ''}{kind}"
    registration = RegistrationText(
        company_name=name,
        password=f"demo-chedang-{number + 1:02d}",
        road_transport_license=f"{division_code}{random.randrange(1, 1_000_000):06d}",
        unified_credit_code=make_credit_code(random, division_code, entity="92" if category == "03" else "91"),
        address=f"{place.name}虚构路{number + 1}号",
        postal_code=place.postal_code,
        economic_category=economic_category,
        category=category,
        linkman_name="联系人甲",
        linkman_phone=f"{province.area_code}-00000001",  # no number begins with 0 behind an area code: nobody's
        superintendent_name="负责人乙",
        superintendent_phone=f"{province.area_code}-00000002",
        business_scope=business_scope,
        license_start_date="20200101",
        license_end_date="99991231",
        operation_state="1",
        division_code=division_code,
        email=f"shop{number + 1:02d}@example.com",
    )
    return FictionalShop(registration, _HABITS.get(number, ()), number_prefix=f"JS{number + 1:02d}")


def make_shops(random: Random, count: int = 20, province: FictionalProvince = ZHEJIANG) -> list[FictionalShop]:
    """``count`` shops of all three classes, some with doubtful habits."""
    return [make_shop(random, number, province) for number in range(count)]

"""A night's count of shops and cities, against hands and against a slow oracle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import psycopg
import pytest
from tests.pages.filled_province import Car, Province

from chedang.fiction.vehicles import make_vin
from chedang.quality import store
from chedang.quality.badge_rules import Standing, judge
from chedang.quality.counting import count_due, last_day
from chedang.quality.model import ShopFigures
from chedang.quality.parameters import load_parameters
from chedang.records.model import ProjectText
from chedang.terms.dates import SHANGHAI

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=SHANGHAI)
YESTERDAY = date(2026, 11, 20)
HOURS = load_parameters().hours
OIL = "更换机油"


@pytest.fixture
def province(database_url: str) -> Iterator[Province]:
    with psycopg.connect(database_url) as connection:
        yield Province(connection)


def car(name: str) -> Car:
    return Car("浙A6Q777", make_vin(Random(f"counting {name}")))


def repair(
    province: Province, shop: str, number: str, on: date, *, item: str = OIL, hours: str = "0.4", km: str = "9000"
) -> None:
    of = car(number.partition("/")[0])
    at = datetime(on.year, on.month, on.day, 18, tzinfo=SHANGHAI)
    items = (ProjectText(item, hours),)
    province.upload(shop, of, on, km, number=f"{shop} {number}", projects=items, received_at=at)


def figures_of(province: Province, shop: str) -> ShopFigures:
    code = province.shops[shop]
    return store.read_figures(province.connection, [code])[code]


def fill(province: Province) -> None:
    """One shop to look at, five others in the city, one in another city."""
    for number in range(7):
        division = "330212" if number == 6 else f"33010{number % 2 + 5}"
        province.add_shop(f"shop {number}", number, division_code=division, is_approved=True)
        for day in range(4):
            repair(
                province,
                f"shop {number}",
                f"{number}-{day}",
                YESTERDAY - timedelta(days=30 + day),
                hours=f"0.{number + 3}",
            )
    # the shop itself: a pump that came back after eight days, and once more too late for that
    for number, days in ((1, 100), (2, 92), (3, 60)):
        repair(
            province,
            "shop 0",
            f"pump/{number}",
            YESTERDAY - timedelta(days=days),
            item="更换水泵",
            hours="2",
            km=str(20_000 + number),
        )
    # before the twelve months, today, and void
    repair(province, "shop 0", "old", YESTERDAY - timedelta(days=365))
    repair(province, "shop 0", "first day", YESTERDAY - timedelta(days=364))
    repair(province, "shop 0", "today", YESTERDAY + timedelta(days=1))
    province.connection.commit()


def test_a_night_counts_every_shop_once_and_then_the_cities(province: Province) -> None:
    fill(province)
    connection = province.connection
    # a slice of no time counts one shop; the cities wait for the last
    assert count_due(connection, now=NOW, seconds=0) == 1
    assert connection.execute("select count(*) from city_item").fetchone() == (0,)
    assert count_due(connection, now=NOW, seconds=60) == 6
    assert count_due(connection, now=NOW, seconds=60) == 0
    # by hand: four oil changes, three pumps, the first day
    own = figures_of(province, "shop 0")
    assert (own.jobs, own.judged, own.reworked, own.counted_on) == (8, 8, 1, YESTERDAY)
    assert own.rework_percent == Decimal("12.5")
    assert [(pair.settled_on, pair.came_on, pair.item) for pair in own.reworks] == [
        (YESTERDAY - timedelta(days=100), YESTERDAY - timedelta(days=92), "更换水泵")
    ]
    assert (own.uploads.received, own.uploads.on_time_percent) == (8, Decimal(100))
    assert own.first_on == YESTERDAY - timedelta(days=365)
    # hours: five oil changes of one's own at 0.3 and 0.4, five others at 0.4 to 0.8 four times each
    oil, pump = store.read_hours(connection, own, HOURS)
    assert (oil.own_jobs, oil.own_median, oil.other_shops, oil.other_jobs) == (5, Decimal("0.3"), 5, 20)
    assert oil.other_median == Decimal("0.6")
    assert (pump.own_jobs, pump.own_median, pump.other_shops, pump.other_median) == (3, Decimal(2), 0, None)
    # alone in its city: nobody is shown to it, and it to nobody
    lonely = store.read_hours(connection, figures_of(province, "shop 6"), HOURS)
    assert [(each.other_shops, each.other_jobs, each.other_median) for each in lonely] == [(0, 0, None)]


def test_the_next_night_counts_anew_and_what_is_gone_is_gone(province: Province) -> None:
    fill(province)
    connection = province.connection
    count_due(connection, now=NOW, seconds=60)
    connection.execute("delete from record_version where company_code = %s", (province.shops["shop 1"],))
    connection.commit()
    assert count_due(connection, now=NOW + timedelta(days=1), seconds=60) == 7
    gone = figures_of(province, "shop 1")
    assert (gone.jobs, gone.uploads.received, gone.first_on) == (0, 0, None)
    oil, _pump = store.read_hours(connection, figures_of(province, "shop 0"), HOURS)
    assert (oil.own_jobs, oil.other_shops, oil.other_median) == (5, 4, None)  # today's job came in, the oldest left
    assert last_day(NOW) == YESTERDAY


def test_a_badge_keeps_the_day_on_which_it_was_earned_until_it_is_lost(province: Province) -> None:
    fill(province)
    connection, code = province.connection, province.shops["shop 2"]
    count_due(connection, now=NOW, seconds=60)
    early = Standing(is_approved=True, overdue_duties=0, overdue_corrections=0)

    def judge_on(days: int, standing: Standing = early) -> store.KeptBadge:
        now = NOW + timedelta(days=days)
        figures = figures_of(province, "shop 2")
        # 90 days after the first record, the newest not silent for long
        badge = judge(figures, standing, load_parameters().badge, today=now.date())
        store.save_badge(connection, code, badge, version=1, now=now)
        kept = store.read_badge(connection, code)
        assert kept is not None
        return kept

    assert [condition.asked for condition in judge_on(0).lacking] == ["connected", "active"]
    none_yet = store.badges_mark(connection)
    repair(province, "shop 2", "older", YESTERDAY - timedelta(days=120))
    repair(province, "shop 2", "newest", YESTERDAY)
    connection.commit()
    count_due(connection, now=NOW + timedelta(days=1), seconds=60)
    kept = judge_on(1)
    assert (kept.is_earned, kept.since_on) == (True, date(2026, 11, 22))
    one = store.badges_mark(connection)
    assert one != none_yet
    assert judge_on(5).since_on == date(2026, 11, 22)
    assert store.badge_holders(connection, list(province.shops.values())) == {code: date(2026, 11, 22)}
    assert store.badges_mark(connection) == one
    lost = judge_on(6, Standing(is_approved=True, overdue_duties=1, overdue_corrections=0))
    assert (lost.is_earned, lost.since_on, [each.asked for each in lost.lacking]) == (False, None, ["duties"])
    assert store.badge_holders(connection, [code]) == {}
    assert store.badges_mark(connection) == none_yet
    assert judge_on(7).since_on == date(2026, 11, 28)
    assert [page for page in store.judged_shops(connection) if (code, True) in page]

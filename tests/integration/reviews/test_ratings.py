"""Reviews in a database: written once, counted at once, set aside and hidden by those who may."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection as django_connection
from django.test.utils import CaptureQueriesContext
from tests.pages.filled_province import Car, Province

from chedang.access.allowances import take
from chedang.access.models import User
from chedang.fiction.vehicles import make_vin
from chedang.records import uploaders
from chedang.reviews import ratings
from chedang.reviews.model import Visit
from chedang.reviews.models.ratings import Appeal, Remark, Review, ShopSums
from chedang.reviews.moderation import built_in
from chedang.reviews.rating_model import (
    AppealReason,
    NotAllowed,
    Outcome,
    Refusal,
    SuspicionKind,
    TextState,
)
from chedang.reviews.ratings import Source, Writing
from chedang.reviews.schemes import load_schemes
from chedang.reviews.scores import refresh_scores, scores_of
from chedang.reviews.suspecting import suspicions_of
from chedang.terms.dates import SHANGHAI

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=SHANGHAI)  # a Friday
FIVE = ("keepAppointment", "attitude", "quality", "speed", "price")
_numbers = count(1)


@pytest.fixture
def province(django_database: str) -> Iterator[Province]:
    """Two shops of one county and class, and one of another county."""
    with psycopg.connect(django_database) as connection:
        made = Province(connection)
        made.add_shop("first", 0, division_code="330106", is_approved=True)
        made.add_shop("second", 2, division_code="330106", is_approved=True)
        made.add_shop("far", 1, division_code="330212", is_approved=True)
        connection.execute("update enterprise set category_code = '02'")
        connection.commit()
        yield made


def person(role: str = "owner", **columns: Any) -> User:
    name = f"{role} {next(_numbers)}"
    user = User.objects.create(username=name, display_name=name, role=role, password="!", **columns)
    User.objects.filter(pk=user.pk).update(created_at=NOW - timedelta(days=90))
    user.refresh_from_db()
    return user


def visit(province: Province, shop: str = "first", **fields: Any) -> Visit:
    number = next(_numbers)
    values: dict[str, Any] = {
        "vin": make_vin(Random(number)),
        "record_id": UUID(int=number),
        "version": 1,
        "company_code": province.shops[shop],
        "division_code": "330212" if shop == "far" else "330106",
        "settled_on": date(2026, 11, 10),
    }
    return Visit(**values | fields)


def source(author: User, **fields: Any) -> Source:
    return Source(**{"device_digest": f"d{author.pk}", "account_digest": f"a{author.pk}", "by_staff": False} | fields)


def write(
    province: Province, step: int = 4, text: str = "", *, author: User | None = None, at: datetime = NOW, **fields: Any
) -> Review:
    author = author or person()
    where = fields.pop("visit", None) or visit(province, fields.pop("shop", "first"))
    writing = Writing(dict.fromkeys(FIVE, step), ("fair_price", "unknown"), text)
    return ratings.write(
        author, where, writing, source(author, **fields), schemes=load_schemes(), moderator=built_in(), now=at
    )


def why_not(deed: Any, *args: Any, **kwargs: Any) -> Refusal:
    with pytest.raises(NotAllowed) as refused:
        deed(*args, **kwargs)
    return refused.value.why


def mark_of(province: Province, shop: str = "first", at: datetime = NOW) -> tuple[float, int]:
    code = province.shops[shop]
    score = scores_of([code], at)[code]
    return round(score.mark, 4), score.review_count


def test_a_review_is_stored_with_its_form_and_counts_at_once(province: Province) -> None:
    review = write(province, 5, "很好，电话 14200000001")
    assert (review.scheme, review.scheme_version, review.mark) == ("national-five", 1, 5.0)
    assert review.national == {"keep_appointment": 5.0, "attitude": 5.0, "quality": 5.0, "speed": 5.0, "price": 5.0}
    assert review.tags == ["fair_price"]
    (remark,) = review.remarks.all()
    assert (remark.text, remark.masked, remark.state) == ("很好，电话 ***", ["phone"], TextState.SHOWN)
    assert mark_of(province) == (round((5 * 3.0 + 5.0) / 6, 4), 1)


def test_one_record_is_reviewed_once_even_by_the_next_owner_and_after_withdrawing(province: Province) -> None:
    author, where = person(), visit(province)
    review = write(province, author=author, visit=where)
    assert why_not(write, province, author=author, visit=where) is Refusal.ALREADY_REVIEWED
    assert why_not(write, province, visit=where) is Refusal.ALREADY_REVIEWED
    ratings.withdraw(review, now=NOW)
    assert why_not(write, province, author=author, visit=where) is Refusal.ALREADY_REVIEWED
    write(province, visit=where)
    assert mark_of(province)[1] == 1


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"settled_on": None}, Refusal.NOT_SETTLED),
        ({"settled_on": date(2026, 5, 1)}, Refusal.TOO_LATE),
        ({"division_code": ""}, Refusal.SHOP_NOT_HERE),
    ],
)
def test_visits_that_cannot_be_reviewed_leave_nothing_behind(
    province: Province, fields: dict[str, Any], why: Refusal
) -> None:
    assert why_not(write, province, visit=visit(province, **fields)) is why
    assert why_not(write, province, owned_since=date(2026, 11, 11)) is Refusal.BEFORE_TRANSFER
    assert why_not(write, province, 6) is Refusal.WRONG_ANSWERS
    assert not Review.objects.exists()


def test_one_account_writes_thirty_a_day_at_most(province: Province) -> None:
    author = person()
    for _ in range(30):
        take("review:write", f"a{author.pk}", most=30, within=timedelta(days=1), now=NOW)
    assert why_not(write, province, author=author) is Refusal.TOO_MANY
    write(province, author=author, at=NOW + timedelta(days=1))


def test_an_owner_adds_once_within_a_year_and_takes_everything_back(province: Province) -> None:
    review = write(province, 2, "换了机油")
    more = {"moderator": built_in(), "now": NOW + timedelta(days=30)}
    ratings.follow_up(review, "还是漏油", **more)
    assert why_not(ratings.follow_up, review, "再说一次", **more) is Refusal.ALREADY_DONE
    late = write(province)
    assert (
        why_not(ratings.follow_up, late, "好", moderator=built_in(), now=NOW + timedelta(days=366)) is Refusal.TOO_LATE
    )
    ratings.reply(review, "已返工", moderator=built_in(), now=NOW)
    ratings.appeal(review, AppealReason.UNTRUE, "有单据", now=NOW)
    ratings.withdraw(review, now=NOW)
    assert not Remark.objects.filter(review=review).exists()
    assert not Appeal.objects.exists()
    assert why_not(ratings.withdraw, review, now=NOW) is Refusal.WITHDRAWN
    assert why_not(ratings.reply, review, "再回复", moderator=built_in(), now=NOW) is Refusal.WITHDRAWN
    assert mark_of(province)[1] == 1


def test_an_appeal_is_due_in_five_working_days_and_hides_the_review_when_upheld(province: Province) -> None:
    officer = person("regulator", division_code="330106")
    first, second = write(province, 1, "乱收费"), write(province, 1)
    before = mark_of(province)
    appeal = ratings.appeal(first, AppealReason.UNTRUE, "有单据", now=NOW)
    assert appeal.due_on == date(2026, 11, 27)
    assert mark_of(province) == before
    assert why_not(ratings.appeal, first, AppealReason.OTHER, "再来", now=NOW) is Refusal.ALREADY_DONE
    assert why_not(ratings.appeal, second, AppealReason.OTHER, " ", now=NOW) is Refusal.EMPTY
    assert why_not(ratings.decide_appeal, appeal, Outcome.UPHELD, " ", officer, now=NOW) is Refusal.EMPTY
    ratings.decide_appeal(appeal, Outcome.UPHELD, "单据相符", officer, now=NOW)
    assert why_not(ratings.decide_appeal, appeal, Outcome.REFUSED, "又", officer, now=NOW) is Refusal.ALREADY_DONE
    assert mark_of(province)[1] == 1
    assert why_not(ratings.reply, first, "谢谢", moderator=built_in(), now=NOW) is Refusal.HIDDEN
    refused = ratings.appeal(second, AppealReason.UNTRUE, "有单据", now=NOW)
    ratings.decide_appeal(refused, Outcome.REFUSED, "单据不全", officer, now=NOW)
    assert mark_of(province)[1] == 1
    assert set(Review.objects.in_scope(officer)) == {first, second}
    assert not Review.objects.in_scope(person("regulator", division_code="330212")).exists()


def test_a_text_that_is_held_waits_for_an_officer_and_the_marks_do_not(province: Province) -> None:
    officer = person("regulator", division_code="330106")
    review = write(province, 1, "混蛋")
    (remark,) = review.remarks.all()
    assert (remark.state, remark.held_for) == (TextState.HELD, ["混蛋"])
    assert mark_of(province)[1] == 1
    refuse = {"is_shown": False, "by": officer, "now": NOW}
    assert why_not(ratings.decide_text, remark, reason="", **refuse) is Refusal.EMPTY
    assert ratings.decide_text(remark, reason="辱骂", **refuse).state == TextState.REFUSED
    assert why_not(ratings.decide_text, remark, reason="又", **refuse) is Refusal.ALREADY_DONE


def test_reviews_that_look_arranged_are_kept_out_until_an_officer_has_looked(province: Province) -> None:
    officer = person("regulator", division_code="330106")
    reviews = [write(province, 5, device_digest="counter", at=NOW + timedelta(hours=n)) for n in range(2)]
    assert mark_of(province)[1] == 2
    reviews.append(write(province, 5, device_digest="counter", at=NOW + timedelta(hours=3)))
    assert mark_of(province)[1] == 0
    for review in reviews:
        review.refresh_from_db()
        assert [each.kind for each in suspicions_of(review)] == [SuspicionKind.SAME_DEVICE]
    ratings.clear(reviews[0], officer, now=NOW)
    assert why_not(ratings.clear, reviews[0], officer, now=NOW) is Refusal.ALREADY_DONE
    write(province, 5, device_digest="counter", at=NOW + timedelta(hours=5))
    assert mark_of(province)[1] == 1
    assert [each.kind for each in suspicions_of(write(province, 5, by_staff=True))] == [SuspicionKind.STAFF_PHONE]


def test_the_last_shop_of_a_tour_sets_the_earlier_ones_aside_too(province: Province) -> None:
    for number in (3, 5):
        province.add_shop(f"shop {number}", number, division_code="330106", is_approved=True)
    author = person()
    shops = list(province.shops)
    assert len(shops) >= 5
    for number, shop in enumerate(shops[:5]):
        write(province, 1, author=author, shop=shop, at=NOW + timedelta(days=number))
    assert [mark_of(province, shop)[1] for shop in shops[:5]] == [0] * 5
    assert Review.objects.filter(is_suspect=True).count() == 5


def test_scores_of_many_shops_take_one_query_and_fade_without_any_work(province: Province) -> None:
    for step in (5, 4, 5):
        write(province, step)
    write(province, 2, shop="second")
    codes = [*province.shops.values(), "999999000000001"]
    with CaptureQueriesContext(django_connection) as queries:
        found = scores_of(codes, NOW)
    assert len(queries) == 1
    assert set(found) == set(province.shops.values())
    first, second, far = (found[province.shops[name]] for name in ("first", "second", "far"))
    # a shop's own reviews are no part of its prior
    assert first.prior == pytest.approx((20 * 3.0 + 2.0) / 21)
    assert second.prior == pytest.approx((20 * 3.0 + 14.0) / 23)
    assert first.mark == pytest.approx((5 * first.prior + 14.0) / 8)
    assert (far.mark, far.has_reviews) == (3.0, False)
    later = scores_of(codes, NOW + timedelta(days=365))[province.shops["first"]]
    assert later.weight == pytest.approx(1.5)


def test_the_nightly_refresh_notes_who_uploads_and_counts_anew_under_another_half_life(province: Province) -> None:
    car = Car("浙A12345", make_vin(Random("a car")))
    province.upload("first", car, date(2026, 11, 10), "1000", received_at=NOW - timedelta(days=2))
    province.upload("far", car, date(2026, 8, 10), "900", received_at=NOW - timedelta(days=90))
    province.connection.commit()
    write(province, 5)
    ShopSums.objects.update(half_life_days=1.0, weight=0.0)
    received = uploaders.last_received(province.connection, since=NOW - timedelta(days=31))
    assert received == {province.shops["first"]: (NOW - timedelta(days=2)).astimezone(UTC)}
    days = {code: at.astimezone(SHANGHAI).date() for code, at in received.items()}
    assert refresh_scores(days) == 1
    assert refresh_scores(days) == 0
    found = scores_of(province.shops.values(), NOW)
    assert found[province.shops["first"]].system.is_connected
    assert not found[province.shops["far"]].system.is_connected
    assert mark_of(province) == (round((5 * 3.0 + 5.0) / 6, 4), 1)

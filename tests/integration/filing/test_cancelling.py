"""注销备案 on a real database: asked, agreed, refused, taken back; nothing is lost, other nodes hear of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import psycopg
import pytest

from chedang.access.models import User
from chedang.enterprises import actions, known, profiles, store
from chedang.enterprises.filed import FiledQuery, chunks_of, count_filed, list_filed, mark_of
from chedang.enterprises.model import Enterprise, ReviewState
from chedang.enterprises.profile_model import ShopQuery
from chedang.fiction.shops import make_shop
from chedang.filing import applying, cancelling, changes
from chedang.filing.cancelling_model import REVERSIBLE, CancelReason, Ending, FilingState, filing_state
from chedang.filing.counting import expiring, expiring_counts
from chedang.filing.filing_model import FilingRefused
from chedang.filing.history import By, steps_of
from chedang.intake.service import refuse_rejected

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
PASSWORD = "a-Long-password-7"
TEXT = msgspec.structs.replace(make_shop(Random(51), 51).registration, password=PASSWORD, operation_state="1")
CLOSED = Ending(CancelReason.CLOSED, "", TODAY)


@pytest.fixture(autouse=True)
def desk(django_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as opened:
        yield opened


@pytest.fixture
def shop(connection: psycopg.Connection[Any]) -> Enterprise:
    code = actions.register(connection, TEXT, now=NOW).enterprise.company_code
    return actions.approve(connection, code, by="tests", now=NOW).enterprise


@pytest.fixture
def manager(shop: Enterprise) -> By:
    return By(applying.give_account(shop, "manager", PASSWORD, "某甲", now=NOW), shop.company_name)


@pytest.fixture
def officer(shop: Enterprise) -> By:
    columns = {"role": "regulator", "division_code": shop.division_code, "password": "!"}
    return By(User.objects.create(username="officer", display_name="某乙", **columns), "县运管所")


def state_of(connection: psycopg.Connection[Any], shop: Enterprise) -> FilingState:
    found = store.find_by_code(connection, shop.company_code)
    return filing_state(found.review_state, found.operation_state_code)


def kinds(shop: Enterprise) -> list[str]:
    return [step.kind for step in steps_of(shop.company_code)]


def test_a_shop_asks_an_officer_agrees_and_takes_it_back_within_the_term(connection, shop, manager, officer):
    for _time in range(2):
        asked = cancelling.ask(connection, shop.company_code, CLOSED, manager, now=NOW)
    assert (asked.state, asked.due_on) == ("asked", date(2026, 11, 27))
    assert state_of(connection, shop) is FilingState.FILED
    connection.execute("truncate announcement")
    for _time in range(2):
        done = cancelling.cancel(connection, shop.company_code, CLOSED, officer, now=NOW + DAY)
    assert done.pk == asked.pk
    assert state_of(connection, shop) is FilingState.CANCELLED
    # Others are told, and a node of the release before understands what it is told
    assert connection.execute("select count(*) from announcement where key = %s", [shop.company_code]).fetchone() == (
        1,
    )
    told = msgspec.json.decode(known.read_notice(connection, shop.company_code))
    assert (told["review_state"], told["is_cancelled"]) == ("approved", True)
    assert profiles.find_shops(connection, ShopQuery(division_prefix=shop.division_code)) == []
    # Late records are still taken
    now_is = store.find_by_code(connection, shop.company_code)
    refuse_rejected(now_is)
    assert now_is.token_generation == shop.token_generation
    for _time in range(2):
        cancelling.restore(connection, shop.company_code, "误注销", officer, now=NOW + 2 * DAY)
    assert state_of(connection, shop) is FilingState.FILED
    assert store.find_by_code(connection, shop.company_code).operation_state_code == "1"
    assert kinds(shop) == ["restored", "cancelled", "cancel_asked", "filed"]


def test_after_the_term_only_the_shop_files_again_by_a_change(connection, shop, manager, officer):
    cancelling.cancel(connection, shop.company_code, CLOSED, officer, now=NOW)
    late = NOW + REVERSIBLE
    with pytest.raises(FilingRefused, match="30 天"):
        cancelling.restore(connection, shop.company_code, "误注销", officer, now=late)
    with pytest.raises(FilingRefused, match="已经注销"):
        changes.change(connection, shop.company_code, {"address": "新地址 1 号"}, manager, now=late)
    texts = {"address": "新地址 1 号", "operation_state": "1"}
    asked = changes.change(connection, shop.company_code, texts, manager, now=late).waiting
    changes.agree(connection, asked.public_id, officer, now=late + DAY)
    assert state_of(connection, shop) is FilingState.FILED
    assert cancelling.newest_of(shop.company_code).state == "refiled"
    cancelling.cancel(connection, shop.company_code, CLOSED, officer, now=late + DAY)  # and may end once more


def test_a_shop_does_not_cancel_itself_by_a_change(connection, shop, manager):
    with pytest.raises(FilingRefused, match="注销备案"):
        changes.change(connection, shop.company_code, {"operation_state": "6"}, manager, now=NOW)


def test_a_request_is_refused_with_a_reason_or_taken_back_and_leaves_everything(connection, shop, manager, officer):
    cancelling.ask(connection, shop.company_code, CLOSED, manager, now=NOW)
    with pytest.raises(FilingRefused, match="写明"):
        cancelling.keep(shop.company_code, " ", officer, now=NOW)
    for _time in range(2):
        cancelling.keep(shop.company_code, "还有责令改正没有办结", officer, now=NOW)
    with pytest.raises(FilingRefused, match="没有等审核"):
        cancelling.keep(shop.company_code, "另一个原因", officer, now=NOW)
    cancelling.ask(connection, shop.company_code, CLOSED, manager, now=NOW + DAY)
    for _time in range(2):
        cancelling.take_back(shop.company_code, manager, now=NOW + DAY)
    assert kinds(shop) == ["cancel_back", "cancel_asked", "cancel_kept", "cancel_asked", "filed"]
    assert state_of(connection, shop) is FilingState.FILED


def test_a_change_that_waits_ends_with_the_filing(connection, shop, manager, officer):
    changes.change(connection, shop.company_code, {"address": "新地址 1 号"}, manager, now=NOW)
    cancelling.cancel(connection, shop.company_code, CLOSED, officer, now=NOW)
    assert changes.waiting_change(shop.company_code) is None
    assert kinds(shop)[:2] == ["cancelled", "refused"]


@pytest.mark.parametrize(
    "ending",
    [
        Ending(CancelReason.UNREACHABLE, "", TODAY),
        Ending(CancelReason.CLOSED, "长" * 201, TODAY),
        Ending(CancelReason.CLOSED, "", TODAY + DAY),
    ],
)
def test_an_officer_says_why_and_not_before_the_day(connection, shop, officer, ending):
    with pytest.raises(FilingRefused):
        cancelling.cancel(connection, shop.company_code, ending, officer, now=NOW)
    assert state_of(connection, shop) is FilingState.FILED


def test_a_shop_that_is_not_filed_has_nothing_to_cancel(connection, shop, manager, officer):
    actions.reject(connection, shop.company_code, by="tests", now=NOW, reason="不符")
    for deed in (cancelling.ask, cancelling.cancel):
        with pytest.raises(FilingRefused, match="没有备案"):
            deed(connection, shop.company_code, CLOSED, manager, now=NOW)
    reason = Ending(CancelReason.UNREACHABLE, "", TODAY)
    with pytest.raises(FilingRefused, match="原因"):
        cancelling.ask(connection, shop.company_code, reason, manager, now=NOW)


def test_what_another_node_tells_of_a_cancelled_shop_is_kept_and_one_that_tells_nothing_means_no(connection):
    told = known.KnownEnterprise(
        company_code="440106000000017",
        company_name="某店",
        division_code="440106",
        category_code="02",
        review_state=ReviewState.APPROVED,
        is_cancelled=True,
    )
    known.apply_notice(connection, "44", told.company_code, msgspec.json.encode(told), now=NOW)
    assert known.find(connection, told.company_code).is_cancelled
    of_before = msgspec.to_builtins(told) | {"review_state": "approved"}
    del of_before["is_cancelled"]
    known.apply_notice(connection, "44", told.company_code, msgspec.json.encode(of_before), now=NOW)
    assert not known.find(connection, told.company_code).is_cancelled
    at_ministry = FiledQuery(of_provinces=True, division_prefix="44")
    assert [each.company_code for each in list_filed(connection, at_ministry, limit=9)] == [told.company_code]
    assert count_filed(connection, FiledQuery(division_prefix="44")) == 0


def test_the_public_list_has_filed_shops_and_a_mark_that_changes_with_it(connection, shop, officer, database_url):
    other = msgspec.structs.replace(make_shop(Random(52), 52).registration, password=PASSWORD)
    actions.register(connection, other, now=NOW)  # waits, and is not listed
    query = FiledQuery()
    (listed,) = list_filed(connection, query, limit=9)
    assert (listed.company_code, listed.is_cancelled, listed.credit_grade) == (shop.company_code, False, "")
    assert not {"linkman_name", "linkman_phone", "superintendent_name", "superintendent_phone", "email"} & set(
        listed.__struct_fields__
    )
    mark = mark_of(connection, query)
    assert mark == mark_of(connection, query)
    cancelling.cancel(connection, shop.company_code, CLOSED, officer, now=NOW)
    assert mark != mark_of(connection, query)
    assert count_filed(connection, FiledQuery(is_cancelled=False)) == 0
    assert count_filed(connection, FiledQuery(is_cancelled=True, words=shop.company_code)) == 1
    assert count_filed(connection, FiledQuery(words="100%")) == 0
    (chunk,) = chunks_of(lambda: psycopg.connect(database_url), query)
    assert [each.company_code for each in chunk] == [shop.company_code]


def test_filings_that_end_within_sixty_days_or_have_ended_are_listed(connection, shop, officer):
    for end_on, expected in (
        (TODAY - DAY, (1, 1)),
        (TODAY, (1, 0)),
        (TODAY + 60 * DAY, (1, 0)),
        (TODAY + 61 * DAY, (0, 0)),
    ):
        connection.execute("update enterprise set license_end_on = %s", [end_on])
        counts = expiring_counts(connection, officer.user, now=NOW)
        assert (counts.all, counts.over) == expected
        assert len(expiring(connection, officer.user, now=NOW)) == expected[0]
    connection.execute("update enterprise set license_end_on = %s", [TODAY])
    elsewhere = User(division_code="440106")
    assert expiring(connection, elsewhere, now=NOW) == []
    cancelling.cancel(connection, shop.company_code, CLOSED, officer, now=NOW)
    assert expiring(connection, officer.user, now=NOW) == []

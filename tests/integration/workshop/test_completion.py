"""合格证: numbers are given once, a record has one paper that stands, a paper says for ever what it said."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, date, datetime, timedelta
from random import Random
from threading import Thread
from typing import Any

import psycopg
import pypdf
import pytest
import vl_convert
import zxingcpp
from PIL import Image
from tests.pages.filled_province import TODAY, Car, Province

from chedang.access.models import User
from chedang.enterprises.model import Enterprise
from chedang.enterprises.store import find_by_code
from chedang.fiction.vehicles import make_vin
from chedang.platform.qr import qr_svg
from chedang.records.model import ProjectText, RecordState, StoredVersion
from chedang.records.store import read_company_records
from chedang.workshop import completion
from chedang.workshop.completion_model import CompletionKind, Inspection, NotAllowed, Refusal
from chedang.workshop.completion_pdf import completion_pdf, open_address
from chedang.workshop.models import CompletionCertificate, NumberGrant

NOW = datetime.now(UTC)
ADDRESS = "https://pages.example.org"


class Shop:
    """A shop with records of the two kinds, its clerk and its officer."""

    def __init__(self, url: str) -> None:
        self.province = Province(psycopg.connect(url))
        self.province.add_shop("west lake", 0, division_code="330106", is_approved=True)
        self.code = self.province.shops["west lake"]
        self.clerk = User.objects.create(username="c", display_name="文员", role="shop", company_code=self.code)
        self.officer = User.objects.create(username="o", display_name="科员", role="regulator", division_code="330100")
        found = find_by_code(self.province.connection, self.code)
        assert found is not None
        self.enterprise: Enterprise = found

    def record(self, name: str, item: str = "二级维护") -> StoredVersion:
        """One settled job."""
        car = Car("浙A12345", make_vin(Random(name)))
        self.province.upload(
            "west lake", car, TODAY - timedelta(days=3), "50000", number=name, projects=(ProjectText(item, "6"),)
        )
        self.province.connection.commit()
        found = read_company_records(self.province.connection, self.code, limit=50)
        return next(each for each in found if each.settlement_list_number == name)

    def grant(self, count: int) -> NumberGrant:
        """The county gives this many numbers."""
        asked = completion.ask_for_numbers(self.clerk, "330106", count, "", now=NOW)
        return completion.grant(asked.pk, self.officer, now=NOW)

    def issue(self, record: StoredVersion, **told: Any) -> CompletionCertificate:
        return completion.issue(self.clerk, self.enterprise, record, inspection(**told), now=NOW)


def inspection(**told: Any) -> Inspection:
    values: dict[str, Any] = {
        "kind": CompletionKind.LEVEL_TWO,
        "inspector": "何检验",
        "inspected_on": date(2026, 11, 20),
        "warranty_km": 5_000,
        "warranty_days": 30,
    }
    return Inspection(**values | told)


@pytest.fixture
def shop(django_database: str) -> Any:
    made = Shop(django_database)
    yield made
    made.province.connection.close()


def test_numbers_follow_one_another_and_are_spent_once(shop: Shop) -> None:
    given = shop.grant(2)
    first, second = shop.issue(shop.record("A")), shop.issue(shop.record("B"))
    year = f"{NOW:%y}"
    assert [first.number[:16], second.number[:16]] == [f"330106-{year}-000001", f"330106-{year}-000002"]
    assert completion.numbers_left(shop.code) == 0
    with pytest.raises(NotAllowed) as told:
        shop.issue(shop.record("C"))
    assert told.value.why is Refusal.NO_NUMBERS
    following = shop.grant(1)
    assert following.first_serial == given.last_serial + 1
    # a cancelled paper frees its record, not its number
    completion.cancel(first.number, shop.clerk, "打印错误", now=NOW)
    again = shop.issue(shop.record("A"))
    assert again.number[:16] == f"330106-{year}-000003"


def test_a_record_has_one_paper_that_stands(shop: Shop) -> None:
    shop.grant(3)
    record = shop.record("A")
    shop.issue(record)
    with pytest.raises(NotAllowed) as told:
        shop.issue(record)
    assert told.value.why is Refusal.ALREADY_ISSUED
    assert completion.numbers_left(shop.code) == 2
    assert completion.without_paper([record, shop.record("B")])[0].settlement_list_number == "B"


def test_two_clerks_at_once_issue_one_paper(shop: Shop, django_database: str) -> None:
    from django.db import connections

    shop.grant(5)
    record = shop.record("A")
    refused: list[Refusal] = []

    def issue() -> None:
        try:
            shop.issue(record)
        except NotAllowed as fault:
            refused.append(fault.why)
        finally:
            connections.close_all()

    threads = [Thread(target=issue) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == [Refusal.ALREADY_ISSUED] * 3
    assert completion.numbers_left(shop.code) == 4


def test_what_is_void_unsettled_or_promises_too_little_gets_none(shop: Shop) -> None:
    from msgspec.structs import replace

    shop.grant(1)
    record = shop.record("A")
    cases = {
        Refusal.NOT_SETTLED: (replace(record, state=RecordState.VOID), {}),
        Refusal.UNDER_MINIMUM: (record, {"warranty_days": 1}),
    }
    for why, (given, told) in cases.items():
        with pytest.raises(NotAllowed) as fault:
            shop.issue(given, **told)
        assert fault.value.why is why
    with pytest.raises(NotAllowed) as fault:
        shop.issue(replace(record, settled_on=None))
    assert fault.value.why is Refusal.NOT_SETTLED
    assert completion.numbers_left(shop.code) == 1


def test_a_shop_has_one_open_request_which_it_may_take_back(shop: Shop) -> None:
    asked = completion.ask_for_numbers(shop.clerk, "330106", 10, "年底", now=NOW)
    with pytest.raises(NotAllowed) as told:
        completion.ask_for_numbers(shop.clerk, "330106", 10, "", now=NOW)
    assert told.value.why is Refusal.OPEN_REQUEST
    completion.withdraw(asked.pk, shop.clerk, now=NOW)
    with pytest.raises(NotAllowed) as told:
        completion.grant(asked.pk, shop.officer, now=NOW)
    assert told.value.why is Refusal.ALREADY_DECIDED
    for count in (0, 501):
        with pytest.raises(NotAllowed):
            completion.ask_for_numbers(shop.clerk, "330106", count, "", now=NOW)


def test_a_refusal_needs_a_reason_and_scope_is_the_division(shop: Shop) -> None:
    asked = completion.ask_for_numbers(shop.clerk, "330106", 10, "", now=NOW)
    with pytest.raises(NotAllowed) as told:
        completion.refuse(asked.pk, shop.officer, "  ", now=NOW)
    assert told.value.why is Refusal.REASON_MISSING
    completion.refuse(asked.pk, shop.officer, "上次的还没有用完", now=NOW)
    elsewhere = User(username="x", role="regulator", division_code="330200")
    assert not completion.grants_in_scope(elsewhere).exists()
    assert completion.grants_in_scope(shop.officer).get().refusal == "上次的还没有用完"


def test_the_paper_says_all_and_its_code_leads_to_the_check(shop: Shop) -> None:
    shop.grant(1)
    paper = shop.issue(
        shop.record("JS-7", "发动机总成大修"),
        kind=CompletionKind.WHOLE,
        remark="#emph[x] 附检验单",
        warranty_km=20_000,
        warranty_days=100,
    )
    assert hashlib.sha256(paper.content.encode()).hexdigest() == paper.digest
    pdf = completion_pdf(paper, site_address=ADDRESS)
    assert pdf == completion_pdf(paper, site_address=ADDRESS)
    text = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().replace("\n", "").replace(" ", "")
    content = completion.read_content(paper)
    for part in (paper.number, content.vin, "整车修理", "发动机总成大修", "JS-7", "何检验", "20,000千米", "#emph[x]"):
        assert part in text
    address = open_address(paper, site_address=ADDRESS)
    assert completion.matches_digest(paper, address.rsplit("=", 1)[1])
    assert not completion.matches_digest(paper, paper.digest[:7])
    picture = Image.open(io.BytesIO(vl_convert.svg_to_png(qr_svg(address, label="x"), scale=4)))
    assert zxingcpp.read_barcodes(picture)[0].text == address


def test_figures_count_what_each_shop_has(shop: Shop) -> None:
    shop.grant(4)
    completion.cancel(shop.issue(shop.record("A")).number, shop.clerk, "错", now=NOW)
    shop.issue(shop.record("B"))
    assert completion.figures_in_scope(shop.officer) == {
        shop.code: {"given": 4, "left": 2, "issued": 2, "cancelled": 1}
    }

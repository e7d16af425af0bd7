"""What a node tells of the people behind reviews, and from what it knows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from chedang.access.models import User
from chedang.access.phones import account_of
from chedang.enterprises.model import Enterprise, ReviewState, Source
from chedang.site.owner.phone import devices
from chedang.site.reviews import wiring

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SHOP = Enterprise(
    company_name="虚构汽修",
    division_code="330106",
    linkman_phone="142-0000-0001",
    superintendent_phone="14200000002",
    company_code="330106000000001",
    enterprise_id=1,
    review_state=ReviewState.APPROVED,
    reviewed_at=None,
    reviewed_by="",
    review_reason="",
    password_hash="",
    password_is_weak=False,
    password_changed_at=None,
    token_generation=0,
    source=Source.REGISTERED,
    created_at=NOW,
)


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys in a place of their own."""
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(wiring, "NODE", replace(wiring.NODE, data_dir=tmp_path))
    wiring._digester.cache_clear()
    return tmp_path


def test_the_shops_own_numbers_are_known_by_their_digests(django_database: str, data_dir: Path) -> None:
    request = RequestFactory().get("/")
    people = [account_of(number, now=NOW) for number in ("14200000001", "14200000002", "14200000003")]
    assert [wiring.source_of(request, each, SHOP, None).by_staff for each in people] == [True, True, False]
    without = User.objects.create(username="no phone", display_name="车主", role="owner", password="!")
    assert not wiring.source_of(request, without, SHOP, None).by_staff


def test_a_browser_keeps_its_name_and_a_forged_one_is_no_name(django_database: str, data_dir: Path) -> None:
    author = account_of("14200000009", now=NOW)
    first = RequestFactory().get("/")
    digest = wiring.source_of(first, author, None, None).device_digest
    cookie = wiring.remember_device(first, HttpResponse()).cookies["chedang_reviewer_33"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    again, forged = RequestFactory().get("/"), RequestFactory().get("/")
    again.COOKIES["chedang_reviewer_33"] = cookie.value
    forged.COOKIES["chedang_reviewer_33"] = cookie.value[:-1]
    assert cookie.value not in digest
    assert wiring.source_of(again, author, None, None).device_digest == digest
    assert wiring.source_of(forged, author, None, None).device_digest != digest


def test_a_pseudonym_is_the_same_at_one_shop_and_another_at_the_next(data_dir: Path) -> None:
    assert wiring.pseudonym("330106000000001", 7) == wiring.pseudonym("330106000000001", 7)
    names = {wiring.pseudonym(f"330106{shop:09d}", author) for shop in range(10) for author in range(10)}
    assert len(names) == 100


def test_a_nodes_own_forms_replace_those_that_are_shipped(data_dir: Path) -> None:
    assert wiring.schemes().of_division("330106").key == "national-five"
    shipped = Path(wiring.__file__).parents[2] / "reviews" / "data" / "schemes.toml"
    text = shipped.read_text(encoding="utf-8").replace('default = "national-five"', 'default = "rizhao"')
    (data_dir / wiring.SCHEMES_FILE).write_text(text, encoding="utf-8")
    assert wiring.schemes().of_division("330106").key == "rizhao"


def test_the_name_of_a_browser_is_no_proof_of_a_telephone(data_dir: Path) -> None:
    """Two cookies of one name would each throw the other away, and with it the allowance of a known device."""
    assert wiring._COOKIE != devices._COOKIE

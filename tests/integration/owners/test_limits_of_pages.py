"""Limits that pages take: nobody's telephone is rung all day, and nobody uses up what others have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.test import RequestFactory
from tests.integration.owners.garages import Town, new_person, now

from chedang.access.models import Allowance
from chedang.owners import claims, requests
from chedang.owners.handing_limits import handing_limits
from chedang.owners.model import RequestState
from chedang.site.owner.garage.presentation import evidence_view, request_view
from chedang.site.owner.handing import keys, people, transfer


@pytest.fixture(autouse=True)
def data_dir(django_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(keys, "NODE", replace(keys.NODE, data_dir=tmp_path))
    keys.consent_digester.cache_clear()
    keys.transfer_digester.cache_clear()


def test_a_telephone_is_told_of_consents_so_often_a_day_whoever_gives_them() -> None:
    limits, number = handing_limits().consent, "14200000031"
    first, second = new_person(), new_person()
    told = [people._may_tell(first, number, now()) for _time in range(limits.told_per_number + 1)]
    assert told == [True] * limits.told_per_number + [False]
    assert not people._may_tell(second, number, now())
    others = [people._may_tell(second, f"1420000{place:04d}", now()) for place in range(limits.told_per_account + 1)]
    assert others.count(False) >= 1


def test_an_account_beyond_its_limit_uses_up_no_transfer_tries_of_its_neighbours() -> None:
    request, limits = RequestFactory().post("/", REMOTE_ADDR="192.0.2.1"), handing_limits().transfer
    account = new_person().pk
    tries = [transfer._is_too_often(request, account) for _time in range(limits.wrong_per_account + 5)]
    assert tries.count(False) == limits.wrong_per_account
    assert Allowance.objects.get(kind="transfer:network").taken == limits.wrong_per_account


def test_who_holds_a_stranger_s_paper_reads_no_whole_plate_from_the_request(town: Town) -> None:
    owner, stranger = new_person(), new_person()
    code = town.code_of(town.car)
    assert claims.claim_by_code(town.desk, owner, code, now=now()) is not None
    held = requests.ask_by_code(town.desk, stranger, code, now=now())
    assert town.car.plate_number[2:] not in request_view(held, now())["plate"].replace("·", "")
    assert town.car.plate_number[2:] in evidence_view(held, now())["plate"]
    held.state = str(RequestState.AGREED)
    assert town.car.plate_number[2:] in request_view(held, now())["plate"]

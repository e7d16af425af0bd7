"""Who may see what, and how long a wrong password makes one wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.access.model import Purpose, Role
from chedang.access.rules import (
    FORGOTTEN_AFTER,
    FREE_TRIES,
    NATION,
    account_purpose,
    division_prefix,
    is_in_scope,
    may_look_up,
    sign_in_wait,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("scope", "inside", "outside"),
    [
        ("330000", ("330106", "339999", "330000"), ("320106", "340000", "")),
        ("330100", ("330106", "330100"), ("330206", "330000", "33")),
        ("330106", ("330106",), ("330105", "330100", "330000")),
    ],
)
def test_an_officer_sees_enterprises_of_the_own_division_only(
    scope: str, inside: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    assert all(is_in_scope(code, scope) for code in inside)
    assert not any(is_in_scope(code, scope) for code in outside)


@pytest.mark.parametrize("code", ["", "33", "3301", "33010", "3301066", "33010a", "３３０１０６", "000001", "001234"])
def test_a_malformed_scope_never_means_everything(code: str) -> None:
    with pytest.raises(ValueError, match="division code"):
        division_prefix(code)


def test_the_whole_country_is_a_scope_of_its_own_name() -> None:
    assert is_in_scope("330106", NATION)
    assert not is_in_scope(NATION, "330000")


@given(st.integers(min_value=10_000, max_value=999_999).map(lambda number: f"{number:06d}"))
def test_every_division_lies_in_itself_and_in_its_province(code: str) -> None:
    if code.startswith("00"):
        return
    assert is_in_scope(code, code)
    assert is_in_scope(code, f"{code[:2]}0000")


def test_regulators_look_any_vehicle_up_and_nobody_else() -> None:
    assert {role for role in Role if may_look_up(role)} == {Role.REGULATOR}


def test_every_role_has_a_purpose() -> None:
    assert {role: account_purpose(role) for role in Role} == {
        Role.OWNER: Purpose.OWN_VEHICLE,
        Role.SHOP: Purpose.OWN_BUSINESS,
        Role.REGULATOR: Purpose.SUPERVISION,
        Role.ADMIN: Purpose.ADMINISTRATION,
        Role.SECURITY: Purpose.ADMINISTRATION,
        Role.AUDITOR: Purpose.OVERSIGHT,
        Role.POLICE: Purpose.PUBLIC_SECURITY,
    }


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [(0, 0), (1, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (9, 15), (10, 15), (1000, 15)],
)
def test_waits_grow_with_wrong_passwords_and_stay_bounded(failures: int, minutes: int) -> None:
    assert sign_in_wait(failures, NOW, NOW) == timedelta(minutes=minutes)


def test_a_wait_runs_out() -> None:
    assert sign_in_wait(5, NOW - timedelta(seconds=50), NOW) == timedelta(seconds=10)
    assert sign_in_wait(5, NOW - timedelta(seconds=60), NOW) == timedelta(0)


def test_a_day_without_a_wrong_password_forgets_them() -> None:
    assert sign_in_wait(FREE_TRIES + 9, NOW - FORGOTTEN_AFTER, NOW) == timedelta(0)

"""Rules of second factors, sessions of officials, roles and draws."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.access.model import Role
from chedang.access.rules import draw_count, is_session_over, may_become

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)


def test_a_code_is_that_of_the_standard_s_test_vector() -> None:
    from chedang.access.second_factor import present_code

    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B: 12345678901234567890
    assert present_code(secret, now=datetime.fromtimestamp(59, UTC)) == "287082"
    assert present_code(secret, now=datetime.fromtimestamp(1111111109, UTC)) == "081804"


@given(st.integers(min_value=-3, max_value=3), st.integers(min_value=-3, max_value=3))
def test_a_code_is_taken_one_step_off_at_most_and_never_again(drift: int, taken: int) -> None:
    from chedang.access.second_factor import matching_step

    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of the standard
    present = int(NOW.timestamp()) // 30
    code = pyotp.TOTP(secret).at((present + drift) * 30)
    found = matching_step(secret, code, now=NOW, last_step=present + taken)
    assert found == (present + drift if abs(drift) <= 1 and drift > taken else None)


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "１２３４５６", "0" * 40])
def test_what_is_no_code_matches_no_step(code: str) -> None:
    from chedang.access.second_factor import matching_step

    assert matching_step("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", code, now=NOW, last_step=0) is None


@pytest.mark.parametrize(
    ("began", "used", "is_over"),
    [
        (timedelta(minutes=29), None, False),
        (timedelta(minutes=30), None, True),
        (timedelta(hours=11), timedelta(minutes=29), False),
        (timedelta(hours=11), timedelta(minutes=30), True),
        (timedelta(hours=12), timedelta(0), True),
    ],
)
def test_a_session_ends_when_idle_or_old(began: timedelta, used: timedelta | None, is_over: bool) -> None:
    used_at = None if used is None else NOW - used
    assert is_session_over(NOW - began, used_at, NOW, idle=IDLE, longest=LONGEST) is is_over


def test_only_officials_with_a_division_change_into_one_another() -> None:
    allowed = {(old, new) for old, new in product(Role, Role) if old != new and may_become(old, new)}
    assert allowed == {(Role.REGULATOR, Role.POLICE), (Role.POLICE, Role.REGULATOR)}


@pytest.mark.parametrize(("looks", "drawn"), [(0, 0), (1, 1), (99, 1), (100, 1), (101, 2), (12_345, 124)])
def test_one_look_in_a_hundred_is_drawn_and_one_at_least(looks: int, drawn: int) -> None:
    assert draw_count(looks) == drawn

"""``?scope=`` of an address: the officer's division and what lies in it, nothing else, and never a fault."""

from __future__ import annotations

import pytest
from django.http import Http404

from chedang.access.models import User
from chedang.site.regulator.queue.asked import read_asked


def officer(division_code: str) -> User:
    return User(role="regulator", division_code=division_code)


@pytest.mark.parametrize(("own", "asked"), [("330000", "330106"), ("330100", "330106"), ("000000", "330000")])
def test_a_division_below_is_shown(own: str, asked: str) -> None:
    assert read_asked(officer(own), {"scope": asked}).scope == asked


@pytest.mark.parametrize("own", ["000000", "330000", "330106"])
def test_without_one_it_is_the_officers_own(own: str) -> None:
    assert read_asked(officer(own), {}).scope == own


@pytest.mark.parametrize(
    ("own", "asked"),
    [
        ("000000", "001234"),
        ("000000", "00000"),
        ("330000", "000000"),
        ("330106", "330105"),
        ("330106", "330100"),
        ("330000", "３３０１０６"),
        ("330000", "x"),
    ],
)
def test_anything_else_is_not_there(own: str, asked: str) -> None:
    with pytest.raises(Http404):
        read_asked(officer(own), {"scope": asked})

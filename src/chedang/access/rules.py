"""Who may see what, and how long a wrong password makes one wait. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from chedang.access.model import WITH_DIVISION, Purpose, Role

LOOK_UP_ROLES = frozenset({Role.REGULATOR})
"""Who may open any vehicle's file with plate and the end of the VIN. An owner opens the cars that are bound."""

FREE_TRIES = 5
"""Wrong passwords in a row that cost no waiting."""

_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15))
FORGOTTEN_AFTER = timedelta(hours=24)
"""A day without a wrong password forgets those before."""


NATION = "000000"
"""The whole country, which an officer of the ministry answers for (ours)."""


def division_prefix(division_code: str) -> str:
    """The digits that every division inside this one begins with.

    ``330000`` → ``33``, ``330100`` → ``3301``, ``330106`` → ``330106``; '' for :data:`NATION` alone. An empty or
    malformed code raises ValueError: no scope must never come to mean every scope.
    """
    if division_code == NATION:
        return ""
    if len(division_code) != 6 or not (division_code.isascii() and division_code.isdigit()):
        raise ValueError("a division code has six digits")
    if division_code.startswith("00"):
        raise ValueError("a division code begins with a province")
    if division_code.endswith("0000"):
        return division_code[:2]
    return division_code[:4] if division_code.endswith("00") else division_code


def is_in_scope(division_code: str, scope_code: str) -> bool:
    """Whether an enterprise of ``division_code`` lies in the division ``scope_code`` that an officer answers for.

    Raises ValueError when ``scope_code`` is no division.
    """
    return division_code.startswith(division_prefix(scope_code))


LOOK_UP_PURPOSES = (
    Purpose.SUPERVISION,
    Purpose.OWNERS_REQUEST,
    Purpose.ENFORCEMENT,
    Purpose.EMISSION,
    Purpose.PUBLIC_SECURITY,
)
"""What an official may look a vehicle up for; each look-up names one and its cause (ours)."""


def may_look_up(role: Role) -> bool:
    """Whether people of this role may open vehicles' files."""
    return role in LOOK_UP_ROLES


def account_purpose(role: Role) -> Purpose:
    """What a person of this role uses the account for."""
    return {
        Role.OWNER: Purpose.OWN_VEHICLE,
        Role.SHOP: Purpose.OWN_BUSINESS,
        Role.REGULATOR: Purpose.SUPERVISION,
        Role.ADMIN: Purpose.ADMINISTRATION,
        Role.SECURITY: Purpose.ADMINISTRATION,
        Role.AUDITOR: Purpose.OVERSIGHT,
        Role.POLICE: Purpose.PUBLIC_SECURITY,
    }[role]


def sign_in_wait(failure_count: int, last_failed_at: datetime, now: datetime) -> timedelta:
    """How long an account must still wait before the next try; zero for none (ours).

    After FREE_TRIES wrong passwords each further one costs 1, 2, 4, 8, then 15 minutes. The wait is bounded, so that
    nobody can shut an owner out for good by guessing.
    """
    if failure_count < FREE_TRIES or now - last_failed_at >= FORGOTTEN_AFTER:
        return timedelta(0)
    wait = _WAITS[min(failure_count - FREE_TRIES, len(_WAITS) - 1)]
    return max(timedelta(0), last_failed_at + wait - now)


def is_session_over(
    began_at: datetime, used_at: datetime | None, now: datetime, *, idle: timedelta, longest: timedelta
) -> bool:
    """Whether an official's session has stood idle, or lasted, for too long (our numbers, given by the caller)."""
    return now - (used_at or began_at) >= idle or now - began_at >= longest


def draw_count(looks: int) -> int:
    """How many of a day's looks are drawn for a check: one in a hundred, rounded up; none of none (ours)."""
    return -(-looks // 100)


def may_become(old: Role, new: Role) -> bool:
    """Whether 安全管理员 may give an account another role: between officials with a division only.

    三员 never change into one another, nor into officials, and owners and shops are nobody's to appoint (ours, after
    三员分立).
    """
    return old == new or {old, new} <= WITH_DIVISION

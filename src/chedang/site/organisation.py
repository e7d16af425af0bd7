"""For whom a person acts, as an owner reads it in 谁看过我的档案."""

from __future__ import annotations

from typing import Final

from chedang.access.model import Role
from chedang.access.models import AuditEvent, User
from chedang.access.rules import NATION
from chedang.enterprises import known
from chedang.site.archive.connections import archive
from chedang.terms import division

_LONGEST = AuditEvent._meta.get_field("organisation").max_length
_MINISTRY = "交通运输部"
_AUTHORITY = "道路运输管理机构"
_ADMINISTRATORS: Final = {Role.ADMIN: "系统管理员", Role.SECURITY: "安全管理员", Role.AUDITOR: "安全审计员"}
_POLICE = "公安机关"


def organisation_of(user: User) -> str:
    """Name of the authority or enterprise that a person stands for; '' for an owner.

    In Chinese whatever the page's language: it is written down with the look, as the name that it is.
    """
    if user.role == Role.REGULATOR:
        return authority_name(user.division_code)
    if user.role == Role.SHOP:
        with archive() as connection:
            shop = known.find_all(connection, {user.company_code}).get(user.company_code)
        return (shop.company_name if shop else user.company_code)[:_LONGEST]
    if user.role == Role.POLICE:
        return f"{division.full_name(user.division_code) or ''}{_POLICE}"[:_LONGEST]
    return _ADMINISTRATORS.get(Role(user.role), "")


def authority_name(division_code: str) -> str:
    """``330106`` → 浙江省杭州市西湖区道路运输管理机构."""
    if division_code == NATION:
        return _MINISTRY
    return f"{division.full_name(division_code) or division_code}{_AUTHORITY}"[:_LONGEST]

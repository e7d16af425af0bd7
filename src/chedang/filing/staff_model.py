"""人员: posts at work, kinds of certificate, and when a certificate is to be renewed. Pure."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final


class Trade(StrEnum):
    """工种: what a person does in a shop (kinds as in GB/T 16739.1 on 人员条件; clause 待核)."""

    HEAD = "head"
    """负责人."""
    TECHNICAL_HEAD = "technical_head"
    """技术负责人."""
    INSPECTOR = "inspector"
    """质量检验员."""
    RECEPTION = "reception"
    """业务接待员."""
    PRICING = "pricing"
    """价格核算员."""
    MECHANIC = "mechanic"
    """机修."""
    ELECTRICIAN = "electrician"
    """电器维修."""
    BODY = "body"
    """钣金."""
    PAINT = "paint"
    """涂漆."""
    HIGH_VOLTAGE = "high_voltage"
    """新能源高压."""
    OTHER = "other"


class CertificateKind(StrEnum):
    """Kind of certificate that a person of a shop may hold (names in use; the list is ours)."""

    ENGINEER = "engineer"
    """机动车检测维修专业技术人员职业资格证."""
    SKILL = "skill"
    """汽车维修工职业技能等级证."""
    INSPECTOR = "inspector"
    """质量检验员证."""
    ELECTRICIAN = "electrician"
    """低压电工作业证（特种作业）."""
    WELDER = "welder"
    """焊接与热切割作业证（特种作业）."""
    OTHER = "other"


REMIND_DAYS: Final = (3, 14, 30)
"""A certificate is shown as ending from this many days before on; ours, as for 接口密钥."""


def stage_of(valid_until_on: date | None, today: date) -> int | None:
    """How near the end of a certificate is: 30, 14 or 3 days, 0 when it is over; ``None`` for far off or no end."""
    if valid_until_on is None:
        return None
    days = (valid_until_on - today).days
    if days < 0:
        return 0
    return next((stage for stage in REMIND_DAYS if days <= stage), None)

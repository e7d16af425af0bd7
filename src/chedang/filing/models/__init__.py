"""Django's models of the package, one module per matter."""

from __future__ import annotations

from chedang.filing.models.staff import (
    CERTIFICATE_NAMES,
    TRADE_NAMES,
    ShopAccess,
    StaffCertificate,
    StaffMember,
    StaffPhone,
    StaffSpell,
)

__all__ = [
    "CERTIFICATE_NAMES",
    "TRADE_NAMES",
    "ShopAccess",
    "StaffCertificate",
    "StaffMember",
    "StaffPhone",
    "StaffSpell",
]

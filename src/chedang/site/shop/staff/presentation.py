"""How people and certificates look on a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chedang.filing.models import StaffCertificate, StaffMember
from chedang.filing.staff import certificates_of
from chedang.filing.staff_model import stage_of

_TONES: Final = {0: "wrong-tone", 3: "wrong-tone", 14: "doubt", 30: "doubt"}


def certificate_view(certificate: StaffCertificate, today: date) -> dict[str, Any]:
    """A certificate with the end of its number only, and how near its own end is."""
    stage = stage_of(certificate.valid_until_on, today)
    return {
        "public_id": certificate.public_id,
        "kind": certificate.get_kind_display(),
        "level": certificate.level,
        "issued_by": certificate.issued_by,
        "number": f"****{certificate.number_end}",
        "valid_until_on": certificate.valid_until_on,
        "tone": "" if stage is None else _TONES[stage],
        "sign": "✕" if stage == 0 else "!",
        "word": _ending(certificate, stage, today),
    }


def person_views(members: Sequence[StaffMember], today: date) -> list[dict[str, Any]]:
    """People with their certificates and whether they may sign in."""
    certificates = certificates_of(members)
    return [
        {
            "member": member,
            "account": member.user if member.user is not None and member.user.is_active else None,
            "certificates": [certificate_view(each, today) for each in certificates[member.pk]],
        }
        for member in members
    ]


def _ending(certificate: StaffCertificate, stage: int | None, today: date) -> str:
    if stage is None or certificate.valid_until_on is None:
        return ""
    if stage == 0:
        return _("已过期")
    days = (certificate.valid_until_on - today).days
    return ngettext("还有 %(days)d 天到期", "还有 %(days)d 天到期", days) % {"days": days} if days else _("今天到期")

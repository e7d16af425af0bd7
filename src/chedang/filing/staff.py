"""人员名册: who works at a shop and with which certificates. Holds personal data: never logged, never public."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction

from chedang.access.model import Role
from chedang.access.models import User
from chedang.filing.models import ShopAccess, StaffCertificate, StaffMember
from chedang.filing.staff_model import CertificateKind, Trade
from chedang.platform.chance import new_public_id
from chedang.platform.sealing import Sealer
from chedang.platform.settings import Settings
from chedang.terms.dates import day_in_china

MOST_PEOPLE: Final = 500
"""Of one shop at a time; ours."""
MOST_CERTIFICATES: Final = 20
"""Of one person at a time; ours."""

_PURPOSE: Final = "staff-certificates"
_SHOWN_END: Final = 4


class TooManyPeople(Exception):
    """The register of the shop, or the list of a person's certificates, is full."""


def lock_shop(company_code: str) -> ShopAccess:
    """The row that one locks who changes a shop's people; inside a transaction."""
    ShopAccess.objects.get_or_create(company_code=company_code)
    return ShopAccess.objects.select_for_update().get(company_code=company_code)


def people_of(company_code: str, *, now: datetime) -> list[StaffMember]:
    """Who works at the shop, by name; accounts that were made outside the register are entered into it first."""
    _let_go_of_moved_accounts(company_code)
    _enter_accounts(company_code, now)
    found = StaffMember.objects.filter(company_code=company_code, left_on=None)
    return list(found.select_related("user").order_by("name", "pk"))


def former_people_of(company_code: str) -> list[StaffMember]:
    """Who has left, the latest first."""
    found = StaffMember.objects.filter(company_code=company_code, left_on__isnull=False)
    return list(found.select_related("user").order_by("-left_on", "-pk")[:MOST_PEOPLE])


def find_person(company_code: str, public_id: str) -> StaffMember | None:
    """One person of this shop, there or gone; ``None`` for another shop's, without a difference."""
    _let_go_of_moved_accounts(company_code)
    return StaffMember.objects.select_related("user").filter(company_code=company_code, public_id=public_id).first()


def add_person(company_code: str, *, name: str, trade: Trade, joined_on: date, now: datetime) -> StaffMember:
    """Enter a person; who is there with this name, work and day already is given back. Raises TooManyPeople."""
    with transaction.atomic():
        lock_shop(company_code)
        there = StaffMember.objects.filter(company_code=company_code, left_on=None)
        same = there.filter(name=name, trade=str(trade), joined_on=joined_on).first()
        if same is not None:
            return same
        if there.count() >= MOST_PEOPLE:
            raise TooManyPeople
        return _enter(company_code, name, trade, joined_on, now=now)


def change_person(member: StaffMember, *, name: str, trade: Trade, joined_on: date) -> None:
    """Set name, work and first day right; the account, if any, bears the new name."""
    with transaction.atomic():
        member.name, member.trade, member.joined_on = name, str(trade), joined_on
        member.save(update_fields=["name", "trade", "joined_on"])
        if member.user is not None:
            User.objects.filter(pk=member.user.pk).update(display_name=name)


def certificates_of(members: Sequence[StaffMember]) -> dict[int, list[StaffCertificate]]:
    """Certificates that stand, by the person's key; those that end first before others."""
    found = StaffCertificate.objects.filter(member__in=members, ended_at=None)
    by_person: dict[int, list[StaffCertificate]] = {member.pk: [] for member in members}
    for certificate in sorted(found, key=lambda each: (each.valid_until_on or date.max, each.pk)):
        by_person[certificate.member_id].append(certificate)
    return by_person


def add_certificate(
    member: StaffMember,
    kind: CertificateKind,
    number: str,
    *,
    level: str,
    issued_by: str,
    valid_until_on: date | None,
    now: datetime,
) -> StaffCertificate:
    """Enter a certificate; one of this kind and number takes the new particulars. Raises TooManyPeople."""
    with transaction.atomic():
        lock_shop(member.company_code)
        standing = certificates_of([member])[member.pk]
        row = next((each for each in standing if each.kind == kind and number_of(each) == number), None)
        if row is None:
            if len(standing) >= MOST_CERTIFICATES:
                raise TooManyPeople
            row = StaffCertificate(public_id=new_public_id(), member=member, kind=str(kind), added_at=now)
            row.number_sealed = _sealer().seal(number.encode(), _place(row))
            # A short number would be shown whole by its end.
            row.number_end = number[-_SHOWN_END:] if len(number) > 2 * _SHOWN_END else ""
        row.level, row.issued_by, row.valid_until_on = level, issued_by, valid_until_on
        row.save()
    return row


def end_certificate(member: StaffMember, public_id: str, *, now: datetime) -> bool:
    """Take a certificate off the list; false when the person has none of this name."""
    return bool(StaffCertificate.objects.filter(member=member, public_id=public_id, ended_at=None).update(ended_at=now))


def number_of(certificate: StaffCertificate) -> str:
    """The whole number."""
    return _sealer().open(bytes(certificate.number_sealed), _place(certificate)).decode()


def _enter(
    company_code: str, name: str, trade: Trade, joined_on: date, *, now: datetime, user: User | None = None
) -> StaffMember:
    return StaffMember.objects.create(
        public_id=new_public_id(),
        company_code=company_code,
        name=name,
        trade=str(trade),
        user=user,
        joined_on=joined_on,
        added_at=now,
    )


def _let_go_of_moved_accounts(company_code: str) -> None:
    """An account that an administrator gave to another shop, or another role, is no longer this shop's to change."""
    linked = StaffMember.objects.filter(company_code=company_code, user__isnull=False)
    linked.exclude(user__role=str(Role.SHOP), user__company_code=company_code).update(user=None)


def _enter_accounts(company_code: str, now: datetime) -> None:
    """Accounts of the shop that an administrator made belong to somebody who works there."""
    unknown = User.objects.filter(
        role=str(Role.SHOP), company_code=company_code, is_active=True, staff_member__isnull=True
    )
    if not unknown.exists():
        return
    with transaction.atomic():
        lock_shop(company_code)
        for user in unknown.order_by("pk"):
            _enter(company_code, user.display_name[:32], Trade.OTHER, day_in_china(user.created_at), now=now, user=user)


def _sealer() -> Sealer:
    return Sealer(Settings.from_environment().data_dir, _PURPOSE)


def _place(certificate: StaffCertificate) -> str:
    return f"staff-certificate:{certificate.public_id}"

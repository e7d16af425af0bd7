"""维修档案证明: what a car's records say on one day, with a number, a digest and a page that says whether it stands."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db import transaction

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.owners.access import may_read
from chedang.owners.certificate_content import (
    DIGEST_TYPED,
    CertificateContent,
    canonical_json,
    digest_of,
    in_china,
    say,
)
from chedang.owners.certificate_numbers import new_number, read_number
from chedang.owners.model import Access
from chedang.owners.proof_limits import proof_limits
from chedang.owners.proof_models import Certificate, lock_binding
from chedang.vehicles.model import VehicleFile
from chedang.vehicles.views import FileView, View

VIEWS: Final = (View.BUYER, View.OWNER)
"""Of which an owner may have a certificate."""
LONGEST_REASON: Final = 200


class NotAllowed(Exception):
    """Not the owner, not a view that is certified, not an officer of the province, or no reason given."""


class NothingToCertify(Exception):
    """The car has no record that may be shown."""


class TooManyToday(Exception):
    """So many certificates of this car were issued within a day."""


class Standing(StrEnum):
    """Does a certificate stand?"""

    STANDS = "stands"
    SUPERSEDED = "superseded"
    """Since then something in it was corrected."""
    EXPIRED = "expired"
    REVOKED = "revoked"


class Change(StrEnum):
    """What kind of thing happened since a certificate was issued; never what exactly."""

    CORRECTED = "corrected"
    """A record has a newer version."""
    WITHDRAWN = "withdrawn"
    """A record is void, of another vehicle, or held back."""
    VERDICT = "verdict"
    """里程判断 is another one today."""


@dataclass(frozen=True, slots=True)
class Check:
    """The answer about one certificate."""

    certificate: Certificate
    content: CertificateContent
    standing: Standing
    changes: tuple[Change, ...]

    @property
    def is_open_to_bearer(self) -> bool:
        """May somebody with number and digest read the content? Not after its time and not after it was taken back."""
        return self.standing in {Standing.STANDS, Standing.SUPERSEDED}


@dataclass(frozen=True, slots=True)
class Issuer:
    """The node that issues, and where its certificates are checked."""

    node_code: str
    node_name: str
    check_at: str


def issue(
    access: Access, person: User, file: VehicleFile, view: FileView, *, issuer: Issuer, now: datetime
) -> Certificate:
    """Issue a certificate of ``view``, which was made from ``file`` just now.

    Raises NotAllowed, NothingToCertify, TooManyToday.
    """
    if not access.is_owner or view.view not in VIEWS or file.vin != access.vin:
        raise NotAllowed
    if not file.entries:
        raise NothingToCertify
    limits = proof_limits().certificate
    number, valid_until = new_number(issuer.node_code, now=now), now + timedelta(days=limits.valid_days)
    content = CertificateContent(
        number=number,
        issued_at=in_china(now),
        valid_until=in_china(valid_until),
        node_code=issuer.node_code,
        node_name=issuer.node_name,
        check_at=issuer.check_at,
        vehicle=say(view, most_visits=limits.most_visits),
    )
    canonical = canonical_json(content)
    with transaction.atomic():
        binding = lock_binding(access, now=now)
        if binding is None:
            raise NotAllowed
        since = now - timedelta(days=1)
        if Certificate.objects.filter(binding=binding, issued_at__gt=since).count() >= limits.most_per_day:
            raise TooManyToday
        record_event(
            person, AuditAction.ISSUE_CERTIFICATE, Purpose.OWN_VEHICLE, now=now, vin=access.vin, object_id=number
        )
        return Certificate.objects.create(
            number=number,
            binding=binding,
            issued_by=person,
            content=canonical,
            digest=digest_of(canonical),
            covered=[[str(record_id), version] for record_id, version in _versions(file).items()],
            issued_at=now,
            valid_until=valid_until,
        )


def find_certificate(typed: str) -> Certificate | None:
    """The certificate of a number as a person types it; ``None`` for every number that was never issued."""
    number = read_number(typed)
    return Certificate.objects.select_related("binding").filter(number=number).first() if number else None


def check(certificate: Certificate, file: VehicleFile, *, now: datetime) -> Check:
    """Hold a certificate against the vehicle's file of today."""
    content = certificate.read_content()
    changes = tuple(_changes(certificate, content, file))
    if certificate.revoked_at is not None:
        standing = Standing.REVOKED
    elif certificate.valid_until <= now:
        standing = Standing.EXPIRED
    else:
        standing = Standing.SUPERSEDED if changes else Standing.STANDS
    return Check(certificate, content, standing, changes)


def _changes(certificate: Certificate, content: CertificateContent, file: VehicleFile) -> list[Change]:
    """Newer records are no change: a certificate speaks of its day. A verdict that turned is one."""
    today = _versions(file)
    covered = {UUID(record_id): version for record_id, version in certificate.covered}
    found = {
        Change.CORRECTED: any(today.get(record_id, version) != version for record_id, version in covered.items()),
        Change.WITHDRAWN: any(record_id not in today for record_id in covered),
        Change.VERDICT: file.odometer.state.value != content.vehicle.odometer.state,
    }
    return [change for change, is_so in found.items() if is_so]


def _versions(file: VehicleFile) -> Mapping[UUID, int]:
    return {entry.newest.record_id: entry.newest.version for entry in file.entries}


def matches_digest(certificate: Certificate, typed: str) -> bool:
    """Are these the first characters of the digest, eight or more, however they are grouped?"""
    bare = "".join(typed.split()).replace("-", "").lower()
    if not DIGEST_TYPED <= len(bare) <= len(certificate.digest):
        return False
    return hmac.compare_digest(bare.encode(), certificate.digest[: len(bare)].encode())


def certificates_of(access: Access) -> list[Certificate]:
    """Those issued under this car's binding, the newest first."""
    return list(Certificate.objects.filter(binding__public_id=access.car_id).order_by("-issued_at", "-pk"))


def is_of(certificate: Certificate, person: User, *, now: datetime) -> Access | None:
    """What makes ``person`` the owner for whom the certificate was issued; ``None`` for everybody else."""
    access = may_read(person, certificate.binding.public_id, now=now)
    return access if access is not None and access.is_owner else None


def read_as_bearer(certificate: Certificate, *, viewer: User | None, organisation: str = "", now: datetime) -> None:
    """Write down that somebody who holds the certificate reads what it says."""
    record_event(
        viewer,
        AuditAction.READ_SHARE,
        Purpose.SHARED,
        now=now,
        vin=certificate.binding.vin,
        object_id=certificate.number,
        organisation=organisation,
    )


def revoke(
    certificate: Certificate, person: User, *, reason: str = "", organisation: str = "", now: datetime
) -> Certificate:
    """Take a certificate back: its owner, or an officer of the whole province with a reason. Raises NotAllowed.

    Taking it back twice changes nothing.
    """
    is_owner = is_of(certificate, person, now=now) is not None
    if not is_owner and not (may_revoke_as_officer(person) and reason.strip()):
        raise NotAllowed
    with transaction.atomic():
        row = Certificate.objects.select_for_update(of=("self",)).select_related("binding").get(pk=certificate.pk)
        if row.revoked_at is None:
            record_event(
                person,
                AuditAction.REVOKE_CERTIFICATE,
                Purpose.OWN_VEHICLE if is_owner else Purpose.SUPERVISION,
                now=now,
                vin=row.binding.vin,
                object_id=row.number,
                organisation=organisation,
            )
            row.revoked_at, row.revoked_by, row.revoked_why = now, person, reason.strip()[:LONGEST_REASON]
            row.save(update_fields=["revoked_at", "revoked_by", "revoked_why"])
    return row


def may_revoke_as_officer(person: User) -> bool:
    """An officer whose division is the province: a certificate is issued in the name of the province's node."""
    return person.role == Role.REGULATOR and person.division_code.endswith("0000")

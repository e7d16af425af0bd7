"""The address of an opened file: the signed number of the look-up that opened it. Says nothing of plate or VIN.

Good for the person who looked the vehicle up, for some hours. Whoever else gets hold of it sees nothing.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing

from chedang.access.model import AuditAction
from chedang.access.models import AuditEvent, User

_signer = signing.TimestampSigner(salt="chedang.vehicle-file")


def sign_address(look_up: AuditEvent) -> str:
    """The last part of the file's address."""
    return _signer.sign(str(look_up.pk))


def read_address(token: str, reader: User) -> AuditEvent | None:
    """The look-up that the address stands for; ``None``: forged, too old, or another person's."""
    try:
        number = _signer.unsign(token, max_age=timedelta(hours=settings.VEHICLE_FILE_HOURS))
    except signing.BadSignature:
        return None
    return (
        AuditEvent.objects.filter(pk=int(number), actor=reader, action=AuditAction.LOOK_UP_VEHICLE)
        .exclude(vin="")
        .first()
    )

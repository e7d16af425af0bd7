"""过户: the owner offers the car, the new one takes it; old links die and the history stays (ours, ADR 0034)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from chedang.access.models import User
from chedang.owners.ending import end_with_all
from chedang.owners.handing_limits import handing_limits
from chedang.owners.handing_models import Transfer
from chedang.owners.model import Kind, Proof
from chedang.owners.models import Binding, Fleet
from chedang.platform.chance import new_code, new_public_id
from chedang.platform.sealing import Digester
from chedang.terms.dates import day_in_china
from chedang.terms.spoken import read_code

CODE_LENGTH: Final = 12
"""58 bits: not to be guessed within its week."""
KEY_PURPOSE: Final = "transfer-codes"
"""Purpose of the node's key under which codes are digested."""
ENDED_WHY: Final = "transfer"


class TransferRefused(Exception):
    """No open offer has this code: wrong, used, taken back, expired, or the car is one's own already."""


def offer(binding: Binding, digester: Digester, *, shows_shops: bool, now: datetime) -> tuple[str, Transfer]:
    """Offer the owner's car; the code is told now and never again. An earlier offer of the car ends."""
    code = new_code(CODE_LENGTH)
    with transaction.atomic():
        Binding.objects.select_for_update().get(pk=binding.pk)
        binding.transfers.filter(cancelled_at=None, taken_at=None).update(cancelled_at=now)
        made = Transfer.objects.create(
            binding=binding,
            code_digest=digester.digest(code),
            shows_shops=shows_shops,
            offered_at=now,
            expires_at=now + timedelta(days=handing_limits().transfer.valid_days),
        )
    return code, made


def open_offer(binding: Binding, *, now: datetime) -> Transfer | None:
    """The offer that may still be taken; ``None`` when there is none."""
    return binding.transfers.filter(cancelled_at=None, taken_at=None, expires_at__gt=now).first()


def cancel(binding: Binding, *, now: datetime) -> bool:
    """Take an offer back; says whether there was one."""
    return bool(binding.transfers.filter(cancelled_at=None, taken_at=None).update(cancelled_at=now))


def find_offer(typed: str, digester: Digester, *, now: datetime) -> Transfer | None:
    """The open offer that a code opens, in the same steps whatever was typed; ``None`` for any other code."""
    code = read_code(typed, CODE_LENGTH) or ""
    found = Transfer.objects.select_related("binding").filter(code_digest=digester.digest(code)).first()
    return found if found is not None and _is_open(found, now) else None


def take(
    typed: str, digester: Digester, *, by: User, plate_number: str, now: datetime, fleet: Fleet | None = None
) -> Binding:
    """Take a car over with the code of its owner, for oneself or for a company. Raises TransferRefused.

    The former owner's binding ends, and with it every consent, share code and offer that hangs on it.
    ``plate_number`` is the normalised new plate, '' when the car keeps its own.
    """
    found = find_offer(typed, digester, now=now)
    if found is None:
        raise TransferRefused
    with transaction.atomic():
        former = Binding.objects.select_for_update().get(pk=found.binding_id)
        found.refresh_from_db()
        if not _is_open(found, now) or former.ended_at is not None or (fleet is None and former.user_id == by.pk):
            raise TransferRefused
        end_with_all(former, why=ENDED_WHY, now=now)
        # Somebody whom the former owner let in may be the buyer.
        for own in Binding.objects.select_for_update().filter(user=by, vin=former.vin, ended_at=None):
            end_with_all(own, why=ENDED_WHY, now=now)
        taken = Binding.objects.create(
            public_id=new_public_id(),
            user=None if fleet else by,
            fleet=fleet,
            vin=former.vin,
            plate_number=plate_number or former.plate_number,
            kind=str(Kind.COMPANY if fleet else Kind.OWN),
            proof=str(Proof.TRANSFER),
            bound_at=now,
            # Nobody shows what is hidden from oneself.
            shops_hidden_before_on=former.shops_hidden_before_on if found.shows_shops else day_in_china(now),
        )
        Transfer.objects.filter(pk=found.pk).update(taken_at=now, taken_as=taken)
    return taken


def _is_open(found: Transfer, now: datetime) -> bool:
    return found.cancelled_at is None and found.taken_at is None and found.expires_at > now

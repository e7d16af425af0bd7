"""分享码: the owner lets somebody see the car without an account, so many times and until then.

A code is known by a keyed digest only. What cannot be opened (unknown, spoiled, expired, used up, revoked, the car no
longer the giver's) is one fact, found with the same work: nothing tells that a code ever existed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.access.models import User
from chedang.owners.model import Access, Scope
from chedang.owners.proof_limits import proof_limits
from chedang.owners.proof_models import LIVE, LIVE_LOCKED, Share, SharedView, lock_binding
from chedang.owners.share_codes import CODE_LENGTH, read_code
from chedang.platform.chance import new_code, new_public_id
from chedang.terms.spoken import in_groups

LONGEST_NOTE: Final = 40

Digest = Callable[[str], str]
"""``platform.sealing.Digester.digest`` of share codes."""


class NoSuchShare(Exception):
    """Nothing that can be opened; why is nobody's business."""


class NotAllowed(Exception):
    """Not the owner, or beyond what may be chosen."""


class TooManyShares(Exception):
    """So many codes of this car can be opened already."""


@dataclass(frozen=True, slots=True)
class MadeShare:
    """A new share and its code, which is told this once."""

    share: Share
    code: str
    """In groups, as it is shown."""


@dataclass(frozen=True, slots=True)
class OpenedShare:
    """A view that was counted."""

    share: Share
    number: int
    """Which of the views it was."""
    readable_until: datetime
    """In the browser that took it."""


def make_share(
    access: Access,
    person: User,
    *,
    scope: Scope,
    hours: int,
    most_views: int,
    note: str = "",
    digest: Digest,
    now: datetime,
) -> MadeShare:
    """Make a code for one's own car. Raises NotAllowed, TooManyShares."""
    limits = proof_limits().share
    is_bounded = hours in limits.hours and 1 <= most_views <= limits.most_views and len(note) <= LONGEST_NOTE
    if not access.is_owner or not is_bounded:
        raise NotAllowed
    code, public_id = new_code(CODE_LENGTH), new_public_id()
    with transaction.atomic():
        binding = lock_binding(access, now=now)
        if binding is None:
            raise NotAllowed
        if Share.objects.live(now).filter(binding=binding).count() >= limits.most_live:
            raise TooManyShares
        record_event(person, AuditAction.MAKE_SHARE, Purpose.OWN_VEHICLE, now=now, vin=access.vin, object_id=public_id)
        share = Share.objects.create(
            public_id=public_id,
            binding=binding,
            made_by=person,
            code_digest=digest(code),
            scope=str(scope),
            note=note,
            most_views=most_views,
            made_at=now,
            expires_at=now + timedelta(hours=hours),
        )
    return MadeShare(share, in_groups(code))


def find_share(code: str, *, digest: Digest, now: datetime) -> Share:
    """The share of a code that can be opened now; counts nothing. Raises NoSuchShare."""
    return _find(LIVE, code, digest, now)


def open_share(code: str, *, viewer: User | None, organisation: str = "", digest: Digest, now: datetime) -> OpenedShare:
    """Count one view and write it down, under the lock of the share's row. Raises NoSuchShare."""
    with transaction.atomic():
        share = _find(LIVE_LOCKED, code, digest, now)
        share.views_taken += 1
        record_event(
            viewer,
            AuditAction.READ_SHARE,
            Purpose.SHARED,
            now=now,
            vin=share.binding.vin,
            object_id=share.public_id,
            organisation=organisation,
        )
        share.save(update_fields=["views_taken"])
        number = share.views_taken
        SharedView.objects.create(share=share, number=number, at=now, viewer=viewer, organisation=organisation)
    return OpenedShare(share, number, min(now + proof_limits().share.readable_for, share.expires_at))


def _find(statement: str, code: str, digest: Digest, now: datetime) -> Share:
    """One statement decides, whatever is wrong with a code; only for a live one there is a second."""
    found = list(Share.objects.raw(statement, {"digest": digest(read_code(code)), "now": now}))
    if not found:
        raise NoSuchShare
    return Share.objects.select_related("binding").get(pk=found[0].pk)


def read_again(code: str, *, digest: Digest, now: datetime) -> Share:
    """The share of a code that this browser opened a while ago, as long as it may be read. Raises NoSuchShare."""
    share = Share.objects.select_related("binding").filter(code_digest=digest(read_code(code))).first()
    if share is None or not share.is_readable(now):
        raise NoSuchShare
    return share


def shares_of(access: Access) -> list[Share]:
    """All codes of this car's binding, the newest first, with their views."""
    shares = Share.objects.filter(binding__public_id=access.car_id).order_by("-made_at", "-pk")
    return list(shares.prefetch_related("views__viewer"))


def revoke_share(access: Access, person: User, public_id: str, *, now: datetime) -> Share:
    """End a code at once; ending it twice changes nothing. Raises NotAllowed, NoSuchShare."""
    if not access.is_owner:
        raise NotAllowed
    with transaction.atomic():
        shares = Share.objects.select_for_update().filter(public_id=public_id, binding__public_id=access.car_id)
        share = shares.first()
        if share is None:
            raise NoSuchShare
        if share.revoked_at is None:
            record_event(
                person, AuditAction.REVOKE_SHARE, Purpose.OWN_VEHICLE, now=now, vin=access.vin, object_id=public_id
            )
            share.revoked_at = now
            share.save(update_fields=["revoked_at"])
    return share

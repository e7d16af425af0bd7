"""同意他人查看: an owner lets somebody see a car, for a time, so much and no more; and takes it back (ours, ADR 0034).

Two ways: the owner names the other's phone; or the other asks, and the owner tells the code that came by SMS.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from chedang.access.models import User
from chedang.access.phones import digest_of, find_user_by_phone
from chedang.owners.handing_limits import handing_limits
from chedang.owners.handing_models import AskedConsent, Invitation
from chedang.owners.limits import binding_limits
from chedang.owners.model import Kind, Proof, Scope
from chedang.owners.models import Binding
from chedang.platform.chance import new_public_id
from chedang.platform.sealing import Digester
from chedang.terms import phone, plate

KEY_PURPOSE: Final = "consent-codes"
"""Purpose of the node's key under which codes are digested."""
RELATIONS: Final = ("家人", "亲戚", "朋友", "同事", "其他")
"""与车主的关系: the words that are offered."""
REVOKED: Final = "revoked"
_ASKED_SCOPE: Final = Scope.FULL


class ConsentRefused(Exception):
    """A consent that cannot be given; ``reason`` is one of the words below."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


TOO_MANY_PEOPLE: Final = "too_many_people"
"""So many people see this car already."""
TOO_MANY_CARS: Final = "too_many_cars"
"""The person sees as many cars of others as one may."""
OWN_PHONE: Final = "own_phone"
"""The owner's own number."""
ALREADY: Final = "already"
"""That person sees the car already, or was asked to."""
WRONG_CODE: Final = "wrong_code"
"""Wrong, expired, or tried too often."""


def invite(
    binding: Binding, *, by: User, number: str, relation: str, scope: Scope, days: int, now: datetime
) -> Invitation:
    """Let the person of a mobile number see the car of ``binding`` for ``days``; takes effect when they sign in.

    Raises ConsentRefused; says nothing of whether the number has an account.
    """
    digest = digest_of(phone.normalise(number))
    known = find_user_by_phone(number)
    if known == by:
        raise ConsentRefused(OWN_PHONE)
    with transaction.atomic():
        Binding.objects.select_for_update().get(pk=binding.pk)
        waiting = _open_invitations(now).filter(binding=binding, phone_digest=digest).exists()
        if waiting or (known and Binding.objects.active(now).filter(user=known, vin=binding.vin).exists()):
            raise ConsentRefused(ALREADY)
        _check_room(binding, now)
        return Invitation.objects.create(
            public_id=new_public_id(),
            binding=binding,
            phone_digest=digest,
            phone_end=phone.normalise(number)[-4:],
            relation=relation,
            scope=str(scope),
            made_at=now,
            expires_at=now + timedelta(days=days),
        )


def take_invitations(user: User, number: str, *, now: datetime) -> list[Binding]:
    """Make what owners promised the person of ``number`` real: called when that person comes to the own cars.

    An invitation that would be one car of others too many waits on.
    """
    digest = digest_of(number)
    taken = []
    for waiting in _open_invitations(now).filter(phone_digest=digest).order_by("made_at"):
        with transaction.atomic():
            invitation = Invitation.objects.select_for_update().get(pk=waiting.pk)
            owner = Binding.objects.select_for_update().get(pk=invitation.binding_id)
            sees = Binding.objects.active(now).filter(user=user, vin=owner.vin).exists()
            is_open = invitation.accepted_as is None and invitation.revoked_at is None and owner.ended_at is None
            if not is_open or sees or _others_cars(user, now) >= binding_limits().cars.most_others_cars:
                continue
            invitation.accepted_as = _grant(
                owner,
                user,
                relation=invitation.relation,
                scope=Scope(invitation.scope),
                until=invitation.expires_at,
                now=now,
            )
            invitation.save(update_fields=["accepted_as"])
            taken.append(invitation.accepted_as)
    return taken


def ask(
    asker: User, digester: Digester, *, owners_number: str, plate_number: str, relation: str, now: datetime
) -> tuple[AskedConsent, User | None, str]:
    """Ask the owner of a car for consent. Gives the question, whom to send the code to, and the code.

    For a number or plate that fits no owner the answer is the same but for nobody to send to, after the same steps.
    """
    owner = find_user_by_phone(owners_number)
    number = plate.normalise(plate_number)
    candidates = Binding.objects.active(now).filter(
        user=owner, kind=str(Kind.OWN), plate_number=number, user__isnull=False
    )
    binding = candidates.order_by("-bound_at").first() if owner != asker else None
    code = f"{secrets.randbelow(1_000_000):06d}"
    public_id = new_public_id()
    question = AskedConsent.objects.create(
        public_id=public_id,
        asker=asker,
        binding=binding,
        relation=relation,
        code_digest=digester.digest(f"{public_id}/{code}"),
        tries_left=handing_limits().consent.code_tries,
        asked_at=now,
        expires_at=now + timedelta(minutes=handing_limits().consent.code_minutes),
    )
    return question, owner if binding is not None else None, code


def answer(public_id: str, digester: Digester, *, by: User, typed: str, now: datetime) -> Binding:
    """Use the code that the owner told. Raises ConsentRefused; a wrong one costs a try of this question only."""
    with transaction.atomic():
        question = AskedConsent.objects.select_for_update().filter(public_id=public_id, asker=by).first()
        is_right = _try_code(question, digester, typed, now)
    if not is_right or question is None or question.binding is None:
        raise ConsentRefused(WRONG_CODE)
    with transaction.atomic():
        owner = Binding.objects.select_for_update().get(pk=question.binding.pk)
        if owner.ended_at is not None:
            raise ConsentRefused(WRONG_CODE)
        if Binding.objects.active(now).filter(user=by, vin=owner.vin).exists():
            raise ConsentRefused(ALREADY)
        _check_room(owner, now)
        if _others_cars(by, now) >= binding_limits().cars.most_others_cars:
            raise ConsentRefused(TOO_MANY_CARS)
        until = now + timedelta(days=handing_limits().consent.proposed_days)
        return _grant(owner, by, relation=question.relation, scope=_ASKED_SCOPE, until=until, now=now)


def people_of(binding: Binding, *, now: datetime) -> tuple[Sequence[Binding], Sequence[Invitation]]:
    """Who sees the owner's car by consent, and who may as soon as they sign in."""
    seen_by = Binding.objects.active(now).filter(granted_by=binding).select_related("user").order_by("bound_at")
    return list(seen_by), list(_open_invitations(now).filter(binding=binding).order_by("made_at"))


def revoke_invitation(binding: Binding, public_id: str, *, now: datetime) -> bool:
    """Take back what nobody has taken yet; says whether there was something."""
    waiting = Invitation.objects.filter(binding=binding, public_id=public_id, accepted_as=None, revoked_at=None)
    return bool(waiting.update(revoked_at=now))


def consents_of(user: User, *, now: datetime) -> Sequence[Binding]:
    """Cars of others that the person sees."""
    return list(Binding.objects.active(now).filter(user=user, kind=str(Kind.CONSENT)).order_by("-bound_at"))


def purge(now: datetime) -> int:
    """Forget questions of yesterday and before, whatever became of them."""
    return AskedConsent.objects.filter(asked_at__lt=now - timedelta(days=1)).delete()[0]


def _open_invitations(now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(revoked_at=None, accepted_as=None, expires_at__gt=now, binding__ended_at=None)


def _try_code(question: AskedConsent | None, digester: Digester, typed: str, now: datetime) -> bool:
    """Count a try and compare in constant time; a question is good for one right answer."""
    if question is None or question.tries_left == 0 or question.expires_at <= now or question.used_at is not None:
        return False
    question.tries_left -= 1
    is_right = hmac.compare_digest(question.code_digest, digester.digest(f"{question.public_id}/{typed.strip()}"))
    if is_right and question.binding_id is not None:
        question.used_at = now
    question.save(update_fields=["tries_left", "used_at"])
    return is_right


def _check_room(owner: Binding, now: datetime) -> None:
    people = Binding.objects.active(now).filter(granted_by=owner).count()
    people += _open_invitations(now).filter(binding=owner).count()
    if people >= binding_limits().cars.most_people_per_car:
        raise ConsentRefused(TOO_MANY_PEOPLE)


def _others_cars(user: User, now: datetime) -> int:
    return Binding.objects.active(now).filter(user=user, kind=str(Kind.CONSENT)).count()


def _grant(owner: Binding, user: User, *, relation: str, scope: Scope, until: datetime, now: datetime) -> Binding:
    """The consent as a binding; one that ran out makes room."""
    Binding.objects.filter(Q(expires_at__lte=now), user=user, vin=owner.vin, ended_at=None).update(
        ended_at=now, ended_why="expired"
    )
    return Binding.objects.create(
        public_id=new_public_id(),
        user=user,
        vin=owner.vin,
        plate_number=owner.plate_number,
        kind=str(Kind.CONSENT),
        proof=str(Proof.CONSENT),
        scope=str(scope),
        relation=relation,
        granted_by=owner,
        shops_hidden_before_on=owner.shops_hidden_before_on,
        bound_at=now,
        expires_at=until,
    )

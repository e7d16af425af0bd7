"""动态口令: a code of six digits that an official's device shows (RFC 6238: SHA-1, 30 seconds), besides the password.

A code is taken once, a step early or late at most; the secret is kept sealed. A lost device: one of ten 备用码, or
安全管理员 takes the second factor off and the person begins anew. Who begins needs a 启用码 besides the password:
系统管理员 knows the first password, 安全管理员 the 启用码, and neither alone becomes the person.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from pathlib import Path
from typing import Final

import pyotp
from django.db import transaction

from chedang.access.models import OpenSession, RecoveryCode, SecondFactor, User
from chedang.platform.keys import node_key
from chedang.platform.sealing import Digester, Sealer
from chedang.platform.settings import Settings
from chedang.terms.text import clean

STEP_SECONDS: Final = 30
DRIFT_STEPS: Final = 1
"""Steps that a device's clock may be early or late (RFC 6238, 5.2 recommends at most one)."""
RECOVERY_CODES: Final = 10

_PURPOSE: Final = "second-factors"
_ISSUER: Final = "车档"
_RECOVERY_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_LETTERS: Final = 10


def matching_step(secret: str, code: str, *, now: datetime, last_step: int) -> int | None:
    """The step whose code was typed; ``None`` for a wrong code and for one of a step that was taken before. Pure."""
    present = int(now.timestamp()) // STEP_SECONDS
    generator = pyotp.TOTP(secret, interval=STEP_SECONDS)
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if step > last_step and hmac.compare_digest(generator.at(step * STEP_SECONDS).encode(), code.encode()):
            return step
    return None


def is_enrolled(user: User) -> bool:
    """Whether the person has proved to hold a device."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


def offered_secret(user: User) -> str:
    """The secret to type into a device; the same until it is confirmed. Raises LookupError once it is."""
    factor, _made = SecondFactor.objects.get_or_create(
        user=user, defaults={"secret_sealed": _seal(user, pyotp.random_base32())}
    )
    if factor.confirmed_at is not None:
        raise LookupError("a confirmed secret is never shown again")
    return _open(factor)


def enrolment_code(user: User) -> str:
    """启用码: what 安全管理员 hands to the person, and without which no secret is offered.

    The same until a device is enrolled, another after a reset. Raises LookupError once a device is enrolled.
    """
    number = int(_digester().digest(f"{user.pk} enrolment {offered_secret(user)}"), 16)
    letters = ""
    for _place in range(_CODE_LETTERS):
        number, letter = divmod(number, len(_RECOVERY_ALPHABET))
        letters += _RECOVERY_ALPHABET[letter]
    return _in_groups(letters)


def opens_enrolment(user: User, typed: str) -> bool:
    """Is this the person's 启用码? Raises LookupError once a device is enrolled."""
    return hmac.compare_digest(_letters_of(enrolment_code(user)).encode(), _letters_of(typed).encode())


def provisioning_address(user: User, secret: str) -> str:
    """What a device reads from the QR code: ``otpauth://totp/…``."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=user.username, issuer_name=_ISSUER)


def confirm(user: User, code: str, *, now: datetime) -> list[str] | None:
    """Enrol with the first code; gives ten 备用码, to be shown once. ``None``: wrong code, nothing is changed."""
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=True).first()
        if factor is None or not _take(factor, code, now):
            return None
        factor.confirmed_at = now
        factor.save()
        return _make_recovery_codes(user)


def verify(user: User, code: str, *, now: datetime) -> bool:
    """Take a code of the device, or a 备用码; each is good once."""
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
        return factor is not None and (_take(factor, code, now) or _take_recovery_code(user, code, now))


def matter_of(user: User) -> str:
    """Under what wrong codes of this person are counted, apart from wrong passwords.

    With a NUL, which no form takes: a stranger who types this for an account name would make the person wait.
    """
    return f"{user.username}\0second factor"


def recovery_codes_left(user: User) -> int:
    """How many 备用码 are still good."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()


def reset(user: User) -> bool:
    """Take the second factor off, with its recovery codes; false when there was none. The caller ends the sessions."""
    with transaction.atomic():
        RecoveryCode.objects.filter(user=user).delete()
        return bool(SecondFactor.objects.filter(user=user).delete()[0])


def mark_verified(session_key: str, *, now: datetime) -> None:
    """The person of this session has shown the second factor."""
    OpenSession.objects.filter(session_key=session_key).update(verified_at=now, used_at=now)


def derived_secret(username: str, data_dir: Path) -> str:
    """The secret of a demonstration's fictional official: always the same on a node, so that its code can be shown."""
    key = node_key(data_dir, "demo-second-factors")
    return base64.b32encode(hmac.digest(key, username.encode(), hashlib.sha256)[:20]).decode()


def enrol_fictional(user: User, data_dir: Path, *, now: datetime, alias: str) -> None:
    """Give a fictional official of the node with this directory the derived secret, unless it has one already."""
    sealed = Sealer(data_dir, _PURPOSE).seal(derived_secret(user.username, data_dir).encode(), _place(user.pk))
    values = {"secret_sealed": sealed, "confirmed_at": now}
    SecondFactor.objects.using(alias).get_or_create(user=user, defaults=values)


def present_code(secret: str, *, now: datetime) -> str:
    """The code that a device with this secret shows now."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).at(int(now.timestamp()))


def _take(factor: SecondFactor, typed: str, now: datetime) -> bool:
    digits = "".join(clean(typed[:40]).split())
    step = matching_step(_open(factor), digits, now=now, last_step=factor.last_step)
    if step is None:
        return False
    factor.last_step = step
    factor.save(update_fields=["last_step"])
    return True


def _take_recovery_code(user: User, typed: str, now: datetime) -> bool:
    digest = _recovery_digest(user, typed)
    good = RecoveryCode.objects.filter(user=user, code_digest=digest, used_at__isnull=True)
    return bool(good.update(used_at=now))


def _make_recovery_codes(user: User) -> list[str]:
    letters = ["".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(_CODE_LETTERS)) for _ in range(RECOVERY_CODES)]
    codes = [_in_groups(each) for each in letters]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_digest=_recovery_digest(user, code)) for code in codes
    )
    return codes


def _recovery_digest(user: User, typed: str) -> str:
    return _digester().digest(f"{user.pk} {_letters_of(typed)}")


def _letters_of(typed: str) -> str:
    return "".join(letter for letter in clean(typed[:40]).lower() if letter.isalnum())


def _in_groups(letters: str) -> str:
    return f"{letters[:5]}-{letters[5:]}"


def _digester() -> Digester:
    return Digester(Settings.from_environment().data_dir, _PURPOSE)


def _seal(user: User, secret: str) -> bytes:
    return _sealer().seal(secret.encode(), _place(user.pk))


def _open(factor: SecondFactor) -> str:
    return _sealer().open(bytes(factor.secret_sealed), _place(factor.user_id)).decode()


def _sealer() -> Sealer:
    return Sealer(Settings.from_environment().data_dir, _PURPOSE)


def _place(number: int) -> str:
    return f"second-factor:{number}"

"""短信验证码: a code that proves a phone, good in the browser session that asked for it and nowhere else.

Nobody can shut anybody else out: wrong tries of one session do not touch another's code, and a device that signed in
with a number before has an allowance for that number apart from strangers'. See docs/adr/0026.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from django.db import transaction

from chedang.access import phones, sms
from chedang.access.allowances import take
from chedang.access.models import SmsCode
from chedang.platform.sealing import Digester, Sealer
from chedang.platform.settings import Settings
from chedang.terms.text import clean

DIGITS: Final = 6
LASTS: Final = timedelta(minutes=5)
TRIES: Final = 5
"""Wrong codes after which a code is dead."""

_PURPOSE: Final = "sms-codes"
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Matter(StrEnum):
    """What a code is for; a code for one matter opens no other."""

    SIGN_IN = "sign_in"
    OLD_PHONE = "old_phone"
    NEW_PHONE = "new_phone"
    SHOP_SIGN_IN = "shop_sign_in"
    SHOP_ENROL = "shop_enrol"


_WORDS: Final = {
    Matter.SIGN_IN: "登录",
    Matter.OLD_PHONE: "更换手机（原号码）",
    Matter.NEW_PHONE: "更换手机（新号码）",
    Matter.SHOP_SIGN_IN: "登录维修企业账户",
    Matter.SHOP_ENROL: "开通维修企业账户",
}


class Asker(NamedTuple):
    """Who asks for a code or gives one."""

    session: str
    """A secret that only this browser session holds."""
    address: str
    """Network address, or the network that one subscriber has."""
    device: str = ""
    """Name of a device that signed in with this very number before; '' for any other."""


class Pending(NamedTuple):
    """A code that waits to be typed."""

    number: str
    expires_at: datetime


class TooMany(Exception):
    """So many codes were asked for that one must wait; ``wait`` says how long. Nothing was sent or counted."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


class WrongCode(Exception):
    """``tries_left`` of each matter whose code was wrong; with none left that code is dead."""

    def __init__(self, tries_left: Mapping[Matter, int]) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left


class DeadCode(Exception):
    """There is no code that could still be given: never asked for, used, too old, or too often wrong."""


class _Limit(NamedTuple):
    kind: str
    key: str
    most: int
    within: timedelta


def ask_code(number: str, matter: Matter, asker: Asker, *, now: datetime) -> None:
    """Send a code to a normalised mobile number; takes the place of an earlier one of this session and matter.

    The same for a number with an account and for one without. Raises TooMany (the earlier code stays good) and
    ``sms.NotSent``.
    """
    _take_all(_limits(phones.digest_of(number), asker), now)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    row = _store(number, matter, asker, code, now)
    minutes = int(LASTS.total_seconds()) // 60
    text = f"{_WORDS[matter]}验证码 {code}，{minutes} 分钟内有效。不要告诉任何人；不是您本人操作，请忽略。"
    try:
        sms.send_text(number, text)
    except sms.NotSent:
        row.delete()
        raise


def pending(session: str, matter: Matter, *, now: datetime) -> Pending | None:
    """The code that this session may still give, without its digits."""
    row = SmsCode.objects.filter(session_digest=_session_digest(session), matter=matter).first()
    if row is None or not _is_good(row, now):
        return None
    return Pending(_number(row), row.expires_at)


def use_codes(session: str, typed: Mapping[Matter, str], *, now: datetime) -> dict[Matter, str]:
    """The numbers that are proved when every typed code is right; the codes are used up then, and only then.

    Of two who give the same code at once one gets the number. Raises WrongCode, DeadCode.
    """
    with transaction.atomic():
        found = SmsCode.objects.select_for_update().filter(session_digest=_session_digest(session), matter__in=typed)
        rows = {Matter(row.matter): row for row in found.order_by("matter") if _is_good(row, now)}
        if len(rows) < len(typed):
            raise DeadCode
        wrong = [row for matter, row in rows.items() if not _is_right(row, typed[matter])]
        for row in wrong:
            row.tries_left -= 1
            row.save(update_fields=["tries_left"])
        if not wrong:
            numbers = {matter: _number(row) for matter, row in rows.items()}
            found.delete()
    if wrong:
        raise WrongCode({Matter(row.matter): row.tries_left for row in wrong})
    return numbers


def forget_old(now: datetime) -> int:
    """Remove codes that can no longer be given; gives how many."""
    return SmsCode.objects.filter(expires_at__lte=now).delete()[0]


def _limits(phone_digest: str, asker: Asker) -> Sequence[_Limit]:
    """What is counted, the asker's own first; our numbers."""
    own = [_Limit("sms:session", asker.session, 10, _HOUR)]
    if asker.device:
        who = f"{asker.device} {phone_digest}"
        return [*own, *(_Limit(f"sms:device:{name}", who, most, within) for name, most, within in _OF_PHONE)]
    nearby = f"{asker.address} {phone_digest}"
    return [
        *own,
        _Limit("sms:address", asker.address, 20, _HOUR),
        # So that one address alone cannot use up what strangers may ask for a number.
        _Limit("sms:nearby:hour", nearby, 3, _HOUR),
        _Limit("sms:nearby:day", nearby, 6, _DAY),
        *(_Limit(f"sms:phone:{name}", phone_digest, most, within) for name, most, within in _OF_PHONE),
    ]


_OF_PHONE: Final = (("minute", 1, _MINUTE), ("hour", 5, _HOUR), ("day", 10, _DAY))


def _take_all(limits: Sequence[_Limit], now: datetime) -> None:
    """All or none: a refusal uses nothing up. Raises TooMany."""
    digester = _digester()
    with transaction.atomic():
        for limit in limits:
            wait = take(limit.kind, digester.digest(limit.key), most=limit.most, within=limit.within, now=now)
            if wait:
                raise TooMany(wait)


def _store(number: str, matter: Matter, asker: Asker, code: str, now: datetime) -> SmsCode:
    session_digest = _session_digest(asker.session)
    values = {
        "number_sealed": _sealer().seal(number.encode(), _place(session_digest, matter)),
        "code_digest": _code_digest(session_digest, matter, code),
        "asked_at": now,
        "expires_at": now + LASTS,
        "tries_left": TRIES,
    }
    return SmsCode.objects.update_or_create(session_digest=session_digest, matter=str(matter), defaults=values)[0]


def _is_good(row: SmsCode, now: datetime) -> bool:
    return row.expires_at > now and row.tries_left > 0


def _is_right(row: SmsCode, typed: str) -> bool:
    digits = "".join(clean(typed[:40]).split())
    return hmac.compare_digest(row.code_digest, _code_digest(row.session_digest, Matter(row.matter), digits))


def _number(row: SmsCode) -> str:
    return _sealer().open(bytes(row.number_sealed), _place(row.session_digest, row.matter)).decode()


def _session_digest(session: str) -> str:
    return _digester().digest(f"session {session}")


def _code_digest(session_digest: str, matter: Matter, code: str) -> str:
    return _digester().digest(f"code {session_digest} {matter} {code}")


def _place(session_digest: str, matter: str) -> str:
    return f"sms-code:{session_digest}:{matter}"


def _digester() -> Digester:
    return Digester(Settings.from_environment().data_dir, _PURPOSE)


def _sealer() -> Sealer:
    return Sealer(Settings.from_environment().data_dir, _PURPOSE)

"""全国唯一企业编码: the ministry gives them, provinces ask for them and go on without when it is away (ADR 0024).

At the ministry a serial is drawn under a lock and written down together with whose request it was, so there is no gap,
no code twice, and the same request gets the same code. In a province a shop that registers while the ministry is out of
reach stands under a provisional code of 14 digits, and :func:`fetch_codes` brings the national one later. Both name it
from then on; its records stay under the code they came with. Ours; no text on how codes are given was read (待核).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from chedang.enterprises import store
from chedang.enterprises.model import Registration
from chedang.enterprises.rules import fold_name, registration_keys
from chedang.enterprises.store import Connection
from chedang.platform.database import load_queries
from chedang.platform.settings import MINISTRY_CODE
from chedang.terms import division, enterprise_code

OPERATION: Final = "allocate"
"""Name of the call to the ministry."""

_SQL = load_queries("chedang.enterprises", "codes.sql")
_REQUEST_KEY = re.compile(r"[0-9a-f]{64}")
_DIVISION = re.compile(r"[0-9]{6}")
_MOST_TRIES: Final = 5
_SEAT: Final = {"66": "65"}
"""兵团 has no counties of its own: its shops state those of 新疆."""
_STEP: Final = 100


class AllocationAsk(msgspec.Struct, frozen=True, array_like=True):
    """Contents of the call ``allocate``. What stands after the division was left out by earlier versions."""

    request_key: str
    """64 hexadecimal characters, see :func:`request_key`."""
    division_code: str
    other_keys: tuple[str, ...] = ()
    """Keys of the same form under which a maker may have asked for this shop: of its licence, of its name."""
    company_name: str = ""
    """By which the ministry tells whether it is the maker's dealer."""


AskCode = Callable[[AllocationAsk], str | None]
"""→ national code; None while the ministry is out of reach. Takes 1.5 s at most."""


class Allocator(msgspec.Struct, frozen=True):
    """How shops of a node that is joined get their codes. A node on its own has none and counts for itself."""

    node_code: str
    """Two digits of this node: they stand inside its provisional codes."""
    ask: AskCode


class AllocationAnswer(msgspec.Struct, frozen=True, array_like=True):
    """Contents of its answer: the code, or '' and why there is none."""

    company_code: str
    reason: str = ""
    """Chinese sentence, no personal data."""


def request_key(registration: Registration) -> str:
    """Which shop a code is asked for: SHA-256, hexadecimal, over credit code, else licence, else division and name.

    The same shop asks with the same key again, whatever became of the first answer.
    """
    return _request_keys(registration)[0]


def ask_for(registration: Registration) -> AllocationAsk:
    """What a province asks for a shop. A maker that asked before knew its licence and name only, no credit code."""
    key, *other_keys = _request_keys(registration)
    return AllocationAsk(key, registration.division_code, tuple(other_keys), registration.company_name)


def _request_keys(registration: Registration) -> list[str]:
    """By everything that names the shop, the surest first."""
    unified_credit_code, licence = registration_keys(registration)
    texts = [f"credit/{unified_credit_code}"] if unified_credit_code else []
    texts += [f"licence/{licence}"] if licence else []
    texts.append(f"name/{registration.division_code}/{registration.company_name}")
    return [hashlib.sha256(text.encode()).hexdigest() for text in texts]


def allocate(connection: Connection, node_code: str, request_key: str, division_code: str, *, now: datetime) -> str:
    """Give a code (ministry): county and the next national serial; to the same request of a node the same code.

    Serials have no gap: a code that a shop holds already is passed over, and its serial written down as that node's.
    Its own transaction, or part of the caller's. Raises ValueError for a division that is not six digits.
    """
    with connection.transaction():
        if (known := _find_allocation(connection, node_code, request_key)) is not None:
            return known
        serial = store.lock_serial(connection)
        # Another one may have asked the same while this one waited.
        if (known := _find_allocation(connection, node_code, request_key)) is not None:
            return known
        company_code = enterprise_code.compose(division_code, serial)
        while (holder := _holder_of(connection, company_code)) is not None:
            _save(connection, serial, company_code, holder, f"held/{company_code}", now=now)
            serial += 1
            company_code = enterprise_code.compose(division_code, serial)
        _save(connection, serial, company_code, node_code, request_key, now=now)
        store.save_serial(connection, serial + 1)
    return company_code


def answer_allocate(connection: Connection, sender: str, contents: bytes, now: datetime) -> bytes:
    """The call ``allocate`` of a province (ministry). What cannot be answered is told with a reason.

    A division outside the sender's province is not refused: shops of 兵团 (66) state counties of 65, divisions change
    hands, development zones have codes of their own. Who asked stands beside the code. A shop for which a maker had a
    code allocated gets that one, which is the sender's from then on.
    """
    return msgspec.msgpack.encode(_answer(connection, sender, contents, now))


CALLS: Final[Mapping[str, Callable[[Connection, str, bytes, datetime], bytes]]] = {OPERATION: answer_allocate}
"""Calls that this module answers, for the ministry's desk."""


def ask_free_code(connection: Connection, ask_code: AskCode, registration: Registration) -> str | None:
    """Ask for a shop's code until one comes that no other shop here holds; None: the ministry is out of reach.

    One that moved in with a code of which the ministry has not heard yet can hold it; so can a namesake, when name and
    division are all that is known of both. Whoever is to have the next one asks under the key and the code taken, so a
    repeat goes the same way to the same end. Not to be called inside a transaction: it may wait for the ministry.
    """
    ask = ask_for(registration)
    for _ in range(_MOST_TRIES):
        code = ask_code(ask)
        if code is None:
            return None
        with connection.transaction():
            if not store.code_is_held(connection, code):
                return code
        key = hashlib.sha256(f"{ask.request_key}/{code}".encode()).hexdigest()
        ask = AllocationAsk(key, registration.division_code)
    return None


def fetch_codes(connection: Connection, ask_code: AskCode, now: datetime) -> int:
    """One step: bring national codes to shops under provisional ones, the oldest first. How many got one?

    Stops when the ministry is out of reach. Shops that moved in keep the codes they brought, whatever their form, and
    are told to others under those. Each shop is a transaction; not to be called inside one.
    """
    with connection.transaction():
        waiting = store.list_waiting(connection, _STEP)
    count = 0
    for shop in waiting:
        code = ask_free_code(connection, ask_code, shop)
        if code is None:
            break
        with connection.transaction():
            store.lock_serial(connection)  # nobody moves in with this code meanwhile
            if not store.code_is_held(connection, code):
                store.save_national_code(connection, shop.company_code, code, now=now)
                count += 1
    return count


def _answer(connection: Connection, sender: str, contents: bytes, now: datetime) -> AllocationAnswer:
    try:
        ask = msgspec.msgpack.decode(contents, type=AllocationAsk)
    except msgspec.DecodeError:
        return AllocationAnswer("", "请求内容无法读取")
    if not all(map(_REQUEST_KEY.fullmatch, (ask.request_key, *ask.other_keys))):
        return AllocationAnswer("", "请求标识应为 64 位十六进制数")
    if not _DIVISION.fullmatch(ask.division_code) or division.province_code(ask.division_code) is None:
        return AllocationAnswer("", "应为 6 位行政区划代码")
    with connection.transaction():
        _take_over(connection, sender, ask)
        return AllocationAnswer(allocate(connection, sender, ask.request_key, ask.division_code, now=now))


def _take_over(connection: Connection, sender: str, ask: AllocationAsk) -> None:
    """Let the sender have the code that a maker had allocated for this shop, where there is one.

    Licence and name must be the same, as when a maker asks again (ADR 0017), and the shop one of the sender's province:
    licences are numbered by provinces, and none is given another's dealer.
    """
    province = division.province_code(ask.division_code)
    if province != _SEAT.get(sender, sender) or _find_allocation(connection, sender, ask.request_key) is not None:
        return
    store.lock_serial(connection)  # nobody else takes it meanwhile
    parameters = {"ministry": MINISTRY_CODE, "keys": [ask.request_key, *ask.other_keys], "province_code": province}
    for serial, company_name in connection.execute(_SQL["allocated_for_makers"], parameters):
        if fold_name(company_name) == fold_name(ask.company_name):
            given = {"serial": serial, "node_code": sender, "request_key": ask.request_key}
            connection.execute(_SQL["hand_over"], given)
            return


def _find_allocation(connection: Connection, node_code: str, request_key: str) -> str | None:
    row = connection.execute(_SQL["find_allocation"], {"node_code": node_code, "request_key": request_key}).fetchone()
    return None if row is None else str(row[0])


def _holder_of(connection: Connection, company_code: str) -> str | None:
    parameters = {"company_code": company_code, "ministry": MINISTRY_CODE}
    row = connection.execute(_SQL["holder_of"], parameters).fetchone()
    return None if row is None else str(row[0])


def _save(
    connection: Connection, serial: int, company_code: str, node_code: str, request_key: str, *, now: datetime
) -> None:
    parameters = {
        "serial": serial,
        "company_code": company_code,
        "node_code": node_code,
        "request_key": request_key,
        "allocated_at": now,
    }
    connection.execute(_SQL["save_allocation"], parameters)

"""How a node's public key comes to the other side: offered by itself, or vouched for by the key before (ours).

An offer is a statement (JSON) and a signature over its bytes. Signed by the key it offers, it proves possession and
waits for an operator; signed by a key of the same node that is good, it counts at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from chedang.exchange import events, keys
from chedang.exchange.events import EventKind
from chedang.exchange.keys import Key, KeyState
from chedang.exchange.messages import UNREADABLE
from chedang.exchange.model import MINISTRY, OLDEST_SCHEMA, SCHEMA, ExchangeRefused, RefusalCode
from chedang.exchange.signing import ALGORITHMS, DEFAULT_ALGORITHM, Signer, key_id
from chedang.records.store import Connection
from chedang.terms.division import PROVINCES

FRESH: Final = timedelta(minutes=10)
"""How far the clocks of two nodes may be apart."""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed: this node has this public key."""

    node_code: str
    algorithm: str
    public_key: bytes
    """Base64 in JSON."""
    valid_from: datetime
    made_at: datetime
    signed_by: str
    """Id of the key that signs: the one offered, or one that is known."""


class Offer(msgspec.Struct, frozen=True):
    """A statement's bytes and the signature over them, both Base64 in JSON."""

    statement: bytes
    signature: bytes


class OfferTaken(msgspec.Struct, frozen=True):
    """What became of an offer: ``pending`` until an operator confirms, or ``active``."""

    key_id: str
    state: KeyState


class PublicKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key as it is told to anybody who asks."""

    key_id: str
    algorithm: str
    public_key: bytes
    fingerprint: str
    valid_from: datetime
    valid_until: datetime | None


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who a node is. Unsigned: it is compared with what an operator was told over another line."""

    node_code: str
    name: str
    schema: int
    oldest_schema: int
    now: datetime
    keys: list[PublicKey]
    offers: list[Offer]
    """The newest key, vouched for by each older one that is still good."""


encode = msgspec.json.Encoder().encode
_decode_offer = msgspec.json.Decoder(Offer).decode
_decode_statement = msgspec.json.Decoder(Statement).decode
_decode_identity = msgspec.json.Decoder(Identity).decode
_decode_taken = msgspec.json.Decoder(OfferTaken).decode


def make_offer(node_code: str, offered: Signer, *, by: Signer, valid_from: datetime, now: datetime) -> Offer:
    """``offered``'s public key, signed by ``by``: itself, or a key that the other side knows."""
    statement = encode(
        Statement(
            node_code=node_code,
            algorithm=offered.algorithm,
            public_key=offered.public_key,
            valid_from=valid_from,
            made_at=now,
            signed_by=by.key_id,
        )
    )
    return Offer(statement, by.sign(statement))


def take_offer(connection: Connection, body: bytes, *, own_code: str, now: datetime) -> OfferTaken:
    """Take another node's offer (JSON of :class:`Offer`). The caller commits.

    A ministry takes those of provinces, a province the ministry's. Raises ExchangeRefused (MALFORMED, FORBIDDEN,
    STALE_CALL, BAD_SIGNATURE, UNKNOWN_KEY, KEY_ENDED).
    """
    try:
        offer = _decode_offer(body)
        statement = _decode_statement(offer.statement)
    except UNREADABLE as fault:
        raise ExchangeRefused(RefusalCode.MALFORMED) from fault
    _check(statement, own_code, now)
    identifier = key_id(statement.algorithm, statement.public_key)
    known = {key.key_id: key for key in keys.keys_of(connection, statement.node_code)}
    if (present := known.get(identifier)) and present.state is KeyState.REVOKED:
        raise ExchangeRefused(RefusalCode.KEY_ENDED, "已吊销")
    if statement.signed_by == identifier:
        _check_signature(statement.algorithm, statement.public_key, offer)
        return _keep(connection, statement, identifier, present, now)
    _check_voucher(known.get(statement.signed_by), offer, now)
    return _trust(connection, statement, identifier, present, now)


def identity(connection: Connection, data_dir: Path, node_code: str, now: datetime) -> Identity:
    """Who this node is."""
    newest = keys.own_signer(connection, data_dir, node_code, now)
    good = {key.key_id: key for key in keys.keys_of(connection, node_code) if key.is_good(now)}
    vouchers = [each for each in keys.own_signers(data_dir) if each.key_id in good and each.key_id != newest.key_id]
    valid_from = good[newest.key_id].valid_from
    return Identity(
        node_code=node_code,
        name=PROVINCES[node_code].name,
        schema=SCHEMA,
        oldest_schema=OLDEST_SCHEMA,
        now=now,
        keys=[_public(key) for key in good.values()],
        offers=[make_offer(node_code, newest, by=each, valid_from=valid_from, now=now) for each in vouchers],
    )


def read_identity(body: bytes) -> Identity:
    """Take another node's identity apart. Raises ExchangeRefused (MALFORMED)."""
    try:
        told = _decode_identity(body)
    except UNREADABLE as fault:
        raise ExchangeRefused(RefusalCode.MALFORMED, "不是节点身份") from fault
    for key in told.keys:
        if key.algorithm != DEFAULT_ALGORITHM and key.algorithm not in ALGORITHMS:
            continue
        if key_id(key.algorithm, key.public_key) != key.key_id:
            raise ExchangeRefused(RefusalCode.MALFORMED, "公钥与其编号不符")
    return told


def read_taken(body: bytes) -> OfferTaken:
    """Take the answer to an offer apart. Raises ExchangeRefused (MALFORMED)."""
    try:
        return _decode_taken(body)
    except UNREADABLE as fault:
        raise ExchangeRefused(RefusalCode.MALFORMED, "不是对公钥的答复") from fault


def learn_keys(connection: Connection, told: Identity, *, own_code: str, now: datetime) -> int:
    """Take what the other side's identity vouches for; keys nobody vouches for wait for an operator.

    Gives how many keys were new. In the caller's transaction, or each on its own.
    """
    known = {key.key_id for key in keys.keys_of(connection, told.node_code)}
    for offer in told.offers:
        try:
            take_offer(connection, encode(offer), own_code=own_code, now=now)
        except ExchangeRefused as refused:
            events.write_refusal(connection, EventKind.REFUSED, told.node_code, refused, now=now)
    for key in told.keys:
        if key.algorithm in ALGORITHMS and ALGORITHMS[key.algorithm].is_public_key(key.public_key):
            _wait_for_operator(connection, told.node_code, key, now)
    return len({key.key_id for key in keys.keys_of(connection, told.node_code)} - known)


def _wait_for_operator(connection: Connection, node_code: str, key: PublicKey, now: datetime) -> None:
    if key.key_id in {each.key_id for each in keys.keys_of(connection, node_code)}:
        return
    keys.add(
        connection,
        node_code,
        key.public_key,
        state=KeyState.PENDING,
        by=node_code,
        now=now,
        valid_from=key.valid_from,
        algorithm=key.algorithm,
    )
    events.write(connection, EventKind.KEY_OFFERED, node_code, detail=key.key_id, now=now)


def _check(statement: Statement, own_code: str, now: datetime) -> None:
    is_other_side = (statement.node_code == MINISTRY) != (own_code == MINISTRY)
    if statement.node_code not in PROVINCES or not is_other_side:
        raise ExchangeRefused(RefusalCode.FORBIDDEN, "不与该节点直接交换")
    algorithm = ALGORITHMS.get(statement.algorithm)
    if algorithm is None or not algorithm.is_public_key(statement.public_key):
        raise ExchangeRefused(RefusalCode.MALFORMED, "不是可用的公钥")
    if statement.made_at.tzinfo is None or statement.valid_from.tzinfo is None:
        raise ExchangeRefused(RefusalCode.MALFORMED, "时间没有时区")
    if abs(statement.made_at - now) > FRESH:
        raise ExchangeRefused(RefusalCode.STALE_CALL)


def _check_signature(algorithm: str, public_key: bytes, offer: Offer) -> None:
    if not ALGORITHMS[algorithm].is_genuine(public_key, offer.statement, offer.signature):
        raise ExchangeRefused(RefusalCode.BAD_SIGNATURE)


def _check_voucher(voucher: Key | None, offer: Offer, now: datetime) -> None:
    if voucher is None or voucher.state is KeyState.PENDING:
        raise ExchangeRefused(RefusalCode.UNKNOWN_KEY)
    if not voucher.is_good(now):
        raise ExchangeRefused(RefusalCode.KEY_ENDED)
    _check_signature(voucher.algorithm, voucher.public_key, offer)


def _keep(
    connection: Connection, statement: Statement, identifier: str, present: Key | None, now: datetime
) -> OfferTaken:
    if present is not None:
        return OfferTaken(identifier, present.state)
    _add(connection, statement, KeyState.PENDING, now)
    events.write(connection, EventKind.KEY_OFFERED, statement.node_code, detail=identifier, now=now)
    return OfferTaken(identifier, KeyState.PENDING)


def _trust(
    connection: Connection, statement: Statement, identifier: str, present: Key | None, now: datetime
) -> OfferTaken:
    if present is None:
        _add(connection, statement, KeyState.ACTIVE, now)
    elif present.state is KeyState.PENDING:
        keys.approve(connection, statement.node_code, identifier, by=statement.signed_by, now=now)
    else:
        return OfferTaken(identifier, KeyState.ACTIVE)
    events.write(connection, EventKind.KEY_TAKEN, statement.node_code, detail=identifier, now=now)
    return OfferTaken(identifier, KeyState.ACTIVE)


def _add(connection: Connection, statement: Statement, state: KeyState, now: datetime) -> None:
    keys.add(
        connection,
        statement.node_code,
        statement.public_key,
        state=state,
        by=statement.signed_by,
        now=now,
        valid_from=statement.valid_from,
        algorithm=statement.algorithm,
    )


def _public(key: Key) -> PublicKey:
    return PublicKey(
        key_id=key.key_id,
        algorithm=key.algorithm,
        public_key=key.public_key,
        fingerprint=key.fingerprint,
        valid_from=key.valid_from,
        valid_until=key.valid_until,
    )

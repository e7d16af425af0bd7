"""Sealing and opening of messages: pack, digest, sign; and back, refusing whatever does not fit. Pure but for chance.

Nothing of a message is believed before its signature fits; nothing is unpacked before its digest does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
import zstandard

from chedang.exchange.model import (
    MOST_ITEMS,
    OLDEST_SCHEMA,
    SCHEMA,
    Acknowledgement,
    Body,
    ExchangeRefused,
    Head,
    MessageKind,
    Notice,
    RecordRow,
    RefusalCode,
)
from chedang.exchange.signing import ALGORITHMS, Signer

MOST_MESSAGE_BYTES: Final = 16 * 1024 * 1024
"""Of a message as sent."""
MOST_BODY_BYTES: Final = 64 * 1024 * 1024
"""Of a body unpacked."""
_MOST_HEAD_BYTES: Final = 8192
"""Heads are read before anybody is believed, and JSON takes many times its length in memory."""
_LEVEL: Final = 1
_UNSAID: Final = -1
"""Of a frame that does not say how long it becomes."""


UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises for bytes that are not what they should be: wrong form, no UTF-8, nested without end."""


class _Sender(msgspec.Struct, frozen=True):
    sender: str = ""


_encode_head = msgspec.json.Encoder().encode
_decode_head = msgspec.json.Decoder(Head).decode
_decode_frame = msgspec.msgpack.Decoder(tuple[bytes, bytes, bytes]).decode
_decode_sender = msgspec.json.Decoder(_Sender).decode
_decode_schema = msgspec.json.Decoder(dict[str, Any]).decode
encode_body: Final[Callable[[Any], bytes]] = msgspec.msgpack.Encoder().encode
"""Any of the contents of a message → bytes."""
_decode_body = msgspec.msgpack.Decoder(Body).decode
_RawItems = Annotated[list[msgspec.Raw], msgspec.Meta(max_length=MOST_ITEMS)]
_decode_split = msgspec.msgpack.Decoder(tuple[_RawItems, _RawItems]).decode
decode_record: Final[Callable[[bytes], RecordRow]] = msgspec.msgpack.Decoder(RecordRow).decode
"""One record of ITEMS. Raises one of :data:`UNREADABLE`."""
decode_notice: Final[Callable[[bytes], Notice]] = msgspec.msgpack.Decoder(Notice).decode
"""One notice of ITEMS. Raises one of :data:`UNREADABLE`."""
_decode_acknowledgement = msgspec.msgpack.Decoder(Acknowledgement).decode

FindKey = Callable[[str, str, datetime], bytes]
"""(sender, key id, made at) → public key that was good then. Raises ExchangeRefused (UNKNOWN_SENDER, UNKNOWN_KEY,
KEY_ENDED)."""


class Sealed(msgspec.Struct, frozen=True):
    """A message ready to be sent, and the digest of its head, which the next one in a channel carries."""

    message: bytes
    digest: str


class Opened(msgspec.Struct, frozen=True):
    """A message that is what its sender sent."""

    head: Head
    digest: str
    """SHA-256 of the head's bytes, hexadecimal."""
    body: bytes
    """Unpacked; not yet decoded."""


def seal(
    contents: bytes,
    *,
    kind: MessageKind,
    sender: str,
    recipient: str,
    signer: Signer,
    made_at: datetime,
    schema: int = SCHEMA,
    epoch: int = 0,
    sequence: int = 0,
    previous_digest: str = "",
    item_count: int = 0,
    operation: str = "",
    nonce: str = "",
) -> Sealed:
    """Pack, digest and sign ``contents``."""
    body = zstandard.ZstdCompressor(level=_LEVEL).compress(contents)
    head = _encode_head(
        Head(
            schema=schema,
            kind=kind,
            sender=sender,
            recipient=recipient,
            key_id=signer.key_id,
            algorithm=signer.algorithm,
            made_at=made_at,
            body_digest=hashlib.sha256(body).hexdigest(),
            body_bytes=len(contents),
            accepts_schema=SCHEMA,
            epoch=epoch,
            sequence=sequence,
            previous_digest=previous_digest,
            item_count=item_count,
            operation=operation,
            nonce=nonce,
        )
    )
    frame = encode_body((head, signer.sign(head), body))
    return Sealed(frame, hashlib.sha256(head).hexdigest())


def open_message(message: bytes, *, find_key: FindKey, recipient: str) -> Opened:
    """Check and unpack a message. Raises ExchangeRefused, saying what does not fit."""
    head, head_bytes, body = _authenticate(message, find_key)
    if head.recipient != recipient:
        raise ExchangeRefused(RefusalCode.WRONG_RECIPIENT)
    return Opened(head, hashlib.sha256(head_bytes).hexdigest(), _unpack(head, body))


def read_genuine_head(message: bytes, *, find_key: FindKey) -> Head:
    """The head of a message whose signature fits; its body is not looked at. Raises ExchangeRefused."""
    return _authenticate(message, find_key)[0]


def open_kept(message: bytes) -> Opened:
    """A message that this node itself sealed and kept: nothing but its form is checked."""
    head_bytes, _, body = _decode_frame(message)
    head = _decode_head(head_bytes)
    return Opened(head, hashlib.sha256(head_bytes).hexdigest(), _unpack(head, body))


def claimed_sender(message: bytes) -> str:
    """Who a message says it is from, believed or not; '' for what has no head."""
    try:
        return _decode_sender(_decode_frame(message)[0]).sender
    except UNREADABLE:
        return ""


def _authenticate(message: bytes, find_key: FindKey) -> tuple[Head, bytes, bytes]:
    """Head, its bytes, and the packed body of a message whose signature fits."""
    if len(message) > MOST_MESSAGE_BYTES:
        raise ExchangeRefused(RefusalCode.TOO_LARGE)
    try:
        head_bytes, signature, body = _decode_frame(message)
    except UNREADABLE as fault:
        raise ExchangeRefused(RefusalCode.MALFORMED) from fault
    head = _read_head(head_bytes)
    public_key = find_key(head.sender, head.key_id, head.made_at)
    algorithm = ALGORITHMS.get(head.algorithm)
    if algorithm is None or not algorithm.is_genuine(public_key, head_bytes, signature):
        raise ExchangeRefused(RefusalCode.BAD_SIGNATURE)
    return head, head_bytes, body


def _read_head(head_bytes: bytes) -> Head:
    """The head, of which a later schema may have other members: that is told first."""
    if len(head_bytes) > _MOST_HEAD_BYTES:
        raise ExchangeRefused(RefusalCode.MALFORMED, "报文头过长")
    try:
        schema = _decode_schema(head_bytes).get("schema")
        if isinstance(schema, int) and schema > SCHEMA:
            raise ExchangeRefused(RefusalCode.FUTURE_SCHEMA, f"{schema} > {SCHEMA}")
        if isinstance(schema, int) and schema < OLDEST_SCHEMA:
            raise ExchangeRefused(RefusalCode.OLD_SCHEMA, f"{schema} < {OLDEST_SCHEMA}")
        head = _decode_head(head_bytes)
    except UNREADABLE as fault:
        raise ExchangeRefused(RefusalCode.MALFORMED) from fault
    if head.made_at.tzinfo is None:
        raise ExchangeRefused(RefusalCode.MALFORMED, "时间没有时区")
    return head


def _unpack(head: Head, body: bytes) -> bytes:
    if hashlib.sha256(body).hexdigest() != head.body_digest or not 0 <= head.body_bytes <= MOST_BODY_BYTES:
        raise ExchangeRefused(RefusalCode.WRONG_BODY)
    try:
        # A frame may say itself how long it becomes, and then that counts, whatever bound is given.
        if zstandard.frame_content_size(body) not in {head.body_bytes, _UNSAID}:
            raise ExchangeRefused(RefusalCode.WRONG_BODY)
        contents = zstandard.ZstdDecompressor().decompress(body, max_output_size=head.body_bytes)
    except zstandard.ZstdError as fault:
        raise ExchangeRefused(RefusalCode.WRONG_BODY) from fault
    if len(contents) != head.body_bytes:
        raise ExchangeRefused(RefusalCode.WRONG_BODY)
    return contents


def decode_items(body: bytes) -> Body:
    """Contents of ITEMS. Raises one of :data:`UNREADABLE`."""
    return _decode_body(body)


def split_items(body: bytes) -> tuple[list[bytes], list[bytes]]:
    """Records and notices of ITEMS, each as its own bytes, for a body in which one item cannot be decoded.

    Raises one of :data:`UNREADABLE` when it is not even that.
    """
    records, notices = _decode_split(body)
    return [bytes(record) for record in records], [bytes(notice) for notice in notices]


def decode_acknowledgement(body: bytes) -> Acknowledgement:
    """Contents of ACKNOWLEDGEMENT. Raises one of :data:`UNREADABLE`."""
    return _decode_acknowledgement(body)

"""Identity of a record: which uploads are the same record, and which are the same content (ours)."""

from __future__ import annotations

import hashlib
from uuid import NAMESPACE_OID, uuid5

import msgspec

from chedang.records.model import RecordText

# Namespace of all record identifiers; changing it would give every record a new identity.
_RECORDS = uuid5(NAMESPACE_OID, "chedang.record").bytes
# The two upper bits of the variant digit are set to 10.
_VARIANT = {digit: f"{int(digit, 16) & 0x3 | 0x8:x}" for digit in "0123456789abcdef"}

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(RecordText)


def encode_content(text: RecordText) -> bytes:
    """The 13 elements as JSON with their wire names: what is stored and what is digested."""
    return _encoder.encode(text)


def decode_content(content: str | bytes) -> RecordText:
    """Inverse of :func:`encode_content`."""
    return _decoder.decode(content)


def content_digest(content: bytes) -> bytes:
    """SHA-256 of the encoded 13 elements: equal digests are the same content again."""
    return hashlib.sha256(content).digest()


def record_id(company_code: str, settlement_list_number: str, digest: bytes) -> str:
    """Name a record by its natural key, enterprise and 结算清单编号: 32 hexadecimal characters of a UUID.

    Without a number two uploads are the same record only when their content is the same, so the digest stands in.
    """
    name = f"{company_code}/{settlement_list_number}" if settlement_list_number else f"{company_code}//{digest.hex()}"
    # A UUID of version 5 (RFC 9562), written out because uuid5() costs the hot path three times as much.
    text = hashlib.sha1(_RECORDS + name.encode(), usedforsecurity=False).hexdigest()
    return f"{text[:12]}5{text[13:16]}{_VARIANT[text[16]]}{text[17:32]}"


def file_key(vin: str | None, company_code: str) -> str:
    """Key under which a version is stored: the VIN, or ``~`` + company code for a record in no vehicle's file.

    Spreading the file-less records by enterprise keeps them off one single shard and listable.
    """
    return vin if vin is not None else f"~{company_code}"

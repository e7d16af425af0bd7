"""Whose call was it? Answered after the call, from what it carried, for the shop to see what became of it (ADR 0038).

Nothing is decided by this: who may do what is settled where the call is carried out.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, Final

import msgspec

from chedang.enterprises.model import AccountKind
from chedang.intake.accounts import Directory
from chedang.intake.outcomes import BatchRequest, RefusalKind, Signature, TokenRequest
from chedang.intake.tokens import TokenMint, read_claim

MOST_SEARCHED_BYTES: Final = 64 * 1024
_TOKEN: Final = re.compile(rb"(?<![0-9A-Za-z])[0-9a-f]{32}(?![0-9A-Za-z])")
_MOST_TOKENS: Final = 4
_UNSIGNED: Final = frozenset({RefusalKind.BAD_SIGNATURE, RefusalKind.LOCKED, RefusalKind.UNKNOWN_ACCOUNT})


class MarkKind(Enum):
    """What a call carried."""

    TOKEN = "token"  # noqa: S105 - a name
    LOGIN = "login"
    """A name and a password, of which only the name is remembered."""
    SIGNATURE = "signature"
    SECRET = "secret"  # noqa: S105 - a name
    """The public part of a secret of the native API."""
    SHOP = "shop"
    """The code of a shop that proved who it is."""


class Mark(msgspec.Struct, frozen=True):
    """What a call carried that may tell whose it was."""

    kind: MarkKind
    text: str
    account_kind: AccountKind | None = None


class Caller(msgspec.Struct, frozen=True):
    """A known shop; ``is_proven`` when the call carried what only the shop has."""

    company_code: str
    is_proven: bool


def mark_of(request: Any, body: bytes = b"") -> Mark | None:
    """What a request of intake carried; of one that could not be read (``None``), what stands in its body."""
    if type(request) is BatchRequest:
        items = (item for item in request.items if getattr(item, "token", ""))
        request = next(items, None)
    if type(request) is TokenRequest:
        return Mark(MarkKind.LOGIN, request.company_code)
    signature = getattr(request, "signature", None)
    if isinstance(signature, Signature):
        return Mark(MarkKind.SIGNATURE, signature.account, signature.kind)
    token = getattr(request, "token", "")
    if request is None:
        found = _TOKEN.findall(body[:MOST_SEARCHED_BYTES])
        token = next((text for text in map(bytes.decode, found[:_MOST_TOKENS]) if read_claim(text)), "")
    return Mark(MarkKind.TOKEN, token) if isinstance(token, str) and read_claim(token) else None


async def find_caller(directory: Directory, mint: TokenMint, mark: Mark, kind: RefusalKind | None) -> Caller | None:
    """The shop that a mark belongs to; ``kind``: how the call was refused, ``None`` when it was not."""
    match mark.kind:
        case MarkKind.SHOP:
            return Caller(mark.text, is_proven=True)
        case MarkKind.TOKEN:
            return await _by_token(directory, mint, mark.text)
        case MarkKind.LOGIN:
            login = await directory.by_login(mark.text)
            is_proven = kind is None or kind is RefusalKind.ENTERPRISE_REJECTED
            return None if login is None else Caller(login.enterprise.company_code, is_proven)
        case MarkKind.SIGNATURE if mark.account_kind is not None:
            account = await directory.account(mark.account_kind, mark.text)
            return None if account is None else Caller(account.company_code, kind not in _UNSIGNED)
        case MarkKind.SECRET:
            secret = await directory.secret(mark.text)
            return None if secret is None else Caller(secret.company_code, kind is RefusalKind.EXPIRED_TOKEN)
    return None


def is_surely_proven(directory: Directory, mint: TokenMint, mark: Mark, kind: RefusalKind) -> bool:
    """Does a refused call come from whom it says, as far as that is known without looking anything up?"""
    if mark.kind is MarkKind.TOKEN:
        claim = read_claim(mark.text)
        enterprise = None if claim is None else directory.known_by_id(claim.enterprise_id)
        return claim is not None and enterprise is not None and mint.is_genuine(claim, enterprise.token_generation)
    return mark.kind is MarkKind.SHOP or (mark.kind is MarkKind.SIGNATURE and kind not in _UNSIGNED)


async def _by_token(directory: Directory, mint: TokenMint, token: str) -> Caller | None:
    """A token that was ended with the password still names its shop, but proves nothing."""
    claim = read_claim(token)
    enterprise = None if claim is None else await directory.by_id(claim.enterprise_id)
    if claim is None or enterprise is None:
        return None
    return Caller(enterprise.company_code, mint.is_genuine(claim, enterprise.token_generation))

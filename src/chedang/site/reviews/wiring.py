"""What the pages of reviews work with on this node: the forms of its provinces, the moderator, keyed names."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from chedang.access.models import User
from chedang.access.phones import find_user_by_phone
from chedang.enterprises.model import Enterprise
from chedang.platform.sealing import Digester
from chedang.reviews.moderation import Moderator, built_in
from chedang.reviews.ratings import Source
from chedang.reviews.schemes import Schemes, load_schemes
from chedang.site.settings import NODE
from chedang.terms.spoken import ALPHABET

SCHEMES_FILE: Final = "review-schemes.toml"
_COOKIE: Final = f"chedang_reviewer_{NODE.node.code}"
_KEPT: Final = timedelta(days=400)


def schemes() -> Schemes:
    """The forms in use: the node's own file in its data directory, or those that are shipped."""
    return load_schemes(_own_file())


def moderator() -> Moderator:
    """Who judges texts on this node."""
    return built_in()


def pseudonym(company_code: str, author_id: int) -> str:
    """What an owner is called beside reviews of one shop: the same there every time, another at every other shop."""
    digest = int(_digester("review-names").digest(f"{company_code}:{author_id}"), 16)
    letters = []
    for _place in range(6):
        digest, letter = divmod(digest, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "".join(letters)


def source_of(request: HttpRequest, author: User, shop: Enterprise | None, owned_since: date | None) -> Source:
    """Where a review comes from. Whether it is from the shop's own people is told by keyed digests of phones."""
    numbers = (shop.linkman_phone, shop.superintendent_phone) if shop else ()
    return Source(
        device_digest=_digester("review-devices").digest(_device(request)),
        account_digest=_digester("review-limits").digest(str(author.pk)),
        by_staff=any(find_user_by_phone(number) == author for number in numbers if number),
        owned_since=owned_since,
    )


def remember_device(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give the browser its random name, signed; it tells nothing but that two reviews came from one browser."""
    response.set_signed_cookie(
        _COOKIE,
        _device(request),
        max_age=_KEPT,
        httponly=True,
        samesite="Lax",
        secure=NODE.secure_cookies,
    )
    return response


def _device(request: HttpRequest) -> str:
    """The browser's name: the one that it has, else a new one that stays the same for this request."""
    name = request.get_signed_cookie(_COOKIE, default="") or str(getattr(request, "_review_device", ""))
    if not name:
        name = get_random_string(32)
    request._review_device = name  # type: ignore[attr-defined]  # kept for the rest of the request
    return name


def _own_file() -> Path | None:
    path = NODE.data_dir / SCHEMES_FILE
    return path if path.is_file() else None


@cache
def _digester(purpose: str) -> Digester:
    return Digester(NODE.data_dir, purpose)

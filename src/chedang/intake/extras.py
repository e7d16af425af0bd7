"""Fields beyond the 13 elements: counted and forgotten, unless this node has a named legal basis to keep a category.

What is kept stands in tables of its own with the basis' name and the version it came with, never in a record and never
in an exchange (ADR 0012). Touches personal data of owners when a node names a basis for it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec

from chedang.enterprises.model import Enterprise
from chedang.enterprises.store import Connection
from chedang.intake.outcomes import Extra, ExtraCategory, RecordAccepted
from chedang.intake.service import Database
from chedang.platform.clock import Clock
from chedang.platform.database import load_queries

_SQL = load_queries("chedang.intake", "extras.sql")

MAX_IMAGE_BYTES: Final = 5 * 1024 * 1024
_MOST_FIELDS: Final = 2_000
_LONGEST_VALUE: Final = 4_000
_LONGEST_BASIS: Final = 200
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_EXAMPLE: Final = "price,engine_number=沪交科〔2020〕12号"

IMAGE_KEY: Final = "image/"
"""An image sent ahead of its order is held under this and its digest."""
_IMAGE_ADDRESS: Final = re.compile(r"[0-9a-f]{64}$")

LegalBasis = Mapping[ExtraCategory, str]
"""Category → name of the rule that lets this node keep it."""


class ExtraBasisError(ValueError):
    """The setting cannot be used; a Chinese sentence with the English one in parentheses."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"CHEDANG_EXTRA_BASIS：{problem}。例如（for example）：CHEDANG_EXTRA_BASIS={_EXAMPLE}")


def read_basis(text: str) -> LegalBasis:
    """``categories=name of the rule``, several with ``;`` between: ``price,engine_number=…;photograph=…``.

    Nothing means that nothing is kept. Raises ExtraBasisError.
    """
    basis: dict[ExtraCategory, str] = {}
    for entry in (piece.strip() for piece in re.split("[;；]", text) if piece.strip()):
        words, _, name = (piece.strip() for piece in entry.partition("="))
        if not 4 <= len(name) <= _LONGEST_BASIS or not name.isprintable():
            raise ExtraBasisError(f"“{entry}”没有写明法律依据的名称，应为 类别=依据 (name the rule after “=”)")
        for word in re.split("[,，、]", words):
            category = _category(word.strip())
            if category in basis:
                raise ExtraBasisError(f"类别 {category.value} 写了两次 (a category stands twice)")
            basis[category] = name
    return MappingProxyType(basis)


def _category(word: str) -> ExtraCategory:
    try:
        return ExtraCategory(word.lower())
    except ValueError:
        known = "、".join(ExtraCategory)
        raise ExtraBasisError(f"没有类别“{word}”，可用的有 {known} (no such category)") from None


class _Kept(msgspec.Struct, frozen=True):
    """One field ready for a row."""

    name: str
    category: str
    basis: str
    value: str | None
    image: bytes | None


class ExtraKeeper:
    """Keeps what the basis allows; everything else it does not even look at."""

    def __init__(self, basis: LegalBasis, database: Database, clock: Clock) -> None:
        self._basis = basis
        self._database = database
        self._clock = clock

    async def __call__(self, enterprise: Enterprise, accepted: RecordAccepted, extras: Sequence[Extra]) -> None:
        """Keep fields with the version they came with; a repeat of the same upload keeps them once."""
        kept = self._choose(extras)
        if kept:
            common = {
                "record_id": accepted.record_id_hex,
                "company_code": enterprise.company_code,
                "kept_at": self._clock(),
            }
            await self._database(lambda connection: _keep(connection, kept, common, accepted.version))

    async def hold(self, enterprise: Enterprise, family: str, order_key: str, extras: Sequence[Extra]) -> None:
        """Hold fields of an order until it is a record, images sent ahead included that they name."""
        kept = self._choose(extras)
        if kept:
            where = {"company_code": enterprise.company_code, "family": family, "order_key": order_key}
            image_keys = [
                IMAGE_KEY + found[0]
                for each in kept
                if each.category == ExtraCategory.PHOTOGRAPH and (found := _IMAGE_ADDRESS.search(each.value or ""))
            ]
            now = self._clock()
            await self._database(lambda connection: _hold(connection, kept, where, now, image_keys))

    async def settle(self, enterprise: Enterprise, family: str, order_key: str, accepted: RecordAccepted) -> None:
        """The order has become this record."""
        if self._basis:
            where = {"company_code": enterprise.company_code, "family": family, "order_key": order_key}
            await self._database(lambda connection: _settle(connection, where, accepted))

    def _choose(self, extras: Iterable[Extra]) -> list[_Kept]:
        """Fields of a category with a basis, bounded in number and size."""
        wanted = [extra for extra in extras if extra.category in self._basis][:_MOST_FIELDS]
        chosen = [_bounded(extra, self._basis[extra.category]) for extra in wanted]
        return [each for each in chosen if each is not None]


def _bounded(extra: Extra, basis: str) -> _Kept | None:
    name = _UNSTORABLE.sub("", extra.name)
    if extra.category is ExtraCategory.PHOTOGRAPH and (image := _image(extra.value)):
        return _Kept(name, extra.category.value, basis, None, image) if len(image) <= MAX_IMAGE_BYTES else None
    if isinstance(extra.value, bytes):
        return None
    return _Kept(name, extra.category.value, basis, _UNSTORABLE.sub("", extra.value)[:_LONGEST_VALUE], None)


def _image(value: str | bytes) -> bytes:
    """The image itself, also from base64 with or without ``data:…,`` in front; nothing for an address or a path."""
    if isinstance(value, bytes):
        return value
    try:
        image = base64.b64decode(value.partition(",")[2] or value, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return image if image.startswith((b"\xff\xd8\xff", b"\x89PNG")) else b""


def _rows(kept: Sequence[_Kept], common: Mapping[str, object]) -> list[dict[str, object]]:
    return [{**msgspec.structs.asdict(each), **common} for each in kept]


def _keep(connection: Connection, kept: Sequence[_Kept], common: Mapping[str, object], version: int | None) -> None:
    number = version if version is not None else _newest_version(connection, common["record_id"])
    with connection.cursor() as cursor:
        cursor.executemany(_SQL["keep_extra"], _rows(kept, {**common, "version": number}))


def _hold(
    connection: Connection, kept: Sequence[_Kept], where: Mapping[str, object], now: datetime, image_keys: list[str]
) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(_SQL["hold_extra"], _rows(kept, {**where, "kept_at": now}))
    if image_keys:
        connection.execute(_SQL["adopt_images"], {**where, "image_keys": image_keys})


def _settle(connection: Connection, where: Mapping[str, object], accepted: RecordAccepted) -> None:
    version = accepted.version
    if version is None:
        version = _newest_version(connection, accepted.record_id_hex)
    connection.execute(_SQL["settle_extras"], {**where, "record_id": accepted.record_id_hex, "version": version})


def _newest_version(connection: Connection, record_id: object) -> int:
    row = connection.execute(_SQL["newest_version"], {"record_id": record_id}).fetchone()
    if row is None:
        raise LookupError("an accepted record has a newest version")
    return int(row[0])


def forget_stale(connection: Connection, *, before: datetime) -> None:
    """Drop what was held for orders that were never settled. Commits with the caller's transaction."""
    connection.execute(_SQL["forget_stale_extras"], {"before": before})

"""The tables that an officer may have made as a file. Other parts register theirs here when they are imported.

A registered table gives the same rows as the page that offers it, because both ask the same function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

from chedang.access.models import User
from chedang.platform.tables import Cell, Column

Params = Mapping[str, str]
"""What the page was asked for, as in its address: ``scope``, ``from``, ``to`` …"""
Note = tuple[str, str]
"""What, and how: a line of the sheet 说明."""


class ExportRefused(Exception):
    """The wish cannot be met as it stands; the text says why, for the officer."""


@dataclass(frozen=True, slots=True)
class Export:
    """One kind of table."""

    key: str
    title: str | Promise
    columns: Callable[[User, Params], Sequence[Column]]
    rows: Callable[[User, Params], Iterator[Sequence[Cell]]]
    """In the officer's scope: what is not, raises Http404."""
    check: Callable[[User, Params], Params]
    """Params as they are kept, days made definite. Raises Http404 for a foreign scope, ExportRefused for nonsense."""
    count: Callable[[User, Params], int] | None
    """How many rows there will be, for the progress; ``None``: not known before."""
    notes: Callable[[User, Params], list[Note]]
    is_small: bool
    """Made while the officer waits, where the page asks for it."""


_REGISTERED: Final[dict[str, Export]] = {}


def register(
    key: str,
    title: str | Promise,
    columns: Sequence[Column] | Callable[[User, Params], Sequence[Column]],
    rows: Callable[[User, Params], Iterator[Sequence[Cell]]],
    *,
    check: Callable[[User, Params], Params] = lambda _officer, params: params,
    count: Callable[[User, Params], int] | None = None,
    notes: Callable[[User, Params], list[Note]] = lambda _officer, _params: [],
    is_small: bool = False,
) -> None:
    """Offer a table under ``key``. To be called where ``urls.py`` of the part imports it. Raises ValueError for a key
    that is taken."""
    if key in _REGISTERED:
        raise ValueError(f"two tables are called {key}")
    given = columns if callable(columns) else (lambda _officer, _params: columns)
    _REGISTERED[key] = Export(key, title, given, rows, check, count, notes, is_small)


def find_export(key: str) -> Export | None:
    """The table of this key."""
    return _REGISTERED.get(key)


def registered() -> dict[str, Export]:
    """All tables, by key."""
    return dict(_REGISTERED)

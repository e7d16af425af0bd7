"""Store of makers and their dealers. Single statements; what they mean together stands in ``makers``.

No function commits: the caller's transaction decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from chedang.enterprises.errors import MakerNotFound
from chedang.enterprises.maker_model import Dealer, Maker, MakerState
from chedang.enterprises.maker_rules import is_listed
from chedang.enterprises.store import Connection
from chedang.platform.database import load_queries

_SQL = load_queries("chedang.enterprises", "makers.sql")


def find(connection: Connection, maker_code: str) -> Maker | None:
    """The maker with this account, in whatever state."""
    return _one(connection, "find_maker", maker_code=maker_code)


def find_by_credit_code(connection: Connection, unified_credit_code: str) -> Maker | None:
    """The maker with this credit code: it applies again."""
    return _one(connection, "find_maker_by_credit_code", unified_credit_code=unified_credit_code)


def hold(connection: Connection, maker_code: str) -> Maker:
    """Hold one maker still until the transaction ends. Raises MakerNotFound."""
    connection.execute(_SQL["lock_maker"], {"maker_code": maker_code})
    maker = find(connection, maker_code)
    if maker is None:
        raise MakerNotFound(maker_code)
    return maker


def list_all(connection: Connection) -> list[Maker]:
    """All makers, those that wait for a decision first."""
    return [_maker(row) for row in connection.execute(_SQL["list_makers"])]


def list_public(connection: Connection, today: date) -> list[Maker]:
    """名录: the makers whose approval holds today, by name."""
    return [maker for maker in list_all(connection) if is_listed(maker, today)]


def makers_of(connection: Connection, company_code: str, today: date) -> list[Maker]:
    """Makers that are on the list today and have this shop among their dealers."""
    rows = connection.execute(_SQL["makers_of"], {"company_code": company_code, "today": today})
    return [maker for maker in map(_maker, rows) if is_listed(maker, today)]


def dealers_of(connection: Connection, maker_code: str) -> list[Dealer]:
    """The dealers on a maker's list by code, past and coming ones too."""
    return [Dealer(*row) for row in connection.execute(_SQL["dealers_of"], {"maker_code": maker_code})]


def count_dealers(connection: Connection, today: date) -> dict[str, int]:
    """Dealers of each maker on a day; makers without any are absent."""
    rows = connection.execute(_SQL["count_dealers"], {"today": today})
    return {str(code): int(count) for code, count in rows}


def save(connection: Connection, maker: Maker) -> None:
    """Write a maker down as it stands now."""
    parameters = msgspec.structs.asdict(maker) | {"state": maker.state.value, "brands": list(maker.brands)}
    connection.execute(_SQL["save_maker"], parameters)


def note_told(connection: Connection, maker_code: str, told_at: datetime) -> None:
    """Write down when another node told of a maker."""
    connection.execute(_SQL["note_told"], {"maker_code": maker_code, "told_at": told_at})


def told_at(connection: Connection, maker_code: str) -> datetime | None:
    """When another node told of a maker; ``None`` where none did."""
    row = connection.execute(_SQL["told_at"], {"maker_code": maker_code}).fetchone()
    return None if row is None else row[0]


def forget(connection: Connection, maker_code: str) -> None:
    """Drop a maker that the node which told of it has no more."""
    connection.execute(_SQL["forget_maker"], {"maker_code": maker_code})


def save_dealers(connection: Connection, maker_code: str, dealers: Sequence[Dealer]) -> None:
    """Write entries of a maker's list; a shop that was on it before begins anew. Each shop once."""
    parameters = {
        "maker_code": maker_code,
        "company_codes": [dealer.company_code for dealer in dealers],
        "brands": [dealer.brand for dealer in dealers],
        "since_on": [dealer.since_on for dealer in dealers],
        "until_on": [dealer.until_on for dealer in dealers],
    }
    connection.execute(_SQL["save_dealers"], parameters)


def drop_dealers(connection: Connection, maker_code: str) -> None:
    """Empty a maker's list before it is written anew."""
    connection.execute(_SQL["drop_dealers"], {"maker_code": maker_code})


def end_dealer(connection: Connection, maker_code: str, company_code: str, until_on: date) -> bool:
    """Give a dealer its last day; false: it is not on the list."""
    parameters = {"maker_code": maker_code, "company_code": company_code, "until_on": until_on}
    return connection.execute(_SQL["end_dealer"], parameters).fetchone() is not None


def told_codes_named(connection: Connection, division_code: str, company_name: str) -> list[str]:
    """Codes of other nodes' shops with this name in this division."""
    named = {"division_code": division_code, "company_name": company_name}
    return [str(code) for (code,) in connection.execute(_SQL["told_shops_named"], named)]


def _one(connection: Connection, statement: str, **parameters: object) -> Maker | None:
    row = connection.execute(_SQL[statement], parameters).fetchone()
    return None if row is None else _maker(row)


def _maker(row: Sequence[Any]) -> Maker:
    code, name, credit_code, brands, state, *rest = row
    return Maker(code, name, credit_code, tuple(brands), MakerState(state), *rest)

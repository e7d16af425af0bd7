"""What must be true when all is quiet again, from the rows alone: it knows nothing of messages, feeds and routes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import psycopg

from chedang.exchange.model import MINISTRY
from chedang.fiction.network.nodes import SimulatedNode

_ALL_ROWS: Final = """
    select vin, replace(record_id::text, '-', ''), version, state, company_code, settlement_list_number, plate_number,
        repair_on, settled_on, mileage_km, content, findings, error_count, warn_count,
        case origin when 'local' then %(node)s else origin end, dialect, actor, reason, received_at
    from record_version"""
_INDEX: Final = "select vin, record_count from vehicle"
_PLATES: Final = (
    "京11津12冀13晋14蒙15辽21吉22黑23沪31苏32浙33皖34闽35赣36鲁37豫41鄂42湘43粤44桂45"
    "琼46渝50川51贵52云53藏54陕61甘62青63宁64"
)
"""Character of a plate and province, here once more so that the oracle has it from nobody it judges."""
_CHARACTERS: Final = {_PLATES[place]: _PLATES[place + 1 : place + 3] for place in range(0, len(_PLATES), 3)}


class Key(NamedTuple):
    """One row."""

    vin: str
    record_id: str
    version: int


class Rows:
    """All rows of one node as they stand in its database."""

    def __init__(self, node: SimulatedNode) -> None:
        self.code = node.code
        with psycopg.connect(node.database_url) as connection:
            rows = connection.execute(_ALL_ROWS, {"node": node.code}).fetchall()
            self.counted: dict[str, int] = dict(connection.execute(_INDEX).fetchall())
        self.by_key = {Key(*row[:3]): row for row in rows}
        self.by_vin: dict[str, set[Key]] = defaultdict(set)
        for key in self.by_key:
            self.by_vin[key.vin].add(key)

    def of_origin(self, origin: str) -> dict[Key, tuple[Any, ...]]:
        """The rows that came in at a node."""
        return {key: row for key, row in self.by_key.items() if row[14] == origin}

    def active(self, vin: str) -> list[tuple[Any, ...]]:
        """Newest rows of the active records of a vehicle, newest job first."""
        newest: dict[str, tuple[Any, ...]] = {}
        for key in sorted(self.by_vin.get(vin, ()), key=lambda each: each.version):
            newest[key.record_id] = self.by_key[key]
        live = [row for row in newest.values() if row[3] == "active"]
        return sorted(live, key=lambda row: (row[8], row[18], row[1]), reverse=True)


def complaints(
    nodes: Sequence[SimulatedNode], acknowledged: Iterable[tuple[str, str, int]], *, most: int = 20
) -> list[str]:
    """What is not as it must be; empty when every file is equal, nothing is lost and nothing is there twice."""
    held = {node.code: Rows(node) for node in nodes}
    found = [
        *_lost_at_home(held, acknowledged),
        *_unequal_at_the_ministry(held),
        *_unequal_in_provinces(held),
        *_wrong_indexes(held),
    ]
    return found[:most]


def _lost_at_home(held: Mapping[str, Rows], acknowledged: Iterable[tuple[str, str, int]]) -> list[str]:
    """Every version that a shop was told of stands in the node that told it, and no other does."""
    told = defaultdict(set)
    for node_code, record_id, version in acknowledged:
        told[node_code].add((record_id, version))
    found = []
    for code, rows in held.items():
        own = {(key.record_id, key.version) for key in rows.of_origin(code)}
        found += [f"{code}: lost {len(told[code] - own)} versions of its own"] if told[code] - own else []
        found += [f"{code}: has {len(own - told[code])} versions nobody was told of"] if own - told[code] else []
    return found


def _unequal_at_the_ministry(held: Mapping[str, Rows]) -> list[str]:
    """The ministry holds each node's rows, column for column, and nothing else."""
    found = []
    for code, rows in held.items():
        own, copies = rows.of_origin(code), held[MINISTRY].of_origin(code)
        if own != copies:
            missing, extra = own.keys() - copies.keys(), copies.keys() - own.keys()
            altered = sum(1 for key in own.keys() & copies.keys() if own[key] != copies[key])
            found.append(f"{code} at the ministry: {len(missing)} missing, {len(extra)} too many, {altered} altered")
    return found


def _unequal_in_provinces(held: Mapping[str, Rows]) -> list[str]:
    ministry = held[MINISTRY]
    found = []
    for code, rows in held.items():
        if code != MINISTRY:
            strange = [key for key, row in rows.by_key.items() if ministry.by_key.get(key) != row]
            found += [f"{code}: {len(strange)} rows differ from the ministry's"] if strange else []
    for vin in ministry.by_vin:
        home = _home(ministry, vin)
        if home in held and home != MINISTRY and held[home].by_vin.get(vin, set()) != ministry.by_vin[vin]:
            missing = len(ministry.by_vin[vin] - held[home].by_vin.get(vin, set()))
            found.append(f"{home}: the file of a vehicle of its own lacks {missing} rows")
    return found + _half_told(held)


def _half_told(held: Mapping[str, Rows]) -> list[str]:
    """Whoever holds a version of a record holds what became of it since, at least that it left the vehicle's file."""
    newest: dict[str, int] = {}
    for key in held[MINISTRY].by_key:
        newest[key.record_id] = max(newest.get(key.record_id, 0), key.version)
    found = []
    for code, rows in held.items():
        last: dict[str, Key] = {}
        for key, _ in sorted(rows.by_key.items(), key=lambda each: (each[0].version, each[1][3] != "moved")):
            last[key.record_id] = key
        stale = [
            key for key in last.values() if key.version != newest[key.record_id] and rows.by_key[key][3] != "moved"
        ]
        found += [f"{code}: {len(stale)} records are not as they stand at the ministry"] if stale else []
    return found


def _home(ministry: Rows, vin: str) -> str:
    """车籍 from plates alone: the newest that names a province or an embassy, else where the newest job was done."""
    if vin.startswith("~"):
        return ""
    active = ministry.active(vin)
    for row in active:
        plate = row[6]
        if plate.endswith("使"):
            return MINISTRY
        if plate[:1] == "新":
            seen = [each[14] for each in active if each[6] == plate and each[14] in ("65", "66")]
            return seen[0] if seen else "65"
        if plate[:1] in _CHARACTERS:
            return _CHARACTERS[plate[0]]
    return "" if not active else active[0][14] if active[0][14] != MINISTRY else active[0][4][:2]


def _wrong_indexes(held: Mapping[str, Rows]) -> list[str]:
    """The index of vehicles counts what the rows say."""
    found = []
    for code, rows in held.items():
        right = {vin: len(rows.active(vin)) for vin in rows.by_vin if not vin.startswith("~")}
        wrong = [vin for vin, count in right.items() if count != rows.counted.get(vin, 0)]
        found += [f"{code}: {len(wrong)} vehicles are counted wrongly"] if wrong else []
    return found

"""Routing (ministry): which rows and notices go into the feed of which province (ADR 0023).

A vehicle's rows go to the province of its 车籍, a head office's also to the shop's; whoever got a row of a record gets
every later one. Nothing goes back to where it came in. Follows the feed of changes and the announcements; what is
found and how far it came are committed together, so that a killed process neither skips nor doubles anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from chedang.exchange.feeds import (
    FeedKey,
    QueuedNotice,
    QueuedRow,
    enqueue_many,
    enqueue_notices,
    lock_feeds,
    read_holders,
    read_told,
)
from chedang.exchange.model import MINISTRY
from chedang.platform.announcements import Announcement, read_announcements
from chedang.platform.clock import Clock
from chedang.platform.database import load_queries
from chedang.records.store import Connection, read_changes, read_position, save_position
from chedang.terms.division import PROVINCES
from chedang.vehicles.home import LOCAL, came_in_at, province_of_shop
from chedang.vehicles.homes import read_homes, read_shop_nodes
from chedang.vehicles.registrations import KIND as REGISTRATION

CONSUMER: Final = "routing"
"""Name under which the position in the feed of changes is kept."""
NOTICE_CONSUMER: Final = "routing-notices"
"""The same for announcements."""

_SQL = load_queries("chedang.exchange", "routing.sql")
_SHOP: Final = "enterprise"
_CHANNEL: Final = "channel"
_FOR_EVERYBODY: Final = ("maker", "rules")
_DESTINATIONS: Final = frozenset(PROVINCES) - {MINISTRY}
_BACKFILL: Final = "backfill-"
_BACKFILL_GOAL: Final = "backfill-goal-"


class _Row(NamedTuple):
    """What routing needs of a row."""

    vin: str
    record_id: UUID
    version: int
    company_code: str
    origin: str

    @property
    def key(self) -> FeedKey:
        return FeedKey(self.vin, self.record_id, self.version)

    @property
    def is_of_vehicle(self) -> bool:
        return not self.vin.startswith("~")

    @property
    def is_of_head_office(self) -> bool:
        """Head offices upload at the ministry itself."""
        return self.origin == LOCAL


class _Plan:
    """What a step will put into feeds, and for which shops' rows."""

    def __init__(self) -> None:
        self.rows: dict[QueuedRow, str] = {}
        self.notices: list[QueuedNotice] = []

    def add(self, destination: str, row: _Row) -> bool:
        """Let a province have a row, unless there is no such node or the row came in there; says whether it may."""
        if destination not in _DESTINATIONS or destination == came_in_at(row.origin, MINISTRY):
            return False
        self.rows[QueuedRow(destination, row.key)] = row.company_code
        return True

    def carry_out(self, connection: Connection, now: datetime) -> None:
        """Notices first: of a shop that a province does not know yet, it is told before the first row comes."""
        enqueue_notices(connection, [*self.notices, *self._introductions(connection)], now=now)
        enqueue_many(connection, self.rows, now=now)

    def _introductions(self, connection: Connection) -> list[QueuedNotice]:
        """Shops whose rows go to a province that has not been told of them.

        A shop of which its own node has told nothing yet is introduced as soon as it has.
        """
        wanted = {QueuedNotice(queued.destination, _SHOP, company) for queued, company in self.rows.items()}
        due = wanted - read_told(connection, _SHOP, {notice.key for notice in wanted})
        nodes = read_shop_nodes(connection, {notice.key for notice in due}, node_code=MINISTRY)
        if owed := [notice for notice in due if notice.key not in nodes]:
            columns = {
                "company_code": [notice.key for notice in owed],
                "destination": [notice.destination for notice in owed],
            }
            connection.execute(_SQL["owe_introductions"], columns)
        return sorted(notice for notice in due if nodes.get(notice.key, notice.destination) != notice.destination)


def route(connection: Connection, *, clock: Clock, limit: int = 1000) -> int:
    """One step: at most ``limit`` announcements and as many changes; when there were none, a piece of a backfill.

    Returns how many there were, 0 when nothing is left to do. To be called outside a transaction. Raises the driver's
    errors, with the unfinished part undone.
    """
    unfinished = _welcome_newcomers(connection, clock)
    done = _route_announcements(connection, clock, limit) + _route_changes(connection, clock, limit)
    if done or not unfinished:
        return done
    return backfill(connection, unfinished[0], clock=clock, limit=limit)


def _route_changes(connection: Connection, clock: Clock, limit: int) -> int:
    changes = read_changes(connection, CONSUMER, limit)
    if changes:
        with connection.transaction():
            lock_feeds(connection)
            save_position(connection, CONSUMER, changes[-1].seq)
            keys = [FeedKey(change.vin, change.record_id, change.version) for change in changes]
            _route_rows(connection, keys, now=clock())
    return len(changes)


def _route_rows(connection: Connection, keys: Sequence[FeedKey], *, now: datetime) -> None:
    """Rows in the order in which they came: where each goes, and the histories of vehicles whose 车籍 changed."""
    rows = _read_rows(connection, keys)
    plan = _Plan()
    routes = _bring_home(connection, {row.vin for row in rows if row.is_of_vehicle}, plan, now=now)
    shops = _read_provinces_of_shops(connection, {row.company_code for row in rows if row.is_of_head_office})
    holders = read_holders(connection, {row.record_id for row in rows})
    for row in rows:
        wanted = _destinations(row, routes, shops)
        if row.is_of_vehicle:
            wanted |= holders[row.record_id]
        holders[row.record_id] |= {destination for destination in sorted(wanted) if plan.add(destination, row)}
    plan.carry_out(connection, now)


def _destinations(row: _Row, routes: Mapping[str, str], shops: Mapping[str, str]) -> set[str]:
    """The vehicle's province; for a head office's row also the shop's. A row of no vehicle belongs to its shop only."""
    wanted = {routes.get(row.vin, "")} if row.is_of_vehicle else set()
    return wanted | {shops[row.company_code]} if row.is_of_head_office else wanted


def _bring_home(connection: Connection, vins: Collection[str], plan: _Plan, *, now: datetime) -> dict[str, str]:
    """Where each vehicle's history goes now. Where that changed, all of it is planned for the new province."""
    routes = {vin: home.province_code for vin, home in read_homes(connection, vins, node_code=MINISTRY).items()}
    before = dict(connection.execute(_SQL["read_routes"], {"vins": list(routes)}).fetchall()) if routes else {}
    changed = {vin: province for vin, province in routes.items() if before.get(vin) != province}
    if changed:
        columns = {"vin": list(changed), "province_code": list(changed.values()), "since": now}
        connection.execute(_SQL["save_routes"], columns)
    if arriving := [vin for vin, province in changed.items() if province in _DESTINATIONS]:
        for row in map(_Row._make, connection.execute(_SQL["read_histories"], {"vins": arriving})):
            plan.add(changed[row.vin], row)
    return routes


def _read_rows(connection: Connection, keys: Sequence[FeedKey]) -> list[_Row]:
    columns = {
        "vin": [key.vin for key in keys],
        "record_id": [key.record_id for key in keys],
        "version": [key.version for key in keys],
    }
    return [_Row._make(row) for row in connection.execute(_SQL["read_rows"], columns)]


def _read_provinces_of_shops(connection: Connection, company_codes: Collection[str]) -> dict[str, str]:
    """The province of each of these shops; '' for one of no province."""
    known = read_shop_nodes(connection, company_codes, node_code=MINISTRY)
    return {code: province_of_shop(code, known.get(code, "")) for code in company_codes}


def _route_announcements(connection: Connection, clock: Clock, limit: int) -> int:
    after = read_position(connection, NOTICE_CONSUMER)
    announcements = read_announcements(connection, after=after, limit=limit)
    if announcements:
        with connection.transaction():
            lock_feeds(connection)
            save_position(connection, NOTICE_CONSUMER, announcements[-1].seq)
            _route_notices(connection, announcements, now=clock())
    return len(announcements)


def _route_notices(connection: Connection, announcements: Iterable[Announcement], *, now: datetime) -> None:
    """Who hears of what: see ``docs/explanation/routing.md``. A kind that stays at the ministry is passed over."""
    keys: dict[str, dict[str, None]] = {}
    for announcement in announcements:
        keys.setdefault(announcement.kind, {})[announcement.key] = None
    plan = _Plan()
    plan.notices += _about_shops(connection, keys.get(_SHOP, {}).keys())
    _bring_to_shops(connection, keys.get(_SHOP, {}).keys(), plan, now=now)
    plan.notices += _about_channels(connection, keys.get(_CHANNEL, {}).keys())
    plan.notices += [
        QueuedNotice(peer, kind, key)
        for kind in _FOR_EVERYBODY
        for key in keys.get(kind, {})
        for peer in _peers(connection)
    ]
    _bring_home(connection, keys.get(REGISTRATION, {}).keys(), plan, now=now)
    plan.carry_out(connection, now)


def _about_shops(connection: Connection, company_codes: Collection[str]) -> list[QueuedNotice]:
    """A shop's state goes to the provinces that know the shop, or wait to, but not to its own node."""
    if not company_codes:
        return []
    nodes = read_shop_nodes(connection, company_codes, node_code=MINISTRY)
    owed = connection.execute(_SQL["take_owed_introductions"], {"company_codes": list(nodes)}).fetchall()
    known = read_told(connection, _SHOP, company_codes) | {QueuedNotice(place, _SHOP, code) for code, place in owed}
    return sorted(notice for notice in known if nodes.get(notice.key, notice.destination) != notice.destination)


def _bring_to_shops(connection: Connection, company_codes: Collection[str], plan: _Plan, *, now: datetime) -> None:
    """Rows of head offices that went elsewhere while we had only the shop's code to go by."""
    provinces = _read_provinces_of_shops(connection, company_codes)
    misplaced = [code for code, province in provinces.items() if province != code[:2]]
    if not misplaced:
        return
    found = connection.execute(_SQL["read_head_office_rows"], {"company_codes": misplaced})
    rows = [_Row._make(row) for row in found]
    _bring_home(connection, {row.vin for row in rows if row.is_of_vehicle}, plan, now=now)
    for row in rows:
        plan.add(provinces[row.company_code], row)


def _about_channels(connection: Connection, company_codes: Collection[str]) -> list[QueuedNotice]:
    """上传方式 of a shop: for the shop's own province."""
    provinces = _read_provinces_of_shops(connection, company_codes)
    return [QueuedNotice(place, _CHANNEL, code) for code, place in provinces.items() if place in _DESTINATIONS]


def _peers(connection: Connection) -> list[str]:
    return [code for (code,) in connection.execute(_SQL["read_peers"], {"ministry": MINISTRY})]


def _welcome_newcomers(connection: Connection, clock: Clock) -> list[str]:
    """Begin the backfill of every province that joined since the last step; returns those with one to go on with."""
    peers = _peers(connection)
    known = _read_backfills(connection)
    newcomers = [peer for peer in peers if f"{_BACKFILL_GOAL}{peer}" not in known]
    for newcomer in newcomers:
        begin_backfill(connection, newcomer, clock=clock)
    positions = _read_backfills(connection) if newcomers else known
    return [peer for peer in peers if positions[f"{_BACKFILL}{peer}"] < positions[f"{_BACKFILL_GOAL}{peer}"]]


def _read_backfills(connection: Connection) -> dict[str, int]:
    """Positions and goals of all backfills, by the names under which they are kept."""
    found = dict(connection.execute(_SQL["read_positions"], {"family": f"{_BACKFILL}%"}).fetchall())
    connection.commit()
    return found


def begin_backfill(connection: Connection, destination: str, *, clock: Clock) -> None:
    """Give a province the lists for everybody, and have :func:`backfill` go through all rows from the first one on.

    To be called outside a transaction. :func:`route` does so for whoever joins, and then goes on with it when idle.
    """
    with connection.transaction():
        lock_feeds(connection)
        lists = connection.execute(_SQL["read_lists"], {"kinds": list(_FOR_EVERYBODY)}).fetchall()
        enqueue_notices(connection, [QueuedNotice(destination, kind, key) for kind, key in lists], now=clock())
        save_position(connection, f"{_BACKFILL}{destination}", 0)
        save_position(connection, f"{_BACKFILL_GOAL}{destination}", read_position(connection, CONSUMER))


def backfill(connection: Connection, destination: str, *, clock: Clock, limit: int = 1000) -> int:
    """One step towards everything ``destination`` should have and lacks; returns how many changes were looked at.

    0 when :func:`begin_backfill` was never called or all is done. Goes on where it stopped, also after a crash. To be
    called outside a transaction.
    """
    name = f"{_BACKFILL}{destination}"
    with connection.transaction():
        span = {
            "after": read_position(connection, name),
            "until": read_position(connection, f"{_BACKFILL_GOAL}{destination}"),
            "limit": limit,
        }
        changes = connection.execute(_SQL["read_changes_between"], span).fetchall()
        if changes:
            lock_feeds(connection)
            save_position(connection, name, changes[-1][-1])
            _fill(connection, destination, [FeedKey(*change[:3]) for change in changes], now=clock())
    return len(changes)


def _fill(connection: Connection, destination: str, keys: Sequence[FeedKey], *, now: datetime) -> None:
    """Those of these rows that the province should have by the routes as they stand."""
    rows = _read_rows(connection, keys)
    routes = dict(connection.execute(_SQL["read_routes"], {"vins": [row.vin for row in rows]}).fetchall())
    shops = _read_provinces_of_shops(connection, {row.company_code for row in rows if row.is_of_head_office})
    plan = _Plan()
    for row in rows:
        if destination in _destinations(row, routes, shops):
            plan.add(destination, row)
    plan.carry_out(connection, now)

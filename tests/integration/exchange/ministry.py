"""A ministry's database for tests of routing: what comes in, and what stands in the feeds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from chedang.exchange.routing import route
from chedang.platform.announcements import announce
from chedang.records.identity import content_digest, encode_content, file_key, record_id
from chedang.records.model import RecordText
from chedang.records.store import Connection, NewVersion, append
from chedang.vehicles.registrations import RegistrationBasis, state_registration

CAR, OTHER_CAR = "LZZ1A2B32GA000123", "LZZ1A2B34GA000124"
NOW = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
SHOPS = {"33": "330102000000001", "32": "320102000000002", "44": "440103000000003", "66": "659001000000004"}


class Ministry:
    """The ministry's database, and what it does in these tests."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._minutes = 0

    def receive(self, number: str, vin: str | None = CAR, plate: str = "", at: str = "33", **changes: object) -> None:
        """A record, or its next version, that came in at a node, each newer than the one before; '' is no plate."""
        self._minutes += 1
        shop = str(changes.pop("shop", "") or SHOPS.get(at, SHOPS["33"]))
        content = encode_content(RecordText(vin=vin or "", plate_number=plate, fault_description=str(self._minutes)))
        digest = content_digest(content)
        values: dict[str, object] = {
            "vin": file_key(vin, shop),
            "record_id": record_id(shop, number, digest),
            "digest": digest,
            "company_code": shop,
            "settlement_list_number": number,
            "plate_number": plate,
            "repair_on": None,
            "settled_on": date(2026, 3, 3),
            "mileage_km": None,
            "content": content.decode(),
            "findings": "[]",
            "error_count": 0,
            "warn_count": 0,
            "dialect": "lcippro",
            "received_at": NOW + timedelta(minutes=self._minutes),
            "origin": at,
        }
        append(self.connection, [NewVersion(**(values | changes))])  # type: ignore[arg-type]

    def know_shop(self, shop: str, node: str) -> None:
        """The shop's own node has told of it."""
        self.connection.execute(
            "insert into known_enterprise (company_code, node_code, company_name, division_code, review_state, told_at)"
            " values (%s, %s, '示例', '330102', 'approved', %s)",
            [shop, node, NOW],
        )
        self.announce("enterprise", shop)

    def announce(self, kind: str, key: str) -> None:
        announce(self.connection, kind, key, now=NOW)
        self.connection.commit()

    def join(self, *nodes: str) -> None:
        for node in nodes:
            self.connection.execute("insert into exchange_peer (node_code, joined_at) values (%s, %s)", [node, NOW])
        self.connection.commit()

    def register(self, vin: str, province: str) -> None:
        state_registration(self.connection, vin, province, RegistrationBasis.AUTHORITY, stated_by="00", now=NOW)
        self.connection.commit()

    def route(self, limit: int = 1000) -> None:
        while route(self.connection, clock=lambda: NOW, limit=limit):
            pass

    def rows(self, destination: str) -> list[tuple[str, int, str]]:
        """Number, version and state of the rows in a feed, in order."""
        found = self.connection.execute(
            "select settlement_list_number, version, state from exchange_feed join record_version"
            " using (vin, record_id, version) where destination = %s order by seq",
            [destination],
        ).fetchall()
        self.connection.commit()
        return found

    def feed(self, destination: str) -> list[tuple[str, str]]:
        """Kind of everything in a feed, in order, and the key of notices."""
        found = self.connection.execute(
            "select kind, key from exchange_feed where destination = %s order by seq", [destination]
        ).fetchall()
        self.connection.commit()
        return found

    def everything(self) -> list[tuple[object, ...]]:
        found = self.connection.execute(
            "select destination, seq, kind, key, vin, record_id, version from exchange_feed order by destination, seq"
        ).fetchall()
        self.connection.commit()
        return found

    def destinations(self) -> set[str]:
        return {str(row[0]) for row in self.everything()}

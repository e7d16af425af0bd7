"""车籍 of vehicles in the store: from the newest active version of every record and what was stated."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from psycopg.rows import class_row

from chedang.platform.database import load_queries
from chedang.records.store import Connection
from chedang.vehicles.home import Home, HomeFacts, Sighting, came_in_at, province_of_record, resolve_home

_SQL = load_queries("chedang.vehicles", "homes.sql")


class _Sighted(msgspec.Struct):
    """Row of ``read_homes``: plates and origins of the active records, newest first, and the newest one's shop."""

    vin: str
    registered_province: str
    plates: list[str]
    origins: list[str]
    company_code: str
    known_node: str


def read_homes(connection: Connection, vins: Collection[str], *, node_code: str) -> dict[str, Home]:
    """车籍 of each of these vehicles as the stored versions say it now, also of one without any record.

    ``node_code`` is this node. Takes all active records into account, those of shops that are not approved too.
    """
    if not vins:
        return {}
    with connection.cursor(row_factory=class_row(_Sighted)) as cursor:
        return {
            row.vin: _resolve(row, node_code)
            for row in cursor.execute(_SQL["read_homes"], {"vins": sorted(vins), "node_code": node_code})
        }


def _resolve(vehicle: _Sighted, node_code: str) -> Home:
    nodes = [came_in_at(origin, node_code) for origin in vehicle.origins]
    sightings = [Sighting(*each) for each in zip(vehicle.plates, nodes, strict=True)]
    shop_province = province_of_record(vehicle.company_code, nodes[0], vehicle.known_node) if nodes else ""
    return resolve_home(vehicle.registered_province, sightings, shop_province)


def read_home_facts(connection: Connection, vin: str, company_codes: Collection[str], *, node_code: str) -> HomeFacts:
    """What is known of the 车籍 of ``vin`` beside its records, which are those of these enterprises."""
    row = connection.execute(_SQL["read_registered"], {"vin": vin}).fetchone()
    return HomeFacts(node_code, row[0] if row else "", read_shop_nodes(connection, company_codes, node_code=node_code))


def read_shop_nodes(connection: Connection, company_codes: Collection[str], *, node_code: str) -> dict[str, str]:
    """The node that registers each of these shops, own ones too; those that are not known at all are absent."""
    if not company_codes:
        return {}
    parameters = {"company_codes": sorted(company_codes), "node_code": node_code}
    return dict(connection.execute(_SQL["read_shop_nodes"], parameters).fetchall())

"""Everything that ever came in from one shop, for whoever takes it away."""

from __future__ import annotations

from chedang.platform.database import load_queries
from chedang.records.model import StoredVersion
from chedang.records.store import Connection, stored_version

_SQL = load_queries("chedang.records", "versions.sql")


def read_company_versions(
    connection: Connection, company_code: str, *, limit: int, after: StoredVersion | None = None
) -> list[StoredVersion]:
    """All versions of a shop's records, those moved to another VIN and void ones too, oldest received first.

    ``after`` is the last of the page before.
    """
    parameters = {
        "company_code": company_code,
        "limit": limit,
        "after_at": after.received_at if after else None,
        "after_id": after.record_id if after else None,
        "after_version": after.version if after else None,
        "after_vin": after.vin if after else None,
    }
    return [stored_version(row) for row in connection.execute(_SQL["versions_of_company"], parameters)]

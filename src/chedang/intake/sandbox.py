"""沙箱: the same doors once more for vendors to try, with shops and records that nothing else reads (ADR 0015).

Its tables stand in a schema of their own and are made like the ordinary ones after every run of migrations. A gate
reaches them with connections whose search path is that schema alone, so that every store works there unchanged and no
statement can name a table of both.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from chedang.enterprises import accounts, secrets, store
from chedang.enterprises.accounts import MachineAccount, SecretBox
from chedang.enterprises.model import AccountKind, Registration, Source
from chedang.enterprises.secrets import ApiSecret
from chedang.enterprises.store import Connection
from chedang.platform.database import load_queries
from chedang.platform.passwords import hash_password

SCHEMA: Final = "sandbox"

TABLES: Final = (
    "enterprise",
    "enterprise_serial",
    "machine_account",
    "chain_member",
    "api_secret",
    "record_version",
    "record_head",
    "record_change",
    "feed_position",
    "upload_batch",
    "upload_chunk",
    "idempotency_key",
    "open_order",
    "order_extra",
    "kept_extra",
    "intake_refusal",
    "intake_client",
    "intake_named_day",
    "shop_software",
    "vehicle",
    "vehicle_plate",
    "vehicle_registration",
    "announcement",
    "known_enterprise",
    "code_allocation",
    "maker",
    "maker_dealer",
    "shop_channel",
    "shop_profile",
    "rule_document",
    "shop_figures",
    "shop_hours",
    "city_hours",
    "city_item",
    "city_round",
    "shop_badge",
    "shop_expectation",
    "counted_record",
    "shop_day",
    "shop_month",
    "counted_shop",
    "area_day",
    "area_month",
    "figures_reach",
    "emission_test_station",
    "emission_station_key",
    "emission_repair_station",
    "emission_ticket",
    "emission_step",
    "emission_ruling",
    "emission_named_record",
    "watch_entry",
    "watch_alert",
    "watch_receipt",
    "watch_duty",
)
"""Every table of the archive side, also those that nothing in the sandbox fills: what a store reads must be there. A
new table of intake is a name here and, where it can grow, a statement ``wipe_…``."""

KEPT_FOR: Final = timedelta(days=30)
"""What is older is wiped: records, and shops without any."""

DEMO_CODE: Final = "330106900000000"
DEMO_ACCOUNT: Final = "sandbox-demo"
"""User name, appId and companyIdentity of the shop for everybody."""
DEMO_PASSWORD: Final = "sandbox-demo-1"  # noqa: S105 - published
DEMO_SHARED_SECRET: Final = "sandbox-demo-secret-1"  # noqa: S105 - published
"""The secret that signs calls under DEMO_ACCOUNT."""
DEMO_SECRET: Final = "cd_00000000_sandbox-secret-that-everybody-may-use-00000"  # noqa: S105 - published
"""Published, hence worth nothing outside the sandbox: it is no secret there, and of no use anywhere else."""

_FIRST_SERIAL: Final = 900_000_001
_DEMO_NAME: Final = "沙箱示范汽车维修有限公司"
_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
_SQL = load_queries("chedang.intake", "sandbox.sql")
_WIPES: Final = (
    "wipe_versions",
    "wipe_heads",
    "wipe_changes",
    "wipe_batches",
    "wipe_chunks",
    "wipe_keys",
    "wipe_orders",
    "wipe_order_extras",
    "wipe_kept_extras",
    "wipe_named_days",
    "wipe_shops",
    "wipe_accounts",
    "wipe_members",
    "wipe_secrets",
    "wipe_announcements",
)

_log = structlog.get_logger("sandbox")


def bring_in_step(connection: Connection) -> list[str]:
    """Make the sandbox's tables like the ordinary ones; gives the names of those that were not.

    For a connection with the ordinary search path.
    """
    with connection.transaction():
        (made,) = connection.execute(_SQL["bring_in_step"], {"tables": list(TABLES)}).fetchone() or ([],)
        connection.execute(_SQL["begin_serial"], {"first_serial": _FIRST_SERIAL})
    return list(made)


def wipe(connection: Connection, now: datetime) -> None:
    """Delete what is older than 30 days. For any connection: the statements name the schema."""
    parameters: dict[str, Any] = {"before": now - KEPT_FOR, "demo_code": DEMO_CODE}
    with connection.transaction():
        counts = {name: connection.execute(_SQL[name], parameters).rowcount for name in _WIPES}
    if any(counts.values()):
        _log.info("sandbox wiped", **counts)


def ensure_demo_shop(connection: Connection, box: SecretBox, now: datetime) -> None:
    """Make sure that the shop for everybody is there, with the credentials that are published; safe to repeat.

    For a connection of the sandbox.
    """
    with connection.transaction():
        if store.find_by_code(connection, DEMO_CODE) is None:
            store.insert(
                connection,
                Registration(company_name=_DEMO_NAME, division_code="330106", category_code="02"),
                (),
                company_code=DEMO_CODE,
                password_hash=hash_password(DEMO_PASSWORD),
                password_is_weak=False,
                source=Source.REGISTERED,
                now=now,
                approved_by=SCHEMA,
            )
        secret_id = secrets.public_part(DEMO_SECRET) or ""
        secrets.insert(
            connection,
            ApiSecret(secret_id, DEMO_CODE, secrets.digest_of(DEMO_SECRET), now, SCHEMA, _NEVER, None, None),
        )
        for kind in AccountKind:
            sealed = None if kind is AccountKind.LOGIN else box.seal(DEMO_SHARED_SECRET)
            accounts.save(connection, MachineAccount(kind, DEMO_ACCOUNT, DEMO_CODE, "", sealed), now=now)

"""The demonstration's officials: a county full of shops to look after, and what they have begun to do about them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day

import msgspec
from rich.console import Console

from chedang.cli.node import address
from chedang.enterprises.accounts import SecretBox
from chedang.enterprises.importing import import_rows
from chedang.enterprises.model import RegistrationText
from chedang.enterprises.table import ImportRow
from chedang.fiction.county import CountyShop, make_county
from chedang.fiction.world import World, last_jobs
from chedang.intake import software
from chedang.intake.service import new_version
from chedang.platform.clock import system_clock
from chedang.platform.database import connect
from chedang.platform.keys import node_key
from chedang.platform.settings import Settings
from chedang.quality.expectation_store import count_province
from chedang.quality.tallying import follow, refresh_shops
from chedang.records.limits import load_limits
from chedang.records.rules import judge
from chedang.records.store import Connection, NewVersion, append
from chedang.site.demo_regulator import Furniture, furnish_demo_regulator
from chedang.terms.dates import SHANGHAI, day_in_china

_BY = "chedang seed"
_VENDORS = ("虚构维修管家软件有限公司", "虚构车间通软件有限公司", "虚构云工单软件有限公司")
_COUNTING_SECONDS = 20.0
_CLOSES_AT = time_of_day(18, 0)


def fill_county(settings: Settings, database_url: str, world: World, division_code: str, *, until: date) -> None:
    """File the county's shops with the dates they have, and store what they uploaded then; safe to repeat."""
    shops = make_county(division_code, world.province, until=until)
    with connect(database_url, name="chedang-seed", autocommit=True) as connection:
        _file(connection, shops, SecretBox(node_key(settings.data_dir, "machine-secrets")))
        limits = load_limits()
        uploads: list[NewVersion] = []
        for place, each in enumerate(shops):
            vendor = _VENDORS[place % len(_VENDORS)]
            software.state(connection, each.company_code, vendor, "", by=_BY, now=_evening(each.filed_on))
            for on, text in each.uploads:
                received_at = _evening(on)
                name = each.shop.registration.company_name
                judgement = judge(text, limits=limits, registered_name=name, received_at=received_at)
                uploads.append(new_version(judgement, each.company_code, "lcippro", received_at))
        append(connection, uploads)


def furnish(
    settings: Settings, database_url: str, world: World, division_code: str, demo_company_code: str, *, until: date
) -> None:
    """Lay on the officials' desks what they have begun; safe to repeat. The node is that of this environment.

    In a process of its own: pages read their database from the environment, and this process's has none.
    """
    _count(database_url, settings.node.code)
    given = msgspec.json.encode(_furniture(world, division_code, demo_company_code, until))
    environment = os.environ | {"CHEDANG_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "chedang.cli.seed_regulator"]
    subprocess.run(command, input=given, env=environment, check=True)  # noqa: S603 - the argv is ours


def print_regulator(console: Console, settings: Settings) -> None:
    """Where to begin."""
    site_url = address(settings, settings.site_port)
    console.print(
        f"监管      {site_url}/regulator/ 县级账户登录：二十多家企业等着提醒；市级账户复核县级的通报，全省数字看 "
        f"{site_url}/regulator/coverage"
    )


def _furniture(world: World, division_code: str, demo_company_code: str, until: date) -> Furniture:
    silent = [
        (each.company_code, each.shop.registration.company_name)
        for each in make_county(division_code, world.province, until=until)
        if each.uploads and each.uploads[-1][0] < until - timedelta(days=31)
    ]
    failed, overdue, watched = [(job.vehicle.vin, job.vehicle.plate_number) for job in last_jobs(world)[-3:]]
    return Furniture(division_code, demo_company_code, tuple(silent), failed, overdue, watched)


def _file(connection: Connection, shops: list[CountyShop], box: SecretBox) -> None:
    given = frozenset(RegistrationText.__struct_fields__)
    for filed_on in sorted({each.filed_on for each in shops}):
        rows = [
            ImportRow(line, each.company_code, each.shop.registration, given)
            for line, each in enumerate(shops, 2)
            if each.filed_on == filed_on
        ]
        for outcome in import_rows(connection, rows, box=box, now=_evening(filed_on)):
            if outcome.result.name == "FAULTY":
                raise RuntimeError(f"a fictional shop cannot be filed: {outcome.remarks}")


def _count(database_url: str, node_code: str) -> None:
    """Bring the figures up to date, whether or not the worker is at it, and judge the volumes."""
    until = time.monotonic() + _COUNTING_SECONDS
    with connect(database_url, name="chedang-seed", autocommit=True) as connection:
        while refresh_shops(connection, clock=system_clock) and time.monotonic() < until:
            pass
        while follow(connection, clock=system_clock, node_code=node_code) and time.monotonic() < until:
            pass
        count_province(connection, node_code, day_in_china(system_clock()) - timedelta(days=1))


def _evening(day: date) -> datetime:
    return min(datetime.combine(day, _CLOSES_AT, SHANGHAI), datetime.now(UTC))


def main() -> None:
    """What :func:`furnish` starts; reads what to furnish from standard input."""
    given = msgspec.json.decode(sys.stdin.buffer.read(), type=Furniture)
    furnish_demo_regulator(given, now=system_clock())


if __name__ == "__main__":
    main()

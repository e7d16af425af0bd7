"""The demonstration's car owner: a phone to sign in with, two cars bound, and a third whose paper binds it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from chedang.cli.node import address
from chedang.fiction.jobs import FictionalJob
from chedang.fiction.world import World, last_jobs
from chedang.platform.clock import system_clock
from chedang.platform.database import connect
from chedang.platform.keys import node_key
from chedang.platform.settings import Settings
from chedang.records.store import read_file

DEMO_PHONE = "14200000001"
"""Begins with 142, which no operator has."""
_ENOUGH_JOBS = 3


def print_owner(
    console: Console, settings: Settings, database_url: str, world: World, bound: Sequence[FictionalJob]
) -> None:
    """Bind the cars of ``bound`` to the demonstration's owner unless that is done, and print how to be that owner.

    For the node of this environment: its keys read the phone. Its accounts must be there.
    """
    from chedang.site.demo_owner import ensure_demo_owner  # brings Django, which only a seeding needs

    cars = [(job.vehicle.vin, job.vehicle.plate_number) for job in bound]
    ensure_demo_owner(database_url, DEMO_PHONE, cars, now=system_clock())
    site_url = address(settings, settings.site_port)
    plates = "、".join(plate_number for _vin, plate_number in cars)
    console.print(f"车主登录  {site_url}/ 填手机号 {DEMO_PHONE}（虚构），验证码在发件箱；名下 {plates}")
    paper = _paper(world, [vin for vin, _plate in cars])
    if paper is not None:
        code = _claim_code(settings, database_url, paper)
        console.print(
            f"认领码    {site_url}/c/{code} 印在 {paper.vehicle.plate_number} 的结算清单上，车主登录后即可绑定"
        )


def _paper(world: World, taken: Sequence[str]) -> FictionalJob | None:
    """The last job of one more car, of a shop without doubtful habits."""
    papers = last_jobs(world, at_least=_ENOUGH_JOBS)
    return next((job for job in papers if job.vehicle.vin not in taken and not job.shop.habits), None)


def _claim_code(settings: Settings, database_url: str, job: FictionalJob) -> str:
    from chedang.owners.claim_codes import KEY_PURPOSE, claim_code

    with connect(database_url, name="chedang-seed") as connection:
        versions = read_file(connection, job.vehicle.vin)
    number = job.text.settlement_list_number
    record = next(version for version in versions if version.settlement_list_number == number)
    return claim_code(node_key(settings.data_dir, KEY_PURPOSE), record.record_id.hex)

"""What is printed under a seeded node: addresses, logins, a vehicle to look up and an upload to paste."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from rich.console import Console

from chedang.fiction.jobs import FictionalJob, make_following_job
from chedang.fiction.simulator import ADD_RECORD, PATH, ShopSimulator
from chedang.fiction.uploading import insist
from chedang.fiction.world import World
from chedang.platform.clock import system_clock
from chedang.platform.settings import Settings
from chedang.terms.dates import day_in_china

if TYPE_CHECKING:
    from chedang.site.accounts import DemoLogin

DEMO_SHOP = 3
"""Number of the shop behind the shop's login and the pasted upload: one that has something to mend."""

_ROLES = {"owner": "车主", "shop": "维修企业", "regulator": "监管人员", "admin": "系统管理员"}
_ENOUGH_JOBS = 8
_HONEST = "示例车辆"
_TAMPERED = "里程被调过的示例车辆"


def gate_url(settings: Settings) -> str:
    """Where this machine reaches the node's upload interface."""
    return _address(settings, settings.gate_port)


def print_summary(
    console: Console,
    settings: Settings,
    world: World,
    company_codes: Sequence[str],
    logins: Iterable[DemoLogin],
) -> None:
    """Print it. Fetches a token for the pasted upload; raises GateRefused when there is none."""
    site_url = _address(settings, settings.site_port)
    console.print("示例账户（虚构），依次为账户、密码、入口、角色：", style="bold")
    for login in logins:
        place = f"{site_url}{login.url_path}"
        console.print(f"  {login.username:<14}{login.password}  {place:<42}{_ROLES[login.role.value]}", markup=False)
    console.print(f"网站      {site_url}/")
    console.print(f"上传接口  {gate_url(settings)}{PATH}")
    examples = _examples(world)
    for label, example in examples.items():
        console.print(_vehicle_sentence(label, example))
    console.print("粘贴下面一行即可为该示例车辆上传一条记录 (paste this line to upload a record)：")
    console.print(_upload_command(gate_url(settings), examples[_HONEST], world, company_codes), markup=False)


def _address(settings: Settings, port: int) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - a comparison
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _examples(world: World) -> dict[str, FictionalJob]:
    """The last job of an honest vehicle and, where there is one, of one whose odometer was turned back.

    Both have enough jobs, all under one plate of the province and their own VIN.
    """
    jobs: dict[str, list[FictionalJob]] = {}
    for job in world.jobs:
        jobs.setdefault(job.vehicle.vin, []).append(job)
    examples: dict[str, FictionalJob] = {}
    for vehicle in world.vehicles:
        found = jobs.get(vehicle.vin, [])
        own = (vehicle.vin, vehicle.plate_number)
        if (
            len(found) >= _ENOUGH_JOBS
            and vehicle.plate_number.startswith("浙")
            and all((job.text.vin, job.text.plate_number) == own for job in found)
        ):
            examples.setdefault(_TAMPERED if vehicle.rolled_back_km else _HONEST, found[-1])
    return dict(sorted(examples.items(), key=lambda example: example[0] == _TAMPERED))


def _vehicle_sentence(label: str, job: FictionalJob) -> str:
    return f"{label}：车牌 {job.vehicle.plate_number}，VIN 后六位 {job.vehicle.vin[-6:]}（VIN {job.vehicle.vin}）"


def _upload_command(url: str, example: FictionalJob, world: World, company_codes: Sequence[str]) -> str:
    """One line for a POSIX shell, with a fresh token inside. Pasted twice it uploads one record."""
    shop = world.shops[DEMO_SHOP]
    with ShopSimulator(url, shop.registration) as simulator:
        simulator.company_code = company_codes[DEMO_SHOP]
        insist(simulator.fetch_token)
        token = simulator.access_token
    today = day_in_china(system_clock())
    text = make_following_job(example, shop, settled_on=today)
    elements: dict[str, Any] = msgspec.to_builtins(text)
    lists = {name: elements.pop(name) for name in ("vehiclepartslist", "repairprojectlist")}
    body = json.dumps({"access_token": token, "basicInfo": elements} | lists, ensure_ascii=False)
    return f"curl -sS {url}{PATH}/{ADD_RECORD}/query -H 'Content-Type: application/json' -d '{body}'"

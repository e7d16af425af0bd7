"""What is printed under a seeded node: addresses, logins, a vehicle to look up and an upload to paste."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from rich.console import Console

from chedang.cli.node import address
from chedang.enterprises.model import RegistrationText
from chedang.fiction import makers
from chedang.fiction.jobs import FictionalJob, make_following_job
from chedang.fiction.shops import FictionalShop
from chedang.fiction.simulator import ADD_RECORD, PATH, ShopSimulator
from chedang.fiction.uploading import insist
from chedang.fiction.vehicles import FictionalVehicle
from chedang.fiction.world import World, last_jobs
from chedang.platform.clock import system_clock
from chedang.platform.settings import Settings
from chedang.records.limits import load_limits
from chedang.terms.dates import day_in_china, parse_day
from chedang.terms.numbers import parse_decimal
from chedang.vehicles.model import OdometerReading, OdometerState
from chedang.vehicles.odometer import judge_odometer

if TYPE_CHECKING:
    from chedang.site.accounts import DemoLogin

DEMO_SHOP = 3
"""Number of the shop behind the shop's login and the pasted upload: one that has something to mend."""

HEAD_OFFICE_BATCH = "/restservices/lciphostrest/lcipcarfixrecordaddall/query"
"""Where head offices bring batches, at the ministry."""

_ROLES = {
    "owner": "车主",
    "shop": "维修企业",
    "regulator": "监管人员",
    "admin": "系统管理员",
    "security": "安全管理员",
    "auditor": "安全审计员",
    "police": "公安机关",
}
_POSTS = {"manager": "", "clerk": "（文员）", "technician": "（技师）"}
_ENOUGH_JOBS = 8
_HONEST = "示例车辆"
_TAMPERED = "里程被调过的示例车辆"


def gate_url(settings: Settings) -> str:
    """Where this machine reaches the node's upload interface."""
    return address(settings, settings.gate_port)


def print_summary(
    console: Console, settings: Settings, world: World, company_codes: Sequence[str], logins: Iterable[DemoLogin]
) -> None:
    """Print it. Fetches a token for the pasted upload; raises GateRefused when there is none."""
    console.print("示例账户（虚构），依次为账户、密码、入口、角色：", style="bold")
    print_logins(console, settings, logins)
    print_doors(console, settings)
    examples = _examples(world)
    for label, example in examples.items():
        console.print(_vehicle_sentence(label, example))
    console.print("粘贴下面一行即可为该示例车辆上传一条记录 (paste this line to upload a record)：")
    url, shop = gate_url(settings), world.shops[DEMO_SHOP]
    command = upload_command(url, examples[_HONEST], shop, company_codes[DEMO_SHOP])
    console.print(command, markup=False)


def print_logins(console: Console, settings: Settings, logins: Iterable[DemoLogin]) -> None:
    """A line each: name, password, where to begin, role."""
    site_url = address(settings, settings.site_port)
    for login in logins:
        place = f"{site_url}{login.url_path}"
        who = _ROLES[login.role.value] + _POSTS[login.post.value]
        console.print(f"  {login.username:<17}{login.password}  {place:<42}{who}", markup=False)


def print_doors(console: Console, settings: Settings) -> None:
    """Where the pages are, and where software uploads."""
    console.print(f"网站      {address(settings, settings.site_port)}/")
    console.print(f"上传接口  {gate_url(settings)}{PATH}")
    if settings.sms == "outbox":
        outbox = f"{address(settings, settings.site_port)}/outbox/"
        if settings.node.level == "province":
            console.print(f"发件箱    {outbox}（演示：车主登录的验证码、管理人员的动态口令在这里看）")
        else:
            console.print(f"动态口令  {outbox}（演示：管理人员登录时要填，在这里看）")


def honest_example(world: World) -> FictionalJob:
    """The last job of a vehicle with enough of them, all plausible."""
    return _examples(world)[_HONEST]


def bound_examples(world: World) -> list[FictionalJob]:
    """Last jobs of the cars that the demonstration's owner has: an honest one and, if there is one, a tampered one."""
    return list(_examples(world).values())


def _examples(world: World) -> dict[str, FictionalJob]:
    """The last job of an honest vehicle and, where there is one, of one whose turned-back odometer shows.

    Both have enough jobs, all under one plate of the province and their own VIN.
    """
    jobs = last_jobs(world, at_least=_ENOUGH_JOBS)
    honest = [job for job in jobs if not job.vehicle.rolled_back_km][:1]
    tampered = [job for job in jobs if job.vehicle.rolled_back_km and _is_found_out(world, job.vehicle)][:1]
    return {label: job for label, found in ((_HONEST, honest), (_TAMPERED, tampered)) for job in found}


def _is_found_out(world: World, vehicle: FictionalVehicle) -> bool:
    """Is the file 不合逻辑? A turn back that one reading alone bears out is not judged."""
    readings = [
        OdometerReading(UUID(int=number), on, mileage_km)
        for number, job in enumerate(world.jobs)
        if job.vehicle == vehicle
        and (on := parse_day(job.text.repair_date))
        and (mileage_km := parse_decimal(job.text.mileage)) is not None
    ]
    return judge_odometer(readings, load_limits().odometer).state is OdometerState.ILLOGICAL


def _vehicle_sentence(label: str, job: FictionalJob) -> str:
    return f"{label}：车牌 {job.vehicle.plate_number}，VIN 后六位 {job.vehicle.vin[-6:]}（VIN {job.vehicle.vin}）"


def upload_command(url: str, example: FictionalJob, shop: FictionalShop, company_code: str) -> str:
    """One line for a POSIX shell, with a fresh token inside. Pasted twice it uploads one record.

    Raises GateRefused when the gate gives no token.
    """
    token = _fetch_token(url, company_code, shop.registration.password)
    elements, lists = _next_job(example, shop)
    return _curl(f"{url}{PATH}/{ADD_RECORD}/query", {"access_token": token, "basicInfo": elements} | lists)


def maker_upload_command(
    url: str, maker_code: str, example: FictionalJob, shop: FictionalShop, dealer_code: str
) -> str:
    """The same for a maker's head office, a batch of one record of its dealer: the ministry's dialect for 总部.

    Raises GateRefused when the gate gives no token, as after the maker's password was changed.
    """
    token = _fetch_token(url, maker_code, makers.PASSWORD)
    elements, lists = _next_job(example, shop)
    element = {"access_token": token, "companyuniquecode": dealer_code, "basicinfo": elements} | lists
    return _curl(f"{url}{HEAD_OFFICE_BATCH}", [element])


def _fetch_token(url: str, account: str, password: str) -> str:
    with ShopSimulator(url, RegistrationText(password=password)) as simulator:
        simulator.company_code = account
        insist(simulator.fetch_token)
        return simulator.access_token


def _next_job(example: FictionalJob, shop: FictionalShop) -> tuple[dict[str, Any], dict[str, Any]]:
    """The elements of the vehicle's next job, done in this shop today, and its two lists."""
    text = make_following_job(example, shop, settled_on=day_in_china(system_clock()))
    elements: dict[str, Any] = msgspec.to_builtins(text)
    return elements, {name: elements.pop(name) for name in ("vehiclepartslist", "repairprojectlist")}


def _curl(address: str, document: object) -> str:
    body = json.dumps(document, ensure_ascii=False)
    return f"curl -sS {address} -H 'Content-Type: application/json' -d '{body}'"

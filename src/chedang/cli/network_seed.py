"""``python -m chedang.cli.network_seed``: fills the nodes of ``chedang network`` and prints what one needs to try them.

Each province gets its own fictional province, and some vehicles of each are repaired in the other. The ministry gets
one fictional maker (总部对总部); all else that it holds came through the exchange. As ``chedang seed`` it can be killed
and started again.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from chedang.cli.members import Member, members
from chedang.cli.node import address
from chedang.cli.seed import Seeded, seed_county, seed_province, seed_visitors, wait_for_gate
from chedang.cli.seed_maker import seed_maker
from chedang.cli.seed_owner import print_owner
from chedang.cli.seed_regulator import print_regulator
from chedang.cli.seed_shop import print_shop
from chedang.cli.seed_summary import (
    DEMO_SHOP,
    bound_examples,
    gate_url,
    honest_example,
    maker_upload_command,
    print_doors,
    print_logins,
    print_summary,
    upload_command,
)
from chedang.fiction.uploading import GateRefused
from chedang.platform.database import connect
from chedang.platform.postgres import open_database
from chedang.platform.processes import die_with_parent
from chedang.platform.settings import MINISTRY_CODE, Settings
from chedang.site.accounts import DemoLogin, ensure_demo_logins, ensure_ministry_logins

_SIZES = ((20, 500), (8, 150))
"""Shops and vehicles of the province and of its neighbour."""
_DEALER = 4
"""Number of the neighbour's shop for which a maker uploads: one of the first class."""


def main() -> None:
    """Fill and print. Ends with a sentence and status 1 when a gate refuses or goes away."""
    die_with_parent()
    console = Console(highlight=False, soft_wrap=True)
    try:
        with ExitStack() as opened:
            _seed(members(), console, opened)
    except GateRefused as fault:
        sys.exit(str(fault))


def _seed(nodes: Sequence[Member], console: Console, opened: ExitStack) -> None:
    provinces: list[Seeded] = []
    for node, (shops, vehicles) in zip((node for node in nodes if not node.is_ministry), _SIZES, strict=False):
        wait_for_gate(gate_url(node.settings))
        database_url = opened.enter_context(open_database(node.settings))
        console.print(f"{node.name}：写入虚构示例数据 …")
        provinces.append(seed_province(node.settings, database_url, console, shops=shops, vehicles=vehicles))
    for here, there in zip(provinces, reversed(provinces), strict=True):
        if here is not there:
            seed_visitors(here, there.world)
    home = provinces[0]
    logins = _logins(home)
    print_owner(console, home.settings, home.database_url, home.world, bound_examples(home.world))
    print_shop(console, home.settings, home.database_url, home.world, home.world.shops[DEMO_SHOP])
    seed_county(home)
    print_regulator(console, home.settings)
    print_summary(console, home.settings, home.world, home.company_codes, logins)
    for other in provinces[1:]:
        _print_node(console, other.settings, _logins(other))
    for ministry in (node for node in nodes if node.is_ministry):
        url = opened.enter_context(open_database(ministry.settings))
        _print_node(console, ministry.settings, ensure_ministry_logins(url, ministry.settings.data_dir))
        _print_maker(console, ministry.settings, url, provinces)
    for other in provinces[1:]:
        _print_journey(console, home, other)


def _logins(seeded: Seeded) -> list[DemoLogin]:
    data_dir = seeded.settings.data_dir
    return ensure_demo_logins(seeded.database_url, seeded.company_codes[DEMO_SHOP], data_dir)


def _print_node(console: Console, settings: Settings, logins: Sequence[DemoLogin]) -> None:
    console.print(f"{settings.node.name}（{settings.node.code}）", style="bold")
    print_logins(console, settings, logins)
    print_doors(console, settings)


def _print_maker(console: Console, settings: Settings, database_url: str, provinces: Sequence[Seeded]) -> None:
    """The maker, and a line that uploads for its dealer a record of a vehicle of the other province."""
    home, dealers_home = provinces[0], provinces[-1]
    dealer_code = dealers_home.company_codes[_DEALER]
    with connect(database_url, name="chedang-seed", autocommit=True) as connection:
        maker = seed_maker(connection, dealer_code)
    if maker is None:
        return
    console.print(f"总部对总部  {address(settings, settings.site_port)}/makers/  {maker.maker_name}", markup=False)
    job, shop = honest_example(home.world), dealers_home.world.shops[_DEALER]
    with contextlib.suppress(GateRefused):  # somebody has given the maker another password
        command = maker_upload_command(gate_url(settings), maker.maker_code, job, shop, dealer_code)
        there = dealers_home.settings.node.name
        console.print(
            f"粘贴下面一行即由这家总部为{there}的经销商上传一条记录，车辆是 VIN {job.vehicle.vin}"
            " (paste this line: a head office uploads for its dealer)："
        )
        console.print(command, markup=False)


def _print_journey(console: Console, home: Seeded, other: Seeded) -> None:
    """A line that uploads in ``home`` a record of a vehicle of ``other``, and how to see it arrive."""
    job = honest_example(other.world)
    here, there = home.settings.node.name, other.settings.node.name
    console.print(f"联网状态（监管账户和系统管理员）  {address(other.settings, other.settings.site_port)}/network/")
    plate_number, vin = job.vehicle.plate_number, job.vehicle.vin
    console.print(f"{there}示例车辆：车牌 {plate_number}，VIN 后六位 {vin[-6:]}（VIN {vin}）")
    console.print(
        f"粘贴下面一行即在{here}为它上传一条记录，几秒后{there}和部级也有，用再下面两行查看"
        " (paste this line: the record travels; the next two show where it came to)："
    )
    shop, company_code = home.world.shops[DEMO_SHOP], home.company_codes[DEMO_SHOP]
    console.print(upload_command(gate_url(home.settings), job, shop, company_code), markup=False)
    for code in (other.settings.node.code, MINISTRY_CODE):
        console.print(f"{_script()} --node {code} vehicle {vin}", markup=False)


def _script() -> Path:
    """The ``chedang`` command as one types it in this folder."""
    script = Path(sys.executable).with_name("chedang")
    return script.relative_to(Path.cwd()) if script.is_relative_to(Path.cwd()) else script


if __name__ == "__main__":
    main()

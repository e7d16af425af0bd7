"""``chedang node register-home``: an operator states the 车籍 of a vehicle."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from chedang.cli.archive import fail, open_archive
from chedang.platform.clock import system_clock
from chedang.platform.settings import Settings
from chedang.terms import vin as vins
from chedang.terms.division import PROVINCES
from chedang.vehicles.registrations import RegistrationBasis, RegistrationInvalid, state_registration


def register_home(
    vin: Annotated[str, typer.Argument(help="车辆识别代号 (17 characters)。")],
    province: Annotated[str, typer.Argument(help="车籍所在省级行政区划的两位代码，兵团为 66。")],
    basis: Annotated[
        RegistrationBasis, typer.Option(help="依据：driving_licence 行驶证，authority 主管机关认定。")
    ] = RegistrationBasis.AUTHORITY,
) -> None:
    """登记一辆车的车籍。登记优先于号牌；已联网时，部级节点据此把这辆车的档案送到车籍所在省。"""
    node = Settings.from_environment().node
    with open_archive() as connection, connection.transaction():
        try:
            state_registration(
                connection, vins.normalise(vin), province, basis, stated_by=node.code, now=system_clock()
            )
        except RegistrationInvalid as fault:
            fail(f"{fault} (this registration cannot stand)")
    name = PROVINCES[province].name
    Console(highlight=False).print(f"已登记：车籍 {name}（{province}），依据{basis.label}。", markup=False)

"""The demonstration's shop: what lies on its desk, and how to see it."""

from __future__ import annotations

from rich.console import Console

from chedang.cli.node import address
from chedang.fiction.shops import FictionalShop
from chedang.fiction.world import World, last_jobs
from chedang.platform.clock import system_clock
from chedang.platform.settings import Settings
from chedang.terms.numbers import parse_decimal

_DRIVEN_SINCE_KM = 3_000


def print_shop(console: Console, settings: Settings, database_url: str, world: World, shop: FictionalShop) -> None:
    """Lay it there unless that was done, and print where to begin. The node is that of this environment."""
    from chedang.site.demo_shop import ORDER_ID, furnish_demo_shop  # brings Django, which only a seeding needs

    job = next((job for job in last_jobs(world, at_least=2) if job.shop is shop), None)
    if job is None:
        return
    before_km = parse_decimal(job.text.mileage)
    mileage_km = int(before_km or 0) + _DRIVEN_SINCE_KM
    furnish_demo_shop(database_url, job.vehicle.vin, job.vehicle.plate_number, mileage_km, now=system_clock())
    site_url = address(settings, settings.site_port)
    console.print(
        f"门店      {site_url}/shop/orders/{ORDER_ID} 是 {job.vehicle.plate_number} 在修的工单（演示企业账户登录），"
        "结算后打印清单，车主扫码认领"
    )

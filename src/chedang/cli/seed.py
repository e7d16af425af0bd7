"""``chedang seed``: fills a node with its fictional province, through its own upload interface.

Can be killed and started again at any time: the day of the province is remembered in the data directory, equal days
give equal uploads, and equal uploads get the same receipts. A node that is seeded already only says so.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import httpx
import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from chedang.cli.archive import fail
from chedang.cli.seed_owner import print_owner
from chedang.cli.seed_regulator import fill_county, furnish, print_regulator
from chedang.cli.seed_shop import print_shop
from chedang.cli.seed_summary import DEMO_SHOP, bound_examples, gate_url, print_summary
from chedang.enterprises import store
from chedang.enterprises.actions import approve
from chedang.enterprises.profiles import keep_profile
from chedang.fiction.profiles import make_profile
from chedang.fiction.provinces import province
from chedang.fiction.uploading import GateRefused, Uploaded, register_shops, upload_jobs
from chedang.fiction.world import World, make_visits, make_world
from chedang.platform.clock import system_clock
from chedang.platform.database import connect
from chedang.platform.postgres import open_database
from chedang.platform.settings import Settings
from chedang.records.store import read_changes
from chedang.terms.dates import day_in_china
from chedang.terms.division import PROVINCES
from chedang.vehicles.follow import CONSUMER

if TYPE_CHECKING:
    from chedang.site.accounts import DemoLogin

_GATE_PATIENCE_SECONDS = 3.0
_WORKER_PATIENCE_SECONDS = 120.0
_POLL_SECONDS = 0.2
_APPROVED_BY = "chedang seed"
_ONE_TENTH = 10


class SeedState(msgspec.Struct, frozen=True):
    """What is remembered between two runs."""

    until: date
    """Last day of the fictional province; with it everything is decided."""
    vehicles: int = 0
    """Number of vehicles all of whose jobs have been uploaded."""
    company_codes: tuple[str, ...] = ()
    """Codes of the shops that did."""
    province: str = "33"
    """Two digits. Releases that did not write it always made up Zhejiang."""
    has_visitors: bool = False
    """Whether vehicles of the neighbouring province have been repaired here."""
    has_county: bool = False
    """Whether the demonstration's county has its shops to look after."""


class Seeded(msgspec.Struct, frozen=True):
    """A node's fictional province, all of it uploaded."""

    settings: Settings
    database_url: str
    world: World
    state: SeedState

    @property
    def company_codes(self) -> tuple[str, ...]:
        """Of the world's shops, in their order."""
        return self.state.company_codes


def seed(
    vehicles: Annotated[int, typer.Option(min=50, max=20_000, help="虚构车辆数。")] = 500,
) -> None:
    """写入本省的虚构示例数据：20 家企业、500 辆车、两年的维修记录、每种角色一个登录账户。须在节点运行时执行。

    中断后可以再次执行；已经写入的只显示账户和示例，不再上传。
    """
    settings = Settings.from_environment()
    console = Console(highlight=False, soft_wrap=True)
    if PROVINCES[settings.node.code].plate_character is None:
        console.print("本节点没有可以虚构的车牌和企业，不写入示例数据 (this node has no plates and shops to make up)。")
        return
    try:
        wait_for_gate(gate_url(settings))
        with open_database(settings) as database_url:
            seeded = seed_province(settings, database_url, console, shops=20, vehicles=vehicles)
            logins = _logins(seeded)
            print_owner(console, settings, database_url, seeded.world, bound_examples(seeded.world))
            print_shop(console, settings, database_url, seeded.world, seeded.world.shops[DEMO_SHOP])
            seed_county(seeded)
            print_regulator(console, settings)
            print_summary(console, seeded.settings, seeded.world, seeded.company_codes, logins)
    except GateRefused as fault:
        fail(str(fault))


def _logins(seeded: Seeded) -> list[DemoLogin]:
    from chedang.site.accounts import ensure_demo_logins  # brings Django, which only a seeding needs

    return ensure_demo_logins(seeded.database_url, seeded.company_codes[DEMO_SHOP])


def seed_province(settings: Settings, database_url: str, console: Console, *, shops: int, vehicles: int) -> Seeded:
    """Fill a running node with the fictional province of its code, unless it was before. Raises GateRefused.

    ``shops`` and ``vehicles`` are those of a node that has none; one that has keeps its shops, and never gets fewer
    vehicles.
    """
    path = _path(settings)
    state = _load(path)
    code = settings.node.code
    if state is None or state.province != code or not _are_known(database_url, state.company_codes):
        state = SeedState(until=day_in_china(system_clock()), province=code)
        _save(path, state)
    world = make_world(
        int(code),
        until=state.until,
        shops=len(state.company_codes) or shops,
        vehicles=max(vehicles, state.vehicles),
        province=province(code),
    )
    if state.vehicles < vehicles:
        company_codes = _fill(gate_url(settings), database_url, world, console)
        state = msgspec.structs.replace(state, vehicles=vehicles, company_codes=company_codes)
        _save(path, state)
    return Seeded(settings, database_url, world, state)


def seed_visitors(seeded: Seeded, home: World) -> None:
    """Let some vehicles of another province be repaired in this one, unless that was done. Raises GateRefused."""
    if seeded.state.has_visitors:
        return
    visits = make_visits(home, seeded.world.shops, until=seeded.state.until)
    codes_of_shops = dict(zip(seeded.world.shops, seeded.company_codes, strict=True))
    upload_jobs(gate_url(seeded.settings), visits, codes_of_shops, on_upload=lambda _count: None)
    _save(_path(seeded.settings), msgspec.structs.replace(seeded.state, has_visitors=True))


def seed_county(seeded: Seeded) -> None:
    """Give the officials' county more shops than the province's own, unless that was done, and begin their work.

    The accounts must be there, and the node is that of this environment.
    """
    settings, database_url, state = seeded.settings, seeded.database_url, seeded.state
    division_code = seeded.world.shops[DEMO_SHOP].registration.division_code
    if state.has_county:
        return
    fill_county(settings, database_url, seeded.world, division_code, until=state.until)
    furnish(settings, database_url, seeded.world, division_code, seeded.company_codes[DEMO_SHOP], until=state.until)
    # Read again: visitors of the neighbouring province may have been noted since.
    _save(_path(settings), msgspec.structs.replace(_load(_path(settings)) or state, has_county=True))


def _fill(url: str, database_url: str, world: World, console: Console) -> tuple[str, ...]:
    """Register, approve, upload, and wait until the files are built. Raises GateRefused."""
    started = time.monotonic()
    company_codes = tuple(register_shops(url, world.shops))
    with connect(database_url, name="chedang-seed", autocommit=True) as connection:
        for company_code in company_codes:
            approve(connection, company_code, by=_APPROVED_BY, now=system_clock(), reason="虚构示例企业")
        for number, (shop, company_code) in enumerate(zip(world.shops, company_codes, strict=True)):
            division_code = shop.registration.division_code
            profile = make_profile(number, company_code, division_code, assessed_year=system_clock().year - 1)
            keep_profile(connection, profile, by=_APPROVED_BY, now=system_clock())
    console.print(f"{len(company_codes)} 家虚构企业已注册并审核通过。")
    codes_of_shops = dict(zip(world.shops, company_codes, strict=True))
    with _progress(console, len(world.jobs)) as advance:
        uploaded = upload_jobs(url, world.jobs, codes_of_shops, on_upload=advance)
    has_caught_up = _wait_for_worker(database_url)
    console.print(_closing_sentence(uploaded, time.monotonic() - started))
    if not has_caught_up:
        console.print("后台任务还没有整理完车辆档案，稍后可查 (the worker has not caught up yet)。")
    return company_codes


def _closing_sentence(uploaded: Uploaded, seconds: float) -> str:
    refused = f"，{uploaded.refused} 条按本节点的规则被拒收" if uploaded.refused else ""
    return f"{uploaded.accepted} 条虚构维修记录已上传{refused}，用时 {seconds:.0f} 秒。"


@contextlib.contextmanager
def _progress(console: Console, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, a line for every tenth elsewhere."""
    if console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("正在上传虚构维修记录", total=total)
            yield lambda count: progress.advance(task, count)
        return
    tenths = _Tenths(console, total)
    yield tenths.advance


class _Tenths:
    """Progress in plain lines. Called from several threads: a line may come late, none is lost."""

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._lock = threading.Lock()
        self._done = 0

    def advance(self, count: int) -> None:
        with self._lock:
            before, self._done = self._done, self._done + count
            if self._done * _ONE_TENTH // self._total > before * _ONE_TENTH // self._total:
                self._console.print(f"已上传 {self._done} / {self._total}")


def wait_for_gate(url: str) -> None:
    deadline = time.monotonic() + _GATE_PATIENCE_SECONDS
    with httpx.Client(timeout=5) as client:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if client.get(f"{url}/readyz").is_success:
                    return
            if time.monotonic() >= deadline:
                raise GateRefused(f"上传接口 {url} 没有应答，请先运行 chedang up (the gate does not answer)")
            time.sleep(_POLL_SECONDS)


def _wait_for_worker(database_url: str) -> bool:
    """Has the worker dealt with every record?"""
    deadline = time.monotonic() + _WORKER_PATIENCE_SECONDS
    with connect(database_url, name="chedang-seed", autocommit=True) as connection:
        while read_changes(connection, CONSUMER, limit=1):
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_SECONDS)
    return True


def _are_known(database_url: str, company_codes: tuple[str, ...]) -> bool:
    """Does the database still hold the shops? One that was wiped is seeded anew."""
    with connect(database_url, name="chedang-seed", autocommit=True) as connection:
        return len(store.find_by_codes(connection, company_codes)) == len(company_codes)


def _path(settings: Settings) -> Path:
    return settings.data_dir / "seed.json"


def _load(path: Path) -> SeedState | None:
    """``None`` before the first run and for a file that is not ours."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=SeedState)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _save(path: Path, state: SeedState) -> None:
    """Replace the file at once: half a file would be a forgotten day."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".tmp")
    fresh.write_bytes(msgspec.json.encode(state))
    fresh.replace(path)


if __name__ == "__main__":
    import sys

    from chedang.cli.main import run

    sys.argv.insert(1, "seed")
    run()

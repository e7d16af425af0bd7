"""``chedang audit verify`` and, on a node of fictional data, ``chedang code``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer

from chedang.terms.dates import SHANGHAI

app = typer.Typer(help="审计记录。", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps ``verify`` a command of its own name."""


@app.command()
def verify(
    kept: Annotated[str, typer.Option(help="以前另处留存的最新摘要；现在的封存里没有它，就是被换过或删过。")] = "",
) -> None:
    """重新计算审计记录的封存摘要，指出第一段与封存时不同的记录；有不同、或没有留存的摘要时退出码为 1。"""
    with desk():
        from chedang.access.seals import verify_chain

        found = verify_chain(kept.strip().lower())
    differing = found.differing
    if differing is not None:
        typer.echo(
            f"第 {differing.first_id} 至 {differing.last_id} 号与封存时（{_minute(differing.sealed_at)}）不同；"
            f"此前 {found.seals} 段、{found.events} 条一致"
            " (the first range that differs from what was sealed)。",
            err=True,
        )
        raise typer.Exit(1)
    since = f"，最早一段封存于 {_minute(found.first_sealed_at)}" if found.first_sealed_at else ""
    typer.echo(f"{found.seals} 段、{found.events} 条审计记录与封存时一致{since}。")
    if found.waiting_since is not None:
        typer.echo(f"尚未封存 {found.waiting} 条，最早的写于 {_minute(found.waiting_since)}；正常只有最近几分钟的。")
    if found.newest_digest:
        typer.echo(f"最新摘要 {found.newest_digest}（请另处留存，下次用 --kept 核对）")
    if kept and not found.has_kept:
        typer.echo("现在的封存里没有留存的摘要：封存被换过或删过 (the kept digest is in no seal)。", err=True)
        raise typer.Exit(1)


def _minute(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def code(account: str = typer.Argument(help="演示账户名，如 demo-county。")) -> None:
    """显示一个演示账户现在的动态口令；只在虚构示例数据的节点上有。"""
    from chedang.platform.clock import system_clock
    from chedang.platform.settings import Settings

    if not Settings.from_environment().seed:
        typer.echo("只有虚构示例数据的节点（CHEDANG_SEED=1）才显示动态口令 (fictional data only)。", err=True)
        raise typer.Exit(2)
    with desk():
        from chedang.site.accounts import demo_codes

        present = dict(demo_codes(now=system_clock())).get(account)
    if present is None:
        typer.echo(f"没有演示账户“{account}” (no such account of the demonstration)。", err=True)
        raise typer.Exit(2)
    typer.echo(present)


@contextmanager
def desk() -> Iterator[None]:
    """Set Django up on the node's database, which is started if it is the embedded one and not running."""
    from chedang.platform.postgres import open_database
    from chedang.platform.settings import Settings

    with open_database(Settings.from_environment()) as url:
        from chedang.site.databases import named_database

        with named_database(url, "default"):
            yield

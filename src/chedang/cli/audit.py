"""``chedang audit verify`` and, on a node of fictional data, ``chedang code``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

app = typer.Typer(help="审计记录。", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps ``verify`` a command of its own name."""


@app.command()
def verify() -> None:
    """重新计算审计记录的封存摘要，指出第一段与封存时不同的记录；有不同时退出码为 1。"""
    with desk():
        from chedang.access.seals import verify_chain

        found = verify_chain()
    if found.differing is None:
        typer.echo(f"{found.seals} 段、{found.events} 条审计记录与封存时一致。")
        if found.newest_digest:
            typer.echo(f"最新摘要 {found.newest_digest}（请另处留存，日后可查出末尾是否被删）")
        return
    differing = found.differing
    typer.echo(
        f"第 {differing.first_id} 至 {differing.last_id} 号与封存时（{differing.sealed_at:%Y-%m-%d %H:%M} UTC）不同；"
        f"此前 {found.seals} 段、{found.events} 条一致"
        " (the first range that differs from what was sealed)。",
        err=True,
    )
    raise typer.Exit(1)


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

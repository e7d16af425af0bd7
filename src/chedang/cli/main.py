"""The ``chedang`` command: wiring only. What a command needs is imported when it runs, so that help is quick."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from chedang.cli import account, audit, emission, enterprise, orders, rule_documents, show, simulate, upload
from chedang.cli.nodes import app as node_app
from chedang.cli.recheck import recheck as recheck_archive
from chedang.cli.seed import seed as seed_node
from chedang.cli.statistics import app as statistics_app

if TYPE_CHECKING:
    from chedang.platform.settings import Settings

_NODE_PANEL = "节点"
_ARCHIVE_PANEL = "档案"
_SHOP_PANEL = "维修企业"

app = typer.Typer(
    name="chedang",
    help="车档：汽车维修电子健康档案系统。设置来自 CHEDANG_… 环境变量，用 check-config 查看。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.callback()
def _prepare(
    node: Annotated[
        str, typer.Option("--node", metavar="CODE", help="本机联网（chedang network）中的哪个节点，如 32；部级为 00。")
    ] = "",
) -> None:
    from chedang.platform.logging import configure

    configure("cli", "warning")
    if node:
        from chedang.cli.members import member

        os.environ.update(member(node).environment)


@app.command(rich_help_panel=_NODE_PANEL)
def up(
    seed: Annotated[
        bool, typer.Option("--seed/--no-seed", help="就绪后写入虚构示例数据（CHEDANG_SEED=0 时不写）。")
    ] = False,
) -> None:
    """在前台运行一个节点：数据库、上传接口、网站和后台任务。按 Ctrl-C 停止。"""
    from chedang.cli.node import run_node

    run_node(_checked_settings(), seed=seed)


@app.command(rich_help_panel=_NODE_PANEL)
def network(
    seed: Annotated[
        bool, typer.Option("--seed/--no-seed", help="就绪后写入虚构示例数据（CHEDANG_SEED=0 时不写）。")
    ] = False,
) -> None:
    """在前台运行部级和两个省级节点，各有自己的数据库和密钥，互相联网。按 Ctrl-C 停止。

    设了 CHEDANG_DATABASE_URL 时，须再给出另外两个节点的数据库（CHEDANG_DATABASE_URL_00 和 _32），否则只运行一个节点。
    """
    from chedang.cli.members import members
    from chedang.cli.network import run_network
    from chedang.cli.node import run_node

    settings = _checked_settings()
    nodes = members()
    if len(nodes) > 1:
        run_network(nodes, seed=seed)
        return
    typer.echo(
        "CHEDANG_DATABASE_URL 只够一个节点用，这次只运行一个省级节点；要三个节点，再设 CHEDANG_DATABASE_URL_00 和 _32"
        " (one database serves one node: only the province is run)。"
    )
    run_node(settings, seed=seed)


@app.command(rich_help_panel=_NODE_PANEL)
def migrate() -> None:
    """把数据库结构升级到当前版本；可重复执行。"""
    from chedang.cli.node import run_migrations
    from chedang.platform.postgres import open_database
    from chedang.platform.settings import Settings

    with open_database(Settings.from_environment()) as url:
        run_migrations(url)
    typer.echo("数据库结构已是最新。")


app.command("seed", rich_help_panel=_NODE_PANEL)(seed_node)


@app.command("check-config", rich_help_panel=_NODE_PANEL)
def check_config() -> None:
    """检查环境变量并列出生效的设置（不显示密码）。"""
    from rich.console import Console
    from rich.table import Table

    settings = _checked_settings()
    table = Table(title="设置均可用")
    for heading in ("变量", "生效值", "含义"):
        table.add_column(heading, overflow="fold")
    for line in settings.describe():
        table.add_row(*line)
    Console().print(table)


def _checked_settings() -> Settings:
    """The settings in force, their files read once. Raises what :func:`_sentence` puts into words."""
    from chedang.intake.dialects import DIALECTS
    from chedang.intake.extras import read_basis
    from chedang.intake.families import load_families
    from chedang.platform.settings import Settings
    from chedang.records.limits import load_limits

    settings = Settings.from_environment()
    load_limits(settings.rules_file)
    load_families(DIALECTS, settings.dialects_file, settings.mode)
    read_basis(settings.extra_basis)
    return settings


app.add_typer(node_app, name="node", rich_help_panel=_NODE_PANEL)
app.add_typer(account.app, name="account", rich_help_panel=_NODE_PANEL)
app.add_typer(audit.app, name="audit", rich_help_panel=_ARCHIVE_PANEL)
app.command(rich_help_panel=_NODE_PANEL)(audit.code)
app.add_typer(enterprise.app, name="enterprise", rich_help_panel=_ARCHIVE_PANEL)
app.add_typer(emission.app, name="emission", rich_help_panel=_ARCHIVE_PANEL)
app.command(rich_help_panel=_ARCHIVE_PANEL)(show.vehicle)
app.command(rich_help_panel=_ARCHIVE_PANEL)(show.records)
app.command(rich_help_panel=_ARCHIVE_PANEL)(orders.orders)
app.command("recheck", rich_help_panel=_ARCHIVE_PANEL)(recheck_archive)
app.add_typer(statistics_app, name="statistics", rich_help_panel=_ARCHIVE_PANEL)
app.command(rich_help_panel=_NODE_PANEL)(simulate.simulate)
app.add_typer(rule_documents.app, name="rules", rich_help_panel=_NODE_PANEL)
app.add_typer(upload.app, name="upload", rich_help_panel=_SHOP_PANEL)


def run() -> None:
    """Entry point: what is known to go wrong ends with one sentence and status 2, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show Chinese is no reason to fail
    try:
        app()
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        typer.echo(sentence, err=True)
        sys.exit(2)


def _sentence(error: Exception) -> str | None:
    """What to tell the operator; None for what nobody foresaw."""
    from chedang.cli.node import NodeFailure
    from chedang.exchange.keys import OwnKeyLost
    from chedang.intake.extras import ExtraBasisError
    from chedang.intake.families import FamiliesError
    from chedang.platform.database import is_unavailable
    from chedang.platform.postgres import PostgresError
    from chedang.platform.settings import SettingsError
    from chedang.records.limits import LimitsError

    if isinstance(
        error,
        SettingsError | LimitsError | FamiliesError | ExtraBasisError | PostgresError | NodeFailure | OwnKeyLost,
    ):
        return str(error)
    if is_unavailable(error):
        reason = " ".join(str(error).split())
        return f"CHEDANG_DATABASE_URL：数据库连接不上：{reason} (the database cannot be reached)"
    return None

"""``chedang rules``: code tables and limits with the day from which they count; published by the ministry's node."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from chedang.cli.archive import fail, open_archive
from chedang.cli.node_words import minute
from chedang.platform.clock import system_clock
from chedang.platform.rulebook import RuleDocument, RuleKind, in_force, publish, read_documents
from chedang.platform.settings import Settings
from chedang.terms.dates import day_in_china

app = typer.Typer(help="代码表和限值：部级节点发布，各省自生效日起执行。", no_args_is_help=True)

_LABELS = {RuleKind.LIMITS: "限值", RuleKind.CODES: "代码表"}


class _Kind(StrEnum):
    LIMITS = "limits"
    CODES = "codes"


@app.command("publish")
def publish_document(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="TOML 文件。")],
    kind: Annotated[_Kind, typer.Option(help="limits 限值，codes 代码表。")],
    effective_on: Annotated[
        datetime, typer.Option("--effective-on", formats=["%Y-%m-%d"], help="生效日期，不早于今天。")
    ],
    name: Annotated[str, typer.Option(help="代码表名，如 economic_category。")] = "",
    by: Annotated[str, typer.Option(help="发布人或文号，记录在案。")] = "chedang rules",
) -> None:
    """在部级节点发布一份限值或代码表；各省节点自动取得，自生效日起执行。"""
    if Settings.from_environment().node.level != "ministry":
        fail("只有部级节点（CHEDANG_NODE=00）可以发布 (only the ministry's node publishes)")
    content = file.read_text(encoding="utf-8")
    _check(RuleKind(kind.value), name, content)
    day = effective_on.date()
    if day < (today := day_in_china(system_clock())):
        fail(f"生效日期不能早于今天（{today}）：此前收到的记录已按原来的判定 (the day is over: records were judged)")
    with open_archive() as connection:
        document = publish(connection, RuleKind(kind.value), name, content, effective_on=day, by=by, now=system_clock())
    Console(highlight=False).print(f"已发布：{_title(document)}第 {document.version} 版，{day} 起执行。", markup=False)


@app.command("list")
def list_documents() -> None:
    """列出本节点已有的代码表和限值，注明今天执行的是哪一版。"""
    today = day_in_china(system_clock())
    with open_archive() as connection:
        documents = read_documents(connection)
    console = Console(highlight=False)
    if not documents:
        console.print("没有发布过代码表或限值，按本软件内置的执行。")
        return
    table = Table("文件", "版本", "生效日期", "状态", "发布人", "发布时间")
    for document in documents:
        when = minute(document.published_at)
        state = _state(document, documents, today)
        table.add_row(
            _title(document), str(document.version), str(document.effective_on), state, document.published_by, when
        )
    console.print(table)


def _state(document: RuleDocument, documents: tuple[RuleDocument, ...], today: date) -> str:
    if document.effective_on > today:
        return "未生效"
    return "执行中" if in_force(documents, document.kind, document.name, today) == document else "已替代"


def _title(document: RuleDocument) -> str:
    return f"{_LABELS[document.kind]} {document.name}".strip()


def _check(kind: RuleKind, name: str, content: str) -> None:
    """Nothing is published that this release itself cannot use."""
    from chedang.records.limits import LimitsError, limits_over
    from chedang.terms.codes import REGISTRATION_TABLES, table_over

    if kind is RuleKind.LIMITS:
        if name:
            fail("限值没有名称，请去掉 --name (limits have no name)")
        try:
            limits_over(content)
        except LimitsError as fault:
            fail(str(fault))
        return
    if not name:
        fail(f"请用 --name 说明是哪个代码表：{'、'.join(REGISTRATION_TABLES)} (say which code table with --name)")
    if name not in REGISTRATION_TABLES:
        fail(f"没有代码表“{name}”，可用：{'、'.join(REGISTRATION_TABLES)} (no such code table)")
    try:
        table_over(name, content)
    except ValueError as fault:
        fail(f"代码表不能用：{fault} (the table cannot be used)")

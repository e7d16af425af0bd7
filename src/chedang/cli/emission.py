"""``chedang emission …``: the I/M loop by hand of an operator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from chedang.cli.archive import fail, open_archive
from chedang.emission.importing import take_rows
from chedang.emission.tables import read_rows
from chedang.enterprises.table import TableUnreadable
from chedang.platform.clock import system_clock
from chedang.platform.settings import Settings
from chedang.site.uploaded_table import MAX_BYTES, rows_of

app = typer.Typer(name="emission", help="排放检验与维护 (I/M loop)。", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """One command of several to come would lose its name without this."""


@app.command("import")
def import_tests(file: Annotated[Path, typer.Argument(help="CSV 或 xlsx 文件，首行为列名。")]) -> None:
    """导入排放检验不合格报告，逐行给出结果；同一文件可以重复导入。

    列：检验机构编号、检验报告编号、车架号、车牌号码、检验日期、不合格项目、维修期限。检验机构须已列入名录。
    有误的行不影响其他行；只要有一行有误，退出码为 1。
    """
    node = Settings.from_environment().node
    try:
        rows = read_rows(rows_of(_read(file)))
    except TableUnreadable as fault:
        fail(str(fault))
    console = Console(stderr=True)
    with open_archive() as connection:
        shown = track(rows, "正在导入", console=console, disable=not console.is_terminal)
        lines = take_rows(connection, shown, scope_code=f"{node.code}0000", now=system_clock())
    refused = [line for line in lines if line.outcome == "refused"]
    for line in refused:
        typer.echo(f"第 {line.number} 行 {line.report_number}：{'；'.join(map(str, line.said))}", err=True)
    created = sum(line.outcome == "created" for line in lines)
    typer.echo(f"开单 {created} 份，已有 {len(lines) - created - len(refused)} 份，{len(refused)} 行有误")
    if refused:
        raise typer.Exit(1)


def _read(file: Path) -> bytes:
    """The file, no more of it than shows that it is too large."""
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as fault:
        fail(f"无法读取 {file}：{fault.strerror} (the file cannot be read)")

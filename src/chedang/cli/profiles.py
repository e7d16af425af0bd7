"""``chedang enterprise profiles``: what the public is told of shops comes in as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chedang.cli.archive import fail, open_archive
from chedang.enterprises import profiles, store
from chedang.enterprises.profile_table import ProfileRow, over, read_profile_table
from chedang.enterprises.store import Connection
from chedang.enterprises.table import TableUnreadable
from chedang.platform.clock import system_clock

_TOLD_BY = "enterprise profiles"


def import_profiles(
    file: Annotated[Path, typer.Argument(help="CSV 文件：UTF-8 或 GB18030，首行为列名。")],
) -> None:
    """写入企业的公开信息（位置、品牌、新能源、M 站、营业时间、质量信誉等级），供车主查找；同一文件可以重复导入。

    列：companycode，以及 latitude、longitude、brands、nev、mstation、openinghours、creditgrade、credityear、is4s、
    rescue、chain。没有的列不改动；企业自己在网页上填的各项，空格子也不改动；mstation、creditgrade 列的空格子表示没有。
    有误的行不影响其他行；只要有一行有误，退出码为 1。
    """
    try:
        rows = read_profile_table(file.read_bytes())
    except OSError as fault:
        fail(f"无法读取 {file}：{fault.strerror} (the file cannot be read)")
    except TableUnreadable as fault:
        fail(f"{file}：{fault}")
    with open_archive() as connection:
        complaints = [_keep(connection, row) for row in rows]
    for row, sentences in zip(rows, complaints, strict=True):
        for sentence in sentences:
            typer.echo(f"第 {row.line} 行：{sentence}")
    faulty = sum(bool(sentences) for sentences in complaints)
    typer.echo(f"写入 {len(rows) - faulty} 家，有误 {faulty} 行。")
    if faulty:
        raise typer.Exit(1)


def _keep(connection: Connection, row: ProfileRow) -> list[str]:
    """Store a line in a transaction of its own; sentences about what is wrong with it."""
    complaints = list(row.complaints)
    if row.profile is not None:
        with connection.transaction():
            if store.find_by_code(connection, row.company_code) is None:
                complaints.append("companycode：没有这个编码的企业")
            else:
                profile = over(profiles.hold_profile(connection, row.company_code), row)
                profiles.keep_profile(connection, profile, by=_TOLD_BY, now=system_clock())
    return complaints

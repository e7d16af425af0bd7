"""``chedang upload …``: a shop's files, sent from its own machine. Runs beside no node and opens no database of one."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text
from typer.core import TyperGroup

from chedang.cli.upload_report import (
    Code,
    Report,
    free_answer_path,
    needs_answer,
    print_remarks,
    print_reports,
    report_on,
    save_answer,
    show_progress,
)
from chedang.intake.files.grouping import fill_company_name
from chedang.intake.files.headings import chinese_name
from chedang.intake.files.model import MAX_FILE_BYTES, FileUnreadable, ReadFile
from chedang.intake.files.reading import read_file
from chedang.intake.uploader.checking import check_jobs
from chedang.intake.uploader.client import NodeClient, NotAccepted
from chedang.intake.uploader.draining import Drain, Ending, Patience
from chedang.intake.uploader.secret import VARIABLE, Secret, SecretUnusable, read_secret
from chedang.intake.uploader.spool import Spool, SpoolBusy, Upload
from chedang.platform.clock import system_clock
from chedang.terms.text import clean

SERVER_VARIABLE = "CHEDANG_UPLOAD_SERVER"
_COMPANY_NAME = chinese_name("companyname")
_SHOWN_AFTERWARDS = timedelta(days=30)
"""How long ``status`` still lists what is finished: counts only."""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class _FilesByDefault(TyperGroup):
    """``chedang upload FILE`` means ``chedang upload send FILE``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in self.get_help_option_names(ctx):
            args = ["send", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="upload",
    cls=_FilesByDefault,
    help="上传维修记录文件：chedang upload 文件… --server 地址 (upload files of repair jobs)。",
    no_args_is_help=True,
)

_Spool = Annotated[Path | None, typer.Option("--spool", help="暂存目录，默认在 ~/.local/state/chedang/spool。")]
_SecretFile = Annotated[
    Path | None, typer.Option("--secret-file", help=f"存放上传密钥的文件（权限 600）；默认读环境变量 {VARIABLE}。")
]
_Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="等到每条记录都有结果；--no-wait 只送出，不等结果。")]
_GiveUp = Annotated[int, typer.Option("--give-up-after", min=1, help="多少秒没有进展就先停下，其余留在暂存目录。")]
_NewSecret = Annotated[bool, typer.Option("--new-secret", help="暂存之后本店更换过密钥，用现在的继续。")]


@dataclass(frozen=True, slots=True)
class _Source:
    """A file that was read."""

    path: Path
    raw: bytes
    read: ReadFile


@app.command("send")
def send(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="xlsx、csv、json 或 ndjson 文件。")],
    *,
    server: Annotated[str, typer.Option(envvar=SERVER_VARIABLE, help="上传接口的地址，例如 https://…")],
    spool: _Spool = None,
    answer: Annotated[Path | None, typer.Option(help="答复文件；默认有要看的内容时存在原文件旁边。")] = None,
    wait: _Wait = True,
    check: Annotated[bool, typer.Option("--check", help="只检查，什么都不保存。")] = False,
    company_name: Annotated[str, typer.Option(help="维修企业名称，文件里没有这一列时填进每条记录。")] = "",
    secret_file: _SecretFile = None,
    give_up_after: _GiveUp = 600,
    new_secret: _NewSecret = False,
) -> None:
    """上传文件里的维修记录；好的行照常保存，另给一份同样的文件，每行旁边写明结果和改法。

    退出码：0 全部保存，1 有的没有保存，2 用不了（文件、地址或密钥不对），3 还有没送完的，用 resume 继续。
    """
    if answer is not None and len(files) > 1:
        _fail("--answer 只能配一个文件 (--answer goes with one file)")
    server = _check_server(server)
    secret = _secret(secret_file)
    sources, is_all_read = _read_files(files, clean(company_name))
    if check:
        code = _check(sources, server, secret, answer, give_up_after)
    else:
        with _open_spool(spool) as opened:
            ids = [_take_in(opened, source, server, secret, answer) for source in sources]
            reads = dict(zip(ids, (source.read for source in sources), strict=True))
            patience = Patience(give_up_after if wait else 0, wait_for_outcomes=wait)
            uploads = [opened.upload(upload_id) for upload_id in dict.fromkeys(ids)]
            code = _drain(opened, uploads, secret, patience, reads, may_differ=new_secret)
    raise typer.Exit(code if is_all_read else Code.UNUSABLE)


@app.command("resume")
def resume(
    spool: _Spool = None,
    wait: _Wait = True,
    secret_file: _SecretFile = None,
    give_up_after: _GiveUp = 600,
    new_secret: _NewSecret = False,
) -> None:
    """接着送暂存目录里没送完的文件。退出码同上传。"""
    secret = _secret(secret_file)
    with _open_spool(spool) as opened:
        uploads = opened.uploads(only_open=True)
        if not uploads:
            typer.echo("没有要接着送的文件。")
            return
        patience = Patience(give_up_after if wait else 0, wait_for_outcomes=wait)
        code = _drain(opened, uploads, secret, patience, {}, may_differ=new_secret)
    raise typer.Exit(code)


@app.command("status")
def status(spool: _Spool = None) -> None:
    """列出暂存目录里的文件；退出码 0 都已送完，3 还有没送完的。"""
    with _open_spool(spool) as opened:
        uploads = opened.uploads()
    headings = ("要上传的记录", "有结果", "已保存", "未保存")
    table = Table("开始", _fold("文件"), _fold("地址"), *(Column(each, justify="right") for each in headings), "状态")
    for each in uploads:
        counts = (each.jobs, each.answered, each.stored, each.refused)
        state = "已完成" if each.is_finished else "未完成"
        started = each.created_at[:16].replace("T", " ")
        table.add_row(started, Text(each.file_name), Text(each.server), *(f"{count:,}" for count in counts), state)
    Console(highlight=False).print(table if uploads else "暂存目录里没有文件。")
    if any(not each.is_finished for each in uploads):
        raise typer.Exit(Code.WAITING)


def _fold(heading: str) -> Column:
    return Column(heading, overflow="fold")


def _say(sentence: str) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(Text(sentence))


def _fail(sentence: str, code: Code = Code.UNUSABLE) -> NoReturn:
    _say(sentence)
    raise typer.Exit(code)


def _check_server(server: str) -> str:
    parts = urlsplit(server)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
        _fail("--server 应是 http:// 或 https:// 开头的地址 (--server must be an http or https address)")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        _say("注意：这个地址没有加密（http），密钥和记录会明文经过网络 (this address is not encrypted)")
    return server.rstrip("/")


def _secret(file: Path | None) -> Secret:
    try:
        return read_secret(file)
    except SecretUnusable as fault:
        _fail(str(fault))


def _read_files(files: Sequence[Path], company_name: str) -> tuple[list[_Source], bool]:
    """The files that can be read, and whether all can; the others are told."""
    sources = []
    for path in files:
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_FILE_BYTES + 1)
            read = read_file(raw, path.name)
        except OSError as fault:
            _say(f"无法读取 {path}：{fault.strerror} (the file cannot be read)")
            continue
        except FileUnreadable as fault:
            _say(f"{path}：{fault}")
            continue
        read = _name_company(read, company_name)
        print_remarks(Console(stderr=True, highlight=False), path.name, read)
        sources.append(_Source(path, raw, read))
    return sources, len(sources) == len(files)


def _name_company(read: ReadFile, company_name: str) -> ReadFile:
    """Few shops keep a column for their own name; without it every record would be marked."""
    if _COMPANY_NAME not in read.missing_columns:
        return read
    if not company_name:
        notice = f"没有“{_COMPANY_NAME}”一列，每条记录都会标出错误；用 --company-name 给出名称即可。"
        return replace(read, notices=(*read.notices, notice))
    return replace(
        read,
        jobs=fill_company_name(read.jobs, company_name),
        missing_columns=tuple(name for name in read.missing_columns if name != _COMPANY_NAME),
        notices=(*read.notices, f"没有“{_COMPANY_NAME}”一列，已填写“{company_name}”。"),
    )


@contextmanager
def _open_spool(directory: Path | None) -> Iterator[Spool]:
    if directory is None:
        state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        directory = Path(state) / "chedang" / "spool"
    try:
        spool = Spool(directory.absolute())
    except (OSError, sqlite3.Error) as fault:
        _fail(f"暂存目录 {directory} 用不了：{fault} (the spool cannot be used)")
    with spool:
        try:
            yield spool
        except sqlite3.Error as fault:
            _fail(f"暂存目录 {directory} 写不进去：{fault} (the spool cannot be written)")


def _take_in(spool: Spool, source: _Source, server: str, secret: Secret, answer: Path | None) -> int:
    path = (answer or free_answer_path(source.path)).absolute()
    return spool.add(
        source.raw,
        source.read.jobs,
        server=server,
        secret_id=secret.public_id,
        file_name=source.path.name,
        answer_path=str(path),
        answer_wanted=answer is not None,
        now=system_clock(),
    )


def _drain(
    spool: Spool,
    uploads: Sequence[Upload],
    secret: Secret,
    patience: Patience,
    reads: Mapping[int, ReadFile],
    *,
    may_differ: bool,
) -> Code:
    """Send uploads one after the other, report on all, and say how the command ends."""
    codes = [Code.STORED]
    reports = []
    try:
        with spool.draining():
            for upload in uploads:
                codes.append(_drain_one(spool, upload, secret, patience, may_differ=may_differ))
                report = _close(spool, upload, reads.get(upload.upload_id))
                reports.append(report)
                codes.append(report.code)
    except KeyboardInterrupt:
        _fail("已停下；其余留在暂存目录，用 chedang upload resume 继续 (stopped; resume goes on)", Code.WAITING)
    except SpoolBusy:
        _fail("另一个上传正在从这个暂存目录送出，这些文件会接着送 (another upload is running)", Code.WAITING)
    print_reports(Console(highlight=False), reports)
    spool.remove_finished(system_clock() - _SHOWN_AFTERWARDS)
    return max(codes, key=(Code.STORED, Code.REFUSED, Code.WAITING, Code.UNUSABLE).index)


def _drain_one(spool: Spool, upload: Upload, secret: Secret, patience: Patience, *, may_differ: bool) -> Code:
    if upload.secret_id != secret.public_id and not may_differ:
        _say(
            f"{upload.file_name} 是用另一个密钥（{upload.secret_id}…）暂存的。同一家店更换了密钥的，请加 --new-secret"
            " (this file was taken in under another secret; if the same shop has renewed it, add --new-secret)"
        )
        return Code.UNUSABLE
    with NodeClient(upload.server, secret) as client, show_progress(upload.file_name, upload.jobs) as shown:
        shown.advance(upload.answered)
        drain = Drain(spool, client, patience, on_progress=shown.advance, on_pause=shown.pause)
        try:
            ending = drain.run(upload.upload_id)
        except NotAccepted as fault:
            _say(f"{upload.server}：{fault}（记录还在暂存目录里，改好后用 chedang upload resume 继续）")
            return Code.UNUSABLE
    return Code.STORED if ending is Ending.ANSWERED else Code.WAITING


def _close(spool: Spool, upload: Upload, read: ReadFile | None) -> Report:
    """Report on an upload; when all is answered, hand the file back and let the spool forget it."""
    raw = spool.content(upload.upload_id) or b""
    read = read or read_file(raw, upload.file_name)
    results = spool.results(upload.upload_id)
    report = report_on(upload.file_name, read, results)
    if report.code is Code.WAITING:
        return report
    answer = None
    if upload.answer_wanted or needs_answer(read, results):
        answer = Path(upload.answer_path)
        try:
            save_answer(answer, raw, read, results, is_check=False)
        except OSError as fault:
            _fail(f"答复文件 {answer} 写不了：{fault.strerror}；改好后用 chedang upload resume 再写", Code.WAITING)
    spool.finish(upload.upload_id, system_clock())
    return report_on(upload.file_name, read, results, answer)


def _check(sources: Sequence[_Source], server: str, secret: Secret, answer: Path | None, give_up_after: int) -> Code:
    """Ask the node what it would do with every record."""
    reports = []
    with NodeClient(server, secret) as client:
        for source in sources:
            with show_progress(source.path.name, len(source.read.sendable)) as shown:
                try:
                    results = check_jobs(client, source.read.jobs, give_up_after, shown.advance, shown.pause)
                except NotAccepted as fault:
                    _fail(f"{server}：{fault}")
            path = None
            if answer is not None or needs_answer(source.read, results):
                path = answer or free_answer_path(source.path)
                save_answer(path, source.raw, source.read, results, is_check=True)
            reports.append(report_on(source.path.name, source.read, results, path))
    print_reports(Console(highlight=False), reports, is_check=True)
    return max((report.code for report in reports), default=Code.STORED)

"""``chedang enterprise …``: shops move in, are listed and approved, by hand of an operator."""

from __future__ import annotations

import getpass
import json as json_text
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Column, Table
from rich.text import Text

from chedang.cli.archive import fail, machine_secrets, open_archive
from chedang.cli.profiles import import_profiles
from chedang.enterprises import accounts, channels, moving_accounts, store
from chedang.enterprises.actions import approve
from chedang.enterprises.errors import EnterpriseNotFound
from chedang.enterprises.importing import ImportOutcome, ImportResult, import_rows
from chedang.enterprises.model import AccountKind, AccountText, Channel, Enterprise, ReviewState, Source
from chedang.enterprises.store import Connection
from chedang.enterprises.table import ImportTable, TableUnreadable, read_table
from chedang.platform.clock import system_clock
from chedang.platform.settings import Settings
from chedang.terms import division
from chedang.terms.dates import day_in_china

app = typer.Typer(
    name="enterprise",
    help="维修企业：批量迁入、审核、列出 (move shops in, approve and list them)。",
    no_args_is_help=True,
)

_STYLES = {
    ImportResult.ADDED: "green",
    ImportResult.UNCHANGED: "dim",
    ImportResult.UPDATED: "cyan",
    ImportResult.FAULTY: "red",
}
_AsJson = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象 (one JSON object per line)。")]


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV 文件：UTF-8 或 GB18030，首行为列名。")],
    json: _AsJson = False,
) -> None:
    """连同原有编码和密码迁入企业，逐行给出结果；同一文件可以重复导入。

    必需的列：companycode、companypassword、companyname、companyadministrativedivisioncode、companycategory；
    其余注册信息可选；accountkind、account、accountsecret、chaincode 带来软件的账户和所属连锁总部，
    一家企业可以有多行。有误的行不影响其他行；只要有一行有误，退出码为 1。
    """
    table = _read(file)
    with open_archive() as connection:
        outcomes = import_rows(connection, table.rows, box=machine_secrets(), now=system_clock())
        if json:
            counts = _print_lines(outcomes)
        else:
            console = Console(stderr=True)
            shown = track(outcomes, "正在导入", total=len(table.rows), console=console, disable=not console.is_terminal)
            counts = _print_table(shown, table)
    if counts[ImportResult.FAULTY]:
        raise typer.Exit(1)


app.command("profiles")(import_profiles)


@app.command("account")
def add_account(
    companycode: Annotated[str, typer.Argument(help="维修企业编码。")],
    kind: Annotated[AccountKind | None, typer.Option(help="账户种类；不给则列出该企业的账户。")] = None,
    name: Annotated[str, typer.Option(help="用户名、appId 或 companyIdentity。")] = "",
) -> None:
    """列出一家企业的软件账户，或登记一个；密钥另行输入，不出现在命令行里。"""
    with open_archive() as connection:
        shop = store.find_by_code(connection, companycode)
        if shop is None:
            fail(f"没有编码为 {companycode} 的维修企业 (no enterprise has this code)")
        if kind is None:
            for account in accounts.accounts_of(connection, shop.company_code):
                state = "企业密码" if account.kind is AccountKind.LOGIN and not account.password_hash else "自有密钥"
                typer.echo(f"{account.kind.value} {account.account}：{state}")
            return
        secret = typer.prompt("密钥", hide_input=True, default="", show_default=False, err=True)
        text = AccountText(kind.value, name, secret)
        if faults := moving_accounts.complain(text):
            fail("；".join(faults))
        account = moving_accounts.make_account(kind, name, shop.company_code, secret, machine_secrets())
        now = system_clock()
        if not accounts.save(connection, msgspec.structs.replace(account, changed_at=now), now=now):
            fail("该账户名已属于另一家企业 (the name belongs to another enterprise)")
        typer.echo(f"{companycode}：{kind.value} {name} 已登记。")


@app.command("approve")
def approve_shops(
    company_codes: Annotated[list[str] | None, typer.Argument(metavar="[COMPANYCODE]...", help="企业编码。")] = None,
    all_pending: Annotated[bool, typer.Option("--all-pending", help="所有待审核的企业。")] = False,
    by: Annotated[str, typer.Option(help="审核人；默认为当前系统用户。")] = "",
) -> None:
    """审核通过企业；已通过的保持不变。"""
    if bool(company_codes) == all_pending:
        fail("请给出企业编码，或者 --all-pending (give enterprise codes, or --all-pending)")
    unknown = 0
    with open_archive() as connection:
        if all_pending:
            pending = store.list_by_state(connection, ReviewState.PENDING)
            company_codes = [enterprise.company_code for enterprise in pending]
        for company_code in company_codes or ():
            try:
                reviewed = approve(connection, company_code, by=by or getpass.getuser(), now=system_clock())
            except EnterpriseNotFound as fault:
                unknown += 1
                typer.echo(fault, err=True)
                continue
            word = "审核通过" if reviewed.is_changed else "此前已审核通过"
            typer.echo(f"{company_code} {reviewed.enterprise.company_name}：{word}")
    if not company_codes:
        typer.echo("没有待审核的企业。")
    if unknown:
        raise typer.Exit(1)


@app.command("leave-chain")
def leave_chain(
    chain_code: Annotated[str, typer.Argument(metavar="CHAINCODE", help="连锁总部的企业编码。")],
    company_codes: Annotated[list[str], typer.Argument(metavar="COMPANYCODE...", help="退出的门店的企业编码。")],
) -> None:
    """让门店退出连锁：总部几秒后不能再替它上传，已有的记录不变。给出总部自己的编码，则总部不能再分配编码。"""
    unknown = 0
    with open_archive() as connection:
        own_codes = {
            code: shop.company_code
            for code, shop in store.find_by_codes(connection, [chain_code, *company_codes]).items()
        }
        office = own_codes.get(chain_code, chain_code)
        for company_code in company_codes:
            has_left = accounts.remove_member(connection, office, own_codes.get(company_code, company_code))
            unknown += not has_left
            typer.echo(f"{company_code}：{'已退出' if has_left else '不在'}连锁 {chain_code}", err=not has_left)
    if unknown:
        raise typer.Exit(1)


@app.command("channel")
def change_channel(
    companycode: Annotated[str, typer.Argument(help="维修企业编码。")],
    channel: Annotated[Channel | None, typer.Argument(help="shop 单店上传；不给则列出已作的决定。")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="从哪天起，例如 2027-01-01。")] = None,
    reason: Annotated[str, typer.Option(help="原因；企业和部级都会看到。")] = "",
) -> None:
    """列出一家企业上传方式的变更，或从某天起改回单店上传；改为总部对总部由部级同意总部时作出。"""
    with open_archive() as connection:
        shop = store.find_by_code(connection, companycode)
        if shop is None or shop.source is Source.MAKER:
            fail(f"没有编码为 {companycode} 的维修企业 (no enterprise has this code)")
        if channel is None:
            for each in channels.list_decisions(connection, shop.company_code):
                typer.echo(f"{each.since_on} 起 {each.channel.label}（{each.decided_by}：{each.reason}）")
            return
        if channel is not Channel.SHOP:
            fail("改为总部对总部由部级办理 (only the ministry switches shops to their head office)")
        _set_back(connection, shop, since, reason)


def _set_back(connection: Connection, shop: Enterprise, since: datetime | None, reason: str) -> None:
    now = system_clock()
    if since is None or since.date() < day_in_china(now):
        fail("--since 应为今天或以后的日期 (--since needs today or a later day)")
    if not reason.strip():
        fail("--reason 必须写明原因 (--reason is needed)")
    with connection.transaction():
        channels.set_channel(
            connection,
            shop.company_code,
            Channel.SHOP,
            since.date(),
            decided_by=Settings.from_environment().node.code,
            reason=reason,
            now=now,
        )
    typer.echo(f"{shop.company_code}：{since.date()} 起 {Channel.SHOP.label}。")


@app.command("list")
def list_shops(
    state: Annotated[ReviewState | None, typer.Option(help="只列出该审核状态的企业。")] = None,
    json: _AsJson = False,
) -> None:
    """列出企业，等待最久的在前。"""
    with open_archive() as connection:
        enterprises = store.list_by_state(connection, state)
    if json:
        for enterprise in enterprises:
            _print_line(_enterprise_object(enterprise))
        return
    table = Table(
        Column("企业编码", no_wrap=True), _fold("企业名称"), _fold("所在地"), "类别", "审核状态", _fold("登记疑点")
    )
    for each in enterprises:
        table.add_row(
            "\n".join(_codes(each)),
            Text(each.company_name),
            division.full_name(each.division_code) or each.division_code,
            each.category_code,
            each.review_state.label,
            Text("\n".join(finding.message for finding in each.findings)),
        )
    Console(highlight=False).print(table if enterprises else "没有这样的企业。")


def _codes(enterprise: Enterprise) -> list[str]:
    """Its code, and the national one where that is another, or missing."""
    if enterprise.awaits_national_code:
        return [enterprise.company_code, "待部级分配"]
    return list(dict.fromkeys((enterprise.company_code, enterprise.answered_code)))


def _fold(heading: str) -> Column:
    """A column that breaks long words rather than swallow their end: a column's name is what matters."""
    return Column(heading, overflow="fold")


def _read(file: Path) -> ImportTable:
    try:
        return read_table(file.read_bytes())
    except OSError as fault:
        fail(f"无法读取 {file}：{fault.strerror} (the file cannot be read)")
    except TableUnreadable as fault:
        fail(f"{file}：{fault}")


def _print_lines(outcomes: Iterable[ImportOutcome]) -> Counter[ImportResult]:
    counts: Counter[ImportResult] = Counter()
    for outcome in outcomes:
        counts[outcome.result] += 1
        _print_line(
            {
                "line": outcome.line,
                "companycode": outcome.company_code,
                "companyname": outcome.company_name,
                "result": outcome.result.value,
                "remarks": list(outcome.remarks),
                "passwordisweak": outcome.password_is_weak,
            }
        )
    return counts


def _print_table(outcomes: Iterable[ImportOutcome], table: ImportTable) -> Counter[ImportResult]:
    counts: Counter[ImportResult] = Counter()
    shown = Table("行", Column("企业编码", no_wrap=True), _fold("企业名称"), "结果", _fold("说明"))
    weak = 0
    for outcome in outcomes:
        counts[outcome.result] += 1
        weak += outcome.password_is_weak
        remarks = [*outcome.remarks, *(["密码较弱，请企业更换"] if outcome.password_is_weak else [])]
        result = Text(outcome.result.value, style=_STYLES[outcome.result])
        shown.add_row(
            str(outcome.line), Text(outcome.company_code), Text(outcome.company_name), result, Text("\n".join(remarks))
        )
    console = Console(highlight=False)
    console.print(shown)
    console.print("，".join(f"{result.value} {counts[result]}" for result in ImportResult) + f"；密码较弱 {weak}。")
    if table.ignored_columns:
        console.print(f"未使用的列：{'、'.join(table.ignored_columns)}。", markup=False)
    return counts


def _enterprise_object(enterprise: Enterprise) -> dict[str, object]:
    return {
        "companycode": enterprise.company_code,
        "companyuniquecode": enterprise.national_code,
        "companyname": enterprise.company_name,
        "companyadministrativedivisioncode": enterprise.division_code,
        "companycategory": enterprise.category_code,
        "state": enterprise.review_state.value,
        "passwordisweak": enterprise.password_is_weak,
        "findings": [
            {"code": each.code, "level": each.level.value, "field": each.field, "text": each.message}
            for each in enterprise.findings
        ],
    }


def _print_line(value: object) -> None:
    sys.stdout.write(json_text.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()

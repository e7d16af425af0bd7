"""``chedang node keys …``: public keys of the nodes, as operators trust and end them."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from chedang.cli.archive import fail, open_archive
from chedang.cli.node_words import fault_sentence, minute, node_name, print_json
from chedang.exchange import events, keys, peers
from chedang.exchange.events import EventKind
from chedang.exchange.http_link import HttpLink
from chedang.exchange.keys import Key, KeyState, KeyUnknown, OwnKeyLost
from chedang.exchange.link import LinkDown
from chedang.exchange.model import ExchangeRefused, RefusalCode
from chedang.exchange.province import Province
from chedang.exchange.signing import Signer
from chedang.platform.clock import system_clock
from chedang.platform.settings import Settings
from chedang.records.store import Connection

app = typer.Typer(name="keys", help="各节点的公钥：列出、确认、更换、吊销。", no_args_is_help=True)

_NodeCode = Annotated[str, typer.Argument(metavar="NODE", help="节点的两位代码，例如 33。")]
_KeyId = Annotated[str, typer.Argument(metavar="KEYID", help="公钥编号，16 位十六进制。")]
_By = Annotated[str, typer.Option(help="经办人；默认为当前系统用户。")]
_AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON (print JSON)。")]


@app.command("list")
def list_keys(json: _AsJson = False) -> None:
    """列出本节点和各节点的公钥。"""
    settings = Settings.from_environment()
    with open_archive() as connection:
        try:
            keys.own_signer(connection, settings.data_dir, settings.node.code, system_clock())
        except OwnKeyLost as lost:
            typer.echo(str(lost), err=True)
        all_keys = keys.read_keys(connection)
    if json:
        print_json([_key_object(key) for key in all_keys])
        return
    table = Table(
        "节点",
        Column("公钥编号", no_wrap=True),
        *(Column(heading, overflow="fold") for heading in ("指纹", "状态", "起", "止", "说明")),
    )
    for key in all_keys:
        table.add_row(
            node_name(key.node_code),
            key.key_id,
            key.fingerprint,
            _KEY_STATES[key.state],
            minute(key.valid_from),
            minute(key.valid_until),
            Text(key.ended_reason or key.added_by),
        )
    Console(highlight=False).print(table)


_KEY_STATES = {KeyState.PENDING: "待确认", KeyState.ACTIVE: "在用", KeyState.REVOKED: "已吊销"}


@app.command("approve")
def approve_key(
    node: _NodeCode, keyid: _KeyId, by: _By = "", yes: Annotated[bool, typer.Option("--yes", help="不再询问。")] = False
) -> None:
    """确认一个节点的公钥（先与对方核对指纹）；首次确认即准许该省联网。"""
    settings = Settings.from_environment()
    now = system_clock()
    with open_archive() as connection:
        key = next((key for key in keys.keys_of(connection, node) if key.key_id == keyid), None)
        if key is None or key.state is not KeyState.PENDING:
            fail(f"节点 {node} 没有待确认的公钥 {keyid} (no such key is pending)")
        typer.echo(f"{node_name(node)}\n公钥指纹 {key.fingerprint}")
        if not yes and not typer.confirm("与对方告知的指纹一致吗？"):
            fail("未确认 (not confirmed)")
        with connection.transaction():
            keys.approve(connection, node, keyid, by=by or getpass.getuser(), now=now)
            if settings.node.level == "ministry":
                peers.join(connection, node, now=now)
            events.write(connection, EventKind.KEY_APPROVED, node, detail=keyid, now=now)
    typer.echo("已确认。")


@app.command("rotate")
def rotate() -> None:
    """更换本节点的密钥：新密钥由原密钥签名，对方自动认可；原密钥再有效 7 天。

    省级节点立即向部级提交；部级不通时，后台进程会继续提交，在此之前仍用原密钥签名。
    """
    settings = Settings.from_environment()
    with open_archive() as connection:
        state = rotate_key(connection, settings)
        waits = any(key.state is KeyState.PENDING for key in keys.keys_of(connection, settings.node.code))
        own = keys.own_signer(connection, settings.data_dir, settings.node.code, system_clock())
    if state is KeyState.ACTIVE:
        typer.echo("新密钥已启用，原密钥再有效 7 天。")
    elif waits:
        typer.echo("新密钥已生成；对方认可之前仍用原密钥。")
    else:
        typer.echo(f"新密钥已生成，没有原密钥为它担保。\n{how_to_approve(settings.node.code, own)}")


def rotate_key(connection: Connection, settings: Settings) -> KeyState:
    """Make this node's next key, and bring it to the ministry if there is one and the line is up."""
    code, now = settings.node.code, system_clock()
    ministry = peers.find_ministry(connection)
    try:
        keys.own_signer(connection, settings.data_dir, code, now)
        has_key = True
    except OwnKeyLost:
        has_key = False
    waits = ministry is not None and has_key
    with connection.transaction():
        keys.make_next(connection, settings.data_dir, code, is_trusted=not waits, now=now)
    if ministry is None:
        return KeyState.ACTIVE
    try:
        with HttpLink(ministry.address) as link:
            province = Province(code, settings.data_dir, link, system_clock)
            return (
                province.offer_new_key(connection) if waits else province.offer_first_key(connection)
            ) or KeyState.ACTIVE
    except (LinkDown, ExchangeRefused) as fault:
        typer.echo(f"部级暂时不能受理：{fault_sentence(fault)}", err=True)
        if isinstance(fault, ExchangeRefused) and fault.code is RefusalCode.KEY_ENDED:
            typer.echo(
                "原密钥如已被部级吊销，请在本节点也吊销它（chedang node keys revoke），再执行一次"
                " (if the ministry has revoked the former key, revoke it here too and run this again)",
                err=True,
            )
        return KeyState.PENDING


def how_to_approve(node_code: str, own: Signer) -> str:
    """What the ministry's operator is to be told of this node's key."""
    return (
        f"公钥指纹 {keys.fingerprint(own.algorithm, own.public_key)}\n"
        f"请把指纹另行告知部级；部级核对后执行：\n  chedang node keys approve {node_code} {own.key_id}"
    )


@app.command("revoke")
def revoke_key(
    node: _NodeCode, keyid: _KeyId, reason: Annotated[str, typer.Option(help="原因。")], by: _By = ""
) -> None:
    """吊销一把公钥：此后用它签名的报文一律拒收，不论何时签名。"""
    now = system_clock()
    with open_archive() as connection:
        try:
            with connection.transaction():
                keys.revoke(connection, node, keyid, reason=reason, by=by or getpass.getuser(), now=now)
                events.write(connection, EventKind.KEY_REVOKED, node, detail=keyid, now=now)
        except KeyUnknown as fault:
            fail(str(fault))
    typer.echo("已吊销。")


def _key_object(key: Key) -> dict[str, object]:
    return {
        "node": key.node_code,
        "keyid": key.key_id,
        "algorithm": key.algorithm,
        "fingerprint": key.fingerprint,
        "state": key.state.value,
        "validfrom": key.valid_from.isoformat(),
        "validuntil": key.valid_until.isoformat() if key.valid_until else None,
        "addedby": key.added_by,
        "endedreason": key.ended_reason,
    }

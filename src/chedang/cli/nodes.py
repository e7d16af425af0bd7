"""``chedang node …``: this node among the others — join, keys, how it stands, what could not be applied."""

from __future__ import annotations

import getpass
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from chedang.cli import node_keys
from chedang.cli.archive import fail, open_archive
from chedang.cli.homes import register_home
from chedang.cli.node_words import fault_sentence, fault_words, minute, node_name, print_json
from chedang.cli.reconcile import reconcile
from chedang.exchange import dead_letters, events, key_offers, keys, peers
from chedang.exchange.dead_letters import DeadLetter
from chedang.exchange.events import EventKind
from chedang.exchange.http_link import AddressUnusable, HttpLink, check_address
from chedang.exchange.key_offers import Identity, PublicKey
from chedang.exchange.keys import Key, KeyState, OwnKeyLost
from chedang.exchange.link import LinkDown
from chedang.exchange.ministry import feed_sender
from chedang.exchange.model import MINISTRY, ExchangeRefused
from chedang.exchange.outbox import OwnOutbox
from chedang.exchange.province import Province
from chedang.exchange.sending import Sender
from chedang.exchange.status import Lag, NodeStatus, PeerStatus, read_status
from chedang.platform.clock import system_clock
from chedang.platform.settings import Settings
from chedang.records.store import Connection

app = typer.Typer(
    name="node", help="部省联网：加入、密钥、状态、重试 (this node among the others)。", no_args_is_help=True
)
app.add_typer(node_keys.app)
app.command("reconcile")(reconcile)
app.command("register-home")(register_home)

_AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON (print JSON)。")]
_By = Annotated[str, typer.Option(help="经办人；默认为当前系统用户。")]


@app.command()
def join(
    url: Annotated[str, typer.Argument(help="部级节点上传接口的地址，例如 https://gate.example.org。")],
    fingerprint: Annotated[str, typer.Option(help="部级公布的公钥指纹；给出且相符则不再询问。")] = "",
) -> None:
    """加入部省联网：核对部级节点的公钥指纹，登记它，并提交本节点的公钥，等待部级确认。

    指纹应从另一途径（电话、公文）得到。重复执行无妨：更改地址，或再次提交公钥。
    """
    settings = Settings.from_environment()
    if settings.node.level == "ministry":
        fail("部级节点不发起连接，由各省加入 (the ministry is joined, it does not join)")
    try:
        address = check_address(url)
        with HttpLink(address) as link, open_archive() as connection:
            told = key_offers.read_identity(link.identity())
            trusted = _trusted_keys(connection, told, fingerprint)
            _keep_ministry(connection, address, trusted)
            state = Province(settings.node.code, settings.data_dir, link, system_clock).offer_first_key(connection)
            _say_how_it_goes_on(connection, settings, state)
    except (AddressUnusable, OwnKeyLost) as fault:
        fail(str(fault))
    except LinkDown as fault:
        fail(f"{url}：{fault_sentence(fault)}")
    except ExchangeRefused as refused:
        fail(fault_sentence(refused))


def _trusted_keys(connection: Connection, told: Identity, fingerprint: str) -> list[PublicKey]:
    """The keys of that node, compared by the operator. Ends the command when they are not the ministry's."""
    if told.node_code != MINISTRY or not told.keys:
        fail(f"该地址是节点 {told.node_code} {told.name}，不是部级节点 (this is not the ministry)")
    known = {key.key_id for key in keys.keys_of(connection, MINISTRY) if key.state is KeyState.ACTIVE}
    newest = max(told.keys, key=lambda key: (key.valid_until is None, key.valid_from))
    real = keys.fingerprint(newest.algorithm, newest.public_key)  # what the other side says of its key proves nothing
    typer.echo(f"节点 {told.node_code} {told.name}\n公钥编号 {newest.key_id}\n公钥指纹 {real}")
    if fingerprint and _digits(fingerprint) != _digits(real):
        fail("指纹与给出的不符，未加入 (the fingerprint differs from the one given)")
    if newest.key_id in known:
        typer.echo("此前已确认该公钥。")
    elif not fingerprint and not typer.confirm("与部级公布的指纹一致吗？"):
        fail("未确认，未加入 (not confirmed)")
    return [newest]


def _digits(fingerprint: str) -> str:
    return "".join(fingerprint.split()).lower()


def _keep_ministry(connection: Connection, address: str, trusted: list[PublicKey]) -> None:
    now = system_clock()
    with connection.transaction():
        for key in trusted:
            _trust(connection, MINISTRY, key, now)
        peers.join(connection, MINISTRY, address=address, now=now)
        events.write(connection, EventKind.JOINED, MINISTRY, detail=address, now=now)


def _trust(connection: Connection, node_code: str, key: PublicKey, now: datetime) -> None:
    known = {each.key_id: each for each in keys.keys_of(connection, node_code)}
    present = known.get(key.key_id)
    if present is None:
        keys.add(
            connection,
            node_code,
            key.public_key,
            state=KeyState.ACTIVE,
            by=getpass.getuser(),
            now=now,
            valid_from=key.valid_from,
            algorithm=key.algorithm,
        )
    elif present.state is KeyState.PENDING:
        keys.approve(connection, node_code, key.key_id, by=getpass.getuser(), now=now)
    elif present.state is KeyState.REVOKED:
        fail(f"公钥 {key.key_id} 已在本节点吊销 (this key has been revoked here)")


def _say_how_it_goes_on(connection: Connection, settings: Settings, state: KeyState) -> None:
    own = keys.own_signer(connection, settings.data_dir, settings.node.code, system_clock())
    name = f"{settings.node.code} {settings.node.name}"
    typer.echo(f"\n已登记部级节点。本节点 {name}，公钥编号 {own.key_id}")
    if state is KeyState.ACTIVE:
        typer.echo("部级已确认本节点的公钥，随即开始交换。")
    else:
        typer.echo(f"{node_keys.how_to_approve(settings.node.code, own)}\n确认之后自动开始交换。")


@app.command()
def status(json: _AsJson = False) -> None:
    """本节点与各节点之间：最后联系、积压、死信（不能入库的报文项）、对账差异、告警。"""
    settings = Settings.from_environment()
    with open_archive() as connection:
        now = read_status(connection, node_code=settings.node.code, now=system_clock())
        pending = [key for key in keys.read_keys(connection) if key.state is KeyState.PENDING]
    if json:
        print_json([_peer_object(peer) for peer in now.peers])
        return
    console = Console(highlight=False)
    if now.peers:
        _print_peers(console, now)
    else:
        is_ministry = settings.node.level == "ministry"
        console.print("还没有省级节点加入。" if is_ministry else "尚未加入部省联网。", markup=False)
    for key in pending:
        console.print(_pending_line(key, settings), markup=False, soft_wrap=True)


def _pending_line(key: Key, settings: Settings) -> str:
    if key.node_code == settings.node.code:
        return f"本节点的新密钥 {key.key_id} 等对方认可，在此之前仍用原密钥。"
    return f"待确认的公钥：核对指纹后 chedang node keys approve {key.node_code} {key.key_id}"


def _print_peers(console: Console, now: NodeStatus) -> None:
    table = Table(
        Column("节点", no_wrap=True),
        Column("最后联系", no_wrap=True),
        *(Column(heading, overflow="fold") for heading in ("上行", "下行", "死信", "对方死信", "差异")),
    )
    for peer in now.peers:
        table.add_row(
            node_name(peer.node_code),
            minute(peer.last_contact_at) or "从未",
            _lag_text(peer.up),
            _lag_text(peer.down),
            str(peer.dead_letters),
            str(peer.refusals),
            str(peer.differences),
        )
    console.print(table)
    console.print("上行、下行：还没有送到的条数和最早一条等了多久。", markup=False)
    for peer in now.peers:
        if peer.last_fault:
            told = f"{node_name(peer.node_code)} {fault_words(peer.last_fault)}"
            console.print(f"最近故障 {minute(peer.last_fault_at)} {told}", markup=False, soft_wrap=True)
    for alarm in now.alarms:
        told = f"{node_name(alarm.peer)} {alarm.sentence}"
        console.print(f"告警 {minute(alarm.at)} {told}", markup=False, soft_wrap=True)


def _lag_text(lag: Lag) -> str:
    return f"{lag.records} 条 {lag.seconds:.0f} 秒" if lag.records else "0"


def _peer_object(peer: PeerStatus) -> dict[str, object]:
    return {
        "node": peer.node_code,
        "address": peer.address,
        "lastcontactat": peer.last_contact_at.isoformat() if peer.last_contact_at else None,
        "lastfault": peer.last_fault,
        "up": {"records": peer.up.records, "seconds": round(peer.up.seconds, 1)},
        "down": {"records": peer.down.records, "seconds": round(peer.down.seconds, 1)},
        "deadletters": peer.dead_letters,
        "refusals": peer.refusals,
        "differences": peer.differences,
        "alarms": [{"kind": alarm.kind, "at": alarm.at.isoformat(), "text": alarm.sentence} for alarm in peer.alarms],
    }


@app.command()
def lag(
    most_seconds: Annotated[float, typer.Option("--most-seconds", help="任一通道超过这么多秒则退出码为 1。")] = 0.0,
    json: _AsJson = False,
) -> None:
    """每个通道一行：还有多少条没有送到，最早的一条等了多久；供监控脚本使用。"""
    settings = Settings.from_environment()
    with open_archive() as connection:
        now = read_status(connection, node_code=settings.node.code, now=system_clock())
    ways = [(peer.node_code, way, each) for peer in now.peers for way, each in (("up", peer.up), ("down", peer.down))]
    for node_code, way, each in ways:
        if json:
            told = {"node": node_code, "way": way, "records": each.records, "seconds": round(each.seconds, 1)}
            print_json(told)
        else:
            typer.echo(f"{node_code} {'上行' if way == 'up' else '下行'} {each.records} 条 {each.seconds:.1f} 秒")
    if most_seconds and any(each.seconds > most_seconds for _, _, each in ways):
        raise typer.Exit(1)


@app.command("dead-letters")
def list_dead_letters(json: _AsJson = False) -> None:
    """列出不能入库的报文项及原因，等待最久的在前。"""
    with open_archive() as connection:
        letters = dead_letters.list_open(connection)
    if json:
        for letter in letters:
            print_json(_letter_object(letter))
        return
    table = Table("编号", "来自", "收到", "类别", "原因", Column("说明", overflow="fold"))
    for letter in letters:
        table.add_row(
            str(letter.letter_id),
            node_name(letter.peer),
            minute(letter.arrived_at),
            letter.kind,
            letter.reason,
            Text(letter.detail),
        )
    Console(highlight=False).print(table if letters else "没有待处理的报文项。")


def _letter_object(letter: DeadLetter) -> dict[str, object]:
    return {
        "id": letter.letter_id,
        "node": letter.peer,
        "epoch": letter.epoch,
        "sequence": letter.sequence,
        "item": letter.item,
        "kind": letter.kind,
        "reason": letter.reason,
        "detail": letter.detail,
        "arrivedat": letter.arrived_at.isoformat(),
        "triedat": letter.tried_at.isoformat() if letter.tried_at else None,
        "bytes": letter.size_bytes,
    }


@app.command()
def replay(
    letter: Annotated[int | None, typer.Argument(metavar="[ID]", help="编号，见 dead-letters。")] = None,
    everything: Annotated[bool, typer.Option("--all", help="全部待处理的。")] = False,
    by: _By = "",
) -> None:
    """再次尝试入库；仍不能入库的留在列表里，此时退出码为 1。"""
    if (letter is None) != everything:
        fail("请给出编号，或者 --all (give an id, or --all)")
    settings = Settings.from_environment()
    with open_archive() as connection:
        done = dead_letters.replay(
            connection, letter, node_code=settings.node.code, by=by or getpass.getuser(), now=system_clock()
        )
    if letter is not None and done == dead_letters.Replayed(0, 0):
        fail(_no_letter(letter))
    typer.echo(f"已入库 {done.resolved} 项，仍不能入库 {done.still_dead} 项。")
    if done.still_dead:
        raise typer.Exit(1)


def _no_letter(letter: int) -> str:
    return f"没有待处理的报文项 {letter} (no such open dead letter)"


@app.command()
def dismiss(
    letter: Annotated[int, typer.Argument(metavar="ID", help="编号，见 dead-letters。")],
    reason: Annotated[str, typer.Option(help="原因。")],
    by: _By = "",
) -> None:
    """不再处理一个报文项，记下原因；它的内容仍保留。"""
    with open_archive() as connection:
        if not dead_letters.dismiss(connection, letter, f"{by or getpass.getuser()}：{reason}", now=system_clock()):
            fail(_no_letter(letter))
    typer.echo("已记下。")


@app.command("restart-channel")
def restart_channel(
    peer: Annotated[str, typer.Argument(metavar="PEER", help="对方节点的两位代码；省级节点上是 00。")],
    from_start: Annotated[
        bool, typer.Option("--from-start", help="对方的数据库也退回到了备份：从第一条起全部重发。")
    ] = False,
) -> None:
    """数据库从备份恢复之后：发往对方的通道重新编号，未确认的重发。对方已有的会跳过，不会重复。"""
    settings = Settings.from_environment()
    with open_archive() as connection:
        if peers.find_peer(connection, peer) is None:
            fail(f"没有与节点 {peer} 联网 (this node does not exchange with it)")
        _channel_to(connection, settings, peer).restart(connection, from_start=from_start)
    typer.echo("已重新开始；后台进程随即继续。")


def _channel_to(connection: Connection, settings: Settings, peer: str) -> Sender:
    if settings.node.code == MINISTRY:
        return feed_sender(connection, peer, data_dir=settings.data_dir, clock=system_clock)
    signer = keys.own_signer(connection, settings.data_dir, settings.node.code, system_clock())
    return Sender(settings.node.code, peer, signer, OwnOutbox(), system_clock)


@app.command("events")
def list_events(
    limit: Annotated[int, typer.Option(help="最多多少条。", min=1, max=10_000)] = 50, json: _AsJson = False
) -> None:
    """列出最近发生的事：拒收、重发、密钥变更、告警，最新的在前。"""
    with open_archive() as connection:
        newest = events.newest_events(connection, limit)
    for event in newest:
        ended = f"（{minute(event.ended_at)} 解除）" if event.ended_at else ""
        if json:
            print_json(
                {
                    "at": event.at.isoformat(),
                    "level": event.level,
                    "kind": event.kind,
                    "node": event.peer,
                    "detail": event.detail,
                    "endedat": event.ended_at.isoformat() if event.ended_at else None,
                }
            )
        else:
            typer.echo(f"{minute(event.at)} {event.level} {node_name(event.peer)} {event.sentence}{ended}")

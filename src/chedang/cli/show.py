"""``chedang vehicle`` and ``chedang records``: what the archive holds, for people and as JSON.

Shows personal data (VIN, plate) to whoever may run commands on the node; nothing of it goes into a log.
"""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, NamedTuple

import typer
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from chedang.cli.archive import fail, open_archive
from chedang.cli.record_json import version_object
from chedang.enterprises import known
from chedang.enterprises import store as enterprise_store
from chedang.enterprises.known import KnownEnterprise
from chedang.enterprises.model import Enterprise
from chedang.platform.settings import Settings
from chedang.records.catalogue import describe
from chedang.records.limits import load_limits
from chedang.records.model import Level, RecordState, StoredVersion
from chedang.records.origin import origin_words
from chedang.records.store import iterate_company_records, read_file
from chedang.terms import vin as vins
from chedang.terms.dates import SHANGHAI
from chedang.terms.division import PROVINCES
from chedang.vehicles.homes import read_home_facts
from chedang.vehicles.model import VehicleFile
from chedang.vehicles.rules import assemble_file

_LEVELS = {Level.ERROR: ("有错误", "red"), Level.WARN: ("有疑问", "yellow"), Level.INFO: ("提示", "dim")}
_STATES = {RecordState.ACTIVE: "", RecordState.VOID: "已作废", RecordState.MOVED: "已移至另一 VIN"}
_AsJson = Annotated[bool, typer.Option("--json", help="只输出 JSON (JSON only)。")]


class _Shops(NamedTuple):
    """What the archive knows of the shops of a file, of those of other nodes too."""

    names: Mapping[str, str]
    """Code → registered name; a shop that nobody has told of is absent."""
    held_back: frozenset[str]
    """Codes of those that are not approved."""


def vehicle(
    vin: Annotated[str, typer.Argument(help="车辆识别代号 (17 characters)。")],
    json: _AsJson = False,
) -> None:
    """一车一档：显示一辆车的全部维修记录，含各版本、疑点和来源。"""
    number = vins.normalise(vin)
    settings = Settings.from_environment()
    code, limits = settings.node.code, load_limits(settings.rules_file)
    with open_archive() as connection:
        versions = read_file(connection, number)
        codes = {version.company_code for version in versions}
        shops = _Shops(enterprise_store.names(connection, codes), enterprise_store.unapproved_codes(connection, codes))
        facts = read_home_facts(connection, number, codes, node_code=code)
    if not versions:
        fail(f"没有 VIN 为 {number} 的维修记录 (no repair record of this VIN)")
    # Two readings of the same versions: all there is for whoever operates the node, and the file as its page shows it.
    whole = assemble_file(number, versions, home_facts=facts, odometer_limits=limits.odometer)
    shown = assemble_file(
        number, versions, home_facts=facts, hidden_companies=shops.held_back, odometer_limits=limits.odometer
    )
    gone = [version for version in _newest(versions) if version.state is not RecordState.ACTIVE]
    if json:
        _print_json(_file_object(whole, shown, gone, shops, code))
    else:
        Console(highlight=False).print(_file_text(whole, shown, gone, shops, code))


def records(
    companycode: Annotated[str, typer.Argument(help="维修企业编码 (12 to 15 digits)。")],
    json: _AsJson = False,
) -> None:
    """显示一家维修企业的全部记录，最新上传的在前，包括未进入任何车辆档案的；其他节点的企业显示已到本节点的记录。"""
    code = Settings.from_environment().node.code
    with open_archive() as connection:
        enterprise = enterprise_store.find_by_code(connection, companycode) or known.find(connection, companycode)
        if enterprise is None:
            fail(f"没有编码为 {companycode} 的维修企业 (no enterprise has this code)")
        found = iterate_company_records(connection, enterprise.company_code)
        if json:
            _print_json_array(version_object(version, code) for version in found)
            return
        console = Console(highlight=False)
        console.print(_shop_line(enterprise), markup=False, soft_wrap=True)
        count = 0
        for version in found:
            console.print(_record_text(version, code, title=_vin_text(version)))
            count += 1
        console.print(f"共 {count} 条记录。" if count else "还没有上传过记录。")


def _shop_line(shop: Enterprise | KnownEnterprise) -> str:
    codes = [shop.company_code]
    if shop.national_code not in {"", shop.company_code}:
        codes.append(f"全国唯一编码 {shop.national_code}")
    if isinstance(shop, KnownEnterprise):
        codes.append(f"{PROVINCES[shop.node_code].name}登记")
    return f"{shop.company_name}（{'，'.join([*codes, shop.review_state.label])}）"


def _newest(versions: Iterable[StoredVersion]) -> list[StoredVersion]:
    newest: dict[object, StoredVersion] = {}
    for version in versions:
        known = newest.get(version.record_id)
        if known is None or version.version > known.version:
            newest[version.record_id] = version
    return list(newest.values())


def _file_object(
    whole: VehicleFile, shown: VehicleFile, gone: list[StoredVersion], shops: _Shops, code: str
) -> dict[str, Any]:
    return {
        "vin": whole.vin,
        "homeprovince": shown.home.province_code,
        "plates": [
            {
                "vehicleplatenumber": span.plate_number,
                "firstseen": span.first_seen_on.isoformat(),
                "lastseen": span.last_seen_on.isoformat(),
                "recordcount": span.record_count,
            }
            for span in shown.plates
        ],
        "odometer": {
            "state": shown.odometer.state.value,
            "reasons": [reason.value for reason in shown.odometer.reasons],
            "sentence": shown.odometer.sentence,
        },
        "recordcount": len(whole.entries),
        "heldbackcount": shown.held_back_count,
        "records": [
            version_object(entry.newest, code)
            | {
                "registeredname": shops.names.get(entry.newest.company_code),
                "heldback": entry.newest.company_code in shops.held_back,
                "versions": [version_object(version, code) for version in entry.older],
            }
            for entry in whole.entries
        ],
        "gone": [version_object(version, code) for version in gone],
    }


def _file_text(
    whole: VehicleFile, shown: VehicleFile, gone: list[StoredVersion], shops: _Shops, code: str
) -> RenderableType:
    home = PROVINCES.get(shown.home.province_code)
    province = home.name if home else "不明"
    pieces: list[RenderableType] = [
        Text(f"车辆 {whole.vin}　车籍 {province}　{len(whole.entries)} 条记录", style="bold"),
        *[
            Text(f"车牌 {span.plate_number}　{span.first_seen_on} 至 {span.last_seen_on}　{span.record_count} 条")
            for span in shown.plates
        ],
        Text(f"里程：{shown.odometer.state.value}。{shown.odometer.sentence}"),
    ]
    for entry in whole.entries:
        code_of_shop = entry.newest.company_code
        name = shops.names.get(code_of_shop) or entry.newest.text.company_name or code_of_shop
        title = f"{entry.on}　{name}"
        if code_of_shop in shops.held_back:
            title += "　（企业尚未审核通过，档案页暂不显示）"
        pieces.append(_record_text(entry.newest, code, title=title))
        pieces += [_record_text(version, code, title="　此前的版本") for version in entry.older]
    if gone:
        pieces.append(Text(f"另有 {len(gone)} 条记录已不在本档案中：", style="bold"))
        pieces += [_record_text(version, code, title=_STATES[version.state]) for version in gone]
    return Group(*pieces)


def _vin_text(version: StoredVersion) -> str:
    """The VIN as received, and that it opens no file where it opens none."""
    sent = version.text.vin or "（空）"
    return f"VIN {sent}　不在任何车辆档案中" if version.vin.startswith("~") else f"VIN {version.vin}"


def _record_text(version: StoredVersion, node_code: str, *, title: str) -> RenderableType:
    text = version.text
    heading = Text(title, style="bold")
    table = Table(title=heading, title_justify="left", show_header=False, box=None, padding=(0, 1))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    rows = [
        ("车牌号码", text.plate_number),
        ("送修", f"{text.repair_date}　{text.mileage} km"),
        ("结算", f"{text.settle_date}　清单编号 {text.settlement_list_number}"),
        ("故障描述", text.fault_description),
        *[("项目", f"{project.name}　{project.hours} 工时") for project in text.projects],
        *[("配件", f"{part.name}　{part.code}　× {part.quantity}") for part in text.parts],
        ("版本", _version_line(version, node_code)),
    ]
    for label, value in rows:
        table.add_row(label, Text(value))
    for finding in version.findings:
        word, style = _LEVELS[finding.level]
        described = describe(finding)
        table.add_row(Text(word, style=style), Text(f"{described.text} {described.hint}（{finding.code}）"))
    return table


def _version_line(version: StoredVersion, node_code: str) -> str:
    pieces = [
        f"第 {version.version} 版",
        _STATES[version.state],
        f"{version.received_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} 收到",
        origin_words(version.origin, node_code),
        version.actor and f"由 {version.actor} 修改",
        version.reason,
        version.record_id.hex,
    ]
    return "　".join(piece for piece in pieces if piece)


def _print_json(value: object) -> None:
    sys.stdout.write(json_text.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _print_json_array(values: Iterator[object]) -> None:
    """One element after another, so that a shop's hundred thousand records need no memory."""
    separator = "[\n"
    for value in values:
        sys.stdout.write(separator + json_text.dumps(value, ensure_ascii=False))
        separator = ",\n"
    sys.stdout.write("\n]\n" if separator != "[\n" else "[]\n")

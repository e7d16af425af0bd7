"""A certificate on paper: A4, black on white, in the order of the 结算清单. Equal content gives equal bytes."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any, Final

from chedang.owners.certificate_content import CertificateContent, Said, SaidVisit
from chedang.owners.proof_models import Certificate
from chedang.platform.documents import FONT_FAMILY, set_pdf
from chedang.platform.qr import qr_svg
from chedang.terms import plate as plates
from chedang.terms.division import PROVINCES
from chedang.vehicles.model import OdometerReason
from chedang.vehicles.odometer_words import REASON_WORDS

_VIEWS: Final = {"buyer": "买家视图（不含号牌、完整车架号、维修企业和日期）", "owner": "车主视图"}
_DOUBTS: Final = {"record": "记录有疑问", "odometer": "里程与前后的记录不相符"}
_CATEGORIES: Final = {"01": "一类", "02": "二类", "03": "三类"}
_NONE: Final = "–"
_GROUP: Final = 8


def certificate_pdf(certificate: Certificate) -> bytes:
    """The paper of a certificate, from its content alone; text in Chinese whatever the page's language."""
    content = certificate.read_content()
    return set_pdf(
        "chedang.owners",
        "typst/certificate.typ",
        {
            "paper": json.dumps(_paper(content, certificate.digest), ensure_ascii=False),
            "qr": qr_svg(open_address(content, certificate.digest), label="核对本证明的地址"),
            "font": FONT_FAMILY,
        },
    )


def open_address(content: CertificateContent, digest: str) -> str:
    """What the QR code leads to: the certificate's page, with as much of the digest as opens its content."""
    return f"{content.check_at}{content.number}?digest={digest[:_GROUP]}"


def digest_in_groups(digest: str) -> str:
    """Eight groups of eight, to be compared by eye."""
    return " ".join(digest[at : at + _GROUP] for at in range(0, len(digest), _GROUP))


def _paper(content: CertificateContent, digest: str) -> dict[str, Any]:
    vehicle = content.vehicle
    return {
        "number": content.number,
        "issuer": f"{content.node_name}汽车维修电子健康档案系统",
        "facts": _facts(content),
        "verdict": f"里程{vehicle.odometer.state}",
        "sentence": vehicle.odometer.sentence,
        "reasons": "".join(REASON_WORDS[OdometerReason(reason)][0] for reason in vehicle.odometer.reasons),
        "counts": _counts(vehicle),
        "visits": [_visit(number, visit) for number, visit in enumerate(vehicle.visits, 1)],
        "left_out": f"更早的 {vehicle.left_out_count} 条没有逐条列出。" if vehicle.left_out_count else "",
        "disclaimer": content.disclaimer,
        "digest": digest_in_groups(digest),
        "check": f"核对：扫二维码，或打开 {content.check_at} 输入编号，就能看到本证明是否仍然有效；"
        f"再输入摘要的前 {_GROUP} 位，可以对照全部内容。",
    }


def _facts(content: CertificateContent) -> list[list[str]]:
    vehicle = content.vehicle
    vin = ["车架号", vehicle.vin] if vehicle.vin else ["车架号后 6 位", vehicle.vin_tail]
    held = "、".join(plates.display(number) for number in vehicle.plates)
    return [
        ["编号", content.number],
        ["内容", _VIEWS[vehicle.view]],
        ["开具时间", _moment(content.issued_at)],
        ["有效期至", _moment(content.valid_until)],
        vin,
        ["车牌号码", held or "本视图不显示"],
    ]


def _counts(vehicle: Said) -> str:
    sentence = f"共 {vehicle.record_count} 条维修记录"
    if vehicle.first_on:
        sentence += f"，从{_day(vehicle.first_on)}到{_day(vehicle.last_on)}"
    sentence += f"；有疑问、到开具时还没有更正的 {vehicle.doubtful_count} 条"
    if vehicle.held_back_count:
        sentence += f"；另有 {vehicle.held_back_count} 条来自还没有审核通过的企业，没有计入"
    return sentence + "。"


def _visit(number: int, visit: SaidVisit) -> dict[str, Any]:
    shop = visit.company_name or _hidden_shop(visit)
    category = _CATEGORIES.get(visit.category_code, "")
    lines = [
        ["结算清单编号", visit.settlement_list_number],
        ["维修企业", f"{shop}（{category}）" if category else shop],
        ["车牌号码", plates.display(visit.plate_number) if visit.plate_number else ""],
        ["送修里程", f"{int(float(visit.mileage_km)):,} 千米" if visit.mileage_km else "读不出"],
        ["故障描述", visit.fault_description or _NONE],
    ]
    return {
        "title": f"{number}. {_day(visit.on)}",
        "doubts": "；".join(_DOUBTS[doubt] for doubt in visit.doubts),
        "lines": [line for line in lines if line[1]],
        "projects": [[row.name or _NONE, row.amount or _NONE] for row in visit.projects],
        "parts": [[row.name or _NONE, row.code or _NONE, row.amount or _NONE] for row in visit.parts],
    }


def _hidden_shop(visit: SaidVisit) -> str:
    province = PROVINCES.get(visit.division_code[:2])
    return f"{province.name}的维修企业" if province else "维修企业不显示"


def _day(written: str) -> str:
    """``2026-11`` → 2026年11月, ``2026-11-22`` → 2026年11月22日."""
    if len(written) == len("2026-11"):
        year, month = written.split("-")
        return f"{year}年{int(month)}月"
    on = date.fromisoformat(written)
    return f"{on.year}年{on.month}月{on.day}日"


def _moment(written: str) -> str:
    at = datetime.fromisoformat(written)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"

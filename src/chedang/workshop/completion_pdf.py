"""合格证 on paper: A4, black on white, in Chinese whatever the page's language. Equal content gives equal bytes."""

from __future__ import annotations

import json
from datetime import date
from typing import Final

from chedang.platform.documents import FONT_FAMILY, set_pdf
from chedang.platform.qr import qr_svg
from chedang.terms import plate as plates
from chedang.workshop.completion import read_content
from chedang.workshop.completion_model import CompletionContent, CompletionKind
from chedang.workshop.models.completion import CompletionCertificate

KIND_WORDS: Final = {
    CompletionKind.LEVEL_TWO: "二级维护",
    CompletionKind.ASSEMBLY: "总成修理",
    CompletionKind.WHOLE: "整车修理",
}
_NONE: Final = "–"
_DIGEST_PART: Final = 8
_GROUP: Final = 16


def completion_pdf(certificate: CompletionCertificate, *, site_address: str) -> bytes:
    """The paper, with the address at which anybody sees whether it stands."""
    content = read_content(certificate)
    address = open_address(certificate, site_address=site_address)
    paper = {
        "number": content.number,
        "facts": _facts(content),
        "items": list(content.items),
        "statement": f"该车按{KIND_WORDS[content.kind]}的技术要求维修，经竣工检验合格，准予出厂。",
        "warranty": warranty_words(content),
        "remark": content.remark,
        "inspector": content.inspector,
        "inspected": _day(content.inspected_on),
        "issued": _day(content.issued_on),
        "check": f"核对地址：{site_address}/certificates/completion/{content.number} 。",
        "digest": " ".join(certificate.digest[at : at + _GROUP] for at in range(0, len(certificate.digest), _GROUP)),
    }
    return set_pdf(
        "chedang.workshop",
        "typst/completion.typ",
        {
            "paper": json.dumps(paper, ensure_ascii=False),
            "qr": qr_svg(address, label="核对本合格证的地址"),
            "font": FONT_FAMILY,
        },
    )


def open_address(certificate: CompletionCertificate, *, site_address: str) -> str:
    """What the QR code says: the page of the number, with as much of the digest as opens what the paper says."""
    return f"{site_address}/certificates/completion/{certificate.number}?digest={certificate.digest[:_DIGEST_PART]}"


def warranty_words(content: CompletionContent) -> str:
    """Kilometres or days, whichever comes first."""
    return f"{content.warranty_km:,} 千米或者 {content.warranty_days} 天，以先达到者为准，从出厂之日起算。"


def _facts(content: CompletionContent) -> list[tuple[str, str]]:
    mileage = _NONE if content.mileage_km is None else f"{content.mileage_km:,f}".removesuffix(".0") + " 千米"
    return [
        ("承修单位", content.company_name),
        ("维修企业编码", content.company_code),
        ("维修类别", KIND_WORDS[content.kind]),
        ("车牌号码", plates.display(content.plate_number) if content.plate_number else _NONE),
        ("车架号", content.vin),
        ("送修里程", mileage),
        ("送修日期", _day(content.repaired_on)),
        ("结算日期", _day(content.settled_on)),
        ("结算清单编号", content.settlement_list_number),
        ("竣工检验报告编号", content.report_number or _NONE),
    ]


def _day(day: date | None) -> str:
    return _NONE if day is None else f"{day.year}年{day.month}月{day.day}日"

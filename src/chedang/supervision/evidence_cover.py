"""The cover of an evidence pack, or of a hand-over, as PDF. Equal packs give equal bytes."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from chedang.platform.documents import FONT_FAMILY, set_pdf
from chedang.supervision.evidence_pack import Pack, filing_facts
from chedang.terms.dates import SHANGHAI

_FILES: Final = (
    "index.html：全部数字，可打印",
    "企业备案.csv、收到的记录.csv（结算清单编号、日期、内容摘要；车架号只显示一部分）",
    "每日对账.csv：企业自己的软件报出的工单数",
    "通知和回执.csv",
    "责令改正.csv、责令改正经过.csv",
    "通报.csv、处罚.csv、移送.csv、通报处罚移送经过.csv",
    "manifest.json：每个文件的 SHA-256；manifest.sig：本节点的签名；核验方法.txt",
)


def cover_pdf(pack: Pack) -> bytes:
    """The paper that lies on top; in Chinese whatever the page's language."""
    paper = {
        "title": pack.title,
        "number": pack.number,
        "issuer": pack.authority,
        "facts": [
            *([["移送编号", pack.number]] if pack.number else []),
            *map(list, pack.facts),
            ["考察期", f"{pack.since_on:%Y-%m-%d} 至 {pack.until_on:%Y-%m-%d}"],
            ["制作时间", moment(pack.made_at)],
            *([name, value or "–"] for name, value in filing_facts(pack.shop)),
        ],
        "counts": [list(row) for row in count_rows(pack)],
        "method": f"预期工单数的算法：{pack.expected.method}。",
        "files": list(_FILES),
        "note": "材料的每个文件以清单中的摘要为准；改动一个字，摘要就对不上。",
        "signs": ["移交人", "接收人", "移交日期", "接收日期"] if pack.number else ["制作人", "复核人"],
    }
    inputs = {"paper": json.dumps(paper, ensure_ascii=False), "font": FONT_FAMILY}
    return set_pdf("chedang.supervision", "typst/cover.typ", inputs)


def count_rows(pack: Pack) -> list[tuple[str, str]]:
    """Figures with their names, as cover and index show them; the name says where a figure is not of the period."""
    missing = sum(row[3] for row in pack.desk.named_days)
    return [
        ("预期工单数", f"{pack.expected.jobs} 单"),
        ("收到的记录", f"{pack.received} 条"),
        ("其中有效（没有作废）", f"{pack.standing} 条"),
        ("其中有错误", f"{pack.faulty} 条"),
        ("其中有错误或疑问", f"{pack.doubtful} 条"),
        ("企业对账报出、至今没有收到的工单", f"{missing} 单"),
        ("签发了合格证、没有维修记录", f"{pack.desk.certificates_without_record} 件"),
        ("企业在网页上已结算、没有上传", f"{pack.desk.settled_unsent} 单"),
        ("通知和提醒（考察期开始以后）", f"{pack.notice_count} 份"),
        ("其中未读", f"{pack.unread_count} 份"),
        ("责令改正和督办（到制作时全部）", f"{pack.duty_count} 件"),
        ("通报（到制作时全部，含没有发布的）", f"{pack.censure_count} 件"),
        ("处罚（到制作时全部，含已撤销的）", f"{pack.sanction_count} 件"),
    ]


def moment(at: datetime) -> str:
    """As people write an instant: ``2026-11-22 10:30:05``, time of China."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"

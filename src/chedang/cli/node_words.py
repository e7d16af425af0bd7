"""How the commands about nodes put things into words."""

from __future__ import annotations

import json as json_text
import sys
from datetime import datetime

from chedang.exchange.link import LinkDown
from chedang.exchange.model import ExchangeRefused, RefusalCode
from chedang.terms.dates import SHANGHAI
from chedang.terms.division import PROVINCES


def node_name(code: str) -> str:
    """``33 浙江``."""
    return f"{code} {PROVINCES[code].name}" if code in PROVINCES else code


def minute(at: datetime | None) -> str:
    """An instant in China's time, to the minute; '' for none."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""


def fault_sentence(fault: LinkDown | ExchangeRefused) -> str:
    """What went wrong with the other side, in Chinese, with the code in parentheses."""
    if isinstance(fault, LinkDown):
        if str(fault).startswith("HTTP"):  # somebody answers, but not as a gate does
            return f"这里没有部省交换的接口，请核对地址：应是上传接口的，不是网站的 (no exchange here: {fault})"
        return f"连接不上或没有应答 ({fault})"
    detail = f"（{fault.detail}）" if fault.detail else ""
    return f"{fault.code.sentence}{detail} ({fault.code.code})"


def fault_words(code: str) -> str:
    """What stands beside a peer's name, as a sentence with its code: a refusal, or ``LINK_DOWN``."""
    sentence = next((refusal.sentence for refusal in RefusalCode if refusal.code == code), "连接不上或没有应答")
    return f"{sentence} ({code})"


def print_json(value: object) -> None:
    """One JSON value on a line of its own."""
    sys.stdout.write(json_text.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()

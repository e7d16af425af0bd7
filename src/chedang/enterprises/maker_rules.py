"""Rules of 总部对总部 and of 上传方式: what an application must say, and why an upload is not the account's to make.

Source: the notice of 2017 on building the system asks for the maker's application, the ministry's consent and a list
that the ministry publishes, and for one way of uploading of each 4S店; limits and wording are ours.
Pure: text, facts and today's date in, findings out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from chedang.enterprises.maker_model import (
    Application,
    ApplicationText,
    Dealer,
    DealerLine,
    LineProblem,
    Maker,
    MakerState,
)
from chedang.enterprises.model import Channel, ChannelChange
from chedang.enterprises.rules import judge_password
from chedang.terms import credit_code, enterprise_code
from chedang.terms.text import clean, tidy

MOST_DEALERS: Final = 3_000
"""Lines of one application (ours): more than any maker has authorised dealers."""
MOST_BRANDS: Final = 50
_LONGEST_NAME: Final = 100
_SHORTEST_PASSWORD: Final = 8
"""Characters; shorter ones count as weak."""
_LONGEST_BRAND: Final = 30
_BRAND_ENDS = re.compile(r"[,，、;；\r\n]+")
_CODE_END = re.compile(r"[,，、;；\s]+")
_HEADINGS: Final = ("维修企业编码", "企业编码", "companycode")


def read_brands(text: str) -> tuple[str, ...]:
    """Brands as a person types them, each once, in order."""
    names = (tidy(name) for name in _BRAND_ENDS.split(text))
    return tuple(dict.fromkeys(name for name in names if name))


def read_dealers(text: str, brands: Sequence[str]) -> tuple[tuple[DealerLine, ...], tuple[LineProblem, ...]]:
    """The dealers of pasted lines, and what is wrong with others; blank lines and headings are passed over.

    A line is 维修企业编码 and brand, parted by a comma, a blank or a tab; an only brand may be left out.
    """
    dealers: dict[str, DealerLine] = {}
    problems: list[LineProblem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not (line := tidy(line)) or clean(line).lower().startswith(_HEADINGS):
            continue
        company_code, brand = _split_line(line, brands)
        if message := _complain(company_code, brand, brands, dealers):
            problems.append(LineProblem(number, line[:60], message))
        else:
            dealers[company_code] = DealerLine(number, company_code, brand)
    return tuple(dealers.values()), tuple(problems)


def _split_line(line: str, brands: Sequence[str]) -> tuple[str, str]:
    parts = _CODE_END.split(line, maxsplit=1)
    brand = tidy(parts[1].strip("\"'")) if len(parts) > 1 else ""
    return clean(parts[0].strip("\"'")), brand or (brands[0] if len(brands) == 1 else "")


def _complain(company_code: str, brand: str, brands: Sequence[str], before: dict[str, DealerLine]) -> str:
    if not enterprise_code.is_acceptable(company_code):
        return "维修企业编码应为 12 到 15 位数字，请核对。"
    if company_code in before:
        return f"与第 {before[company_code].line} 行是同一家企业，请删去一行。"
    if not brand:
        return "没有品牌，请在编码后面写上品牌，用逗号隔开。"
    if brand not in brands:
        return "品牌不在申报的品牌内，请核对写法，或把它加进申报品牌。"
    return ""


def read_application(
    text: ApplicationText,
) -> tuple[Application | None, dict[str, str], tuple[LineProblem, ...]]:
    """What an application means; complaints by field, and by line of the dealers.

    ``None`` in place of the application when anything is wrong with it.
    """
    name, code, brands = (
        tidy(text.maker_name),
        credit_code.normalise(text.unified_credit_code),
        read_brands(text.brands),
    )
    dealers, problems = read_dealers(text.dealers, brands)
    complaints = {
        "maker_name": _complain_of_name(name),
        "unified_credit_code": "" if credit_code.judge(code) is None else "请填写营业执照上的 18 位统一社会信用代码。",
        "brands": _complain_of_brands(brands),
        "dealers": _complain_of_dealers(dealers, problems),
        "password": str(judge_password(text.password, shortest=_SHORTEST_PASSWORD) or ""),
    }
    complaints = {field: message for field, message in complaints.items() if message}
    if complaints:
        return None, complaints, problems
    return Application(name, code, brands, dealers, text.password), {}, ()


def _complain_of_name(name: str) -> str:
    if not name:
        return "请填写汽车生产企业的名称，与营业执照一致。"
    return f"名称请控制在 {_LONGEST_NAME} 个字以内。" if len(name) > _LONGEST_NAME else ""


def _complain_of_brands(brands: Sequence[str]) -> str:
    if not brands:
        return "请填写至少一个品牌，几个品牌用顿号隔开。"
    if len(brands) > MOST_BRANDS or any(len(brand) > _LONGEST_BRAND for brand in brands):
        return f"品牌最多 {MOST_BRANDS} 个，每个不超过 {_LONGEST_BRAND} 个字，用顿号隔开。"
    return ""


def _complain_of_dealers(dealers: Sequence[DealerLine], problems: Sequence[LineProblem]) -> str:
    if problems:
        return f"经销商名单有 {len(problems)} 行要改正，见下面的逐行说明。"
    if not dealers:
        return "请填写至少一家经销商，每行一家：维修企业编码，品牌。"
    return f"经销商最多 {MOST_DEALERS} 家。" if len(dealers) > MOST_DEALERS else ""


def is_listed(maker: Maker, today: date) -> bool:
    """Does the maker stand on the public list (名录) today?"""
    return not why_not_listed(maker, today)


def why_not_listed(maker: Maker | None, today: date) -> str:
    """Why a maker's head office may not upload today; '' when it may."""
    if maker is None or maker.state is not MakerState.APPROVED or maker.valid_from is None or maker.valid_until is None:
        return "未列入总部对总部名录"
    if today < maker.valid_from:
        return f"批准自{day_name(maker.valid_from)}起生效"
    return f"批准已于{day_name(maker.valid_until)}到期" if today > maker.valid_until else ""


def why_no_dealer(dealer: Dealer | None, today: date) -> str:
    """Why a shop is not the maker's dealer today; '' when it is."""
    if dealer is None:
        return "门店不在本总部申报的经销商名单内"
    if today < dealer.since_on:
        return f"门店自{day_name(dealer.since_on)}起列入本总部的经销商名单"
    if dealer.until_on is not None and today > dealer.until_on:
        return f"门店已于{day_name(dealer.until_on)}后退出本总部的经销商名单"
    return ""


def channel_on(changes: Sequence[ChannelChange], day: date) -> ChannelChange | None:
    """The change that counts on a day: the latest one that has come. ``None``: 单店上传 from the beginning.

    ``changes`` are in order of days.
    """
    return next((change for change in reversed(changes) if change.since_on <= day), None)


def why_not_by(channel: Channel, changes: Sequence[ChannelChange], day: date) -> str:
    """Why new records of a shop do not come by ``channel`` on a day; '' when they do."""
    current = channel_on(changes, day)
    if (current.channel if current else Channel.SHOP) is channel:
        return ""
    since = f"自{day_name(current.since_on)}起" if current else ""
    if channel is Channel.HEAD_OFFICE:
        return f"门店{since}为单店上传，总部不能代为上传"
    return f"本店{since}为总部对总部上传，不再单店上传；要改回请联系当地主管部门"


def day_name(day: date) -> str:
    """2026年9月14日."""
    return f"{day.year}年{day.month}月{day.day}日"

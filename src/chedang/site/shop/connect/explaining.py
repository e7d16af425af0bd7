"""An answer of the gate, member by member, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedang.intake.answers import CODES
from chedang.intake.outcomes import RefusalKind
from chedang.records.model import Level, RecordText
from chedang.site.findings import Flag
from chedang.site.vehicle.versions import ELEMENT_LABELS

_BY_WIRE_NAME: Final = {field.encode_name: field.name for field in msgspec.structs.fields(RecordText)}
_ROW_WORDS: Final[dict[str, Promise]] = {
    "partsname": gettext_lazy("配件名称"),
    "partscode": gettext_lazy("配件编码"),
    "partsquantity": gettext_lazy("配件数量"),
    "repairproject": gettext_lazy("维修项目"),
    "workinghours": gettext_lazy("工时"),
}
_MEMBERS: Final[dict[str, Promise]] = {
    "recordid": gettext_lazy("我们给这条记录的编号；以后更正、作废都可以用它。"),
    "costlistcode": gettext_lazy("结算清单编号，就是软件传来的那个；同一编号再传不会变成两条。"),
    "version": gettext_lazy("这条记录的第几版；内容变了才增加。"),
    "state": gettext_lazy("active 有效，void 已作废。"),
    "outcome": gettext_lazy(
        "created 新收下，unchanged 和已有的一样，amended 成为新的一版，voided 已作废，restored 已恢复。"
    ),
    "received_at": gettext_lazy("我们收到的时间，北京时间。"),
    "findings": gettext_lazy("规则发现的问题，下面逐条写明；空的就是没有问题。"),
    "notices": gettext_lazy("给软件管理员的提醒，例如密钥快到期；不影响这次上传。"),
    "claim_code": gettext_lazy("车主认领码，印在结算清单上；沙箱里没有。"),
    "claim_url": gettext_lazy("认领码旁边二维码的内容；沙箱里没有。"),
    "type": gettext_lazy("错误种类的名称，给程序判断用。"),
    "title": gettext_lazy("错误种类，一句话。"),
    "status": gettext_lazy("HTTP 状态，或者给人看的一句话。"),
    "code": gettext_lazy("结果代码，给程序判断用。"),
    "detail": gettext_lazy("这次具体哪里不对。"),
    "hint": gettext_lazy("应当怎么办。"),
    "pointer": gettext_lazy("报文里哪个成员不对。"),
    "differences": gettext_lazy("同名的两次请求哪里不同。"),
    "access_token": gettext_lazy("凭证，随后上传时带上；默认七天内有效，不必每条都取。"),
    "accsss_token": gettext_lazy("同一个凭证；接口文件里这样拼写，有的软件按它读取。"),
}
_KIND_BY_CODE: Final = {code: kind for kind, code in reversed(list(CODES.items()))}
_KIND_BY_NAME: Final = {kind.code: kind for kind in RefusalKind}
_LEVELS: Final = {
    Level.ERROR: ("wrong-tone", "✕", gettext_lazy("有错误")),
    Level.WARN: ("doubt", "!", gettext_lazy("有疑问")),
    Level.INFO: ("open", "–", gettext_lazy("提示")),
}
_LONGEST_VALUE: Final = 300


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an answer."""

    name: str
    value: str
    meaning: str


def element_words(pointer: str) -> str:
    """An element in words, by its JSON pointer in wire names: ``配件编码，第 2 行``."""
    pieces = [piece for piece in pointer.split("/") if piece and piece != "basicInfo"]
    if not pieces:
        return _("整条记录")
    words = _ROW_WORDS.get(pieces[-1]) or ELEMENT_LABELS.get(_BY_WIRE_NAME.get(pieces[0], "")) or pieces[-1]
    row = next((int(piece) + 1 for piece in pieces if piece.isdecimal()), None)
    return str(words) if row is None else _("%(element)s，第 %(row)s 行") % {"element": words, "row": row}


def read_object(text: str) -> dict[str, Any] | None:
    """The members of an answer; ``None`` for what is no JSON object."""
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def explain_members(document: dict[str, Any]) -> list[Member]:
    """Each member with its value and what it means."""
    return [Member(name, _value(value), _meaning(name, value)) for name, value in document.items()]


def findings_in(document: dict[str, Any]) -> list[tuple[str, Flag]]:
    """What the rules found, as the native interface tells it: element in words, reason, remedy."""
    return list(_findings(document.get("findings")))


def _findings(found: Any) -> Iterator[tuple[str, Flag]]:
    for each in found if isinstance(found, list) else []:
        if isinstance(each, dict):
            level = Level(each["level"]) if each.get("level") in set(Level) else Level.INFO
            tone, sign, word = _LEVELS[level]
            text, hint, pointer = (str(each.get(name, "")) for name in ("message", "hint", "pointer"))
            yield element_words(pointer), Flag(tone, sign, str(word), text, hint, pointer, str(each.get("code", "")))


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


def _meaning(name: str, value: Any) -> str:
    words = str(_MEMBERS.get(name, _("本节点没有说明这个成员。")))
    if name != "code" or not isinstance(value, str):
        return words
    if value == "1":
        return _("结果代码：1 就是成功。")
    kind = _KIND_BY_NAME.get(value) or _KIND_BY_CODE.get(value)
    if kind is None:
        return words
    return _("结果代码：%(sentence)s。%(remedy)s。") % {"sentence": kind.sentence, "remedy": kind.remedy}

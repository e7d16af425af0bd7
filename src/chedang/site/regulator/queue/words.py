"""What the work queue says of concerns, rungs and deeds."""

from __future__ import annotations

from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedang.site.figures import number
from chedang.supervision.reminding_model import Concern, ReminderDeed, ReminderState, Rung
from chedang.supervision.reminding_sms import GATEWAY, INTERRUPTED, NO_PHONE, NO_WAY
from chedang.supervision.shops import SupervisedShop
from chedang.terms.dates import day_in_china

CONCERNS: Final = {
    Concern.SILENT: gettext_lazy("未上传"),
    Concern.UNCONNECTED: gettext_lazy("未对接"),
    Concern.FALLING: gettext_lazy("上传量低于预期"),
    Concern.ERRORS: gettext_lazy("有错误的记录偏多"),
    Concern.DOUBTS: gettext_lazy("有疑问的记录偏多"),
}
STATES: Final = {
    ReminderState.OPEN: ("doubt", "!", gettext_lazy("等改正")),
    ReminderState.FIXED: ("good", "✓", gettext_lazy("已自行改正")),
    ReminderState.ENDED: ("open", "–", gettext_lazy("已结束")),
}
RUNGS: Final = {
    Rung.SMS: gettext_lazy("已发短信"),
    Rung.LETTER: gettext_lazy("已打印督促函"),
}
DEEDS: Final = {
    ReminderDeed.NOTICE: gettext_lazy("发出提醒"),
    ReminderDeed.NOTICE_AGAIN: gettext_lazy("再次提醒"),
    ReminderDeed.SMS: gettext_lazy("发出短信"),
    ReminderDeed.SMS_NOT_SENT: gettext_lazy("短信没有发出"),
    ReminderDeed.LETTER: gettext_lazy("打印督促函"),
    ReminderDeed.ORDER: gettext_lazy("发出责令改正或督办"),
    ReminderDeed.FIXED: gettext_lazy("已自行改正"),
    ReminderDeed.ENDED: gettext_lazy("结束提醒"),
}
WHY_NOT: Final = {
    NO_WAY: gettext_lazy("本系统没有开通短信"),
    NO_PHONE: gettext_lazy("没有负责人的手机号码"),
    GATEWAY: gettext_lazy("短信网关没有接收"),
    INTERRUPTED: gettext_lazy("发送时中断，不知道是否送达"),
    "not_supervised": gettext_lazy("企业已不在营业或者备案已失效"),
}


def what_is_wrong(shop: SupervisedShop) -> str:
    """One sentence on a shop's concern with its figures; on one without a concern, when it uploaded last."""
    told: dict[str, object] = {
        "days": number(shop.silent_days),
        "weeks": 7 * (shop.weeks or 0),
        "observed": number(shop.observed),
        "expected": number(round(shop.expected or 0)),
        "standing": number(shop.standing),
        "faulty": number(shop.faulty),
        "doubtful": number(shop.doubtful),
    }
    if shop.concern is Concern.FALLING:
        return _("近 %(weeks)d 天上传 %(observed)s 条，预期约 %(expected)s 条") % told
    if shop.concern is Concern.ERRORS:
        return _("近 30 天 %(standing)s 条中有错误的 %(faulty)s 条") % told
    if shop.concern is Concern.DOUBTS:
        return _("近 30 天 %(standing)s 条中有错误或疑问的 %(doubtful)s 条") % told
    if shop.last_on is None:
        return _("从未上传")
    return _("%(days)s 天没有上传") % told if shop.silent_days else _("今天有上传")


def reminded_words(shop: SupervisedShop) -> tuple[str, str, str]:
    """Tone, sign and words on the open reminder of a listed shop."""
    if shop.rung is None or shop.reminded_at is None:
        return "open", "·", _("还没提醒")
    told = {"day": date_format(day_in_china(shop.reminded_at), "SHORT_DATE_FORMAT")}
    if shop.read_at:
        return "good", "✓", _("%(day)s 提醒，已读") % told
    if shop.rung is Rung.NOTICE:
        return "doubt", "!", _("%(day)s 提醒，未读") % told
    what = DEEDS[ReminderDeed.SMS_NOT_SENT] if shop.is_sms_lost else RUNGS[shop.rung]
    return "doubt", "!", _("%(day)s 提醒，未读，%(what)s") % (told | {"what": what})

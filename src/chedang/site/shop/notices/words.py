"""Words of notices and orders to correct. State = word, sign and colour."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from chedang.supervision.conditions import CheckKind
from chedang.supervision.model import DutyDeed, DutyKind, DutyState, NoticeKind, NoticeState

NOTICE_KINDS: Final = {NoticeKind.NOTICE: _("通知"), NoticeKind.REMINDER: _("提醒")}
NOTICE_STATES: Final = {
    NoticeState.DRAFT: ("open", "–", _("草稿，还没有发出")),
    NoticeState.CHECKING: ("open", "–", _("待复核")),
    NoticeState.SENT: ("good", "✓", _("已发出")),
    NoticeState.WITHDRAWN: ("wrong-tone", "✕", _("已撤回")),
}
DUTY_KINDS: Final = {DutyKind.ORDER: _("责令改正"), DutyKind.URGE: _("督办")}
DUTY_STATES: Final = {
    DutyState.WITH_SHOP: ("doubt", "!", _("待改正")),
    DutyState.ANSWERED: ("open", "–", _("已答复，等主管机关核对")),
    DutyState.RETURNED: ("doubt", "!", _("已退回，需要再改正")),
    DutyState.DONE: ("good", "✓", _("已改正，办结")),
    DutyState.NOT_DONE: ("wrong-tone", "✕", _("逾期未改正，办结")),
    DutyState.REVOKED: ("open", "✕", _("已撤销")),
}
CHECKS: Final = {
    CheckKind.UPLOADED: _("发出以后新收到的记录不少于（条）"),
    CheckKind.MENDED: _("所列记录都没有错误和疑问"),
    CheckKind.CONNECTED: _("已经收到过记录"),
    CheckKind.ERROR_SHARE: _("发出以后新收到的记录，有错误的比例低于（%）"),
}
DUTY_DEEDS: Final = {
    DutyDeed.ISSUE: _("发出"),
    DutyDeed.ANSWER: _("答复"),
    DutyDeed.ASK_LONGER: _("申请延期"),
    DutyDeed.GRANT_LONGER: _("同意延期"),
    DutyDeed.REFUSE_LONGER: _("不同意延期"),
    DutyDeed.RETURN: _("退回，重新限期"),
    DutyDeed.ACCEPT: _("认可，办结"),
    DutyDeed.CLOSE_NOT_DONE: _("逾期未改正，办结"),
    DutyDeed.REVOKE: _("撤销"),
    DutyDeed.CHECK: _("按记录复查"),
    DutyDeed.FIXED: _("按记录复查，已改正，办结"),
}

"""Words of notices and orders to correct. State = word, sign and colour."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

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
}

"""States, doubts, reasons and steps of the I/M loop as pages word them."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from chedang.emission.model import Doubt, Reason, StepKind, TicketState

STATES: Final = {
    TicketState.OPEN: ("doubt", "!", _("待维修")),
    TicketState.UNDECIDED: ("doubt", "?", _("待核定")),
    TicketState.REPAIRED: ("good", "✓", _("已维修，可以复检")),
    TicketState.PASSED: ("good", "✓", _("复检合格")),
    TicketState.FAILED_AGAIN: ("wrong-tone", "✕", _("复检不合格")),
    TicketState.CANCELLED: ("", "–", _("已撤销")),
}
"""State → tone, sign, words."""
LISTS: Final = {
    "open": _("待维修"),
    "overdue": _("逾期"),
    "undecided": _("待核定"),
    "doubtful": _("存疑"),
    "repaired": _("已维修，可以复检"),
    "passed": _("复检合格"),
    "failed_again": _("复检不合格"),
    "cancelled": _("已撤销"),
}
DOUBTS: Final = {
    Doubt.NO_PARTS: _("维修记录没有配件"),
    Doubt.NO_HOURS: _("维修记录没有工时"),
    Doubt.PASSED_WITHOUT_REPAIR: _("没有维修记录就复检合格"),
    Doubt.PASSED_WITHOUT_WORK: _("没有配件也没有工时就复检合格"),
    Doubt.RECORD_WITHDRAWN: _("复检以后，维修记录作废或改得不再对应"),
}
REASONS: Final = {
    Reason.NO_RECORD: _("还没有收到这辆车的维修记录"),
    Reason.NOT_LISTED: _("维修的企业当日不在 M 站名录内"),
    Reason.BEFORE_TEST: _("维修记录的结算日期早于检验日期"),
    Reason.NO_DAY: _("维修记录没有结算日期"),
    Reason.OTHER_REPORT: _("维修记录写的是另一份检验报告的编号"),
    Reason.VIN_DIFFERS: _("维修记录写了这份报告的编号，车架号却不一致"),
    Reason.PLATE_DIFFERS: _("维修记录的车牌号码与检验时不一致"),
    Reason.SEVERAL_TICKETS: _("这辆车有不止一份不合格报告，维修记录没有写报告编号"),
    Reason.RULED_OUT: _("主管部门核定这条维修记录不作数"),
}
STEPS: Final = {
    StepKind.OPENED: _("检验不合格，开单"),
    StepKind.REPAIRED: _("找到维修记录"),
    StepKind.UNDECIDED: _("有维修记录，等待核定"),
    StepKind.REOPENED: _("维修记录不再对应，重新待维修"),
    StepKind.PERMITTED: _("检验机构查询，答复可以复检"),
    StepKind.PASSED: _("复检合格"),
    StepKind.FAILED_AGAIN: _("复检不合格"),
    StepKind.CANCELLED: _("撤销"),
    StepKind.RULED: _("核定"),
}

"""Words of 通报, 移送 and the sanction ledger. State = word, sign and colour."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from chedang.supervision.enforcement_model import (
    CensureDeed,
    CensureState,
    HandOverResult,
    SanctionDeed,
    SanctionKind,
    SanctionState,
)
from chedang.supervision.handovers import HANDED

CENSURE_STATES: Final = {
    CensureState.DRAFT: ("open", "–", _("草稿")),
    CensureState.CHECKING: ("doubt", "!", _("待复核")),
    CensureState.PUBLISHED: ("wrong-tone", "✕", _("已通报")),
    CensureState.RECTIFIED: ("good", "✓", _("已通报，后来已改正")),
    CensureState.ENDED: ("open", "–", _("公示期满")),
    CensureState.WITHDRAWN: ("open", "✕", _("已撤下")),
    CensureState.DROPPED: ("open", "✕", _("不通报")),
}
CENSURE_DEEDS: Final = {
    CensureDeed.DRAFT: _("起草通报"),
    CensureDeed.CHANGE: _("修改通报"),
    CensureDeed.SUBMIT: _("送复核，并告知企业"),
    CensureDeed.OBJECT: _("企业申辩"),
    CensureDeed.SEND_BACK: _("退回修改"),
    CensureDeed.PUBLISH: _("复核通过，发布"),
    CensureDeed.DROP: _("决定不通报"),
    CensureDeed.MARK_RECTIFIED: _("标明已改正"),
    CensureDeed.WITHDRAW: _("撤下"),
    CensureDeed.END: _("公示期满，撤下"),
}
RESULTS: Final = {
    HandOverResult.WAITING: ("doubt", "!", _("等结果")),
    HandOverResult.FILED: ("open", "–", _("已立案")),
    HandOverResult.NOT_FILED: ("open", "✕", _("不予立案")),
    HandOverResult.DECIDED: ("good", "✓", _("已作出处罚决定")),
}
HAND_OVER_DEEDS: Final = {HANDED: _("移送"), **{str(result): words[2] for result, words in RESULTS.items()}}
SANCTION_KINDS: Final = {
    SanctionKind.WARNING: _("警告"),
    SanctionKind.ORDER: _("责令改正"),
    SanctionKind.CENSURE: _("通报批评"),
    SanctionKind.FINE: _("罚款"),
    SanctionKind.CONFISCATION: _("没收违法所得"),
    SanctionKind.SUSPENSION: _("责令停业整顿"),
}
SANCTION_STATES: Final = {
    SanctionState.IN_FORCE: ("wrong-tone", "✕", _("有效")),
    SanctionState.APPEALED: ("doubt", "!", _("复议或诉讼中")),
    SanctionState.WITHDRAWN: ("open", "–", _("已撤销")),
}
SANCTION_DEEDS: Final = {
    SanctionDeed.ENTER: _("登记"),
    SanctionDeed.CORRECT: _("更正登记"),
    SanctionDeed.APPEAL: _("企业申请复议或者提起诉讼"),
    SanctionDeed.UPHOLD: _("维持"),
    SanctionDeed.WITHDRAW: _("撤销处罚"),
    SanctionDeed.PAY: _("已缴清"),
}
CHECKS: Final = {
    "records": _("系统能按维修记录核对"),
    "certificates": _("系统能按合格证编号核对"),
    "complaints": _("按车主的反馈和投诉逐件核对"),
    "inspection": _("只能现场勘验"),
    "none": _("系统不能核对"),
}

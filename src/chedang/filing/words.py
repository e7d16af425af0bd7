"""Names of what a filing holds, for pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chedang.filing.cancelling_model import CancelReason, CancelState, FilingState
from chedang.filing.filing_model import ChangeState, StepKind
from chedang.filing.inspection_model import (
    InspectionReason,
    InspectionState,
    InspectionStepKind,
    Outcome,
    Presence,
    Verdict,
)
from chedang.filing.paper_model import Answer, AttachmentKind, ChecklistClass

FIELD_NAMES = {
    "company_name": _("企业名称"),
    "unified_credit_code": _("统一社会信用代码"),
    "road_transport_license": _("许可证号或备案号"),
    "category": _("经营业务类别"),
    "division_code": _("所在区县"),
    "address": _("地址"),
    "business_scope": _("经营范围"),
    "economic_category": _("经济类型"),
    "operation_state": _("经营状态"),
    "license_start_date": _("有效期起"),
    "license_end_date": _("有效期止"),
    "superintendent_name": _("负责人姓名"),
    "superintendent_phone": _("负责人电话"),
    "linkman_name": _("联系人姓名"),
    "linkman_phone": _("联系电话"),
    "postal_code": _("邮政编码"),
    "email": _("电子邮箱"),
}
"""In the order of forms."""
STEP_NAMES = {
    StepKind.FILED: _("提交备案"),
    StepKind.FILED_AGAIN: _("改正后重新提交"),
    StepKind.CHANGED: _("修改"),
    StepKind.ASKED: _("申请变更"),
    StepKind.WITHDRAWN: _("撤回变更申请"),
    StepKind.AGREED: _("同意变更"),
    StepKind.REFUSED: _("不同意变更"),
    StepKind.APPROVED: _("审核通过"),
    StepKind.REJECTED: _("审核不通过"),
    StepKind.ATTACHED: _("上传附件"),
    StepKind.DETACHED: _("移除附件"),
    StepKind.CHECKED: _("填写条件自查表"),
    StepKind.PROFILE: _("修改公开信息"),
    StepKind.CANCEL_ASKED: _("申请注销备案"),
    StepKind.CANCEL_BACK: _("撤回注销申请"),
    StepKind.CANCEL_KEPT: _("不同意注销"),
    StepKind.CANCELLED: _("注销备案"),
    StepKind.RESTORED: _("恢复备案"),
}
CHANGE_STATES = {
    ChangeState.WAITING: (_("等审核"), "doubt", "!"),
    ChangeState.AGREED: (_("已同意"), "good", "✓"),
    ChangeState.REFUSED: (_("未同意"), "wrong-tone", "✕"),
    ChangeState.WITHDRAWN: (_("已撤回"), "open", "–"),
}
"""State → word, tone, sign."""
ATTACHMENT_NAMES = {
    AttachmentKind.LICENCE: _("营业执照"),
    AttachmentKind.FILING_FORM: _("备案表"),
    AttachmentKind.PREMISES: _("场地、设备照片"),
    AttachmentKind.PEOPLE: _("人员证书"),
    AttachmentKind.OTHER: _("其他材料"),
}
CLASS_NAMES = {
    ChecklistClass.FIRST: _("一类汽车维修企业"),
    ChecklistClass.SECOND: _("二类汽车维修企业"),
    ChecklistClass.MINOR: _("三类：综合小修"),
    ChecklistClass.SPECIAL: _("三类：专项维修"),
}
ANSWER_NAMES = {Answer.YES: _("有"), Answer.NO: _("无"), Answer.NOT_APPLICABLE: _("不适用")}
FILING_STATES = {
    FilingState.WAITING: (_("待备案"), "doubt", "!"),
    FilingState.FILED: (_("已备案"), "good", "✓"),
    FilingState.UNFILED: (_("未备案"), "wrong-tone", "✕"),
    FilingState.CANCELLED: (_("已注销"), "open", "–"),
}
CANCEL_REASONS = {
    CancelReason.CLOSED: _("不再经营"),
    CancelReason.MOVED: _("迁往其他区县"),
    CancelReason.MERGED: _("并入其他企业"),
    CancelReason.UNREACHABLE: _("查无此企业"),
    CancelReason.OTHER: _("其他"),
}
CANCEL_STATES = {
    CancelState.ASKED: (_("等审核"), "doubt", "!"),
    CancelState.CANCELLED: (_("已注销"), "open", "–"),
    CancelState.REFUSED: (_("未同意"), "wrong-tone", "✕"),
    CancelState.WITHDRAWN: (_("已撤回"), "open", "–"),
    CancelState.RESTORED: (_("已恢复"), "good", "✓"),
    CancelState.REFILED: (_("已重新备案"), "good", "✓"),
}
INSPECTION_REASONS = {
    InspectionReason.FILING: _("新备案"),
    InspectionReason.CHANGE: _("备案变更"),
    InspectionReason.ORDER: _("整改复查"),
    InspectionReason.RISK: _("建议抽查"),
    InspectionReason.COMPLAINT: _("投诉"),
    InspectionReason.RANDOM: _("双随机"),
}
INSPECTION_STATES = {
    InspectionState.PLANNED: (_("待勘验"), "doubt", "!"),
    InspectionState.UNDER_WAY: (_("勘验中"), "doubt", "!"),
    InspectionState.FINISHED: (_("已办结"), "good", "✓"),
    InspectionState.DROPPED: (_("已取消"), "open", "–"),
}
INSPECTION_STEPS = {
    InspectionStepKind.PLANNED: _("安排勘验"),
    InspectionStepKind.MOVED: _("改期或换人"),
    InspectionStepKind.DROPPED: _("取消勘验"),
    InspectionStepKind.FINISHED: _("勘验办结"),
    InspectionStepKind.AMENDED: _("补充说明"),
}
VERDICTS = {
    Verdict.MET: (_("符合"), "good", "✓"),
    Verdict.NOT_MET: (_("不符合"), "wrong-tone", "✕"),
    Verdict.NOT_APPLICABLE: (_("不适用"), "open", "–"),
}
PRESENCES = {
    Presence.PRESENT: _("企业负责人在场"),
    Presence.REFUSED: _("企业负责人在场，拒绝签字"),
    Presence.ABSENT: _("企业负责人不在场"),
}
OUTCOMES = {
    Outcome.MET: (_("符合"), "good", "✓"),
    Outcome.TO_CORRECT: (_("有不符合项，需要改正"), "wrong-tone", "✕"),
}

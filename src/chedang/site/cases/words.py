"""Words of cases: states, topics, who has it, what was done. State = word, sign and colour."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from chedang.reviews.case_model import CaseKind, CaseState, Category, Deed, Party, RefusalReason, Topic

KINDS: Final = {CaseKind.CORRECTION: _("反馈"), CaseKind.COMPLAINT: _("投诉")}
TOPICS: Final = {
    Topic.MILEAGE: _("里程不对"),
    Topic.DATE: _("日期不对"),
    Topic.ITEMS: _("项目或配件不对"),
    Topic.NOT_MY_CAR: _("不是我的车"),
    Topic.NO_SUCH_VISIT: _("没有这次维修"),
    Topic.OTHER: _("其他"),
    Topic.MISSING: _("有一次维修没有记录"),
}
VALUE_LABELS: Final = {
    Topic.MILEAGE: _("正确的里程（千米，可不填）"),
    Topic.DATE: _("正确的结算日期（可不填，例如 2026-11-02）"),
    Topic.ITEMS: _("实际做了什么（可不填）"),
}
CATEGORIES: Final = {
    Category.QUALITY: _("维修质量"),
    Category.PRICE: _("收费"),
    Category.PARTS: _("配件"),
    Category.WARRANTY: _("质保不履行"),
    Category.DELAY: _("拖延交车"),
    Category.CONDUCT: _("服务态度"),
    Category.OTHER: _("其他"),
}
REASONS: Final = {
    RefusalReason.NOT_OURS: _("不属于道路运输管理机构职责"),
    RefusalReason.NOT_A_PARTY: _("投诉人不是当事人"),
    RefusalReason.SETTLED_ALREADY: _("已经调解或处理过"),
    RefusalReason.IN_COURT: _("已经仲裁或起诉"),
    RefusalReason.NO_FACTS: _("没有具体事实和依据"),
    RefusalReason.TOO_LATE: _("超过受理期限"),
    RefusalReason.OTHER: _("其他"),
}
STATES: Final = {
    CaseState.WITH_SHOP: ("open", "–", _("等维修企业答复")),
    CaseState.REFUSED_BY_SHOP: ("doubt", "!", _("企业认为不用改，请车主决定")),
    CaseState.WITH_COUNTY: ("open", "–", _("县级道路运输管理机构正在核对")),
    CaseState.WITH_CITY: ("open", "–", _("市级道路运输管理机构正在核对")),
    CaseState.CORRECTED: ("good", "✓", _("已更正，请车主确认")),
    CaseState.REFUSED: ("wrong-tone", "✕", _("不予更正")),
    CaseState.SUBMITTED: ("open", "–", _("等待受理")),
    CaseState.ACCEPTED: ("open", "–", _("已受理，将转企业答复")),
    CaseState.FORWARDED: ("open", "–", _("已转企业，等企业答复")),
    CaseState.REPLIED: ("open", "–", _("企业已答复，正在调解")),
    CaseState.MEDIATED: ("doubt", "!", _("已调解，请车主说明是否解决")),
    CaseState.SOLVED: ("good", "✓", _("已解决")),
    CaseState.UNSOLVED: ("doubt", "!", _("没有解决")),
    CaseState.HANDED_OVER: ("open", "–", _("已转 12328")),
    CaseState.CLOSED: ("open", "✓", _("已办结")),
}
DISMISSED: Final = ("wrong-tone", "✕", _("不予受理"))
HOLDERS: Final = {
    Party.OWNER: _("车主"),
    Party.SHOP: _("维修企业"),
    Party.COUNTY: _("县级道路运输管理机构"),
    Party.CITY: _("市级道路运输管理机构"),
    Party.CLOCK: _("系统"),
    Party.ARCHIVE: _("系统"),
    Party.HOTLINE: "12328",
    Party.NOBODY: "",
}
DEEDS: Final = {
    Deed.SUBMIT: _("提交了"),
    Deed.ADD: _("补充了说明或照片"),
    Deed.CORRECT: _("更正了记录"),
    Deed.REFUSE: _("不予更正"),
    Deed.ASK_COUNTY: _("请道路运输管理机构核对"),
    Deed.ESCALATE: _("到期没有答复，自动转到上一级"),
    Deed.DISMISS: _("不予受理"),
    Deed.ACCEPT: _("受理"),
    Deed.FORWARD: _("转企业答复"),
    Deed.REPLY: _("答复"),
    Deed.MEDIATE: _("调解"),
    Deed.SOLVED: _("认为已经解决"),
    Deed.UNSOLVED: _("认为没有解决"),
    Deed.HAND_OVER: _("转 12328"),
    Deed.AGREE: _("认可结果"),
    Deed.REOPEN: _("再次提出"),
    Deed.CLOSE: _("办结"),
}
BY_ARCHIVE: Final = _("档案里出现了更正后的记录")
SATISFACTION: Final = (
    ("5", _("很满意")),
    ("4", _("满意")),
    ("3", _("一般")),
    ("2", _("不满意")),
    ("1", _("很不满意")),
)

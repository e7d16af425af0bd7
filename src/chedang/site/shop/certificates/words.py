"""Words for 合格证 on pages."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from chedang.workshop.completion_model import CompletionKind, Refusal

KINDS: Final = {
    CompletionKind.LEVEL_TWO: _("二级维护"),
    CompletionKind.ASSEMBLY: _("总成修理"),
    CompletionKind.WHOLE: _("整车修理"),
}
REFUSALS: Final = {
    Refusal.OPEN_REQUEST: _("上一次申领还没有办理，请等主管机关发放，或先撤回再申领。"),
    Refusal.BAD_COUNT: _("一次可以申领 1 到 500 个编号。"),
    Refusal.NO_NUMBERS: _("没有可用的合格证编号，请先申领。"),
    Refusal.ALREADY_ISSUED: _("这条记录已经签发过合格证。要重新签发，请先作废原来的一张。"),
    Refusal.ALREADY_DECIDED: _("这件申领已经办理过了。"),
    Refusal.ALREADY_CANCELLED: _("这张合格证已经作废。"),
    Refusal.REASON_MISSING: _("请写明原因。"),
    Refusal.NOT_SETTLED: _("记录还没有结算日期，或已经作废，不能签发合格证。"),
    Refusal.UNDER_MINIMUM: _("承诺的质量保证期低于规定的最低标准。"),
    Refusal.YEAR_USED_UP: _("本年度的编号不够了，请联系省级主管机关。"),
}

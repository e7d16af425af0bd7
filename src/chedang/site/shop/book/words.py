"""What these pages say: fields, faults, refusals, states."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from chedang.workshop.order_model import Deed, OldParts, OrderState, PartKind
from chedang.workshop.order_rules import Lack
from chedang.workshop.orders import Reason
from chedang.workshop.shop_terms import Promised

FIELD_WORDS: Final = {
    "owner_name": _("机动车所有人"),
    "sender_name": _("送修人"),
    "phone": _("联系电话"),
    "plate_number": _("车牌号码"),
    "vin": _("车架号（VIN）"),
    "model": _("品牌型号"),
    "engine_number": _("发动机号"),
    "vehicle_kind": _("车辆类型"),
    "is_nev": _("新能源汽车"),
    "arrived_on": _("送修日期"),
    "mileage": _("送修里程（千米）"),
    "fault_description": _("故障描述"),
    "items": _("维修项目"),
    "parts": _("配件和材料"),
    "other_fees": _("其他费用"),
    "tax": _("税费（元）"),
    "discount": _("优惠（元）"),
    "rounding": _("抹零（元）"),
    "prepaid": _("预付（元）"),
    "old_parts": _("旧件处理"),
    "note": _("内部备注"),
}
COLUMN_WORDS: Final = {
    "name": _("名称"),
    "hours": _("工时"),
    "unit_price": _("单价"),
    "technician": _("技师"),
    "note": _("备注"),
    "code": _("配件编码"),
    "brand": _("品牌"),
    "quantity": _("数量"),
    "kind": _("配件属性"),
    "is_customers": _("托修方自备"),
    "is_nev": _("新能源专用"),
    "amount": _("金额"),
}
LACK_WORDS: Final = {
    Lack.MISSING: _("还没有填。"),
    Lack.NOT_A_DAY: _("不是日期，请写成 2026-11-22 的样子。"),
    Lack.IN_FUTURE: _("不能晚于今天。"),
    Lack.NO_LINES: _("请至少填一个维修项目或一个配件。"),
    Lack.PRICED_THOUGH_CUSTOMERS: _("托修方自备的配件不收费，请把单价清空。"),
    Lack.NOT_A_NUMBER: _("不是数字。"),
    Lack.NEGATIVE: _("不能小于 0。"),
    Lack.TOO_LARGE: _("太大了，请核对。"),
    Lack.TOO_FINE: _("小数位太多：工时一位，其他两位。"),
    Lack.MORE_THAN_ALL: _("优惠和抹零加起来超过了全部费用。"),
}
KIND_NAMES: Final = {
    PartKind.UNKNOWN: _("未知"),
    PartKind.OEM: _("原厂"),
    PartKind.EQUIVALENT: _("同质"),
    PartKind.AFTERMARKET: _("副厂"),
    PartKind.REMANUFACTURED: _("再制造"),
    PartKind.REPAIRED: _("修复"),
    PartKind.USED: _("旧件"),
}
OLD_PARTS_NAMES: Final = {
    OldParts.UNSAID: _("请选择"),
    OldParts.CUSTOMER: _("客户已确认，自己收回"),
    OldParts.SHOP: _("客户已确认，由本店处理"),
    OldParts.NONE: _("没有旧件"),
}
PROMISED_NAMES: Final = {
    Promised.WHOLE: _("整车修理、总成修理"),
    Promised.LEVEL_TWO: _("二级维护"),
    Promised.MINOR: _("一级维护、小修、专项修理"),
    Promised.NEV: _("新能源专用部件"),
}
STATE_TONES: Final = {
    OrderState.OPEN: ("open", "–"),
    OrderState.DISPATCHED: ("doubt", "…"),
    OrderState.SETTLED: ("good", "✓"),
    OrderState.CANCELLED: ("open", "✕"),
}
REFUSALS: Final[dict[Reason, object]] = {
    "settled": _("这张工单已经结算，不能再改。要改先反结算。"),
    "cancelled": _("这张工单已经取消。"),
    "not_settled": _("这张工单现在不能这样办，请看它的状态。"),
    "no_items": _("还没有维修项目，不能派工。"),
    "no_reason": _("请写明原因。"),
    "no_such_item": _("这个项目已经不在您名下。"),
    "no_such_order": _("没有这张工单。"),
    "void_refused": _("上一次结算的记录没有能作废。请先在“经过”里点“再作废一次”，再结算。"),
}
JOB_DEEDS: Final = {"start": Deed.STARTED, "finish": Deed.FINISHED}

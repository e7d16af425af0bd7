"""What officers and shops type into censures, hand-overs and the sanction ledger."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chedang.site.regulator.enforcement import words
from chedang.supervision.case_steps import MOST_TEXT
from chedang.supervision.enforcement_limits import limits
from chedang.supervision.enforcement_model import HandOverResult, SanctionKind
from chedang.supervision.handovers import MOST_RECEIVER
from chedang.supervision.sanction_items import load_items
from chedang.supervision.sanctions import MOST_NUMBER, MOST_REASON, MOST_VEHICLES, MOST_YUAN
from chedang.terms.dates import FIRST_YEAR

_NO_DAY = {"required": _("请填写日期，例如 2027-01-01。"), "invalid": _("请填写日期，例如 2027-01-01。")}


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    not_before = MinValueValidator(date(FIRST_YEAR, 1, 1), _NO_DAY["invalid"])
    return forms.DateField(
        label=label, help_text=help_text, error_messages=_NO_DAY, widget=widget, validators=[not_before]
    )


def _long(label: Any, required: Any, *, help_text: Any = "", most: int = MOST_TEXT, rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=most,
        error_messages={"required": required, "max_length": _("内容太长，请写短一些。")},
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class _Form(forms.Form):
    use_required_attribute = False  # the page's own sentence says what to do


class CensureForm(_Form):
    """What is going to be public."""

    text = _long(
        _("通报的内容"),
        _("请写明通报的内容。"),
        help_text=_("只写企业的违法事实。内容会公开，不要写人名、车牌号码、车架号和电话。"),
        rows=5,
    )


class TextForm(_Form):
    """A reason."""

    text = _long(_("理由"), _("请写明理由，企业会看到。"), most=MOST_REASON, rows=3)


class ObjectionForm(_Form):
    """申辩 of the shop."""

    text = _long(_("申辩意见"), _("请写明申辩意见。"), help_text=_("复核人会看到。不要写车牌号码、车架号和车主信息。"))


class PeriodForm(_Form):
    """From which day to which an evidence pack tells."""

    since = _day(_("从哪天"))
    until = _day(_("到哪天"))

    def __init__(self, given: Any = None, **options: Any) -> None:
        today = timezone.localdate()
        since = today - timedelta(days=limits().pack.days - 1)
        options.setdefault("initial", {"since": since, "until": today})
        super().__init__(given, **options)

    def clean(self) -> dict[str, Any]:
        """A period that can be packed."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and not 0 <= (until - since).days < limits().pack.most_days:
            self.add_error("until", _("结束日期不能早于开始日期，最多三年。"))
        if until and until > timezone.localdate():
            self.add_error("until", _("结束日期不能晚于今天。"))
        return cleaned


class HandOverForm(PeriodForm):
    """A case as it goes to an enforcement body."""

    field_order = ("received_by", "item", "what", "since", "until")
    received_by = forms.CharField(
        label=_("接收机关"),
        help_text=_("例如：杭州市交通运输行政执法队"),
        max_length=MOST_RECEIVER,
        error_messages={"required": _("请写明接收机关。"), "max_length": _("请控制在 100 个字以内。")},
    )
    item = forms.ChoiceField(label=_("涉嫌违法的事项"), error_messages={"required": _("请选择涉嫌违法的事项。")})
    what = _long(_("案情和理由"), _("请写明案情和理由。"), help_text=_("不要写车牌号码、车架号和车主信息。"), rows=5)

    def __init__(self, given: Any = None, **options: Any) -> None:
        super().__init__(given, **options)
        self.fields["item"].choices = _items()  # type: ignore[attr-defined]  # a choice


class ResultForm(_Form):
    """What became of a hand-over."""

    result = forms.TypedChoiceField(
        label=_("结果"),
        choices=[
            (str(result), told[2]) for result, told in words.RESULTS.items() if result is not HandOverResult.WAITING
        ],
        coerce=HandOverResult,
        error_messages={"required": _("请选择结果。")},
    )
    on = _day(_("结果日期"))
    text = forms.CharField(
        label=_("文号和说明（可不填）"),
        max_length=MOST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SanctionForm(_Form):
    """One decision."""

    item = forms.ChoiceField(label=_("处罚事项"), error_messages={"required": _("请选择处罚事项。")})
    kind = forms.TypedChoiceField(
        label=_("种类"), choices=[(str(key), name) for key, name in words.SANCTION_KINDS.items()], coerce=SanctionKind
    )
    decision_number = forms.CharField(
        label=_("决定书文号"),
        help_text=_("同一机关的文号只能登记一次。"),
        max_length=MOST_NUMBER,
        error_messages={"required": _("请填写决定书文号，不超过 60 个字。")},
    )
    decided_on = _day(_("决定日期"))
    amount_yuan = forms.DecimalField(
        label=_("金额（元）"),
        help_text=_("罚款和没收违法所得才填。"),
        required=False,
        min_value=0,
        max_value=MOST_YUAN,
        max_digits=12,
        decimal_places=2,
        error_messages={"invalid": _("请核对金额。"), "min_value": _("请核对金额。"), "max_value": _("请核对金额。")},
    )
    vehicles = forms.IntegerField(
        label=_("涉及车次"),
        help_text=_("按车次处罚的才用到，没有就填 1。"),
        min_value=1,
        max_value=MOST_VEHICLES,
        initial=1,
        error_messages={"required": _("请填写车次，没有就填 1。"), "invalid": _("请填写车次，没有就填 1。")},
    )
    gains_yuan = forms.DecimalField(
        label=_("违法所得（元）"),
        help_text=_("没有就填 0。"),
        min_value=0,
        max_value=MOST_YUAN,
        max_digits=12,
        decimal_places=2,
        initial=0,
        error_messages={"required": _("没有违法所得就填 0。"), "invalid": _("没有违法所得就填 0。")},
    )
    outside_reason = forms.CharField(
        label=_("金额在幅度以外的理由（在幅度以内不填）"),
        max_length=MOST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, given: Any = None, **options: Any) -> None:
        super().__init__(given, **options)
        self.fields["item"].choices = _items()  # type: ignore[attr-defined]  # a choice


def _items() -> list[tuple[str, str]]:
    return [("", "–"), *((key, f"{item.name}（{item.clause}）") for key, item in load_items().items())]

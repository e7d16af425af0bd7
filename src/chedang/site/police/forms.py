"""What the police fill in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from chedang.terms import phone

_DAY = {"type": "date"}


class EntryForm(forms.Form):
    """One vehicle for the list; what it may hold is said by ``watch.reading``."""

    vin = forms.CharField(label=_("车架号"), max_length=40, required=False)
    plate_number = forms.CharField(
        label=_("车牌号码"), max_length=20, required=False, help_text=_("只有号牌时，比中的结果较弱：号牌可能被套用。")
    )
    case_number = forms.CharField(
        label=_("案件编号"), max_length=60, error_messages={"required": _("请填写案件编号。")}
    )
    since_on = forms.CharField(
        label=_("布控开始日期（不填为今天）"), required=False, widget=forms.DateInput(attrs=_DAY)
    )
    until_on = forms.CharField(
        label=_("布控截止日期（不填为直到撤控）"), required=False, widget=forms.DateInput(attrs=_DAY)
    )


class RemovalForm(forms.Form):
    """Why a vehicle leaves the list."""

    reason = forms.CharField(
        label=_("撤控的原因"), max_length=200, error_messages={"required": _("请写明撤控的原因。")}
    )


class DutyForm(forms.Form):
    """The duty phone."""

    phone = forms.CharField(
        label=_("值班手机"),
        max_length=20,
        help_text=_("比中信息半小时无人签收时，发短信到这里；短信不写车辆。"),
        error_messages={"required": _("请填写手机号码。")},
    )

    def clean_phone(self) -> str:
        number = phone.normalise(self.cleaned_data["phone"])
        if not phone.is_mobile(number):
            raise forms.ValidationError(_("应为 11 位手机号码。"))
        return number

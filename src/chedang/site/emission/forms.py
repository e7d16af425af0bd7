"""What officers fill in about the I/M loop."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_DAY = {"type": "date"}


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label=_("理由"), max_length=200, error_messages={"required": _("请写明理由。")}, widget=forms.TextInput
    )


class StationForm(forms.Form):
    """An inspection station, or a platform of several."""

    station_code = forms.RegexField(
        label=_("检验机构编号"),
        regex=r"^[0-9A-Za-z-]{2,32}$",
        help_text=_("在检验系统中的编号：2 至 32 位字母、数字或连字符。"),
        error_messages={"required": _("请填写编号。"), "invalid": _("编号应为 2 至 32 位字母、数字或连字符。")},
    )
    name = forms.CharField(label=_("名称"), max_length=100, error_messages={"required": _("请填写名称。")})
    division_code = forms.RegexField(
        label=_("行政区划代码"),
        regex=r"^[0-9]{6}$",
        help_text=_("所在的县；平台填它服务的市或省。"),
        error_messages={"required": _("请填写行政区划代码。"), "invalid": _("行政区划代码应为 6 位数字。")},
    )
    is_platform = forms.BooleanField(label=_("是检验平台，可以替辖区内各检验机构报送"), required=False)
    listed_on = forms.DateField(
        label=_("列入日期"),
        widget=forms.DateInput(attrs=_DAY),
        error_messages={"required": _("请填写列入日期。"), "invalid": _("应为日期，如 2026-09-14。")},
    )
    ended_on = forms.DateField(
        label=_("最后一天（仍在名录则不填）"),
        required=False,
        widget=forms.DateInput(attrs=_DAY),
        error_messages={"invalid": _("应为日期，如 2026-09-14。")},
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        listed_on, ended_on = given.get("listed_on"), given.get("ended_on")
        if listed_on and ended_on and ended_on < listed_on:
            self.add_error("ended_on", _("不能早于列入日期。"))
        return given


class ListingForm(forms.Form):
    """A shop comes on the list of M-stations."""

    company_code = forms.CharField(
        label=_("维修企业编码"), max_length=15, error_messages={"required": _("请填写维修企业编码。")}
    )
    listed_on = forms.DateField(
        label=_("列入日期"),
        widget=forms.DateInput(attrs=_DAY),
        error_messages={"required": _("请填写列入日期。"), "invalid": _("应为日期，如 2026-09-14。")},
    )


class EndingForm(forms.Form):
    """A shop leaves the list of M-stations."""

    ended_on = forms.DateField(
        label=_("最后一天"),
        widget=forms.DateInput(attrs=_DAY),
        error_messages={"required": _("请填写最后一天。"), "invalid": _("应为日期，如 2026-09-14。")},
    )

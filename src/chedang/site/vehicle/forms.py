"""What an official types to find a vehicle, and why. Tolerant of lower case, dots, blanks and full width."""

from __future__ import annotations

import re
from typing import Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chedang.access.models import PURPOSE_NAMES
from chedang.access.rules import LOOK_UP_PURPOSES
from chedang.site.typed import names_a_car
from chedang.terms import plate as plates
from chedang.terms import vin as vins
from chedang.terms.text import clean

_TAIL = 6
_PHONE: Final = re.compile(r"(?<!\d)1\d{10}(?!\d)")


class CarForm(forms.Form):
    """Plate and the last six characters of the VIN; a whole VIN is taken by its end."""

    plate = forms.CharField(
        label=_("车牌号码"),
        help_text=_("例如 浙A·12345，新能源号牌例如 浙A·D12345。"),
        max_length=40,
        error_messages={"required": _("请填写车牌号码。"), "max_length": _("车牌号码太长，请只填一个号牌。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    vin_tail = forms.CharField(
        label=_("车架号后 6 位"),
        help_text=_("在行驶证“车辆识别代号”一栏，取最后 6 位，例如 123456。"),
        max_length=40,
        error_messages={"required": _("请填写车架号后 6 位。"), "max_length": _("车架号最多 17 位，请只填最后 6 位。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_plate(self) -> str:
        """The plate, normalised."""
        found = plates.read(self.cleaned_data["plate"])
        if found is None:
            raise ValidationError(_("这不像一个车牌号码，请按行驶证核对，应像 浙A·12345。"))
        if not found.number:
            raise ValidationError(_("没有号牌的车不能在网上查，请带行驶证或购车发票到当地道路运输管理机构查询。"))
        if found.is_query_blocked:
            raise ValidationError(_("这类号牌的档案不在网上提供，请到当地道路运输管理机构查询。"))
        return found.number

    def clean_vin_tail(self) -> str:
        """The last six characters, normalised."""
        typed = vins.normalise(self.cleaned_data["vin_tail"])
        if len(typed) not in (_TAIL, vins.LENGTH):
            raise ValidationError(
                _("车架号后 6 位现在有 %(count)d 位，请按行驶证填最后 6 位。"), params={"count": len(typed)}
            )
        tail = typed[-_TAIL:]
        if set(tail) & set("IOQ"):
            raise ValidationError(_("车架号里没有字母 I、O、Q，请核对是不是数字 1 或 0。"))
        if not (tail.isascii() and tail.isalnum()):
            raise ValidationError(_("车架号后 6 位只有字母和数字，请按行驶证核对。"))
        return tail


class LookUpForm(CarForm):
    """What an official says of a car, and why: 查看目的 and 事由 are kept."""

    purpose = forms.ChoiceField(
        label=_("查看目的"),
        choices=[("", _("请选择")), *((str(purpose), PURPOSE_NAMES[purpose]) for purpose in LOOK_UP_PURPOSES)],
        error_messages={"required": _("请选择查看目的。")},
    )
    reason = forms.CharField(
        label=_("事由"),
        help_text=_(
            "案件编号，或几个字，例如“日常抽查”。不要写姓名、电话。车主会看到目的；是反馈或投诉编号的，也会看到。"
        ),
        min_length=2,
        max_length=60,
        error_messages={
            "required": _("请填写事由。"),
            "min_length": _("事由太短，请写案件编号或几个字。"),
            "max_length": _("事由最多 60 个字。"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_reason(self) -> str:
        """Tidied; without a car's VIN or plate, and without eleven digits, which would be somebody's phone."""
        reason = clean(self.cleaned_data["reason"])
        if _PHONE.search(reason):
            raise ValidationError(_("事由里不要写电话号码。"))
        if names_a_car(reason):
            raise ValidationError(_("事由里不要写车牌号码、车架号。"))
        return reason

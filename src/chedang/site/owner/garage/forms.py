"""What a person types to bind a car, and what an officer decides. Tolerant of case, blanks, dashes and full width."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chedang.owners.claim_codes import read_code
from chedang.owners.claims import Asked
from chedang.owners.facts import TAIL_LENGTH, Facts, normalise_number
from chedang.owners.requests import FOR_AGREEING, FOR_REFUSING, Reason
from chedang.owners.rules import FACTS_NEEDED
from chedang.site.vehicle.forms import CarForm
from chedang.terms.dates import parse_day
from chedang.terms.division import PROVINCES
from chedang.terms.spoken import in_groups
from chedang.terms.text import clean

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}
_MOST_KM = Decimal(9_999_999)
REASON_WORDS = {
    Reason.LICENCE_SEEN: _("看过行驶证，与车辆相符"),
    Reason.PAPER_SEEN: _("看过结算清单，与记录相符"),
    Reason.SHOP_ASKED: _("向维修企业核实过"),
    Reason.OWNER_AGREED: _("现车主同意"),
    Reason.NOT_PROVED: _("还不能证明是车主"),
    Reason.OWNER_OBJECTED: _("现车主不同意"),
    Reason.NO_CAR: _("没有找到相符的车辆档案"),
    Reason.OTHER: _("其他，见说明"),
}


class CodeForm(forms.Form):
    """认领码 as it stands on the list."""

    code = forms.CharField(
        label=_("认领码"),
        help_text=_("在结算清单的二维码旁边，12 位，例如 7K2M-9QXD-3FHT。"),
        max_length=40,
        error_messages={"required": _("请填写认领码。"), "max_length": _("认领码是 12 位，请核对。")},
        widget=forms.TextInput(attrs=_PLAIN | {"autocapitalize": "characters"}),
    )

    def clean_code(self) -> str:
        """The code in groups of four."""
        code = read_code(self.cleaned_data["code"])
        if code is None:
            raise ValidationError(_("认领码是 12 位数字和字母，没有 0、1、I、L、O、U。请按结算清单核对。"))
        return in_groups(code)


class FactsForm(CarForm):
    """Plate, end of the VIN and at least two facts of the last visit."""

    number = forms.CharField(
        label=_("结算清单编号"),
        help_text=_("填最后 6 位即可。"),
        max_length=60,
        required=False,
        error_messages={"max_length": _("结算清单编号太长，填最后 6 位即可。")},
        widget=forms.TextInput(attrs=_PLAIN),
    )
    mileage = forms.CharField(
        label=_("送修里程（千米）"),
        help_text=_("与单据上完全一样，例如 48210。"),
        max_length=20,
        required=False,
        error_messages={"max_length": _("送修里程太长，例如 48210。")},
        widget=forms.TextInput(attrs=_PLAIN | {"inputmode": "decimal"}),
    )
    settled_on = forms.CharField(
        label=_("结算日期"),
        help_text=_("例如 2026-09-14。"),
        max_length=40,
        required=False,
        error_messages={"max_length": _("请填写日期，例如 2026-09-14。")},
        widget=forms.TextInput(attrs=_PLAIN | {"inputmode": "numeric"}),
    )

    def clean_number(self) -> str | None:
        """As typed; ``None`` for nothing."""
        typed: str = self.cleaned_data["number"]
        if typed and len(normalise_number(typed)) < TAIL_LENGTH:
            raise ValidationError(_("请填结算清单编号的最后 6 位；编号不足 6 位的，请用另外两项。"))
        return typed or None

    def clean_mileage(self) -> Decimal | None:
        """In km."""
        typed = clean(self.cleaned_data["mileage"]).lower().removesuffix("km").removesuffix("公里").removesuffix("千米")
        if not typed.strip():
            return None
        try:
            mileage_km = Decimal(typed.replace(",", "").replace(" ", ""))
        except InvalidOperation:
            mileage_km = Decimal(-1)
        if not (mileage_km.is_finite() and 0 <= mileage_km <= _MOST_KM):
            raise ValidationError(_("送修里程应为数字，例如 48210。"))
        return mileage_km

    def clean_settled_on(self) -> Any:
        """A day."""
        typed: str = self.cleaned_data["settled_on"]
        if not typed:
            return None
        day = parse_day(typed)
        if day is None:
            raise ValidationError(_("请填写日期，例如 2026-09-14。"))
        return day

    def clean(self) -> dict[str, Any]:
        """Two facts, or three."""
        cleaned = super().clean() or {}
        given = sum(cleaned.get(name) is not None for name in ("number", "mileage", "settled_on"))
        if given < FACTS_NEEDED and not self.errors:
            raise ValidationError(_("请从结算清单编号、送修里程、结算日期中至少填两项。"))
        return cleaned

    def asked(self) -> Asked:
        """What was typed, once it is valid."""
        told = self.cleaned_data
        facts = Facts(told["number"], told["mileage"], told["settled_on"])
        return Asked(told["plate"], told["vin_tail"], facts)


class DecisionForm(forms.Form):
    """An officer's answer: agree or not, with a reason chosen; a refusal in words too."""

    use_required_attribute = False  # the page's own sentence says what to do

    decision = forms.ChoiceField(choices=[("agree", _("同意绑定")), ("refuse", _("不同意"))])
    reason = forms.ChoiceField(
        label=_("理由"),
        choices=[("", _("请选择")), *((str(key), words) for key, words in REASON_WORDS.items())],
        error_messages={"required": _("请选择理由，申请人会看到。")},
    )
    explanation = forms.CharField(
        label=_("说明"),
        help_text=_("不同意时必须写明还要什么材料、到哪里办，申请人会看到。"),
        max_length=250,
        required=False,
        error_messages={"max_length": _("说明请控制在 250 个字以内。")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    licence_province = forms.ChoiceField(
        label=_("行驶证上的登记地"),
        help_text=_("只有看过行驶证才选，选定后作为这辆车的车籍。"),
        required=False,
        choices=[
            ("", _("没有看行驶证")),
            *((code, each.name) for code, each in sorted(PROVINCES.items()) if each.plate_character is not None),
        ],
    )

    def clean(self) -> dict[str, Any]:
        """The reason fits the decision; a refusal is explained."""
        cleaned = super().clean() or {}
        decision, reason = cleaned.get("decision"), cleaned.get("reason")
        if not decision or not reason:
            return cleaned
        if Reason(reason) not in (FOR_AGREEING if decision == "agree" else FOR_REFUSING):
            self.add_error("reason", ValidationError(_("这个理由与决定不符，请重新选择。")))
        if (decision == "refuse" or reason == Reason.OTHER) and not cleaned.get("explanation"):
            self.add_error("explanation", ValidationError(_("请写明原因和申请人接下来怎样办。")))
        return cleaned

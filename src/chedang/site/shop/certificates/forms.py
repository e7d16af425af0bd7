"""What people type about 合格证."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chedang.records.model import StoredVersion
from chedang.site.maker_view import today
from chedang.site.shop.certificates.words import KINDS
from chedang.workshop.completion_model import (
    LONGEST_TEXT,
    MOST_NUMBERS,
    CompletionKind,
    Inspection,
    kind_of,
    legal_minimum,
)

_MOST_KM, _MOST_DAYS = 1_000_000, 3_650


class AskForm(forms.Form):
    """How many numbers."""

    use_required_attribute = False

    count = forms.IntegerField(
        label=_("要几个编号"),
        help_text=_("一次最多 500 个，够用一两个月就好。"),
        min_value=1,
        max_value=MOST_NUMBERS,
        error_messages={
            "required": _("请填要几个编号。"),
            "invalid": _("请填一个整数，例如 50。"),
            "min_value": _("至少申领 1 个编号。"),
            "max_value": _("一次最多申领 500 个编号。"),
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    why = forms.CharField(label=_("用途说明（可不填）"), required=False, max_length=LONGEST_TEXT)


class ReasonForm(forms.Form):
    """Why something is cancelled or refused."""

    use_required_attribute = False

    reason = forms.CharField(label=_("原因"), max_length=LONGEST_TEXT, error_messages={"required": _("请写明原因。")})


class IssueForm(forms.Form):
    """竣工检验: who inspected, when, what is promised. The record says the rest."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("维修类别"), choices=[(str(kind), words) for kind, words in KINDS.items()], widget=forms.RadioSelect,
        error_messages={"required": _("请选择维修类别。")},
    )  # fmt: skip
    inspector = forms.CharField(
        label=_("质量检验员"), max_length=30, error_messages={"required": _("请填质量检验员的姓名。")}
    )
    inspected_on = forms.DateField(
        label=_("竣工检验日期"),
        error_messages={"required": _("请填竣工检验日期。"), "invalid": _("请填日期，例如 2026-11-22。")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    report_number = forms.CharField(label=_("竣工检验报告编号（可不填）"), max_length=50, required=False)
    warranty_km = forms.IntegerField(
        label=_("质量保证里程（千米）"),
        min_value=1,
        max_value=_MOST_KM,
        error_messages={"required": _("请填质量保证里程。"), "invalid": _("请填整数千米，例如 5000。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    warranty_days = forms.IntegerField(
        label=_("质量保证天数"),
        min_value=1,
        max_value=_MOST_DAYS,
        error_messages={"required": _("请填质量保证天数。"), "invalid": _("请填整数天，例如 30。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    remark = forms.CharField(label=_("备注（可不填）"), max_length=LONGEST_TEXT, required=False)

    def __init__(self, record: StoredVersion, given: Any = None) -> None:
        kind = kind_of(record.text)
        least = legal_minimum(kind or CompletionKind.LEVEL_TWO)
        first = {
            "kind": kind,
            "inspected_on": record.settled_on,
            "warranty_km": least.km,
            "warranty_days": least.days,
        }
        super().__init__(given, initial=first)

    def clean_inspected_on(self) -> date:
        day: date = self.cleaned_data["inspected_on"]
        if day > today():
            raise forms.ValidationError(_("竣工检验日期不能在今天之后。"))
        return day

    def inspection(self) -> Inspection:
        """What was typed."""
        told = self.cleaned_data
        return Inspection(
            kind=CompletionKind(told["kind"]),
            inspector=told["inspector"],
            inspected_on=told["inspected_on"],
            report_number=told["report_number"],
            warranty_km=told["warranty_km"],
            warranty_days=told["warranty_days"],
            remark=told["remark"],
        )

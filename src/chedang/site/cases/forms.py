"""What people type into a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chedang.intake.corrections import RecordChanges
from chedang.records.model import RecordText
from chedang.reviews.case_model import ANSWERED_FIELDS, RefusalReason, Topic
from chedang.reviews.complaints import MOST_REASON
from chedang.site.cases import words
from chedang.site.maker_view import today
from chedang.site.record_lines import as_lines, read_parts, read_projects
from chedang.terms.dates import parse_day

_LABELS = {
    "mileage": _("送修里程（千米）"),
    "repair_date": _("送修日期"),
    "settle_date": _("结算日期"),
    "fault_description": _("故障描述"),
    "projects": _("维修项目（每行一项：名称 | 工时）"),
    "parts": _("配件（每行一项：名称 | 配件编码 | 数量）"),
    "vin": _("车架号"),
    "plate_number": _("车牌号码"),
}
_LONG = {"fault_description", "projects", "parts"}


class SaidForm(forms.Form):
    """One choice of the page 这条不对: nothing of it has to be filled in."""

    use_required_attribute = False

    value = forms.CharField(max_length=200, required=False)
    text = forms.CharField(
        label=_("还想说明的（可不填）"),
        max_length=500,
        required=False,
        error_messages={"max_length": _("说明请控制在 500 个字以内。")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, topic: Topic, given: Mapping[str, str] | None = None) -> None:
        super().__init__(given, auto_id=f"{topic}_%s")
        self.topic = topic
        self.title = words.TOPICS[topic]
        label = words.VALUE_LABELS.get(topic)
        if label is None:
            del self.fields["value"]
        else:
            self.fields["value"].label = label
        if topic is Topic.MILEAGE:
            self.fields["value"].widget.attrs["inputmode"] = "numeric"


class MissingForm(forms.Form):
    """A visit that is not in the file; the shop was chosen before."""

    use_required_attribute = False

    on = forms.DateField(
        label=_("哪天结算的"),
        help_text=_("记不清的，写送修那天。"),
        error_messages={"required": _("请填写日期，例如 2026-11-02。"), "invalid": _("请填写日期，例如 2026-11-02。")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    settlement_list_number = forms.CharField(label=_("结算清单编号（可不填）"), max_length=64, required=False)
    text = forms.CharField(
        label=_("还想说明的（可不填）"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day > today():
            raise forms.ValidationError(_("日期还没有到，请核对。"))
        return day


class ComplaintForm(forms.Form):
    """A complaint about a settled job."""

    use_required_attribute = False

    category = forms.ChoiceField(
        label=_("投诉什么"),
        choices=[("", _("请选择"))] + [(str(key), name) for key, name in words.CATEGORIES.items()],
        error_messages={"required": _("请选择投诉什么。")},
    )
    text = forms.CharField(
        label=_("发生了什么"),
        help_text=_("写明时间、经过和依据，1000 字以内。"),
        max_length=1000,
        error_messages={"required": _("请写明发生了什么。")},
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    demand = forms.CharField(
        label=_("希望怎样解决"),
        help_text=_("例如：免费返工；退还多收的费用。"),
        max_length=200,
        error_messages={"required": _("请写明希望怎样解决。")},
    )
    contact = forms.CharField(
        label=_("联系电话（可不填）"),
        help_text=_("只有办理人员能看到，维修企业看到的是打了星号的号码；办结 30 天后删除。"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )


class ReasonForm(forms.Form):
    """Why not, or what is answered: at most 250 characters."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("理由"),
        max_length=MOST_REASON,
        error_messages={
            "required": _("请写明理由，车主会看到。"),
            "max_length": _("理由请控制在 250 个字以内。"),
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WordsForm(forms.Form):
    """Something the owner adds."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("补充说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class DismissForm(ReasonForm):
    """不予受理 with its code."""

    reason = forms.ChoiceField(
        label=_("不予受理的原因"), choices=[(str(key), name) for key, name in words.REASONS.items()]
    )

    def clean_reason(self) -> RefusalReason:
        return RefusalReason(self.cleaned_data["reason"])


class MediationForm(forms.Form):
    """Is it solved, and how content is the owner?"""

    use_required_attribute = False

    satisfaction = forms.TypedChoiceField(
        label=_("对办理过程满意吗"),
        choices=words.SATISFACTION,
        coerce=int,
        error_messages={"required": _("请选择满意程度。")},
    )
    text = forms.CharField(
        label=_("还想说的（可不填）"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class AmendForm(forms.Form):
    """更正: the elements that a report is about, as the record has them, with what the owner says in its place."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("更正的依据"),
        help_text=_("例如：核对工单和仪表照片后更正。会写进新的版本，车主能看到。"),
        max_length=200,
        error_messages={"required": _("请写明更正的依据。")},
    )

    def __init__(self, topic: Topic, current: RecordText, said_value: str, given: Mapping[str, str] | None) -> None:
        super().__init__(given, auto_id="amend_%s", prefix="amend")
        self._names = ANSWERED_FIELDS[topic]
        for name in self._names:
            widget = forms.Textarea(attrs={"rows": 4}) if name in _LONG else forms.TextInput()
            field = forms.CharField(label=_LABELS[name], required=False, max_length=20_000, widget=widget)
            field.initial = as_lines(getattr(current, name))
            self.fields[name] = field
        self.order_fields([*self._names, "reason"])
        _prefill(self, topic, said_value)

    def changes(self) -> RecordChanges:
        """What was typed, as elements."""
        given: dict[str, Any] = {name: self.cleaned_data[name] for name in self._names}
        if "projects" in given:
            given["projects"] = read_projects(given["projects"])
        if "parts" in given:
            given["parts"] = read_parts(given["parts"])
        return RecordChanges(**given)


def _prefill(form: AmendForm, topic: Topic, said_value: str) -> None:
    """Put what the owner says into the field, where it is plain which."""
    if topic is Topic.MILEAGE and said_value:
        form.fields["mileage"].initial = said_value
    elif topic is Topic.DATE and (day := parse_day(said_value)) is not None:
        form.fields["settle_date"].initial = f"{day:%Y%m%d}"

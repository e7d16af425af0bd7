"""The decision on a registration, and on a shop's 上传方式."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chedang.site.maker_view import today


class ReviewForm(forms.Form):
    """Approve, or reject with a reason that the shop will read."""

    decision = forms.ChoiceField(choices=[("approve", _("审核通过")), ("reject", _("审核不通过"))])
    reason = forms.CharField(
        label=_("审核意见"),
        help_text=_("不通过时必须写明原因和怎样改正，企业会看到。例如：许可证号与营业执照名称不符，请核对后重新登记。"),
        max_length=200,
        required=False,
        error_messages={"max_length": _("审核意见请控制在 200 个字以内。")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """A rejection needs its reason."""
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "reject" and not cleaned.get("reason"):
            self.add_error("reason", ValidationError(_("请写明不通过的原因，企业才知道怎样改正。")))
        return cleaned


class SetBackForm(forms.Form):
    """From when a shop uploads by itself again, and why."""

    use_required_attribute = False  # the page's own sentence says what to do

    since_on = forms.DateField(
        label=_("从哪天起改回单店上传"),
        error_messages={"required": _("请填写日期，例如 2027-01-01。")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    why = forms.CharField(
        label=_("改回的原因"),
        max_length=200,
        error_messages={"required": _("请写明原因，企业和部级都会看到。")},
    )

    def clean_since_on(self) -> Any:
        """What was uploaded by the other channel before today stays rightly uploaded."""
        day = self.cleaned_data["since_on"]
        if day < today():
            raise ValidationError(_("日期应不早于今天。"))
        return day

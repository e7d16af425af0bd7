"""What an owner types about the 年检."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedang.terms.dates import day_in_china

_FURTHEST = timedelta(days=10 * 366)
_LONGEST_PAST = timedelta(days=366)


class InspectionForm(forms.Form):
    """检验有效期."""

    use_required_attribute = False

    until = forms.DateField(
        label=gettext_lazy("检验有效期止"),
        help_text=gettext_lazy("行驶证副页上写“检验有效期至”的那个月的最后一天，例如 2027-05-31"),
        error_messages={
            "required": gettext_lazy("请填写日期，例如 2027-05-31。"),
            "invalid": gettext_lazy("请填写日期，例如 2027-05-31。"),
        },
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_until(self) -> date:
        """A day that an inspection may hold until."""
        until: date = self.cleaned_data["until"]
        if not -_LONGEST_PAST <= until - day_in_china(timezone.now()) <= _FURTHEST:
            raise ValidationError(_("请对照行驶证核对年份。"))
        return until

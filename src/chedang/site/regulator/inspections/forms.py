"""What officers type about inspections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedang.access.models import User
from chedang.filing.cancelling_model import CancelReason
from chedang.filing.inspection_model import LONGEST_REMARK, InspectionReason
from chedang.filing.paper_model import ChecklistClass
from chedang.filing.words import CANCEL_REASONS, CLASS_NAMES, INSPECTION_REASONS
from chedang.site.enterprise_view import category_name
from chedang.site.regulator.inspections.presentation import officer_name

MOST_DRAWN = 50


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class VisitForm(forms.Form):
    """When and by whom; why, where it is not told elsewhere."""

    use_required_attribute = False

    reason = forms.TypedChoiceField(
        label=gettext_lazy("勘验原因"),
        choices=[(str(key), name) for key, name in INSPECTION_REASONS.items() if key is not InspectionReason.RANDOM],
        coerce=InspectionReason,
    )
    class_key = forms.TypedChoiceField(label=gettext_lazy("按哪一类的条件"), coerce=ChecklistClass, required=False)
    planned_on = forms.DateField(
        label=gettext_lazy("勘验日期"),
        error_messages={
            "required": gettext_lazy("请填写日期，例如 2027-01-05。"),
            "invalid": gettext_lazy("请填写日期，例如 2027-01-05。"),
        },
        widget=_day(),
    )
    first = forms.TypedChoiceField(
        label=gettext_lazy("执法人员一"),
        coerce=int,
        error_messages={"required": gettext_lazy("请选择执法人员。")},
    )
    second = forms.TypedChoiceField(
        label=gettext_lazy("执法人员二"),
        coerce=int,
        error_messages={"required": gettext_lazy("请选择执法人员。")},
    )

    def __init__(
        self, given: Any = None, *, officers: Sequence[User], classes: Sequence[ChecklistClass], **options: Any
    ) -> None:
        super().__init__(given, **options)
        self._officers = {user.pk: user for user in officers}
        people = [("", gettext_lazy("请选择")), *((user.pk, officer_name(user)) for user in officers)]
        for name in ("first", "second"):
            self.fields[name].choices = people  # type: ignore[attr-defined]  # a choice
        self.fields["class_key"].choices = [(str(each), CLASS_NAMES[each]) for each in classes]  # type: ignore[attr-defined]
        if len(classes) == 1:
            del self.fields["class_key"]

    def clean(self) -> dict[str, Any]:
        """Two persons are two."""
        cleaned = super().clean() or {}
        if cleaned.get("first") and cleaned.get("first") == cleaned.get("second"):
            self.add_error("second", ValidationError(_("现场勘验要有两位执法人员，请选两位不同的人。")))
        return cleaned

    def officers(self) -> tuple[User, ...]:
        """The two of a valid form."""
        return self._officers[self.cleaned_data["first"]], self._officers[self.cleaned_data["second"]]


class MoveForm(VisitForm):
    """Another day, or other officers."""

    def __init__(self, given: Any = None, **options: Any) -> None:
        super().__init__(given, classes=(ChecklistClass.FIRST,), **options)
        del self.fields["reason"]


class WordsForm(forms.Form):
    """A reason or a supplement in words."""

    use_required_attribute = False
    text = forms.CharField(
        max_length=LONGEST_REMARK,
        error_messages={
            "required": gettext_lazy("请写明内容。"),
            "max_length": gettext_lazy("请控制在 500 个字以内。"),
        },
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, given: Any = None, *, label: Any, **options: Any) -> None:
        super().__init__(given, **options)
        self.fields["text"].label = label


class DrawForm(forms.Form):
    """How many shops, of which class, and when they are to be visited."""

    use_required_attribute = False

    count = forms.IntegerField(
        label=gettext_lazy("抽取家数"),
        min_value=1,
        max_value=MOST_DRAWN,
        initial=5,
        error_messages={
            key: gettext_lazy("请填写家数，1 到 50。") for key in ("required", "invalid", "min_value", "max_value")
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    category = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    planned_on = forms.DateField(
        label=gettext_lazy("勘验日期"),
        error_messages={
            "required": gettext_lazy("请填写日期，例如 2027-01-05。"),
            "invalid": gettext_lazy("请填写日期，例如 2027-01-05。"),
        },
        widget=_day(),
    )

    def __init__(self, given: Any = None, **options: Any) -> None:
        super().__init__(given, **options)
        kinds = [(code, category_name(code)) for code in ("01", "02", "03")]
        self.fields["category"].choices = [("", gettext_lazy("不限")), *kinds]  # type: ignore[attr-defined]  # a choice


class EndingForm(forms.Form):
    """Why a filing ends, and the last day of business."""

    use_required_attribute = False

    reason = forms.TypedChoiceField(label=gettext_lazy("注销原因"), coerce=CancelReason)
    text = forms.CharField(
        label=gettext_lazy("说明"),
        help_text=gettext_lazy("原因选“其他”或“查无此企业”的必须写明。不要写个人姓名和电话。"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    ended_on = forms.DateField(
        label=gettext_lazy("终止经营的日期"),
        error_messages={
            "required": gettext_lazy("请填写日期，例如 2027-01-05。"),
            "invalid": gettext_lazy("请填写日期，例如 2027-01-05。"),
        },
        widget=_day(),
    )

    def __init__(self, given: Any = None, *, reasons: Sequence[CancelReason], **options: Any) -> None:
        super().__init__(given, **options)
        self.fields["reason"].choices = [(str(each), CANCEL_REASONS[each]) for each in reasons]  # type: ignore[attr-defined]

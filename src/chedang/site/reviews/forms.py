"""What owners, shops and officers fill in about reviews."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chedang.reviews.models.ratings import REASON_NAMES
from chedang.reviews.parameters import load_parameters
from chedang.reviews.ratings import Writing
from chedang.reviews.schemes import Scheme, Schemes
from chedang.site.reviews.presentation import language

_MOST = load_parameters().window.longest_text
_TOO_LONG = _("请控制在 %(limit_value)d 个字以内，现在是 %(show_value)d 个字。")


class WriteForm(forms.Form):
    """One row of choices for each question of the province's form, tags, and a text that may stay empty."""

    use_required_attribute = False

    tags = forms.MultipleChoiceField(label=_("标签（可不选）"), required=False, widget=forms.CheckboxSelectMultiple)
    text = forms.CharField(
        label=_("说几句（可不填）"),
        help_text=_("请不要写姓名、电话、车牌：系统会遮住，企业也可能因此认出您。"),
        max_length=_MOST,
        required=False,
        error_messages={"max_length": _TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, scheme: Scheme, schemes: Schemes, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._keys = [dimension.key for dimension in scheme.dimensions]
        steps = [(str(step), word.in_language(language())) for step, word in enumerate(scheme.words, 1)]
        for dimension in scheme.dimensions:
            name = dimension.in_language(language())
            self.fields[dimension.key] = forms.ChoiceField(
                label=name,
                choices=list(reversed(steps)),
                widget=forms.RadioSelect,
                error_messages={"required": _("请给“%(name)s”打分。") % {"name": name}},
            )
        tags = self.fields["tags"]
        assert isinstance(tags, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker what stands above
        tags.choices = [(tag.key, tag.in_language(language())) for tag in schemes.tags]
        self.order_fields([*self._keys, "tags", "text"])

    def questions(self) -> list[forms.BoundField]:
        """The rows of choices."""
        return [self[key] for key in self._keys]

    def writing(self) -> Writing:
        """What was handed in; only of a valid form."""
        answers = {key: int(self.cleaned_data[key]) for key in self._keys}
        return Writing(answers, tuple(self.cleaned_data["tags"]), self.cleaned_data["text"])


class TextForm(forms.Form):
    """One text: an addition or a reply."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("内容"),
        help_text=_("电话、车牌、车架号和网址会被遮住。"),
        max_length=_MOST,
        error_messages={"required": _("请写几句话。"), "max_length": _TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AppealForm(forms.Form):
    """Why a shop objects, and what shows it."""

    prefix = "appeal"
    use_required_attribute = False

    reason = forms.ChoiceField(
        label=_("申诉原因"),
        choices=[("", _("请选择")), *((str(key), name) for key, name in REASON_NAMES.items())],
        error_messages={"required": _("请选择申诉原因。")},
    )
    text = forms.CharField(
        label=_("说明和依据"),
        help_text=_("只有主管部门看得到。例如：结算清单上没有这个项目。"),
        max_length=_MOST,
        error_messages={"required": _("请写明依据，主管部门才能判断。"), "max_length": _TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DecisionForm(forms.Form):
    """An officer's decision with its reason, which the people concerned read."""

    use_required_attribute = False

    decision = forms.ChoiceField(choices=[("yes", ""), ("no", "")])
    reason = forms.CharField(
        label=_("理由"),
        help_text=_("企业和车主会看到。例如：企业提供的清单与评价所说的项目不符。"),
        max_length=200,
        required=False,
        error_messages={"max_length": _TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, needs_reason_for: tuple[str, ...] = ("yes", "no"), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._needs_reason_for = needs_reason_for

    def clean(self) -> dict[str, Any]:
        """Which decisions need their reason depends on what is decided."""
        cleaned = super().clean() or {}
        if cleaned.get("decision") in self._needs_reason_for and not cleaned.get("reason", "").strip():
            self.add_error("reason", ValidationError(_("请写明理由。")))
        return cleaned

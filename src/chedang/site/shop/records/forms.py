"""Forms about one record of the shop: 更正, 说明, 作废."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from chedang.intake.corrections import RecordChanges
from chedang.records.model import Finding, Level, RecordText
from chedang.site.record_lines import as_lines, read_parts, read_projects
from chedang.site.shop.records.presentation import IN_ORDER, element_of
from chedang.site.vehicle.versions import ELEMENT_LABELS
from chedang.workshop.explanations import MOST_CHARACTERS

MOST_REASON: Final = 200
_HINTS: Final = {
    "mileage": _("千米，例如 48210。"),
    "repair_date": _("例如 20261102。"),
    "settle_date": _("例如 20261102。"),
    "projects": _("每行一项：名称 | 工时"),
    "parts": _("每行一项：名称 | 配件编码 | 数量"),
}
_LONG: Final = {"fault_description", "projects", "parts"}
_READ_LINES: Final = {"projects": read_projects, "parts": read_parts}


class CorrectForm(forms.Form):
    """All elements of a record, those with a finding first; what is not touched stays exactly as it was."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("更正的原因"),
        help_text=_("例如：核对行驶证后改正。写进新的版本，车主能看到。"),
        max_length=MOST_REASON,
        error_messages={"required": _("请写明更正的原因。")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, current: RecordText, version: int, findings: Sequence[Finding], given: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(given, initial={"version": version})
        self._current = current
        self._written = {name: as_lines(getattr(current, name)) for name in IN_ORDER}
        self.faulty = [name for name in IN_ORDER if name in {element_of(found) for found in _to_mend(findings)}]
        for name in IN_ORDER:
            widget = forms.Textarea(attrs={"rows": 4}) if name in _LONG else forms.TextInput()
            field = forms.CharField(
                label=ELEMENT_LABELS[name],
                help_text=_HINTS.get(name, ""),
                required=False,
                strip=False,
                max_length=20_000,
                widget=widget,
            )
            field.initial = self._written[name]
            self.fields[name] = field

    @property
    def rest(self) -> list[str]:
        """Elements in which nothing was found."""
        return [name for name in IN_ORDER if name not in self.faulty]

    def changes(self) -> RecordChanges:
        """The elements that were changed, and only those."""
        given: dict[str, Any] = {}
        for name in IN_ORDER:
            typed = "\n".join(self.cleaned_data[name].splitlines())
            if typed != "\n".join(self._written[name].splitlines()):
                given[name] = _READ_LINES[name](typed) if name in _READ_LINES else typed.strip()
        return RecordChanges(**given)


def _to_mend(findings: Sequence[Finding]) -> list[Finding]:
    return [found for found in findings if found.level is not Level.INFO]


class ExplainForm(forms.Form):
    """Why a record is right as it is."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("说明"),
        help_text=_("200 个字以内。车主和主管机关会看到；不要写电话、车牌和姓名，写了会被遮住。"),
        max_length=MOST_CHARACTERS,
        error_messages={
            "required": _("请写一句说明。"),
            "max_length": _("说明请控制在 200 个字以内。"),
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class VoidForm(forms.Form):
    """Why a record does not count."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("作废的原因"),
        help_text=_("例如：同一次维修传了两遍。写进记录的历史。"),
        max_length=MOST_REASON,
        error_messages={"required": _("请写明作废的原因。")},
    )

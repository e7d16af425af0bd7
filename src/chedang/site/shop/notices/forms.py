"""What shops and officers type into notices and orders."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chedang.quality.expectation import load_expectation_parameters
from chedang.site.shop.notices import words
from chedang.supervision.conditions import MOST_PERCENT, MOST_RECORDS, CheckKind, Condition
from chedang.supervision.duty_rules import FEWEST_DAYS, MOST_DAYS, MOST_TEXT, USUAL_DAYS
from chedang.supervision.legal_bases import load_bases
from chedang.supervision.model import DutyKind, NoticeKind
from chedang.supervision.notice_texts import MOST_TEXT as MOST_NOTICE_TEXT
from chedang.supervision.notice_texts import MOST_TITLE

_NO_DAYS = {
    "required": _("请填写工作日数，1 到 60。"),
    "invalid": _("请填写工作日数，1 到 60。"),
    "min_value": _("请填写工作日数，1 到 60。"),
    "max_value": _("请填写工作日数，1 到 60。"),
}
_TOO_LONG = {"max_length": _("内容请控制在 1000 个字以内。")}


def _days(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=FEWEST_DAYS,
        max_value=MOST_DAYS,
        error_messages=_NO_DAYS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


def _text(label: Any, required: Any, *, help_text: Any = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=MOST_TEXT,
        error_messages={"required": required, **_TOO_LONG},
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class NoticeForm(forms.Form):
    """A notice and whom it is for."""

    use_required_attribute = False

    kind = forms.TypedChoiceField(
        label=_("种类"), choices=[(str(key), name) for key, name in words.NOTICE_KINDS.items()], coerce=NoticeKind
    )
    title = forms.CharField(
        label=_("标题"),
        max_length=MOST_TITLE,
        error_messages={"required": _("请填写标题。"), "max_length": _("标题请控制在 100 个字以内。")},
    )
    text = forms.CharField(
        label=_("正文"),
        max_length=MOST_NOTICE_TEXT,
        error_messages={"required": _("请填写正文。"), "max_length": _("正文请控制在 2000 个字以内。")},
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    asks_acknowledgement = forms.BooleanField(label=_("请企业点“我已知悉”"), required=False)
    more = forms.CharField(
        label=_("再加企业（可不填）"),
        help_text=_("每行一家，写企业全称或维修企业编码。"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    silent_days = forms.IntegerField(
        label=_("只发给多少天没有上传的企业（可不填）"),
        help_text=_("例如 7：只发给近 7 天没有上传过记录的企业。"),
        min_value=1,
        max_value=366,
        required=False,
        error_messages={
            "invalid": _("请填写天数，1 到 366。"),
            "min_value": _("请填写天数，1 到 366。"),
            "max_value": _("请填写天数，1 到 366。"),
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class DutyForm(forms.Form):
    """An order with its limit."""

    use_required_attribute = False

    kind = forms.TypedChoiceField(
        label=_("种类"), choices=[(str(key), name) for key, name in words.DUTY_KINDS.items()], coerce=DutyKind
    )
    basis = forms.ChoiceField(
        label=_("依据"),
        help_text=_("责令改正必须选择；写着“待核”的条、项号，发出以前请对照现行文本核对。"),
        required=False,
    )
    what = _text(
        _("需要改正的内容"),
        _("请写明需要改正的内容。"),
        help_text=_("写明哪里不符合、怎样算改正。不要写车牌号码、车架号和车主信息。"),
        rows=5,
    )
    days = _days(_("限期（工作日）"), _("从明天起算，到最后一个工作日的 24:00。"))
    records = forms.CharField(
        label=_("有关的结算清单编号（可不填）"),
        help_text=_("每行一个，只能是这家企业自己的记录。"),
        max_length=5_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    check = forms.ChoiceField(
        label=_("由系统复查（可不选）"),
        help_text=_("选了的，系统按收到的记录自动核对：督办达到要求就自动办结，责令改正由您点一下认可。"),
        required=False,
    )
    wanted = forms.IntegerField(
        label=_("复查的条数或百分比"),
        help_text=_("新收到多少条，或者有错误的低于百分之几；其他复查方式不用改。"),
        min_value=1,
        max_value=MOST_RECORDS,
        required=False,
        error_messages={
            "invalid": _("请填写整数，1 到 9999。"),
            "min_value": _("请填写整数，1 到 9999。"),
            "max_value": _("请填写整数，1 到 9999。"),
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    cases = forms.CharField(
        label=_("有关的反馈或投诉编号（可不填）"),
        help_text=_("每行一个。"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, given: Any = None, **options: Any) -> None:
        options.setdefault("initial", {"days": USUAL_DAYS, "wanted": 1})
        super().__init__(given, **options)
        bases = [(key, f"{basis.name}（{basis.clause}）") for key, basis in load_bases().items()]
        self.fields["basis"].choices = [("", _("不写依据（只用于督办）")), *bases]  # type: ignore[attr-defined]  # a choice
        checks = [(str(key), name) for key, name in words.CHECKS.items()]
        self.fields["check"].choices = [("", _("不复查，由人核对")), *checks]  # type: ignore[attr-defined]  # a choice

    def clean(self) -> dict[str, Any]:
        """An order rests on something."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") is DutyKind.ORDER and not cleaned.get("basis") and "basis" not in self.errors:
            self.add_error("basis", _("责令改正必须选择依据。"))
        if cleaned.get("check") == CheckKind.MENDED and not (cleaned.get("records") or "").strip():
            self.add_error("records", _("选了“所列记录都没有错误和疑问”，请写明结算清单编号。"))
        if cleaned.get("check") == CheckKind.ERROR_SHARE and (cleaned.get("wanted") or 1) > MOST_PERCENT:
            self.add_error("wanted", _("百分比请填 1 到 100。"))
        return cleaned

    @property
    def condition(self) -> Condition | None:
        """What the system shall check; of a form that is in order."""
        kind = self.cleaned_data["check"]
        if not kind:
            return None
        least = load_expectation_parameters().shares.least_records if kind == CheckKind.ERROR_SHARE else 1
        return Condition(CheckKind(kind), self.cleaned_data["wanted"] or 1, least)


class AnswerForm(forms.Form):
    """What the shop did; files come beside it."""

    use_required_attribute = False
    text = _text(_("改正情况"), _("请写明改正了什么。"), help_text=_("不要写车牌号码、车架号和车主信息。"), rows=4)


class LongerForm(forms.Form):
    """申请延期, once."""

    use_required_attribute = False
    days = _days(_("再要几个工作日"))
    text = _text(_("延期的理由"), _("请写明延期的理由。"))


class ReturnForm(forms.Form):
    """退回, with a new limit."""

    use_required_attribute = False
    text = _text(_("还有什么没有改正"), _("请写明还有什么没有改正，企业会看到。"))
    days = _days(_("新的限期（工作日）"))


class ReasonForm(forms.Form):
    """Why an order ends without having been done, or a longer limit is not given."""

    use_required_attribute = False
    text = _text(_("理由"), _("请写明理由，企业会看到。"))

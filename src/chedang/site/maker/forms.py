"""What a maker writes: its application, and the sign-in to its state."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chedang.access.saying import words_of
from chedang.enterprises.maker_model import Application, ApplicationText, LineProblem
from chedang.enterprises.maker_rules import read_application
from chedang.intake.files.model import FileUnreadable
from chedang.site.maker.dealer_file import read_lines

_FIELDS = ("maker_name", "unified_credit_code", "brands", "dealers", "password")


class ApplicationForm(forms.Form):
    """An application; what is wrong with it says ``enterprises.maker_rules``. A file's rows come back as lines."""

    maker_name = forms.CharField(
        label=_("企业名称"), help_text=_("与营业执照一致。例如：青禾汽车有限公司"), required=False
    )
    unified_credit_code = forms.CharField(
        label=_("统一社会信用代码"), help_text=_("营业执照上的 18 位。"), required=False
    )
    brands = forms.CharField(label=_("品牌"), help_text=_("几个品牌用顿号隔开。例如：青禾、青禾电动"), required=False)
    dealers = forms.CharField(
        label=_("授权经销商"),
        help_text=_("每行一家：维修企业编码，品牌。例如：330106000000012，青禾。可以从表格里整块复制。"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    file = forms.FileField(
        label=_("或者上传经销商表"),
        help_text=_("xlsx 或 csv，第一列维修企业编码，第二列品牌；读出的各行接在上面的名单后面。"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    password = forms.CharField(
        label=_("上传账户的密码"),
        help_text=_("不少于 8 个字符。总部的软件用它取得凭证，也用它在本站查询申报结果。"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
    )

    application: Application | None = None
    problems: tuple[LineProblem, ...] = ()

    def clean(self) -> dict[str, Any]:
        """Read the whole application; complaints go to their fields."""
        cleaned = super().clean() or {}
        self._take_file(cleaned.get("file"))
        text = ApplicationText(**{name: str(self.data.get(name, "")) for name in _FIELDS})
        self.application, complaints, self.problems = read_application(text)
        for name, message in complaints.items():
            self.add_error(name, ValidationError(message))
        return cleaned

    def _take_file(self, file: Any) -> None:
        """Put the file's lines behind those that were typed, where they are seen and can be mended."""
        if not file:
            return
        try:
            lines = read_lines(file.read())
        except FileUnreadable as fault:
            self.add_error("file", ValidationError(words_of(fault)))
            return
        typed = str(self.data.get("dealers", "")).rstrip()
        # A field of the form is shown again with what stands here; of each there is one value.
        self.data = {name: self.data.get(name) for name in self.data} | {
            "dealers": f"{typed}\n{lines}" if typed else lines
        }


class StatusForm(forms.Form):
    """The upload account and its password."""

    use_required_attribute = False  # the page's own sentence says what to do

    account = forms.CharField(label=_("上传账户"), help_text=_("申报后得到的 15 位编码。"), max_length=15)
    password = forms.CharField(
        label=_("密码"), max_length=128, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class PasswordForm(StatusForm):
    """The same and the password that is to come."""

    new_password = forms.CharField(
        label=_("新密码"),
        help_text=_("不少于 8 个字符，不要用容易猜到的。"),
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

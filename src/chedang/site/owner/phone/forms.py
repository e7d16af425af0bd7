"""What an owner types: a phone, a code. Tolerant of full width, blanks, dashes and +86."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chedang.access.codes import DIGITS
from chedang.terms import phone
from chedang.terms.text import clean

_CODE_ATTRS = {"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": "[0-9]*", "spellcheck": "false"}


def clean_mobile(typed: str) -> str:
    """A mobile number as a person types it, normalised. Raises ValidationError."""
    number = phone.normalise(typed)
    if not phone.is_mobile(number):
        raise ValidationError(_("这不像手机号码，应为 11 位数字，以 1 开头。请核对。"))
    return number


def _code_field(label: object) -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]  # lazy text is text to a form
        max_length=20,
        error_messages={"required": _("请填写验证码。"), "max_length": _("验证码是 6 位数字。")},
        widget=forms.TextInput(attrs=_CODE_ATTRS),
    )


def _clean_code(typed: str) -> str:
    code = "".join(clean(typed).split())
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        raise ValidationError(_("验证码是 6 位数字。"))
    return code


class PhoneForm(forms.Form):
    """The number with which one signs in."""

    number = forms.CharField(
        label=_("手机号码"),
        max_length=40,
        error_messages={"required": _("请填写手机号码。"), "max_length": _("手机号码太长，应为 11 位数字。")},
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "numeric", "autocomplete": "tel"}),
    )

    def clean_number(self) -> str:
        """The number, normalised."""
        return clean_mobile(self.cleaned_data["number"])


class NewPhoneForm(PhoneForm):
    """The number to which an account changes."""

    def __init__(self, *arguments: object, present: str = "", **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]  # handed on as they came
        self.fields["number"].label = _("新手机号码")
        self._present = present

    def clean_number(self) -> str:
        """Another number than the present one, normalised."""
        number = super().clean_number()
        if number == self._present:
            raise ValidationError(_("这就是现在的手机号码，请填写要换成的号码。"))
        return number


class CodeForm(forms.Form):
    """The code that came by SMS."""

    code = _code_field(_("6 位验证码"))
    is_own_phone = forms.BooleanField(label=_("这是我自己的手机或电脑，30 天内不用再登录"), required=False)

    def clean_code(self) -> str:
        """The six digits."""
        return _clean_code(self.cleaned_data["code"])


class ChangeForm(forms.Form):
    """A code of the present number, where there is one, and one of the new number."""

    old_code = _code_field(_("原手机收到的验证码"))
    new_code = _code_field(_("新手机收到的验证码"))

    def __init__(self, *arguments: object, has_old: bool, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]  # handed on as they came
        if not has_old:
            del self.fields["old_code"]

    def clean_old_code(self) -> str:
        """The six digits."""
        return _clean_code(self.cleaned_data["old_code"])

    def clean_new_code(self) -> str:
        """The six digits."""
        return _clean_code(self.cleaned_data["new_code"])

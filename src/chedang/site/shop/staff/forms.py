"""What a shop's manager types about people, and what people type to sign in."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedang.access.model import ShopPost
from chedang.access.models import POST_NAMES, User
from chedang.filing.models import CERTIFICATE_NAMES, TRADE_NAMES
from chedang.filing.staff_model import CertificateKind, Trade
from chedang.site.account.changing import NewPasswordFields
from chedang.site.maker_view import today
from chedang.site.owner.phone.forms import CodeForm, clean_mobile
from chedang.terms.text import clean

_DAY_ATTRS = {"type": "date"}
_PHONE_ATTRS = {"type": "tel", "inputmode": "numeric", "autocomplete": "off"}
_ACCOUNT_ATTRS = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
_ACCOUNT_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{3,31}")
_TRADES = [(str(key), name) for key, name in TRADE_NAMES.items()]
_POSTS = [(str(key), name) for key, name in POST_NAMES.items()]
_CERTIFICATES = [(str(key), name) for key, name in CERTIFICATE_NAMES.items()]


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs=_DAY_ATTRS),
        error_messages={
            "required": gettext_lazy("请填写日期。"),
            "invalid": gettext_lazy("请按 2026-01-31 的样子填写日期。"),
        },
    )


def clean_account_name(typed: str) -> str:
    """An account name as people type it. Raises ValidationError."""
    name = clean(typed).lower()
    if not _ACCOUNT_NAME.fullmatch(name):
        raise ValidationError(_("账户名用 4 到 32 个小写字母、数字、点、横线，以字母或数字开头。"))
    return name


class _OneOfSeveral(forms.Form):
    """A form that stands beside others on a page: identifiers of its fields begin with ``ids``."""

    ids: ClassVar[str]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.auto_id = f"{self.ids}_%s"


class PersonForm(forms.Form):
    """A person of the shop."""

    name = forms.CharField(
        label=gettext_lazy("姓名"),
        max_length=32,
        error_messages={"required": gettext_lazy("请填写姓名。"), "max_length": gettext_lazy("姓名最多 32 个字。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    trade = forms.ChoiceField(label=gettext_lazy("工种"), choices=_TRADES, initial=str(Trade.MECHANIC))
    joined_on = _day(gettext_lazy("到岗日期"))

    def clean_name(self) -> str:
        """Without blanks around it."""
        return clean(self.cleaned_data["name"])

    def clean_trade(self) -> Trade:
        """The kind of work."""
        return Trade(self.cleaned_data["trade"])

    def clean_joined_on(self) -> date:
        """Not in the future."""
        joined_on: date = self.cleaned_data["joined_on"]
        if joined_on > today():
            raise ValidationError(_("到岗日期不能晚于今天。"))
        return joined_on


class CertificateForm(_OneOfSeveral):
    """A certificate of a person."""

    ids = "certificate"

    kind = forms.ChoiceField(label=gettext_lazy("证书"), choices=_CERTIFICATES)
    number = forms.CharField(
        label=gettext_lazy("证书编号"),
        help_text=gettext_lazy("加密保存，页面上只显示末四位。"),
        max_length=40,
        error_messages={"required": gettext_lazy("请填写证书编号。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    level = forms.CharField(label=gettext_lazy("等级（可不填）"), max_length=16, required=False)
    issued_by = forms.CharField(label=gettext_lazy("发证单位（可不填）"), max_length=64, required=False)
    valid_until_on = _day(gettext_lazy("有效期至（长期有效的不填）"), required=False)

    def clean_kind(self) -> CertificateKind:
        """The kind of certificate."""
        return CertificateKind(self.cleaned_data["kind"])

    def clean_number(self) -> str:
        """As it stands, without blanks."""
        number = "".join(clean(self.cleaned_data["number"]).split())
        if not number:
            raise ValidationError(_("请填写证书编号。"))
        return number


class PostForm(_OneOfSeveral):
    """What a person may do here."""

    ids = "post"

    post = forms.ChoiceField(label=gettext_lazy("岗位权限"), choices=_POSTS, initial=str(ShopPost.CLERK))

    def clean_post(self) -> ShopPost:
        """The post."""
        return ShopPost(self.cleaned_data["post"])


class PhoneField(_OneOfSeveral):
    """A phone that may be left out."""

    ids = "phone"

    number = forms.CharField(
        label=gettext_lazy("手机号码"),
        max_length=40,
        required=False,
        error_messages={"max_length": gettext_lazy("手机号码太长，应为 11 位数字。")},
        widget=forms.TextInput(attrs=_PHONE_ATTRS),
    )

    def clean_number(self) -> str:
        """The number, normalised; '' for none."""
        typed = self.cleaned_data["number"].strip()
        return clean_mobile(typed) if typed else ""


class OpenAccountForm(PhoneField, PostForm):
    """How a person is let in: by a phone, by an account name with a one-time password, or by both."""

    ids = "account"
    field_order = ("post", "number", "username")

    username = forms.CharField(
        label=gettext_lazy("账户名"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("填了账户名，会得到一个只能用一次的密码。"),
        error_messages={"max_length": gettext_lazy("账户名最多 32 个字符。")},
        widget=forms.TextInput(attrs=_ACCOUNT_ATTRS),
    )

    def __init__(self, given: Any = None, *, by_phone: bool) -> None:
        super().__init__(given)
        self.fields["number"].help_text = gettext_lazy("本人用这个号码和短信验证码登录。")
        if not by_phone:
            del self.fields["number"]

    def clean_username(self) -> str:
        """The account name; '' for none."""
        typed = self.cleaned_data["username"]
        return clean_account_name(typed) if typed.strip() else ""

    def clean(self) -> dict[str, Any]:
        """One of the two ways."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and not (given.get("number") or given["username"]):
            raise ValidationError(_("请填写手机号码或账户名，至少一项。"))
        return given


class EnrolForm(forms.Form):
    """A shop's code, and what proves that one acts for it."""

    company_code = forms.CharField(
        label=gettext_lazy("维修企业编码"),
        max_length=20,
        error_messages={
            "required": gettext_lazy("请填写维修企业编码。"),
            "max_length": gettext_lazy("维修企业编码是 12 到 15 位数字。"),
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    secret = forms.CharField(
        label=gettext_lazy("上传密码，或首次登录码"),
        max_length=128,
        strip=False,
        error_messages={"required": gettext_lazy("请填写上传密码或首次登录码。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def clean_company_code(self) -> str:
        """Digits only."""
        code = "".join(clean(self.cleaned_data["company_code"]).split())
        if not (code.isascii() and code.isdigit() and 12 <= len(code) <= 15):
            raise ValidationError(_("维修企业编码是 12 到 15 位数字。"))
        return code


class _NameField(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("您的姓名"),
        max_length=32,
        error_messages={"required": gettext_lazy("请填写姓名。"), "max_length": gettext_lazy("姓名最多 32 个字。")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        """Without blanks around it."""
        return clean(self.cleaned_data["name"])


class ManagerByPasswordForm(_NameField, NewPasswordFields):
    """The first manager's account, opened by a password."""

    field_order = ("name", "username", "new_password", "again")
    prefix = "password"

    username = forms.CharField(
        label=gettext_lazy("账户名"),
        max_length=32,
        error_messages={
            "required": gettext_lazy("请填写账户名。"),
            "max_length": gettext_lazy("账户名最多 32 个字符。"),
        },
        widget=forms.TextInput(attrs=_ACCOUNT_ATTRS | {"autocomplete": "username"}),
    )

    def clean_username(self) -> str:
        """The account name."""
        return clean_account_name(self.cleaned_data["username"])

    def password_user(self) -> User:
        """The account that is about to be made."""
        given = self.cleaned_data
        return User(username=given.get("username", ""), display_name=given.get("name", ""))


class ManagerByPhoneForm(_NameField, PhoneField):
    """The first manager's account, opened by a phone."""

    field_order = ("name", "number")
    prefix = "phone"

    def __init__(self, given: Any = None) -> None:
        super().__init__(given)
        self.fields["number"].required = True
        self.fields["number"].error_messages["required"] = gettext_lazy("请填写手机号码。")
        self.fields["number"].widget.attrs["autocomplete"] = "tel"


class ShopCodeForm(CodeForm):
    """The code that came by SMS; a counter's computer is nobody's own."""

    is_own_phone = None  # type: ignore[assignment]  # Django takes an inherited field away this way

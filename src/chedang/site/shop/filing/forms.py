"""What a shop writes of itself. The rules are those of every registration; here they stand at their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chedang.access.models import User
from chedang.access.saying import words
from chedang.enterprises.code_tables import tables_on
from chedang.enterprises.model import WIRE_NAMES, FindingLevel, RegistrationFinding
from chedang.enterprises.rules import judge_password
from chedang.enterprises.store import Connection
from chedang.filing.filing_model import FIELDS
from chedang.filing.paper_model import AttachmentKind
from chedang.filing.words import ATTACHMENT_NAMES, FIELD_NAMES
from chedang.platform.passwords import is_weak
from chedang.site.registration_words import finding_words
from chedang.site.settings import NODE
from chedang.terms import division
from chedang.terms.dates import day_in_china

LIVE: Final = ("unified_credit_code", "road_transport_license", "division_code", "postal_code")
"""Elements that are checked as soon as they are filled in."""
_FIELD_OF: Final = {wire: name for name, wire in WIRE_NAMES.items()}
_SEAT: Final = {"66": "65"}
"""兵团 has no counties of its own: its shops state those of 新疆."""
_CHOOSE: Final = ("", _("请选择"))
_TABLES: Final = {
    "category": "enterprise_category",
    "economic_category": "economic_category",
    "operation_state": "operation_state",
}

Choices = Mapping[str, list[Any]]


def choices_on(connection: Connection, now: datetime, *, division_code: str = "") -> Choices:
    """What may be chosen today; ``division_code`` too, where a shop stands under one that is no county of today."""
    tables = tables_on(connection, day_in_china(now))
    choices: dict[str, list[Any]] = {name: [_CHOOSE, *tables[table].items()] for name, table in _TABLES.items()}
    counties = division.counties(_SEAT.get(NODE.node.code, NODE.node.code))
    if division_code and division_code not in counties:
        counties = [division_code, *counties]
    choices["division_code"] = [_CHOOSE, *_by_prefecture(counties)]
    return choices


def _by_prefecture(counties: Iterable[str]) -> list[Any]:
    """Counties under the names of their prefectures."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for county in counties:
        whole, prefecture = division.full_name(county), division.full_name(f"{county[:4]}00")
        name = prefecture or division.full_name(f"{county[:2]}0000") or county
        groups.setdefault(name, []).append((county, whole.removeprefix(prefecture) or whole or county))
    return list(groups.items())


class ElementsForm(forms.Form):
    """The elements of a registration but for the password. Nothing is required by the form: the rules say what is."""

    use_required_attribute = False

    company_name = forms.CharField(
        label=FIELD_NAMES["company_name"], help_text=_("与营业执照一致。例如：安心汽车维修有限公司")
    )
    unified_credit_code = forms.CharField(
        label=FIELD_NAMES["unified_credit_code"],
        help_text=_("营业执照上的 18 位。"),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    road_transport_license = forms.CharField(
        label=FIELD_NAMES["road_transport_license"],
        help_text=_("还没有备案号的可以先空着，备案后补填。"),
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
    )
    category = forms.ChoiceField(label=FIELD_NAMES["category"], help_text=_("综合小修和专项维修选三类。"))
    division_code = forms.ChoiceField(label=FIELD_NAMES["division_code"], help_text=_("店面所在的市和区县。"))
    address = forms.CharField(
        label=FIELD_NAMES["address"],
        help_text=_("店面地址，与营业执照一致。"),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    business_scope = forms.CharField(
        label=FIELD_NAMES["business_scope"],
        help_text=_("备案表上的经营范围。例如：二类汽车维修（小型车辆）"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    economic_category = forms.ChoiceField(label=FIELD_NAMES["economic_category"])
    operation_state = forms.ChoiceField(label=FIELD_NAMES["operation_state"])
    license_start_date = forms.CharField(
        label=FIELD_NAMES["license_start_date"], widget=forms.DateInput(attrs={"type": "date"})
    )
    license_end_date = forms.CharField(
        label=FIELD_NAMES["license_end_date"],
        help_text=_("长期有效的空着。"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    superintendent_name = forms.CharField(
        label=FIELD_NAMES["superintendent_name"], widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    superintendent_phone = forms.CharField(
        label=FIELD_NAMES["superintendent_phone"], widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    linkman_name = forms.CharField(label=FIELD_NAMES["linkman_name"])
    linkman_phone = forms.CharField(
        label=FIELD_NAMES["linkman_phone"],
        help_text=_("主管部门和系统找得到人的电话。"),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    postal_code = forms.CharField(
        label=FIELD_NAMES["postal_code"], widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    email = forms.CharField(label=FIELD_NAMES["email"], widget=forms.TextInput(attrs={"inputmode": "email"}))
    confirmed = forms.BooleanField(label=_("标出的内容我核对过，确实是这样"))

    is_doubtful = False
    """Are there findings that a person may leave as they are, and no others?"""

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = False
            if name in choices and isinstance(field, forms.ChoiceField):
                field.choices = choices[name]
            if isinstance(field, forms.CharField) and field.max_length is None:
                field.max_length = 400

    def texts(self) -> dict[str, str]:
        """Of a form without faults of its own: element → text."""
        return {name: self.cleaned_data[name] for name in FIELDS}

    def show(self, findings: Iterable[RegistrationFinding], *, only: Iterable[str] | None = None) -> None:
        """Put findings at their fields. Warnings, of the fields ``only``, stand until the person says so on purpose."""
        faulty, looked_at = set(self.errors), set(FIELDS if only is None else only)
        has_confirmed = bool(self.cleaned_data.get("confirmed"))
        shown = set()
        for finding in findings:
            name, is_error = _FIELD_OF[finding.field], finding.level is FindingLevel.ERROR
            is_shown = is_error or (name in looked_at and not has_confirmed and not self._may_be_left_out(name))
            if is_shown and name in self.fields and name not in faulty:
                self.add_error(name, ValidationError(self._words_of(finding, name)))
                shown.add(finding.level)
        self.is_doubtful = shown == {FindingLevel.WARN}

    def _may_be_left_out(self, name: str) -> bool:
        """A new shop has no number of 备案 yet, and the officer sees so; one that was given is not dropped silently."""
        return name == "road_transport_license" and not self.cleaned_data.get(name) and not self.initial.get(name)

    def _words_of(self, finding: RegistrationFinding, name: str) -> str:
        """What the rules say; of a choice that nobody made, what to do."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField) and not self.cleaned_data.get(name):
            return str(_("请选择%(field)s。")) % {"field": field.label}
        return finding_words(finding)


class ApplyForm(ElementsForm):
    """The elements, the software's password, and the account of who manages the shop."""

    password = forms.CharField(
        label=_("上传密码"),
        help_text=_("维修软件上传记录用的密码，不少于 8 个字符。现在没有软件也要设，以后用得上。"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    username = forms.CharField(
        label=_("账户名"),
        help_text=_("负责人登录本站用，字母、数字和 @ . + - _ 都可以。"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    account_password = forms.CharField(
        label=_("登录密码"),
        help_text=_("不少于 10 个字符，不要用容易猜到的。"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        """As when a shop changes it: what is widely used is no password."""
        password: str = self.cleaned_data["password"]
        if not password:
            raise ValidationError(_("请填写上传密码。"))
        if complaint := judge_password(password):
            raise ValidationError(words(complaint))
        if is_weak(password):
            raise ValidationError(_("密码太简单，请换一个不易猜到的密码。"))
        return password

    def clean_username(self) -> str:
        """The same rules as for every account."""
        username: str = User.normalize_username(self.cleaned_data["username"].strip())
        if not username:
            raise ValidationError(_("请填写账户名。"))
        User._meta.get_field("username").run_validators(username)
        return username

    def clean_superintendent_name(self) -> str:
        """Whoever signs in first is who manages the shop."""
        name: str = self.cleaned_data["superintendent_name"]
        if not name:
            raise ValidationError(_("请填写负责人姓名，账户开在负责人名下。"))
        return name

    def clean(self) -> dict[str, Any]:
        """The password of the account, beside its name."""
        cleaned = super().clean() or {}
        password = cleaned.get("account_password", "")
        if not password:
            self.add_error("account_password", ValidationError(_("请填写登录密码。")))
        else:
            try:
                validate_password(password, User(username=cleaned.get("username", "")))
            except ValidationError as fault:
                self.add_error("account_password", fault)
        return cleaned


class AttachmentForm(forms.Form):
    """One paper and what it is."""

    use_required_attribute = False

    kind = forms.ChoiceField(label=_("材料"), choices=[(str(kind), ATTACHMENT_NAMES[kind]) for kind in AttachmentKind])
    file = forms.FileField(
        label=_("文件"),
        help_text=_(
            "JPG、PNG（8 MB 以内）或 PDF（5 MB 以内）。照片里的拍摄地点会去掉；加密保存，只有负责人和主管部门能看。"
        ),
        allow_empty_file=True,
        error_messages={"required": _("请选择文件。")},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
    )


class DecisionForm(forms.Form):
    """Agree to a change, or not, with a reason that the shop reads."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("不同意的原因"),
        help_text=_("不同意时必须写明，企业会看到。例如：名称与营业执照照片不一致。"),
        max_length=200,
        required=False,
        error_messages={"max_length": _("原因请控制在 200 个字以内。")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

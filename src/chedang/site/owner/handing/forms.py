"""What people type when they let others in, hand a car over or keep a company's cars."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedang.owners.consents import RELATIONS
from chedang.owners.handing_limits import handing_limits
from chedang.owners.model import FleetRole, Scope
from chedang.owners.transfers import CODE_LENGTH
from chedang.site.owner.phone.forms import clean_mobile
from chedang.terms import credit_code, plate
from chedang.terms.spoken import read_code
from chedang.terms.text import tidy

_SCOPES = [
    (str(Scope.VERDICT), gettext_lazy("只看里程判断")),
    (str(Scope.BUYER), gettext_lazy("看维修内容，不显示企业、号牌和具体日期")),
    (str(Scope.FULL), gettext_lazy("和我看到的一样")),
]
_RELATION_WORDS = {
    "家人": gettext_lazy("家人"),
    "亲戚": gettext_lazy("亲戚"),
    "朋友": gettext_lazy("朋友"),
    "同事": gettext_lazy("同事"),
    "其他": gettext_lazy("其他"),
}
_ROLES = [
    (str(FleetRole.VIEWER), gettext_lazy("只看车辆档案")),
    (str(FleetRole.MANAGER), gettext_lazy("管理车辆和人员")),
]


def phone_field(label: Any, hint: Any = "") -> forms.CharField:
    """A mobile number; the form's own ``clean_…`` gives it normalised."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=40,
        error_messages={"required": gettext_lazy("请填写手机号码。")},
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "numeric", "autocomplete": "off"}),
    )


def _relation() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("与车主的关系"), choices=[(word, _RELATION_WORDS[word]) for word in RELATIONS]
    )


class PlainForm(forms.Form):
    """The page's own sentences say what to do, not the browser's."""

    use_required_attribute = False


class InviteForm(PlainForm):
    """An owner lets somebody in."""

    number = phone_field(gettext_lazy("对方的手机号码"), gettext_lazy("对方用这个号码登录后就能看到。"))
    relation = _relation()
    scope = forms.ChoiceField(label=gettext_lazy("对方能看到什么"), choices=_SCOPES, initial=str(Scope.BUYER))
    days = forms.TypedChoiceField(label=gettext_lazy("看多久"), coerce=int)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        limits = handing_limits().consent
        field = self.fields["days"]
        field.choices = [(days, _("%(days)d 天") % {"days": days}) for days in limits.days]  # type: ignore[attr-defined]  # the stubs know the field only as Field
        field.initial = limits.proposed_days

    def clean_number(self) -> str:
        return clean_mobile(self.cleaned_data["number"])


class AskForm(PlainForm):
    """Somebody asks an owner for consent."""

    number = phone_field(gettext_lazy("车主的手机号码"), gettext_lazy("系统给车主发一个验证码，请车主告诉您。"))
    plate = forms.CharField(
        label=gettext_lazy("车牌号码"),
        max_length=16,
        help_text=gettext_lazy("例如 浙A12345"),
        error_messages={"required": gettext_lazy("请填写车牌号码。")},
    )
    relation = _relation()

    def clean_number(self) -> str:
        return clean_mobile(self.cleaned_data["number"])

    def clean_plate(self) -> str:
        return read_plate(self.cleaned_data["plate"])


def read_plate(typed: str) -> str:
    """Normalised. Raises ValidationError."""
    number = plate.normalise(typed)
    if number and plate.read(number) is None:
        raise ValidationError(_("这不像一个车牌号码，例如 浙A12345。请核对行驶证。"))
    return number


class CodeForm(PlainForm):
    """The six digits that the owner got."""

    code = forms.CharField(
        label=gettext_lazy("车主收到的验证码"),
        max_length=20,
        error_messages={"required": gettext_lazy("请填写验证码。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class OfferForm(PlainForm):
    """What a new owner may see of before."""

    shows_shops = forms.BooleanField(label=gettext_lazy("新车主可以看到以前在哪些企业维修"), required=False)


class TakeOverForm(PlainForm):
    """The code of the former owner and, for a company, which one."""

    code = forms.CharField(
        label=gettext_lazy("过户码"),
        max_length=40,
        help_text=gettext_lazy("原车主给您的 12 位字母和数字，例如 7K2M-9QXD-3FHT"),
        error_messages={"required": gettext_lazy("请填写过户码。")},
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )
    plate = forms.CharField(label=gettext_lazy("新的车牌号码（换了号牌才填）"), max_length=16, required=False)
    fleet = forms.ChoiceField(label=gettext_lazy("这辆车归谁"), required=False)

    def __init__(self, *arguments: Any, fleets: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        if fleets:
            self.fields["fleet"].choices = [("", _("我本人")), *fleets]  # type: ignore[attr-defined]  # known only as Field
        else:
            del self.fields["fleet"]

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"], CODE_LENGTH)
        if code is None:
            raise ValidationError(_("过户码是 12 位，没有数字 0、1 和字母 I、L、O、U。请核对。"))
        return code

    def clean_plate(self) -> str:
        return read_plate(self.cleaned_data["plate"])


class FleetForm(PlainForm):
    """A company."""

    name = forms.CharField(
        label=gettext_lazy("单位名称"),
        max_length=100,
        error_messages={"required": gettext_lazy("请填写单位名称，与营业执照一致。")},
    )
    credit_code = forms.CharField(label=gettext_lazy("统一社会信用代码（可以不填）"), max_length=40, required=False)

    def clean_name(self) -> str:
        name = tidy(self.cleaned_data["name"])
        if not name:
            raise ValidationError(_("请填写单位名称，与营业执照一致。"))
        return name

    def clean_credit_code(self) -> str:
        code = credit_code.normalise(self.cleaned_data["credit_code"])
        if code and not credit_code.is_valid(code):
            raise ValidationError(_("统一社会信用代码应为 18 位，请对照营业执照核对。"))
        return code


class MemberForm(PlainForm):
    """One person more in a company."""

    number = phone_field(gettext_lazy("手机号码"), gettext_lazy("对方用这个号码登录后就能看到本单位的车辆。"))
    role = forms.ChoiceField(label=gettext_lazy("权限"), choices=_ROLES)

    def clean_number(self) -> str:
        return clean_mobile(self.cleaned_data["number"])


class RosterForm(PlainForm):
    """A file of cars."""

    file = forms.FileField(
        label=gettext_lazy("车辆清单"),
        help_text=gettext_lazy("CSV 文件，最大 1 MB。电子表格软件请用“另存为 CSV”。"),
        error_messages={
            "required": gettext_lazy("请选择一个文件。"),
            "empty": gettext_lazy("这个文件是空的。"),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

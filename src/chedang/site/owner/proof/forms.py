"""What an owner chooses for a share code or a certificate, and what a visitor types from one."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chedang.owners.certificate_numbers import read_number
from chedang.owners.certificates import LONGEST_REASON
from chedang.owners.model import Scope
from chedang.owners.proof_limits import proof_limits
from chedang.owners.shares import LONGEST_NOTE
from chedang.vehicles.views import View

_LIMITS = proof_limits().share


def hours_in_words(hours: int) -> str:
    """``1`` → 1 小时, ``72`` → 3 天."""
    if hours < 24:
        return ngettext("%(n)d 小时", "%(n)d 小时", hours) % {"n": hours}
    return ngettext("%(n)d 天", "%(n)d 天", hours // 24) % {"n": hours // 24}


def _scopes() -> list[tuple[str, str]]:
    return [
        (str(Scope.BUYER), _("买家视图")),
        (str(Scope.VERDICT), _("只看里程判断")),
        (str(Scope.FULL), _("全部内容")),
    ]


def _lives() -> list[tuple[int, str]]:
    return [(hours, hours_in_words(hours)) for hours in _LIMITS.hours]


def _views() -> list[tuple[str, str]]:
    return [
        (str(View.BUYER), _("买家视图")),
        (str(View.OWNER), _("车主视图")),
    ]


class ShareForm(forms.Form):
    """A new share code."""

    scope = forms.ChoiceField(
        label=gettext_lazy("给对方看什么"),
        help_text=gettext_lazy(
            "买家视图没有号牌、完整车架号、维修企业和具体日期；只看里程判断时没有逐条的记录；全部内容和您自己看到的一样。"
        ),
        choices=_scopes,
        initial=str(Scope.BUYER),
    )
    hours = forms.TypedChoiceField(
        label=gettext_lazy("多长时间内有效"), choices=_lives, coerce=int, initial=_LIMITS.proposed_hours
    )
    most_views = forms.IntegerField(
        label=gettext_lazy("最多看几次"),
        help_text=gettext_lazy("1 到 100 次。对方每按一次“查看”算一次，30 分钟内重新打开不另算。"),
        min_value=1,
        max_value=_LIMITS.most_views,
        initial=_LIMITS.proposed_views,
        error_messages={
            "required": gettext_lazy("请填 1 到 100 之间的次数。"),
            "invalid": gettext_lazy("请填 1 到 100 之间的次数。"),
            "min_value": gettext_lazy("请填 1 到 100 之间的次数。"),
            "max_value": gettext_lazy("请填 1 到 100 之间的次数。"),
        },
    )
    note = forms.CharField(
        label=gettext_lazy("备注（只有您自己看得到，可以不填）"),
        help_text=gettext_lazy("例如：给看车的王先生"),
        max_length=LONGEST_NOTE,
        required=False,
    )


class CodeForm(forms.Form):
    """输入分享码."""

    code = forms.CharField(
        label=gettext_lazy("分享码"),
        help_text=gettext_lazy("16 位字母和数字，不分大小写，横线可以不输。例如：7K2M-9QXD-3FHT-4WZA"),
        max_length=200,
        error_messages={"required": gettext_lazy("请输入车主给您的分享码。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class CertificateForm(forms.Form):
    """A new certificate."""

    view = forms.ChoiceField(
        label=gettext_lazy("证明里写什么"),
        help_text=gettext_lazy("买家视图没有号牌、完整车架号、维修企业和具体日期；车主视图是全部内容。"),
        choices=_views,
        initial=str(View.BUYER),
    )


class NumberForm(forms.Form):
    """A certificate to be checked."""

    number = forms.CharField(
        label=gettext_lazy("证明编号"),
        help_text=gettext_lazy("印在证明第一页和每页的页脚，例如：33-2611-7K2M-9QXD"),
        max_length=64,
        error_messages={"required": gettext_lazy("请输入证明上的编号。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    digest = forms.CharField(
        label=gettext_lazy("摘要的前 8 位（可以不填）"),
        help_text=gettext_lazy("印在证明最后一页。填了就能对照证明的全部内容。"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_number(self) -> str:
        """As it is printed; a slip is told by the check character."""
        number = read_number(self.cleaned_data["number"])
        if number is None:
            raise forms.ValidationError(_("这个编号抄错了：请对照证明再核对一遍。"))
        return number


class RevokeForm(forms.Form):
    """Why an officer takes a certificate back."""

    reason = forms.CharField(
        label=gettext_lazy("收回的原因"),
        help_text=gettext_lazy("查验这张证明的人会看到。"),
        max_length=LONGEST_REASON,
        error_messages={"required": gettext_lazy("请写明收回的原因。")},
    )

"""What the rules notice in a registration, in the language of the page. Findings are kept as Chinese texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop as _

from chedang.access.saying import words
from chedang.enterprises.model import RegistrationFinding
from chedang.terms.saying import recognise

PATTERNS: Final[Mapping[str, tuple[str, ...]]] = {
    "TOO_LONG": (_("超过 %(longest)s 个字符，已截断"),),
    "NAME_MISSING": (_("未填写企业名称"),),
    "PASSWORD_UNUSABLE": (
        _("未填写密码"),
        _("密码应不少于 %(least)s 个字符"),
        _("密码应不超过 %(most)s 个字符"),
    ),
    "DIVISION_UNUSABLE": (_("应为 6 位行政区划代码，如 330106"),),
    "DIVISION_UNKNOWN": (_("%(code)s 不在行政区划代码表中"),),
    "DIVISION_NOT_COUNTY": (_("%(code)s 不是县级行政区划代码"),),
    "DIVISION_NOT_CURRENT": (_("%(code)s 已撤销或变更，请改用现行代码"),),
    "CREDIT_CODE_EMPTY": (_("未填写统一社会信用代码"),),
    "CREDIT_CODE_PLACEHOLDER": (_("未填写统一社会信用代码"),),
    "CREDIT_CODE_LENGTH": (_("统一社会信用代码应为 18 位"),),
    "CREDIT_CODE_CHARACTERS": (_("统一社会信用代码含有不允许的字符"),),
    "CREDIT_CODE_DUMMY": (_("统一社会信用代码疑为随意填写"),),
    "CREDIT_CODE_CHECK_CHARACTER": (_("统一社会信用代码校验位不符，请核对营业执照"),),
    "LICENSE_MISSING": (_("未填写道路运输经营许可证号或备案号"),),
    "LICENSE_PERIOD_REVERSED": (_("许可证有效期止早于有效期起"),),
    "LICENSE_EXPIRED": (_("许可证已过有效期"),),
    "LICENSE_START_UNREADABLE": (_("有效期起应为 yyyyMMdd 格式的日期"),),
    "LICENSE_END_UNREADABLE": (_("有效期止应为 yyyyMMdd 格式的日期，长期填 99991231"),),
    "CATEGORY_MISSING": (_("未填写经营业务类别"),),
    "CATEGORY_UNKNOWN": (_("经营业务类别不在代码表中"),),
    "ECONOMIC_CATEGORY_MISSING": (_("未填写经济类型"),),
    "ECONOMIC_CATEGORY_UNKNOWN": (_("经济类型不在代码表中"),),
    "OPERATION_STATE_MISSING": (_("未填写经营状态"),),
    "OPERATION_STATE_UNKNOWN": (_("经营状态不在代码表中"),),
    "POSTAL_CODE_WRONG": (_("邮政编码应为 6 位数字"),),
    "EMAIL_WRONG": (_("邮箱地址不完整"),),
}
"""By code, what its sentence is made of."""


def finding_words(finding: RegistrationFinding) -> str:
    """What the rules say; of a code that is none of ours any more, the text as it was kept."""
    return words(recognise(finding.message, PATTERNS.get(finding.code, ())))

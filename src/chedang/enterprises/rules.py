"""Reading a registration: what its 18 elements mean and what is doubtful about them.

A shop is refused only for what it cannot exist without here: a name, a password, a division to count it under.
Everything else is a warning for the reviewer, since a refused registration leaves the shop's software mute.
Pure: text and today's date in, elements and findings out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from chedang.enterprises.model import WIRE_NAMES, FindingLevel, Registration, RegistrationFinding, RegistrationText
from chedang.terms import credit_code, division
from chedang.terms.codes import REGISTRATION_TABLES, CodeTable
from chedang.terms.credit_code import CreditCodeProblem
from chedang.terms.dates import parse_day, parse_licence_end
from chedang.terms.saying import Said, said
from chedang.terms.text import clean

SHORTEST_PASSWORD: Final = 6
"""Characters of a password that a shop chooses here (ours; the interface papers say 6 to 36)."""
SHORTEST_MOVED_PASSWORD: Final = 3
"""Characters of a password that a shop brings along, as deployed systems issued them."""
LONGEST_PASSWORD: Final = 128

_LONGEST: Final = {"company_name": 100, "business_scope": 1_000}
_LONGEST_OTHER: Final = 200
_SHORTEST_KEY: Final = 6
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_POSTAL_CODE = re.compile(r"[0-9]{6}")
_NOTHING: Final = frozenset({"", "0", "-", "/", "无", "暂无", "没有", "未知", "空", "N/A", "NA", "NULL", "NONE"})

_CREDIT_CODE_MESSAGES: Final = {
    CreditCodeProblem.EMPTY: "未填写统一社会信用代码",
    CreditCodeProblem.PLACEHOLDER: "未填写统一社会信用代码",
    CreditCodeProblem.LENGTH: "统一社会信用代码应为 18 位",
    CreditCodeProblem.CHARACTERS: "统一社会信用代码含有不允许的字符",
    CreditCodeProblem.DUMMY: "统一社会信用代码疑为随意填写",
    CreditCodeProblem.CHECK_CHARACTER: "统一社会信用代码校验位不符，请核对营业执照",
}


def read_registration(
    text: RegistrationText,
    *,
    today: date,
    shortest_password: int = SHORTEST_PASSWORD,
    tables: Mapping[str, CodeTable] = REGISTRATION_TABLES,
) -> tuple[Registration | None, tuple[RegistrationFinding, ...]]:
    """What a registration means by the code tables of the day, and all findings in the order of the elements.

    ``None`` in place of the elements when a finding is an error: such a registration is refused.
    """
    reader = _Reader(text)
    company_name = reader.mandatory_name()
    reader.password(shortest_password)
    division_code = reader.division(today)
    start_on, end_on = reader.license_period(today)
    registration = Registration(
        company_name=company_name,
        division_code=division_code,
        category_code=reader.code("category", tables["enterprise_category"], "CATEGORY", "经营业务类别"),
        road_transport_license=reader.license_number(),
        unified_credit_code=reader.credit_code(),
        address=reader.text("address"),
        postal_code=reader.matching("postal_code", _POSTAL_CODE, "POSTAL_CODE_WRONG", "邮政编码应为 6 位数字"),
        economic_category_code=reader.code(
            "economic_category", tables["economic_category"], "ECONOMIC_CATEGORY", "经济类型"
        ),
        linkman_name=reader.text("linkman_name"),
        linkman_phone=reader.text("linkman_phone"),
        superintendent_name=reader.text("superintendent_name"),
        superintendent_phone=reader.text("superintendent_phone"),
        business_scope=reader.text("business_scope"),
        license_start_on=start_on,
        license_end_on=end_on,
        operation_state_code=reader.code("operation_state", tables["operation_state"], "OPERATION_STATE", "经营状态"),
        email=reader.matching("email", _EMAIL, "EMAIL_WRONG", "邮箱地址不完整"),
    )
    order = list(WIRE_NAMES.values())
    findings = tuple(sorted(reader.findings, key=lambda finding: order.index(finding.field)))
    is_refused = any(finding.level is FindingLevel.ERROR for finding in findings)
    return None if is_refused else registration, findings


def judge_password(password: str, *, shortest: int = SHORTEST_PASSWORD) -> Said | None:
    """Why a password cannot be taken at all; ``None`` when it can."""
    if not password and shortest:
        return said("未填写密码")
    if len(password) < shortest:
        return said("密码应不少于 %(least)s 个字符", least=shortest)
    if len(password) > LONGEST_PASSWORD:
        return said("密码应不超过 %(most)s 个字符", most=LONGEST_PASSWORD)
    return None


def registration_keys(registration: Registration) -> tuple[str, str]:
    """Credit code and licence as far as they can tell one shop from another; '' for a filler.

    A wrong check character does not matter here: the same wrong code twice is the same shop.
    """
    unified_credit_code = registration.unified_credit_code
    if credit_code.judge(unified_credit_code) not in {None, CreditCodeProblem.CHECK_CHARACTER}:
        unified_credit_code = ""
    licence = registration.road_transport_license
    is_telling = len(licence) >= _SHORTEST_KEY and len(set(licence)) > 2
    return unified_credit_code, licence if is_telling else ""


def fold_name(company_name: str) -> str:
    """A name without what people write differently: blanks and small letters."""
    return company_name.replace(" ", "").upper()


class _Reader:
    """Reads element after element and gathers what it notices."""

    def __init__(self, text: RegistrationText) -> None:
        self._text = text
        self.findings: list[RegistrationFinding] = []

    def text(self, attribute: str) -> str:
        """The cleaned text, '' for a filler, cut to what the store takes."""
        text = clean(getattr(self._text, attribute))
        if text.upper() in _NOTHING:
            return ""
        longest = _LONGEST.get(attribute, _LONGEST_OTHER)
        if len(text) > longest:
            self._warn(attribute, "TOO_LONG", f"超过 {longest} 个字符，已截断")
        return text[:longest]

    def mandatory_name(self) -> str:
        name = self.text("company_name")
        if not name:
            self._refuse("company_name", "NAME_MISSING", "未填写企业名称")
        return name

    def password(self, shortest: int) -> None:
        complaint = judge_password(self._text.password, shortest=shortest)
        if complaint:
            self._refuse("password", "PASSWORD_UNUSABLE", str(complaint))

    def division(self, today: date) -> str:
        """Any six digits below a province count: development zones have codes of their own, outside the standard."""
        code = self.text("division_code")
        if not re.fullmatch(r"[0-9]{6}", code) or division.province_code(code) is None:
            self._refuse("division_code", "DIVISION_UNUSABLE", "应为 6 位行政区划代码，如 330106")
        elif division.find(code) is None:
            self._warn("division_code", "DIVISION_UNKNOWN", f"{code} 不在行政区划代码表中")
        elif not division.is_county(code):
            self._warn("division_code", "DIVISION_NOT_COUNTY", f"{code} 不是县级行政区划代码")
        elif not division.is_current(code, today):
            self._warn("division_code", "DIVISION_NOT_CURRENT", f"{code} 已撤销或变更，请改用现行代码")
        return code

    def credit_code(self) -> str:
        text = self.text("unified_credit_code")
        problem = credit_code.judge(text)
        if problem is not None:
            self._warn("unified_credit_code", f"CREDIT_CODE_{problem.name}", _CREDIT_CODE_MESSAGES[problem])
        return credit_code.normalise(text)

    def license_number(self) -> str:
        text = self.text("road_transport_license").replace(" ", "").upper()
        if not text:
            self._warn("road_transport_license", "LICENSE_MISSING", "未填写道路运输经营许可证号或备案号")
        return text

    def license_period(self, today: date) -> tuple[date | None, date | None]:
        start_on = self._license_start()
        end_on = self._license_end()
        if start_on is not None and end_on is not None and end_on < start_on:
            self._warn("license_end_date", "LICENSE_PERIOD_REVERSED", "许可证有效期止早于有效期起")
        elif end_on is not None and end_on < today:
            self._warn("license_end_date", "LICENSE_EXPIRED", "许可证已过有效期")
        return start_on, end_on

    def _license_start(self) -> date | None:
        text = self.text("license_start_date")
        day = parse_day(text)
        if text and day is None:
            self._warn("license_start_date", "LICENSE_START_UNREADABLE", "有效期起应为 yyyyMMdd 格式的日期")
        return day

    def _license_end(self) -> date | None:
        try:
            return parse_licence_end(self.text("license_end_date"))
        except ValueError:
            message = "有效期止应为 yyyyMMdd 格式的日期，长期填 99991231"
            self._warn("license_end_date", "LICENSE_END_UNREADABLE", message)
            return None

    def code(self, attribute: str, table: CodeTable, name: str, label: str) -> str:
        """The code that a code or a Chinese text stands for; '' with a warning when it stands for none."""
        text = self.text(attribute)
        code = table.code_of(text) if text else None
        if not text:
            self._warn(attribute, f"{name}_MISSING", f"未填写{label}")
        elif code is None:
            self._warn(attribute, f"{name}_UNKNOWN", f"{label}不在代码表中")
        return code or ""

    def matching(self, attribute: str, pattern: re.Pattern[str], code: str, message: str) -> str:
        """A text of a known form; another form is kept and marked."""
        text = self.text(attribute)
        if text and not pattern.fullmatch(text):
            self._warn(attribute, code, message)
        return text

    def _warn(self, attribute: str, code: str, message: str) -> None:
        self.findings.append(RegistrationFinding(code, FindingLevel.WARN, WIRE_NAMES[attribute], message))

    def _refuse(self, attribute: str, code: str, message: str) -> None:
        self.findings.append(RegistrationFinding(code, FindingLevel.ERROR, WIRE_NAMES[attribute], message))

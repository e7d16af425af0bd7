"""A repair enterprise, what it sent when it registered, and what the rules noticed about that.

This module names personal data (contact and person in charge): no ``repr`` here shows them, nor any password.
Pure data: no I/O, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

import msgspec

from chedang.terms import enterprise_code

WIRE_NAMES = {
    "company_name": "companyname",
    "password": "companypassword",
    "road_transport_license": "companyroadtransportationlicense",
    "unified_credit_code": "companyunifiedsocialcreditidentifier",
    "address": "companyaddress",
    "postal_code": "companypostalcode",
    "economic_category": "companyeconomiccategory",
    "category": "companycategory",
    "linkman_name": "companylinkmanname",
    "linkman_phone": "companylinkmantel",
    "superintendent_name": "companysuperintendentname",
    "superintendent_phone": "companysuperintendenttel",
    "business_scope": "companybusinessscope",
    "license_start_date": "roadtransportationlicensestartdate",
    "license_end_date": "roadtransportationlicenseenddate",
    "operation_state": "companyoperationstate",
    "division_code": "companyadministrativedivisioncode",
    "email": "companyemail",
}
"""Field of :class:`RegistrationText` → wire name (names as existing clients send them; JT/T 1132.3 待核)."""


class RegistrationText(msgspec.Struct, frozen=True, rename=WIRE_NAMES):
    """The 18 elements of a registration as received: text, absent elements empty."""

    company_name: str = ""
    password: str = ""
    road_transport_license: str = ""
    unified_credit_code: str = ""
    address: str = ""
    postal_code: str = ""
    economic_category: str = ""
    category: str = ""
    linkman_name: str = ""
    linkman_phone: str = ""
    superintendent_name: str = ""
    superintendent_phone: str = ""
    business_scope: str = ""
    license_start_date: str = ""
    license_end_date: str = ""
    operation_state: str = ""
    division_code: str = ""
    email: str = ""

    def __repr__(self) -> str:
        """Only what may stand in a log or a traceback."""
        return f"RegistrationText(company_name={self.company_name!r}, division_code={self.division_code!r})"


class FindingLevel(StrEnum):
    """What a finding does to a registration: an error refuses it, a warning is left to the reviewer."""

    ERROR = "error"
    WARN = "warn"


class RegistrationFinding(msgspec.Struct, frozen=True):
    """One thing a rule noticed in a registration."""

    code: str
    level: FindingLevel
    field: str
    """Wire name of the element."""
    message: str
    """Chinese sentence with the remedy. Quotes no personal data and no password."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration:
    """What a registration means: elements normalised, enumerations as codes, unknown ones empty."""

    company_name: str
    division_code: str
    """所在行政区划代码, six digits, county level expected."""
    category_code: str = ""
    """经营业务类别: 01 一类, 02 二类, 03 三类; '' unknown."""
    road_transport_license: str = ""
    """道路运输经营许可证号 or 备案号."""
    unified_credit_code: str = ""
    address: str = field(default="", repr=False)
    postal_code: str = field(default="", repr=False)
    economic_category_code: str = ""
    linkman_name: str = field(default="", repr=False)
    linkman_phone: str = field(default="", repr=False)
    superintendent_name: str = field(default="", repr=False)
    superintendent_phone: str = field(default="", repr=False)
    business_scope: str = field(default="", repr=False)
    license_start_on: date | None = None
    license_end_on: date | None = None
    """``None``: open-ended or not given."""
    operation_state_code: str = ""
    email: str = field(default="", repr=False)


class ReviewState(StrEnum):
    """Where the review of a shop stands. Only an approved shop's records leave its own pages."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        """The state in the field's words."""
        return {"pending": "待审核", "approved": "审核成功", "rejected": "审核不成功"}[self.value]


class Source(StrEnum):
    """How a shop came to this node."""

    REGISTERED = "registered"
    IMPORTED = "imported"
    ALLOCATED = "allocated"
    """By the head office of its chain; nobody knows its password until an officer gives it one."""
    MAKER = "maker"
    """No shop: the upload account of a 汽车生产企业总部 at the ministry."""
    TOLD = "told"
    """By its own node: a shop that is registered elsewhere. It has no account here."""


class Channel(StrEnum):
    """上传方式: by whom a shop's new records come. One at a time (ADR 0025)."""

    SHOP = "shop"
    """By the shop itself or its chain, to its province."""
    HEAD_OFFICE = "head_office"
    """By the head office of its maker, to the ministry."""

    @property
    def label(self) -> str:
        """The channel in the field's words."""
        return {"shop": "单店上传", "head_office": "总部对总部"}[self.value]


class ChannelChange(msgspec.Struct, frozen=True, array_like=True):
    """From a day on a shop's records come by this channel."""

    since_on: date
    channel: Channel


@dataclass(frozen=True, kw_only=True, slots=True)
class Enterprise(Registration):
    """One repair enterprise as the store gives it back."""

    company_code: str
    """维修企业编码, 12 to 15 digits: the login of the shop's software, and what its records stand under for ever."""
    national_code: str = ""
    """全国唯一企业编码, 15 digits, of the ministry; '' for none: a shop of a node on its own, one that moved in, or one
    that waits for it under a provisional code (ADR 0024)."""
    enterprise_id: int
    """Short number inside access tokens."""
    findings: tuple[RegistrationFinding, ...] = field(default=(), repr=False)
    review_state: ReviewState
    reviewed_at: datetime | None
    reviewed_by: str
    review_reason: str
    password_hash: str = field(repr=False)
    password_is_weak: bool
    """The password moved in with the shop and is too weak to keep; the shop is asked to change it."""
    password_changed_at: datetime | None
    """When the shop or an officer changed it here; ``None``: still the one it came with."""
    token_generation: int
    """A token of an earlier generation is no longer good."""
    source: Source
    created_at: datetime
    channel_changes: tuple[ChannelChange, ...] = field(default=(), repr=False)
    """Changes of its 上传方式 in order of days, those to come too; without any it is 单店上传."""

    @property
    def answered_code(self) -> str:
        """The code that the shop is told: the national one as soon as it has one. Both name it everywhere."""
        return self.national_code or self.company_code

    @property
    def awaits_national_code(self) -> bool:
        """Does the shop stand under a provisional code, the national one not yet being there?"""
        is_ours = self.source in {Source.REGISTERED, Source.ALLOCATED}
        return is_ours and not self.national_code and enterprise_code.is_provisional_form(self.company_code)


class AccountKind(StrEnum):
    """What a name is for."""

    LOGIN = "login"
    """User name of a token request; without a password of its own the shop's password counts."""
    OPENAPI = "openapi"
    """appId of the signed three-step interface."""
    CARLIFE = "carlife"
    """companyIdentity of the signed 二级维护 interface."""


@dataclass(frozen=True, slots=True)
class AccountText:
    """What a row of a table brings besides a shop's registration: an account, a chain. Text as it stands."""

    kind: str = ""
    name: str = ""
    secret: str = field(default="", repr=False)
    chain_code: str = ""

    def is_empty(self) -> bool:
        """Does the row bring neither an account nor a chain?"""
        return not (self.kind or self.name or self.secret or self.chain_code)

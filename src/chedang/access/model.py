"""Roles of people and the kinds of audit event. Pure."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is to the archive. One account has one role."""

    OWNER = "owner"
    """车主: looks up a vehicle with plate and the end of its VIN."""
    SHOP = "shop"
    """维修企业: sees its own registration and records."""
    REGULATOR = "regulator"
    """道路运输管理机构: sees the enterprises of its division and the files of vehicles."""
    ADMIN = "admin"
    """系统管理员: accounts, registrations and audit events; no records."""


class AuditAction(StrEnum):
    """What was done, as ``subject:action``. Listed for readers in docs/reference/audit-events.md."""

    SIGN_IN = "account:sign_in"
    SIGN_OUT = "account:sign_out"
    LOOK_UP_VEHICLE = "vehicle:look_up"
    READ_VEHICLE_FILE = "vehicle:read_file"
    SHOW_VIN = "vehicle:show_vin"
    READ_DOUBTFUL_RECORDS = "records:read_doubtful"
    READ_OWN_RECORDS = "records:read_own"
    UPLOAD_FILE = "records:upload_file"
    READ_ENTERPRISE = "enterprise:read"
    APPROVE_ENTERPRISE = "enterprise:approve"
    REJECT_ENTERPRISE = "enterprise:reject"
    CHANGE_CHANNEL = "enterprise:change_channel"
    APPROVE_MAKER = "maker:approve"
    REFUSE_MAKER = "maker:refuse"
    END_MAKER = "maker:end"
    CHANGE_DEALERS = "maker:change_dealers"
    RESET_MAKER_PASSWORD = "maker:reset_password"  # noqa: S105 - a name
    MAKE_SECRET = "secret:make"  # noqa: S105 - a name
    END_SECRET = "secret:end"  # noqa: S105 - a name
    CHANGE_PHONE = "account:change_phone"
    CLOSE_ACCOUNT = "account:close"
    BIND_VEHICLE = "binding:make"
    ASK_FOR_BINDING = "binding:ask"
    DECIDE_BINDING = "binding:decide"
    END_BINDING = "binding:end"
    GRANT_ACCESS = "binding:grant"
    REVOKE_GRANT = "binding:revoke"
    OFFER_TRANSFER = "transfer:offer"
    TAKE_TRANSFER = "transfer:take"
    CHANGE_FLEET = "fleet:change"
    EXPORT_FILE = "vehicle:export"
    MAKE_SHARE = "share:make"
    REVOKE_SHARE = "share:revoke"
    READ_SHARE = "share:read"
    ISSUE_CERTIFICATE = "certificate:issue"
    REVOKE_CERTIFICATE = "certificate:revoke"
    WRITE_REVIEW = "review:write"
    ANSWER_REVIEW = "review:answer"
    DECIDE_REVIEW = "review:decide"
    REPORT_MISTAKE = "correction:report"
    ANSWER_CORRECTION = "correction:answer"
    READ_EVIDENCE = "correction:read_evidence"
    MAKE_COMPLAINT = "complaint:make"
    HANDLE_COMPLAINT = "complaint:handle"


class Purpose(StrEnum):
    """Why somebody looked (查看目的). Follows from the role and the page, never guessed."""

    OWN_VEHICLE = "own_vehicle"
    """车主查看自己的车辆。"""
    SUPERVISION = "supervision"
    """监管机构履行监督检查职责。"""
    OWN_BUSINESS = "own_business"
    """维修企业核对自己上传的记录。"""
    BY_CONSENT = "by_consent"
    """经车主同意查看。"""
    SHARED = "shared"
    """凭车主给的分享码查看。"""
    OWNERS_REQUEST = "owners_request"
    """办理车主的申请、反馈或投诉。"""
    ADMINISTRATION = "administration"
    """账户与备案的日常管理。"""

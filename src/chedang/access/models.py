"""Accounts of people and the record of what they looked at. Holds personal data: names of users, VINs looked at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import RegexValidator
from django.db import connections, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chedang.access.append_only import AppendOnly, AppendOnlyModel
from chedang.access.model import WITH_DIVISION, AuditAction, Purpose, Role, ShopPost
from chedang.access.rules import FORGOTTEN_AFTER, division_prefix, sign_in_wait

ROLE_NAMES = {
    Role.OWNER: _("车主"),
    Role.SHOP: _("维修企业"),
    Role.REGULATOR: _("监管人员"),
    Role.ADMIN: _("系统管理员"),
    Role.SECURITY: _("安全管理员"),
    Role.AUDITOR: _("安全审计员"),
    Role.POLICE: _("公安机关"),
}
POST_NAMES = {
    ShopPost.MANAGER: _("负责人"),
    ShopPost.CLERK: _("文员"),
    ShopPost.TECHNICIAN: _("技师"),
}
PURPOSE_NAMES = {
    Purpose.OWN_VEHICLE: _("车主查看自己的车辆"),
    Purpose.SUPERVISION: _("监督检查"),
    Purpose.OWN_BUSINESS: _("企业核对自己的记录"),
    Purpose.BY_CONSENT: _("经车主同意查看"),
    Purpose.SHARED: _("凭车主给的分享码查看"),
    Purpose.OWNERS_REQUEST: _("办理车主的申请、反馈或投诉"),
    Purpose.ADMINISTRATION: _("账户与备案管理"),
    Purpose.ENFORCEMENT: _("办理行政执法案件"),
    Purpose.EMISSION: _("排放检验与维护闭环管理"),
    Purpose.PUBLIC_SECURITY: _("协助公安机关查找车辆"),
    Purpose.OVERSIGHT: _("监督管理人员使用系统"),
}
ACTION_NAMES = {
    AuditAction.SIGN_IN: _("登录"),
    AuditAction.SIGN_OUT: _("退出"),
    AuditAction.LOOK_UP_VEHICLE: _("查询车辆"),
    AuditAction.READ_VEHICLE_FILE: _("查看车辆档案"),
    AuditAction.SHOW_VIN: _("显示完整车架号"),
    AuditAction.READ_DOUBTFUL_RECORDS: _("查看有错误的记录"),
    AuditAction.READ_OWN_RECORDS: _("企业查看自己的记录"),
    AuditAction.UPLOAD_FILE: _("上传记录文件"),
    AuditAction.READ_ENTERPRISE: _("查看企业备案"),
    AuditAction.APPROVE_ENTERPRISE: _("审核通过企业"),
    AuditAction.REJECT_ENTERPRISE: _("审核不通过企业"),
    AuditAction.CHANGE_CHANNEL: _("改变企业上传方式"),
    AuditAction.APPROVE_MAKER: _("同意总部对总部"),
    AuditAction.REFUSE_MAKER: _("不同意总部对总部"),
    AuditAction.END_MAKER: _("终止总部对总部"),
    AuditAction.CHANGE_DEALERS: _("变更经销商名单"),
    AuditAction.RESET_MAKER_PASSWORD: _("重设总部上传密码"),
    AuditAction.MAKE_SECRET: _("生成接口密钥"),
    AuditAction.END_SECRET: _("停用接口密钥"),
    AuditAction.CHANGE_PHONE: _("更换手机号码"),
    AuditAction.CLOSE_ACCOUNT: _("注销账户"),
    AuditAction.BIND_VEHICLE: _("绑定车辆"),
    AuditAction.ASK_FOR_BINDING: _("申请绑定车辆"),
    AuditAction.DECIDE_BINDING: _("决定绑定申请"),
    AuditAction.END_BINDING: _("解除绑定"),
    AuditAction.GRANT_ACCESS: _("同意他人查看"),
    AuditAction.REVOKE_GRANT: _("收回同意"),
    AuditAction.OFFER_TRANSFER: _("开出过户码"),
    AuditAction.TAKE_TRANSFER: _("凭过户码绑定"),
    AuditAction.CHANGE_FLEET: _("变更单位车辆或人员"),
    AuditAction.EXPORT_FILE: _("导出车辆档案"),
    AuditAction.MAKE_SHARE: _("开出分享码"),
    AuditAction.REVOKE_SHARE: _("收回分享码"),
    AuditAction.READ_SHARE: _("凭分享码查看"),
    AuditAction.ISSUE_CERTIFICATE: _("开出档案证明"),
    AuditAction.REVOKE_CERTIFICATE: _("收回档案证明"),
    AuditAction.WRITE_REVIEW: _("评价维修"),
    AuditAction.ANSWER_REVIEW: _("回复或申诉评价"),
    AuditAction.DECIDE_REVIEW: _("决定评价申诉"),
    AuditAction.REPORT_MISTAKE: _("反馈记录有误"),
    AuditAction.ANSWER_CORRECTION: _("答复记录反馈"),
    AuditAction.READ_EVIDENCE: _("查看反馈或投诉的照片"),
    AuditAction.MAKE_COMPLAINT: _("提出投诉"),
    AuditAction.HANDLE_COMPLAINT: _("办理投诉"),
    AuditAction.ENROL_SHOP: _("首次登录企业账户"),
    AuditAction.FILE_ENTERPRISE: _("提交企业备案"),
    AuditAction.ASK_FOR_CHANGE: _("申请变更备案"),
    AuditAction.DECIDE_CHANGE: _("决定备案变更"),
    AuditAction.CHANGE_PROFILE: _("修改企业信息"),
    AuditAction.READ_ATTACHMENT: _("查看备案附件"),
    AuditAction.CHANGE_STAFF: _("变更企业人员"),
    AuditAction.END_STAFF: _("停用人员账户"),
    AuditAction.TRY_SANDBOX: _("测试对接"),
    AuditAction.RECONCILE_DAY: _("对账"),
    AuditAction.HAND_IN_RECORD: _("网页上传记录"),
    AuditAction.AMEND_RECORD: _("更正记录"),
    AuditAction.EXPLAIN_RECORD: _("说明记录"),
    AuditAction.VOID_RECORD: _("作废记录"),
    AuditAction.CHANGE_ORDER: _("填写工单"),
    AuditAction.SETTLE_ORDER: _("结算工单"),
    AuditAction.REOPEN_ORDER: _("反结算工单"),
    AuditAction.READ_ORDER: _("查看工单"),
    AuditAction.GRANT_NUMBERS: _("发放合格证编号"),
    AuditAction.ASK_FOR_NUMBERS: _("申领合格证编号"),
    AuditAction.ISSUE_COMPLETION_CERTIFICATE: _("签发合格证"),
    AuditAction.CANCEL_COMPLETION_CERTIFICATE: _("作废合格证"),
    AuditAction.SEND_NOTICE: _("发出通知"),
    AuditAction.READ_NOTICE: _("阅读通知"),
    AuditAction.ISSUE_ORDER: _("责令改正"),
    AuditAction.ANSWER_ORDER: _("答复责令改正"),
    AuditAction.CLOSE_ORDER: _("办结责令改正"),
    AuditAction.READ_SUPERVISION_EVIDENCE: _("查看改正证明材料"),
    AuditAction.ASSESS_SELF: _("质量信誉自评"),
    AuditAction.READ_CREDIT: _("查看质量信誉自评"),
    AuditAction.EXPORT_OWN_DATA: _("导出本店数据"),
    AuditAction.REFUSE_SIGN_IN: _("登录未成功"),
    AuditAction.ENROL_SECOND_FACTOR: _("启用动态口令"),
    AuditAction.RESET_SECOND_FACTOR: _("重置动态口令"),
    AuditAction.CHANGE_ACCOUNT: _("变更账户"),
    AuditAction.READ_SIGN_INS: _("查看管理人员登录情况"),
    AuditAction.READ_AUDIT: _("查看审计记录"),
    AuditAction.EXPORT_TABLE: _("导出统计或名单"),
    AuditAction.REMIND: _("提醒企业"),
    AuditAction.CENSURE: _("通报"),
    AuditAction.HAND_OVER: _("移送"),
    AuditAction.MAKE_EVIDENCE_PACK: _("生成证据包"),
    AuditAction.CHANGE_SANCTION: _("登记或变更处罚"),
    AuditAction.INSPECT: _("现场勘验"),
    AuditAction.READ_INSPECTION: _("查看勘验"),
    AuditAction.CANCEL_FILING: _("注销备案"),
    AuditAction.REVIEW_CREDIT: _("质量信誉考核初评"),
    AuditAction.OBJECT_TO_CREDIT: _("对质量信誉考核提出异议"),
    AuditAction.DECIDE_CREDIT: _("决定质量信誉考核异议"),
    AuditAction.PUBLISH_CREDIT: _("公布质量信誉等级"),
    AuditAction.FREEZE_SNAPSHOT: _("固定统计数据"),
    AuditAction.WRITE_REPORT: _("编写报告"),
    AuditAction.ISSUE_REPORT: _("印发报告"),
    AuditAction.READ_EMISSION_TICKET: _("查看排放维修单"),
    AuditAction.CHANGE_EMISSION_TICKET: _("处理排放维修单"),
    AuditAction.LIST_EMISSION_STATION: _("变更 I 站或 M 站名录"),
    AuditAction.CHANGE_WATCH_LIST: _("变更布控名单"),
    AuditAction.READ_WATCH_LIST: _("查看布控名单或比中信息"),
    AuditAction.ACKNOWLEDGE_ALERT: _("签收比中信息"),
    AuditAction.DRAFT_ANNOUNCEMENT: _("起草公告"),
    AuditAction.CHECK_ANNOUNCEMENT: _("复核公告"),
    AuditAction.PUBLISH_ANNOUNCEMENT: _("发布公告"),
    AuditAction.WITHDRAW_ANNOUNCEMENT: _("撤下公告"),
}


class UserManager(BaseUserManager["User"]):
    """Creates accounts with hashed passwords."""

    def create_user(self, username: str, password: str, **fields: Any) -> User:
        """Create and save an account. ``fields`` are the model's own; raises django's ValidationError."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.full_clean()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person's account with exactly one role.

    ``division_code`` bounds a regulator (PP0000, PPCC00 or PPCCDD); ``company_code`` names a shop's enterprise,
    ``shop_post`` says what the person may do there. An official's account that ``awaits_confirmation`` opens nothing:
    安全管理员 has yet to confirm role and division, which 系统管理员 proposed.
    """

    username = models.CharField(_("账户名"), max_length=64, unique=True, validators=[UnicodeUsernameValidator()])
    display_name = models.CharField(_("姓名或称呼"), max_length=64)
    role = models.CharField(_("角色"), max_length=16, choices=[(str(r), name) for r, name in ROLE_NAMES.items()])
    division_code = models.CharField(
        _("管辖行政区划代码"), max_length=6, blank=True, validators=[RegexValidator(r"^[0-9]{6}$")]
    )
    company_code = models.CharField(_("维修企业编码"), max_length=15, blank=True)
    shop_post = models.CharField(
        _("企业内岗位"),
        max_length=12,
        choices=[(str(post), name) for post, name in POST_NAMES.items()],
        default=str(ShopPost.MANAGER),
        db_default=str(ShopPost.MANAGER),
    )
    must_change_password = models.BooleanField(_("下次登录须改密码"), default=False, db_default=False)
    is_active = models.BooleanField(_("启用"), default=True)
    awaits_confirmation = models.BooleanField(_("待安全管理员确认"), default=False, db_default=False)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name", "role"]

    class Meta:
        db_table = "access_user"
        verbose_name = _("账户")
        verbose_name_plural = _("账户")
        constraints = (
            models.CheckConstraint(name="access_user_role_known", condition=Q(role__in=[str(role) for role in Role])),
            models.CheckConstraint(
                name="access_user_regulator_has_division",
                condition=~Q(role=str(Role.REGULATOR)) | ~Q(division_code=""),
                violation_error_message=_("监管人员须填写管辖行政区划代码。"),
            ),
            models.CheckConstraint(
                name="access_user_shop_has_company",
                condition=~Q(role=str(Role.SHOP)) | ~Q(company_code=""),
                violation_error_message=_("维修企业账户须填写维修企业编码。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.display_name}（{self.username}）"

    def clean(self) -> None:
        """Whose work is bounded by a division has one that bounds it; not asked of an account that is switched off."""
        super().clean()
        if self.role in WITH_DIVISION and self.is_active:
            try:
                division_prefix(self.division_code)
            except ValueError:
                raise ValidationError(_("监管人员和公安机关须填写管辖的六位行政区划代码。")) from None

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin lets the account in."""
        return self.is_active and self.role == Role.ADMIN

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Administrators may do what the admin pages offer; what those offer is bounded there."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class AuditEvent(AppendOnlyModel):
    """One act of one person, with its purpose. Written once, never changed.

    ``actor`` is null for a visitor without an account, who came with an owner's share code; ``role`` is '' then.
    ``organisation`` is the name of the authority or enterprise that the actor stood for at that time, '' for an owner.

    ``vin`` stands here because the owner must be able to see who looked at the vehicle; logs never hold it.
    ``object_id`` names another object (company code); ``object_digest`` is a keyed digest of what was typed, so
    that guessing shows as many digests without keeping the guesses. ``reason`` is what the actor typed as the cause
    of a look. ``before`` and ``after`` are the columns that the act changed, by name, null for an act that changes
    nothing; neither holds a VIN, plate, name of a person or phone.
    """

    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(User, verbose_name=_("操作人"), null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(
        _("当时角色"), max_length=16, blank=True, choices=[(str(r), name) for r, name in ROLE_NAMES.items()]
    )
    action = models.CharField(_("操作"), max_length=40, choices=[(str(a), name) for a, name in ACTION_NAMES.items()])
    purpose = models.CharField(_("目的"), max_length=24, choices=[(str(p), name) for p, name in PURPOSE_NAMES.items()])
    vin = models.CharField(_("车架号"), max_length=17, blank=True)
    object_id = models.CharField(_("对象"), max_length=64, blank=True)
    object_digest = models.CharField(_("输入摘要"), max_length=64, blank=True)
    organisation = models.CharField(_("当时单位"), max_length=100, blank=True, default="")
    reason = models.CharField(_("事由"), max_length=200, blank=True, default="", db_default="")
    before = models.JSONField(_("变更前"), null=True, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("变更后"), null=True, blank=True, encoder=DjangoJSONEncoder)

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "access_audit_event"
        verbose_name = _("访问记录")
        verbose_name_plural = _("访问记录")
        indexes = (
            models.Index(fields=["actor", "action", "at"], name="access_audit_event_actor"),
            models.Index(fields=["vin", "at"], name="access_audit_event_vin", condition=~Q(vin="")),
            models.Index(fields=["at"], name="access_audit_event_at"),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.action}"


class SignInTryManager(models.Manager["SignInTry"]):
    """Counts tries under a row lock."""

    def claim(self, username_digest: str, now: datetime) -> timedelta:
        """See ``access.actions.claim_sign_in_try``."""
        with transaction.atomic():
            self.filter(last_failed_at__lt=now - FORGOTTEN_AFTER).delete()
            self.get_or_create(username_digest=username_digest, defaults={"last_failed_at": now})
            row = self.select_for_update().get(username_digest=username_digest)
            wait = sign_in_wait(row.failure_count, row.last_failed_at, now)
            if not wait:
                row.failure_count = row.failure_count + 1
                row.last_failed_at = now
                row.save()
        return wait


class SignInTry(models.Model):
    """Wrong passwords of one account name in a row. The name is kept as a keyed digest: it may not be a name."""

    username_digest = models.CharField(max_length=64, primary_key=True)
    failure_count = models.PositiveIntegerField(default=0)
    last_failed_at = models.DateTimeField()

    objects: ClassVar[SignInTryManager] = SignInTryManager()

    class Meta:
        db_table = "access_sign_in_try"
        verbose_name = _("登录失败计数")
        verbose_name_plural = _("登录失败计数")

    def __str__(self) -> str:
        return f"{self.failure_count}"


class AllowanceManager(models.Manager["Allowance"]):
    """Takes in one statement, so that it costs the same whether the counter is new or not."""

    def take(self, kind: str, key_digest: str, *, most: int, within: timedelta, now: datetime) -> timedelta:
        """See ``access.allowances.take``."""
        asked: dict[str, Any] = {
            "kind": kind,
            "key_digest": key_digest,
            "most": most,
            "ended_at": now - within,
            "now": now,
        }
        with connections[self.db].cursor() as cursor:
            cursor.execute(_TAKE, asked)
            if cursor.fetchone() is not None:
                return timedelta(0)
            cursor.execute(_BEGAN, asked)
            row = cursor.fetchone()
        return row[0] + within - now if row else timedelta(0)


_TAKE = """
    insert into access_allowance as held (kind, key_digest, began_at, taken)
    values (%(kind)s, %(key_digest)s, %(now)s, 1)
    on conflict (kind, key_digest) do update set
        began_at = case when held.began_at <= %(ended_at)s then excluded.began_at else held.began_at end,
        taken = case when held.began_at <= %(ended_at)s then 1 else held.taken + 1 end
        where held.began_at <= %(ended_at)s or held.taken < %(most)s
    returning taken
"""
_BEGAN = "select began_at from access_allowance where kind = %(kind)s and key_digest = %(key_digest)s"


class Allowance(models.Model):
    """How much of a limited thing was taken since its window began. The key is a keyed digest, never a phone or VIN."""

    kind = models.CharField(max_length=32)
    key_digest = models.CharField(max_length=64)
    began_at = models.DateTimeField()
    taken = models.PositiveIntegerField(default=0)

    objects: ClassVar[AllowanceManager] = AllowanceManager()

    class Meta:
        db_table = "access_allowance"
        verbose_name = _("限次计数")
        verbose_name_plural = _("限次计数")
        constraints = (models.UniqueConstraint(name="access_allowance_once", fields=["kind", "key_digest"]),)
        indexes = (models.Index(fields=["began_at"], name="access_allowance_began"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.taken}"


from chedang.access.oversight_models import (  # noqa: E402 - they name User
    OUTCOME_NAMES,
    AuditSeal,
    AuditSealMark,
    DrawnLook,
    RecoveryCode,
    SecondFactor,
)
from chedang.access.phone_models import OpenSession, OutboxMessage, OwnerPhone, SmsCode  # noqa: E402 - they name User

__all__ = [
    "ACTION_NAMES",
    "OUTCOME_NAMES",
    "POST_NAMES",
    "PURPOSE_NAMES",
    "ROLE_NAMES",
    "Allowance",
    "AuditEvent",
    "AuditSeal",
    "AuditSealMark",
    "DrawnLook",
    "OpenSession",
    "OutboxMessage",
    "OwnerPhone",
    "RecoveryCode",
    "SecondFactor",
    "SignInTry",
    "SmsCode",
    "User",
]

"""Letting others see a car: invitations, asked consents, people of companies, change of owner.

No phone stands here, only keyed digests of them; codes too are kept as digests.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chedang.access.models import User
from chedang.owners.model import FleetRole
from chedang.owners.words import SCOPE_CHOICES

_FLEET_ROLES = {FleetRole.MANAGER: _("管理车辆和人员"), FleetRole.VIEWER: _("只看车辆档案")}
_BINDING = "owners.Binding"
_FLEET = "owners.Fleet"


class Invitation(models.Model):
    """An owner lets the person of a phone see a car; it waits until that person signs in."""

    public_id = models.CharField(max_length=16, unique=True)
    binding = models.ForeignKey(_BINDING, on_delete=models.PROTECT, related_name="invitations")
    phone_digest = models.CharField(max_length=64)
    phone_end = models.CharField(_("手机尾号"), max_length=4)
    relation = models.CharField(_("与车主的关系"), max_length=16, blank=True)
    scope = models.CharField(_("范围"), max_length=16, choices=SCOPE_CHOICES)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("到期时间"))
    revoked_at = models.DateTimeField(_("收回时间"), null=True)
    accepted_as = models.OneToOneField(_BINDING, null=True, on_delete=models.PROTECT, related_name="invitation")

    class Meta:
        db_table = "owners_invitation"
        verbose_name = _("查看邀请")
        verbose_name_plural = _("查看邀请")
        indexes = (
            models.Index(
                fields=["phone_digest"],
                name="owners_invitation_open",
                condition=Q(revoked_at=None, accepted_as=None),
            ),
        )

    def __str__(self) -> str:
        return self.public_id


class AskedConsent(models.Model):
    """Somebody asks an owner for consent with a code that the owner gets by SMS.

    ``binding`` is null for a question that fits no car: it behaves like any other, and no code opens it.
    """

    public_id = models.CharField(max_length=16, unique=True)
    asker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    binding = models.ForeignKey(_BINDING, null=True, on_delete=models.PROTECT, related_name="+")
    relation = models.CharField(max_length=16, blank=True)
    code_digest = models.CharField(max_length=64)
    tries_left = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "owners_asked_consent"
        verbose_name = _("请求车主同意")
        verbose_name_plural = _("请求车主同意")
        indexes = (models.Index(fields=["asked_at"], name="owners_asked_consent_asked"),)

    def __str__(self) -> str:
        return self.public_id


class Transfer(models.Model):
    """过户: an owner's offer of a car to whoever brings the code."""

    binding = models.ForeignKey(_BINDING, on_delete=models.PROTECT, related_name="transfers")
    code_digest = models.CharField(max_length=64, unique=True)
    shows_shops = models.BooleanField(_("新车主可以看到以前的维修企业"))
    offered_at = models.DateTimeField(_("开出时间"))
    expires_at = models.DateTimeField(_("到期时间"))
    cancelled_at = models.DateTimeField(_("收回时间"), null=True)
    taken_at = models.DateTimeField(_("使用时间"), null=True)
    taken_as = models.OneToOneField(_BINDING, null=True, on_delete=models.PROTECT, related_name="transfer_taken")

    class Meta:
        db_table = "owners_transfer"
        verbose_name = _("过户")
        verbose_name_plural = _("过户")
        constraints = (
            models.UniqueConstraint(
                name="owners_transfer_one_open",
                fields=["binding"],
                condition=Q(cancelled_at=None, taken_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"


class FleetMember(models.Model):
    """One person of a company. ``user`` is null until the person of the phone signs in."""

    public_id = models.CharField(max_length=16, unique=True)
    fleet = models.ForeignKey(_FLEET, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="fleet_memberships")
    phone_digest = models.CharField(max_length=64)
    phone_end = models.CharField(_("手机尾号"), max_length=4)
    role = models.CharField(_("权限"), max_length=16, choices=[(str(key), name) for key, name in _FLEET_ROLES.items()])
    added_at = models.DateTimeField(_("加入时间"))
    ended_at = models.DateTimeField(_("离开时间"), null=True)

    class Meta:
        db_table = "owners_fleet_member"
        verbose_name = _("单位人员")
        verbose_name_plural = _("单位人员")
        constraints = (
            models.UniqueConstraint(
                name="owners_fleet_member_once", fields=["fleet", "phone_digest"], condition=Q(ended_at=None)
            ),
        )
        indexes = (
            models.Index(
                fields=["phone_digest"], name="owners_fleet_member_phone", condition=Q(user=None, ended_at=None)
            ),
        )

    def __str__(self) -> str:
        return self.public_id

"""Notices and who of their recipients has read them. Holds personal data: which person read what, and when."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.supervision.model import NoticeKind, NoticeState


def new_notice_id() -> str:
    """A name for addresses that tells neither order nor time: sixteen hexadecimal characters."""
    return secrets.token_hex(8)


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Which notices are meant."""

    def in_scope(self, officer: User) -> NoticeQuerySet:
        """Of authorities of the officer's division and below."""
        return self.filter(division_code__startswith=division_prefix(officer.division_code))


class Notice(models.Model):
    """通知 or 提醒 of one authority to shops of its division. Its words do not change once it is sent."""

    public_id = models.CharField(max_length=16, unique=True, default=new_notice_id)
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default=str(NoticeState.DRAFT))
    template = models.CharField(max_length=40, blank=True)
    title = models.CharField(_("标题"), max_length=100)
    text = models.TextField(_("正文"))
    asks_acknowledgement = models.BooleanField(default=False)
    division_code = models.CharField(_("行政区划代码"), max_length=6)
    authority = models.CharField(_("发出机关"), max_length=100)
    is_to_all = models.BooleanField(default=False)
    audience = models.JSONField(default=list)
    """Category codes when it is to all (none: every class), else codes of the chosen shops."""
    silent_days = models.PositiveSmallIntegerField(null=True, blank=True)
    """Of these only shops of which no record came in for so many days."""
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recipient_count = models.PositiveIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawal_reason = models.CharField(max_length=200, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        db_table = "supervision_notice"
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        constraints = (
            models.CheckConstraint(
                name="supervision_notice_kind_known", condition=Q(kind__in=[str(kind) for kind in NoticeKind])
            ),
            models.CheckConstraint(
                name="supervision_notice_state_known", condition=Q(state__in=[str(state) for state in NoticeState])
            ),
        )
        indexes = (models.Index(fields=["division_code", "-drafted_at"], name="supervision_notice_division"),)

    def __str__(self) -> str:
        return self.public_id


class Recipient(models.Model):
    """One shop's copy of a notice with its 阅读回执. Who read it first, and when, is written once."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="recipients")
    company_code = models.CharField(_("维修企业编码"), max_length=15)
    division_code = models.CharField(_("行政区划代码"), max_length=6)
    fills = models.JSONField(default=dict)
    """What stands in the notice's gaps for this shop, by the name of the gap, as it was when it was sent."""
    delivered_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "supervision_recipient"
        constraints = (
            models.UniqueConstraint(name="supervision_recipient_once", fields=["notice", "company_code"]),
            models.CheckConstraint(
                name="supervision_recipient_read_before",
                condition=Q(acknowledged_at=None) | Q(read_at__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["company_code", "-delivered_at"], name="supervision_recipient_shop"),
            models.Index(fields=["company_code"], name="supervision_recipient_unread", condition=Q(read_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.notice_id} {self.company_code}"

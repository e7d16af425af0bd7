"""Second factors of officials, seals of the audit trail, looks drawn for a check. Secrets sealed, codes as digests."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chedang.access.append_only import AppendOnly, AppendOnlyModel
from chedang.access.model import CheckOutcome

OUTCOME_NAMES = {CheckOutcome.FINE: _("没有问题"), CheckOutcome.QUESTIONED: _("有疑问")}


class SecondFactor(models.Model):
    """动态口令 of one account (RFC 6238). Until ``confirmed_at`` it is an offer that nobody has proved to hold.

    ``last_step`` is the newest step of 30 seconds of which a code was taken; no step up to it is taken again.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="second_factor"
    )
    secret_sealed = models.BinaryField()
    confirmed_at = models.DateTimeField(_("启用时间"), null=True)
    last_step = models.BigIntegerField(default=0)

    class Meta:
        db_table = "access_second_factor"
        verbose_name = _("动态口令")
        verbose_name_plural = _("动态口令")

    def __str__(self) -> str:
        return f"{self.pk}"


class RecoveryCode(models.Model):
    """备用码: stands in for one code of a lost device, once. Only a keyed digest is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes")
    code_digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_recovery_code"
        verbose_name = _("备用码")
        verbose_name_plural = _("备用码")
        constraints = (models.UniqueConstraint(name="access_recovery_code_once", fields=["user", "code_digest"]),)

    def __str__(self) -> str:
        return f"{self.pk}"


class AuditSealMark(models.Model):
    """How far the audit trail reached at a moment, and which transactions were still open: one row at most.

    Once every transaction below ``transaction_horizon`` has ended, nothing can appear up to ``last_id`` any more.
    """

    last_id = models.BigIntegerField()
    transaction_horizon = models.BigIntegerField()
    noted_at = models.DateTimeField()

    class Meta:
        db_table = "access_audit_seal_mark"
        verbose_name = _("封存进度")
        verbose_name_plural = _("封存进度")

    def __str__(self) -> str:
        return f"{self.last_id}"


class AuditSeal(AppendOnlyModel):
    """封存: a range of audit events with a keyed digest over their rows and over the seal before. Never changed."""

    first_id = models.BigIntegerField(unique=True)
    last_id = models.BigIntegerField()
    event_count = models.PositiveIntegerField()
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "access_audit_seal"
        verbose_name = _("审计封存")
        verbose_name_plural = _("审计封存")

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id}"


class DrawnLook(models.Model):
    """抽查: an official's look at a vehicle that was drawn by chance for a superior to check."""

    event = models.OneToOneField("access.AuditEvent", on_delete=models.PROTECT, related_name="drawn")
    drawn_on = models.DateField(_("抽取日期"))
    outcome = models.CharField(
        _("核对结果"),
        max_length=12,
        blank=True,
        default="",
        choices=[(str(outcome), name) for outcome, name in OUTCOME_NAMES.items()],
    )
    note = models.CharField(_("说明"), max_length=200, blank=True, default="")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(_("核对时间"), null=True)

    class Meta:
        db_table = "access_drawn_look"
        verbose_name = _("抽查")
        verbose_name_plural = _("抽查")
        indexes = (models.Index(fields=["drawn_on"], name="access_drawn_look_day"),)

    def __str__(self) -> str:
        return f"{self.pk}"

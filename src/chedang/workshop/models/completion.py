"""合格证: the numbers a shop was given and the papers it issued with them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chedang.access.models import User


class SerialOfYear(models.Model):
    """The next serial of a county and year; locked while a range is given, so that no number is given twice."""

    division_code = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    next_serial = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "workshop_completion_serial"
        constraints = (
            models.UniqueConstraint(name="workshop_completion_serial_once", fields=["division_code", "year"]),
        )

    def __str__(self) -> str:
        return f"{self.division_code} {self.year}"


class NumberGrant(models.Model):
    """A shop's request for numbers and what became of it. Serials from ``first_serial``, ``next_serial`` still free."""

    WAITING, GRANTED, REFUSED, WITHDRAWN = "waiting", "granted", "refused", "withdrawn"

    company_code = models.CharField(_("维修企业编码"), max_length=15)
    division_code = models.CharField(_("行政区划代码"), max_length=6)
    asked_count = models.PositiveIntegerField(_("申领数量"))
    why = models.CharField(_("用途"), max_length=200, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("申领时间"))
    state = models.CharField(
        _("状态"),
        max_length=12,
        default=WAITING,
        choices=(
            (WAITING, _("待发放")),
            (GRANTED, _("已发放")),
            (REFUSED, _("未发放")),
            (WITHDRAWN, _("已撤回")),
        ),
    )
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("办理时间"), null=True, blank=True)
    refusal = models.CharField(_("未发放原因"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(default=0)
    first_serial = models.PositiveIntegerField(default=1)
    last_serial = models.PositiveIntegerField(default=0)
    next_serial = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "workshop_number_grant"
        verbose_name = _("合格证编号申领")
        verbose_name_plural = _("合格证编号申领")
        constraints = (
            models.UniqueConstraint(
                name="workshop_number_grant_one_open", fields=["company_code"], condition=Q(state="waiting")
            ),
            models.CheckConstraint(
                name="workshop_number_grant_bounded",
                condition=Q(next_serial__lte=F("last_serial") + 1),
            ),
        )
        indexes = (models.Index(fields=["company_code", "asked_at"], name="workshop_number_grant_shop"),)

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def left(self) -> int:
        """Numbers that are still free."""
        return self.last_serial - self.next_serial + 1


class CompletionCertificate(models.Model):
    """机动车维修竣工出厂合格证 as it was issued. ``content``, which holds VIN and plate, is never changed."""

    number = models.CharField(_("编号"), max_length=20, unique=True)
    grant = models.ForeignKey(NumberGrant, on_delete=models.PROTECT, related_name="certificates")
    company_code = models.CharField(_("维修企业编码"), max_length=15)
    division_code = models.CharField(_("行政区划代码"), max_length=6)
    kind = models.CharField(_("维修类别"), max_length=12)
    record_id = models.UUIDField()
    content = models.TextField()
    digest = models.CharField(_("摘要"), max_length=64)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("签发时间"))
    cancelled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    cancelled_why = models.CharField(_("作废原因"), max_length=200, blank=True)

    class Meta:
        db_table = "workshop_completion_certificate"
        verbose_name = _("竣工出厂合格证")
        verbose_name_plural = _("竣工出厂合格证")
        constraints = (
            models.UniqueConstraint(
                name="workshop_completion_one_a_record", fields=["record_id"], condition=Q(cancelled_at=None)
            ),
        )
        indexes = (
            models.Index(fields=["company_code", "issued_at"], name="workshop_completion_shop"),
            models.Index(fields=["division_code", "issued_at"], name="workshop_completion_division"),
        )

    def __str__(self) -> str:
        return self.number

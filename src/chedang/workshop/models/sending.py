"""What a shop made on its pages and the archive has to get: kept until it is there. Holds personal data: VIN, plate."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chedang.access.models import User
from chedang.workshop.sending_model import SendingKind, SendingState


class Sending(models.Model):
    """One upload or void. ``text`` is kept only until the archive has it."""

    company_code = models.CharField(max_length=15)
    origin = models.CharField(max_length=80)
    kind = models.CharField(max_length=8)
    number = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    reason = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8)
    record_id = models.UUIDField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    fault = models.TextField(blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "workshop_sending"
        verbose_name = "待上传记录"
        constraints = (
            models.UniqueConstraint(fields=["company_code", "origin"], name="workshop_sending_origin"),
            models.CheckConstraint(
                name="workshop_sending_kind_known", condition=Q(kind__in=[str(kind) for kind in SendingKind])
            ),
            models.CheckConstraint(
                name="workshop_sending_state_known", condition=Q(state__in=[str(state) for state in SendingState])
            ),
        )
        indexes = (
            models.Index(fields=["id"], condition=Q(state=str(SendingState.WAITING)), name="workshop_sending_waiting"),
            models.Index(fields=["company_code", "-made_at"], name="workshop_sending_shop"),
            models.Index(fields=["record_id"], name="workshop_sending_record"),
        )

    def __str__(self) -> str:
        return f"{self.company_code} {self.origin}"

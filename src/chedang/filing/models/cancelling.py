"""注销备案: asked for by a shop or made by an officer, and taken back within a term."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chedang.access.models import User
from chedang.filing.cancelling_model import CancelReason, CancelState


class FilingCancellation(models.Model):
    """One 注销. Who did what when stands in the filing's history too; this row says where it stands."""

    public_id = models.UUIDField(unique=True)
    company_code = models.CharField(max_length=15)
    state = models.CharField(max_length=12)
    reason = models.CharField(max_length=12)
    text = models.CharField(max_length=200, blank=True)
    """原因 in words, as the shop or the officer wrote it."""
    ended_on = models.DateField()
    """Last day of business."""
    operation_state_before = models.CharField(max_length=4, blank=True)
    asked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    organisation = models.CharField(max_length=100, blank=True)
    answer = models.CharField(max_length=200, blank=True)
    """Why it was refused, or taken back."""
    ended_at = models.DateTimeField(null=True, blank=True)
    """When a cancellation that stood was taken back, or the shop filed again."""

    class Meta:
        db_table = "filing_cancellation"
        constraints = (
            models.CheckConstraint(
                name="filing_cancellation_state_known", condition=Q(state__in=[str(each) for each in CancelState])
            ),
            models.CheckConstraint(
                name="filing_cancellation_reason_known", condition=Q(reason__in=[str(each) for each in CancelReason])
            ),
            models.UniqueConstraint(
                name="filing_cancellation_one",
                fields=["company_code"],
                condition=Q(state__in=[str(CancelState.ASKED), str(CancelState.CANCELLED)]),
            ),
        )
        indexes = (models.Index(fields=["state", "asked_at"], name="filing_cancellation_queue"),)

    def __str__(self) -> str:
        return str(self.public_id)

"""History of a filing, which only grows, and requests to change key fields.

What stood before and after may name a person: it is sealed, and the clear columns name the elements alone.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chedang.access.append_only import AppendOnly, AppendOnlyModel
from chedang.access.models import User
from chedang.filing.filing_model import ChangeState, StepKind


class FilingChange(models.Model):
    """A request to change key fields. The old ones stay in force until an officer agrees."""

    public_id = models.UUIDField(unique=True)
    company_code = models.CharField(max_length=15)
    state = models.CharField(max_length=12, default=str(ChangeState.WAITING))
    fields = models.JSONField()
    edits_sealed = models.BinaryField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    organisation = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "filing_change"
        constraints = (
            models.CheckConstraint(
                name="filing_change_state_known", condition=Q(state__in=[str(state) for state in ChangeState])
            ),
            models.UniqueConstraint(
                name="filing_change_one_open", fields=["company_code"], condition=Q(state=str(ChangeState.WAITING))
            ),
        )
        indexes = (models.Index(fields=["state", "asked_at"], name="filing_change_queue"),)

    def __str__(self) -> str:
        return str(self.public_id)


class FilingStep(AppendOnlyModel):
    """Who did what to a filing, when. Written once, never changed."""

    company_code = models.CharField(max_length=15)
    at = models.DateTimeField()
    kind = models.CharField(max_length=12)
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.CharField(max_length=100, blank=True)
    fields = models.JSONField(default=list)
    edits_sealed = models.BinaryField(default=bytes)
    change = models.ForeignKey(FilingChange, null=True, blank=True, on_delete=models.PROTECT, related_name="steps")
    text = models.CharField(max_length=200, blank=True)

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "filing_step"
        ordering = ("at", "pk")
        constraints = (
            models.CheckConstraint(
                name="filing_step_kind_known", condition=Q(kind__in=[str(kind) for kind in StepKind])
            ),
        )
        indexes = (models.Index(fields=["company_code", "at"], name="filing_step_shop"),)

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"

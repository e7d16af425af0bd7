"""现场勘验: the visit, what was said of each condition, its photos, its steps, and draws of whom to visit.

Names of officers are those of their accounts. Of the shop's people nothing is kept but whether somebody was there.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chedang.access.append_only import AppendOnly, AppendOnlyModel
from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.filing.inspection_model import (
    LONGEST_REMARK,
    InspectionReason,
    InspectionState,
    InspectionStepKind,
    Outcome,
    Presence,
    Verdict,
)
from chedang.filing.paper_model import LONGEST_NOTE, ChecklistClass
from chedang.platform.chance import new_public_id


class InspectionDraw(AppendOnlyModel):
    """双随机: who was in the two hats, the seed, and who came out. Whoever has these draws the same again."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    division_code = models.CharField(max_length=6)
    seed = models.CharField(max_length=64)
    shops = models.JSONField()
    """Codes of the shops that could be drawn, in order."""
    officers = models.JSONField()
    """Keys of the accounts that could be drawn, in order."""
    count = models.PositiveSmallIntegerField()
    drawn = models.JSONField()
    """One after another: code of a shop and the keys of its two officers."""
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "filing_inspection_draw"
        ordering = ("-drawn_at", "-pk")

    def __str__(self) -> str:
        return self.public_id


class InspectionQuerySet(models.QuerySet["Inspection"]):
    """Which inspections are meant."""

    def in_scope(self, officer: User) -> InspectionQuerySet:
        """Of shops of the officer's division and below, where the shops were when the visit was planned."""
        return self.filter(division_code__startswith=division_prefix(officer.division_code))


class Inspection(models.Model):
    """One visit to one shop."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    company_code = models.CharField(max_length=15)
    division_code = models.CharField(max_length=6)
    reason = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default=str(InspectionState.PLANNED))
    planned_on = models.DateField()
    officers = models.ManyToManyField(User, related_name="+", db_table="filing_inspection_officer")
    class_key = models.CharField(max_length=12)
    edition = models.CharField(max_length=16)
    presence = models.CharField(max_length=12, blank=True)
    outcome = models.CharField(max_length=12, blank=True)
    remark = models.CharField(max_length=LONGEST_REMARK, blank=True)
    draw = models.ForeignKey(InspectionDraw, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        db_table = "filing_inspection"
        constraints = (
            models.CheckConstraint(
                name="filing_inspection_state_known", condition=Q(state__in=[str(each) for each in InspectionState])
            ),
            models.CheckConstraint(
                name="filing_inspection_reason_known",
                condition=Q(reason__in=[str(each) for each in InspectionReason]),
            ),
            models.CheckConstraint(
                name="filing_inspection_class_known",
                condition=Q(class_key__in=[str(each) for each in ChecklistClass]),
            ),
            models.CheckConstraint(
                name="filing_inspection_finished_whole",
                condition=~Q(state=str(InspectionState.FINISHED))
                | Q(
                    presence__in=[str(each) for each in Presence],
                    outcome__in=[str(each) for each in Outcome],
                    closed_at__isnull=False,
                ),
            ),
        )
        indexes = (
            models.Index(fields=["company_code", "-closed_at"], name="filing_inspection_shop"),
            models.Index(fields=["state", "planned_on"], name="filing_inspection_queue"),
        )

    def __str__(self) -> str:
        return self.public_id


class InspectionAnswer(AppendOnlyModel):
    """What was said of one condition, once; what is said later of the same condition counts instead."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="answers")
    client_id = models.UUIDField()
    """The phone's number for it: sent again after a lost answer it is the row that is there."""
    item = models.CharField(max_length=40)
    verdict = models.CharField(max_length=8)
    note = models.CharField(max_length=LONGEST_NOTE, blank=True)
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "filing_inspection_answer"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(name="filing_inspection_answer_once", fields=["inspection", "client_id"]),
            models.CheckConstraint(
                name="filing_inspection_verdict_known", condition=Q(verdict__in=[str(each) for each in Verdict])
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.item}"


class InspectionPhoto(models.Model):
    """That there is, or was, a photo. Its sealed bytes are a file of the node, never in the database."""

    file_id = models.UUIDField(unique=True)
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="photos")
    client_id = models.UUIDField()
    item = models.CharField(max_length=40)
    size_bytes = models.PositiveIntegerField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    """Taken off the record before it was finished."""
    removed_at = models.DateTimeField(null=True, blank=True)
    """When its bytes went."""

    class Meta:
        db_table = "filing_inspection_photo"
        ordering = ("added_at", "pk")
        constraints = (
            models.UniqueConstraint(name="filing_inspection_photo_once", fields=["inspection", "client_id"]),
        )

    def __str__(self) -> str:
        return str(self.file_id)


class InspectionStep(AppendOnlyModel):
    """Who did what to an inspection, when. Written once, never changed."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.CharField(max_length=100, blank=True)
    text = models.CharField(max_length=LONGEST_REMARK, blank=True)

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "filing_inspection_step"
        ordering = ("at", "pk")
        constraints = (
            models.CheckConstraint(
                name="filing_inspection_step_known",
                condition=Q(kind__in=[str(each) for each in InspectionStepKind]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"

"""Attachments of a filing, of which the bytes are sealed files of the node, and the answers to the class checklist."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chedang.access.models import User
from chedang.filing.paper_model import AttachmentKind, ChecklistClass


class FilingAttachment(models.Model):
    """That there is, or was, a paper. Its sealed bytes are a file of the node, never in the database."""

    file_id = models.UUIDField(unique=True)
    company_code = models.CharField(max_length=15)
    kind = models.CharField(max_length=16)
    media_type = models.CharField(max_length=32)
    size_bytes = models.PositiveIntegerField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "filing_attachment"
        ordering = ("added_at", "pk")
        constraints = (
            models.CheckConstraint(
                name="filing_attachment_kind_known", condition=Q(kind__in=[str(kind) for kind in AttachmentKind])
            ),
        )
        indexes = (models.Index(fields=["company_code", "added_at"], name="filing_attachment_shop"),)

    def __str__(self) -> str:
        return str(self.file_id)


class ChecklistAnswers(models.Model):
    """One version of a shop's answers: item → answer, note, attachment. Never changed; a later one takes its place."""

    company_code = models.CharField(max_length=15)
    version = models.PositiveIntegerField()
    class_key = models.CharField(max_length=12)
    edition = models.CharField(max_length=16)
    answers = models.JSONField()
    missing = models.PositiveSmallIntegerField()
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        db_table = "filing_checklist"
        constraints = (
            models.UniqueConstraint(name="filing_checklist_version", fields=["company_code", "version"]),
            models.CheckConstraint(
                name="filing_checklist_class_known",
                condition=Q(class_key__in=[str(each) for each in ChecklistClass]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.company_code} {self.version}"

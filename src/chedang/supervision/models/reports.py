"""半年报告: one report of one authority, the texts that its officers wrote, and its history that only grows."""

from __future__ import annotations

import secrets
from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chedang.access.append_only import AppendOnly, AppendOnlyModel
from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.supervision.models.snapshots import Snapshot


class ReportState(StrEnum):
    """Where a report is. An issued one never changes; a mistake in it is mended by a further edition."""

    DRAFT = "draft"
    ISSUED = "issued"
    """已印发."""


class ReportDeed(StrEnum):
    """What somebody did; one row of history each."""

    BEGIN = "begin"
    REFRESH = "refresh"
    """The figures were frozen anew; the texts stay."""
    WRITE = "write"
    ISSUE = "issue"


def new_report_id() -> str:
    """A name for addresses that tells neither order nor time: sixteen hexadecimal characters."""
    return secrets.token_hex(8)


class ReportQuerySet(models.QuerySet["HalfYearReport"]):
    """Which reports are meant."""

    def in_scope(self, officer: User) -> ReportQuerySet:
        """Of authorities of the officer's division and below; drafts of the own authority alone."""
        below = self.filter(division_code__startswith=division_prefix(officer.division_code))
        return below.filter(Q(state=str(ReportState.ISSUED)) | Q(division_code=officer.division_code))


class HalfYearReport(models.Model):
    """One half-year of one division. What it shows is its snapshot, its texts and nothing else."""

    public_id = models.CharField(max_length=16, unique=True, default=new_report_id)
    division_code = models.CharField(_("行政区划代码"), max_length=6)
    authority = models.CharField(_("编报机关"), max_length=100)
    year = models.PositiveSmallIntegerField(_("年"))
    half = models.PositiveSmallIntegerField(_("半年"))
    edition = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=8, default=str(ReportState.DRAFT))
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    league = models.JSONField(default=list)
    """``report_model.LeagueLine`` of every division, as it was when the figures were frozen."""
    names = models.JSONField(default=dict)
    """Names of makers by code, as they were then."""
    revision = models.PositiveIntegerField(default=0)
    """Rises with every change."""
    begun_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    word_digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of the Word file as it was issued."""

    objects = ReportQuerySet.as_manager()

    class Meta:
        db_table = "supervision_report"
        verbose_name = _("半年报告")
        verbose_name_plural = _("半年报告")
        constraints = (
            models.UniqueConstraint(
                name="supervision_report_once", fields=["division_code", "year", "half", "edition"]
            ),
            models.CheckConstraint(name="supervision_report_half", condition=Q(half__in=[1, 2])),
            models.CheckConstraint(
                name="supervision_report_issued_whole",
                condition=Q(state=str(ReportState.DRAFT), issued_at=None)
                | Q(state=str(ReportState.ISSUED), issued_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_draft(self) -> bool:
        """May it still be changed?"""
        return self.state == ReportState.DRAFT


class ReportText(models.Model):
    """A text block that an officer wrote in the place of the template's."""

    report = models.ForeignKey(HalfYearReport, on_delete=models.CASCADE, related_name="texts")
    key = models.CharField(max_length=40)
    text = models.TextField()
    revision = models.PositiveIntegerField(default=1)
    """Rises with every change, so that two people do not overwrite each other unseen."""
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "supervision_report_text"
        constraints = (models.UniqueConstraint(name="supervision_report_text_once", fields=["report", "key"]),)

    def __str__(self) -> str:
        return f"{self.report_id} {self.key}"


class ReportStep(AppendOnlyModel):
    """Who did what to a report, and when. Written once, never changed."""

    report = models.ForeignKey(HalfYearReport, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    deed = models.CharField(max_length=8)
    key = models.CharField(max_length=40, blank=True)
    """Of the text block."""
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    """The text block's words; of a refresh the digests of the snapshots."""
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "supervision_report_step"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                name="supervision_report_step_known", condition=Q(deed__in=[str(deed) for deed in ReportDeed])
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.deed}"


class IssuedReport(AppendOnlyModel):
    """What was issued, word for word: a later release may have another template, or write Word files in another way."""

    report = models.OneToOneField(HalfYearReport, on_delete=models.PROTECT, related_name="as_issued")
    document = models.JSONField()
    """``report_model.Document``."""
    word = models.BinaryField()
    """The .docx file, whose digest the report names."""

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "supervision_issued_report"

    def __str__(self) -> str:
        return str(self.report_id)

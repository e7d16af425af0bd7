"""运行考核: by which weights a frozen month is assessed, and what it said later. Written once, never changed."""

from __future__ import annotations

from django.db import models

from chedang.access.append_only import AppendOnly, AppendOnlyModel
from chedang.supervision.models.snapshots import Snapshot


class AssessmentWeights(AppendOnlyModel):
    """A version of the weights from the moment it was first used: another one cannot take its name."""

    version = models.CharField(max_length=20, unique=True)
    effective_on = models.DateField()
    content = models.TextField()
    """``assessment_sheet.Version`` as canonical JSON."""
    digest = models.CharField(max_length=64)
    """SHA-256 over the content, hexadecimal."""
    first_used_at = models.DateTimeField()

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "supervision_assessment_weights"

    def __str__(self) -> str:
        return self.version


class AssessmentBasis(AppendOnlyModel):
    """By which weights one frozen month is assessed, whatever is decreed later."""

    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, related_name="basis")
    weights = models.ForeignKey(AssessmentWeights, on_delete=models.PROTECT, related_name="+")
    fixed_at = models.DateTimeField()

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "supervision_assessment_basis"

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.weights_id}"


class AssessmentCorrection(AppendOnlyModel):
    """冻结后变化: the same month measured again when the next one was frozen. It changes no score."""

    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, related_name="correction")
    content = models.TextField()
    """``measure_model.Measures`` as canonical JSON."""
    digest = models.CharField(max_length=64)
    measured_at = models.DateTimeField()

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "supervision_assessment_correction"

    def __str__(self) -> str:
        return str(self.snapshot_id)

"""固定的统计数据: measures as they were when they were frozen. Written once, never changed."""

from __future__ import annotations

import secrets
from enum import StrEnum

from django.db import models
from django.db.models import Q

from chedang.access.append_only import AppendOnly, AppendOnlyModel
from chedang.access.models import User
from chedang.access.rules import division_prefix


class SnapshotKind(StrEnum):
    """For which period."""

    MONTH = "month"
    HALF_YEAR = "half_year"


def new_snapshot_id() -> str:
    """A name for addresses that tells neither order nor time: sixteen hexadecimal characters."""
    return secrets.token_hex(8)


class SnapshotQuerySet(AppendOnly["Snapshot"]):
    """Which snapshots are meant."""

    def in_scope(self, officer: User) -> SnapshotQuerySet:
        """Of the officer's division and below."""
        return self.filter(division_code__startswith=division_prefix(officer.division_code))


class Snapshot(AppendOnlyModel):
    """Measures of one division over one period, as JSON in one canonical form, with its SHA-256."""

    public_id = models.CharField(max_length=16, unique=True, default=new_snapshot_id)
    origin = models.CharField(max_length=2, blank=True, default="")
    """'' measured here; else two digits of the province that sent it up."""
    kind = models.CharField(max_length=10)
    division_code = models.CharField(max_length=6)
    first_on = models.DateField()
    last_on = models.DateField()
    edition = models.PositiveSmallIntegerField()
    """1 for the first; a half-year may be frozen again while its report is a draft."""
    content = models.TextField()
    """``measure_model.Measures`` as canonical JSON."""
    digest = models.CharField(max_length=64)
    """SHA-256 over the content, hexadecimal."""
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Null: by the clock, or by the province that sent it."""

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        db_table = "supervision_snapshot"
        constraints = (
            models.UniqueConstraint(
                name="supervision_snapshot_once",
                fields=["origin", "kind", "division_code", "first_on", "last_on", "edition"],
            ),
            models.CheckConstraint(
                name="supervision_snapshot_kind_known", condition=Q(kind__in=[str(kind) for kind in SnapshotKind])
            ),
        )
        indexes = (models.Index(fields=["division_code", "kind", "last_on"], name="supervision_snapshot_division"),)

    def __str__(self) -> str:
        return self.public_id

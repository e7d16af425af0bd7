"""说明: what a shop says of something that the rules found in one of its records. Its history only grows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chedang.access.append_only import AppendOnly, AppendOnlyModel
from chedang.access.models import User


class Explanation(AppendOnlyModel):
    """One sentence about one finding of one record, stored with numbers and contacts masked. Written once."""

    record_id = models.UUIDField()
    version = models.PositiveIntegerField()
    company_code = models.CharField(max_length=15)
    finding_code = models.CharField(max_length=64)
    text = models.CharField(max_length=200)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "workshop_explanation"
        verbose_name = _("说明")
        verbose_name_plural = _("说明")
        ordering = ("made_at", "pk")
        indexes = (
            models.Index(fields=["record_id", "made_at"], name="workshop_explanation_record"),
            models.Index(fields=["company_code"], name="workshop_explanation_shop"),
        )

    def __str__(self) -> str:
        return f"{self.record_id} {self.finding_code}"

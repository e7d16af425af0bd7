"""What a 反馈 says is wrong."""

from __future__ import annotations

from django.db import models

from chedang.reviews.models.cases import Case


class Correction(models.Model):
    """What is wrong with the record, or which visit is missing, and what was done about it."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="correction")
    topic = models.CharField(max_length=16)
    said_value = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=500, blank=True)
    settlement_list_number = models.CharField(max_length=64, blank=True)
    new_record_id = models.UUIDField(null=True, blank=True)
    new_version = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        db_table = "reviews_correction"

    def __str__(self) -> str:
        return f"{self.case_id} {self.topic}"

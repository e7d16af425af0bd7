"""What a 投诉 asks for."""

from __future__ import annotations

from django.db import models

from chedang.reviews.models.cases import Case


class Complaint(models.Model):
    """About a settled job. The contact is sealed: a phone number stands nowhere in the open."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="complaint")
    category = models.CharField(max_length=16)
    demand = models.CharField(max_length=200)
    text = models.CharField(max_length=1000)
    contact_sealed = models.BinaryField(null=True, blank=True)
    refusal_reason = models.CharField(max_length=20, blank=True)
    hotline_number = models.CharField(max_length=40, blank=True)
    satisfaction = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        db_table = "reviews_complaint"

    def __str__(self) -> str:
        return f"{self.case_id} {self.category}"

"""Jobs that are being typed. Holds personal data: VIN and plate of the car."""

from __future__ import annotations

from django.db import models

from chedang.access.models import User
from chedang.workshop.models.sending import Sending


class Draft(models.Model):
    """One job as far as somebody has typed it. ``text``: the 13 elements as typed, as JSON by wire names."""

    public_id = models.UUIDField(unique=True)
    company_code = models.CharField(max_length=15)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    sending = models.OneToOneField(Sending, on_delete=models.CASCADE, null=True, blank=True, related_name="draft")
    """Set once it was sent; it goes when the archive has it."""
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "workshop_draft"
        verbose_name = "草稿"
        indexes = (
            models.Index(fields=["company_code", "-changed_at"], name="workshop_draft_shop"),
            models.Index(fields=["changed_at"], name="workshop_draft_changed"),
        )

    def __str__(self) -> str:
        return str(self.public_id)

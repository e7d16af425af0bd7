"""What every case has: its state, its history that only grows, its photos. Holds personal data: who owns which car."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chedang.access.append_only import AppendOnly, AppendOnlyModel
from chedang.access.models import User
from chedang.reviews.case_model import CaseKind, CaseState, Party


class Case(models.Model):
    """One 反馈 or 投诉. What is particular to its kind stands in ``Correction`` or ``Complaint``."""

    number = models.CharField(_("编号"), max_length=20, unique=True)
    kind = models.CharField(max_length=16)
    state = models.CharField(max_length=20)
    holder = models.CharField(max_length=10, blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    vin = models.CharField(max_length=17)
    plate_number = models.CharField(max_length=16, blank=True)
    record_id = models.UUIDField(null=True, blank=True)
    version = models.PositiveIntegerField(null=True, blank=True)
    company_code = models.CharField(max_length=15)
    division_code = models.CharField(max_length=6)
    visit_on = models.DateField(null=True, blank=True)
    submitted_at = models.DateTimeField()
    begun_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    missed = models.PositiveSmallIntegerField(default=0)
    is_missed_by_shop = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=10, blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    working_days = models.PositiveSmallIntegerField(null=True, blank=True)
    is_agreed = models.BooleanField(default=False)
    is_reopened = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "reviews_case"
        verbose_name = _("反馈或投诉")
        verbose_name_plural = _("反馈与投诉")
        constraints = (
            models.CheckConstraint(
                name="reviews_case_kind_known", condition=Q(kind__in=[str(kind) for kind in CaseKind])
            ),
            models.CheckConstraint(
                name="reviews_case_state_known", condition=Q(state__in=[str(state) for state in CaseState])
            ),
            models.CheckConstraint(
                name="reviews_case_holder_known", condition=Q(holder__in=[str(party) for party in Party])
            ),
        )
        indexes = (
            models.Index(fields=["owner", "-submitted_at"], name="reviews_case_owner"),
            models.Index(fields=["company_code", "due_at"], name="reviews_case_shop"),
            models.Index(fields=["division_code", "submitted_at"], name="reviews_case_division"),
            models.Index(fields=["vin"], name="reviews_case_vin"),
            models.Index(fields=["due_at"], name="reviews_case_due", condition=Q(due_at__isnull=False)),
        )

    def __str__(self) -> str:
        return self.number


class CaseSerial(models.Model):
    """The last serial number given within a month and kind."""

    prefix = models.CharField(max_length=12, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "reviews_case_serial"


class CaseStep(AppendOnlyModel):
    """Who did what in a case, when, and what it said. Written once, never changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    deed = models.CharField(max_length=12)
    party = models.CharField(max_length=10)
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=20)
    text = models.CharField(max_length=1000, blank=True)

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "reviews_case_step"
        ordering = ("at", "pk")
        indexes = (models.Index(fields=["case", "at"], name="reviews_case_step_case"),)

    def __str__(self) -> str:
        return f"{self.pk} {self.deed}"


class CasePhoto(models.Model):
    """That there is, or was, a photo. Its sealed bytes are a file of the node, never in the database."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="photos")
    file_id = models.UUIDField(unique=True)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "reviews_case_photo"
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.file_id)

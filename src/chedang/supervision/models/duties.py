"""Orders to correct, their history that only grows, and what shops hand in as evidence."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chedang.access.append_only import AppendOnly, AppendOnlyModel
from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.supervision.model import DutyDeed, DutyKind, DutyParty, DutyState


class DutyQuerySet(models.QuerySet["Duty"]):
    """Which orders are meant."""

    def in_scope(self, officer: User) -> DutyQuerySet:
        """Of shops of the officer's division and below."""
        return self.filter(division_code__startswith=division_prefix(officer.division_code))

    def of_shop(self, company_code: str) -> DutyQuerySet:
        """Of one shop."""
        return self.filter(company_code=company_code)


class Duty(models.Model):
    """责令改正 or 督办: what one shop has to put right until when."""

    code = models.CharField(_("编号"), max_length=8, unique=True)
    """Eight characters of ``terms.spoken``; people read it in groups: ``7K2M-9QXD``."""
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=12)
    company_code = models.CharField(_("维修企业编码"), max_length=15)
    division_code = models.CharField(_("行政区划代码"), max_length=6)
    authority_code = models.CharField(max_length=6)
    """Division of the authority that issued it: officers of that or above may decide."""
    authority = models.CharField(_("发出机关"), max_length=100)
    basis = models.CharField(max_length=40, blank=True)
    basis_words = models.CharField(max_length=300, blank=True)
    """The legal basis in the words of the day on which it was issued."""
    what = models.TextField(_("需要改正的内容"))
    record_numbers = models.JSONField(default=list)
    """[[record id, 结算清单编号], …] of the shop's own records."""
    case_numbers = models.JSONField(default=list)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    step_count = models.PositiveIntegerField(default=0)
    answered_at = models.DateTimeField(null=True, blank=True)
    is_answered_late = models.BooleanField(default=False)
    longer_asked_at = models.DateTimeField(null=True, blank=True)
    longer_days = models.PositiveSmallIntegerField(null=True, blank=True)
    longer_decided_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    condition = models.JSONField(null=True, blank=True)
    """``conditions.Condition``: what the system itself can check; null where only people can judge."""
    checked_at = models.DateTimeField(null=True, blank=True)
    """The last 复查 that is in the history."""
    found_fixed_at = models.DateTimeField(null=True, blank=True)
    """Since when 复查 finds the condition met."""

    objects = DutyQuerySet.as_manager()

    class Meta:
        db_table = "supervision_duty"
        verbose_name = _("责令改正")
        verbose_name_plural = _("责令改正")
        constraints = (
            models.CheckConstraint(
                name="supervision_duty_kind_known", condition=Q(kind__in=[str(kind) for kind in DutyKind])
            ),
            models.CheckConstraint(
                name="supervision_duty_state_known", condition=Q(state__in=[str(state) for state in DutyState])
            ),
            models.CheckConstraint(
                name="supervision_duty_order_has_basis", condition=~Q(kind=str(DutyKind.ORDER)) | ~Q(basis="")
            ),
        )
        indexes = (
            models.Index(fields=["company_code", "due_at"], name="supervision_duty_shop"),
            models.Index(fields=["division_code", "due_at"], name="supervision_duty_division"),
            models.Index(
                fields=["due_at"],
                name="supervision_duty_to_check",
                condition=Q(closed_at=None, condition__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.code


class DutyStep(AppendOnlyModel):
    """Who did what in an order, when, and what it said. Written once, never changed."""

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="steps")
    place = models.PositiveIntegerField()
    """1 for the first."""
    at = models.DateTimeField()
    deed = models.CharField(max_length=16)
    party = models.CharField(max_length=10)
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Null where the system acted."""
    organisation = models.CharField(max_length=100)
    state = models.CharField(max_length=12)
    """Of the order after it."""
    due_at = models.DateTimeField()
    """The limit after it."""
    text = models.CharField(max_length=1000, blank=True)
    evidence_count = models.PositiveSmallIntegerField(default=0)
    figures = models.JSONField(null=True, blank=True)
    """What a 复查 counted: ``conditions.Counted`` by name, and up to which instant."""

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "supervision_duty_step"
        ordering = ("duty", "place")
        constraints = (
            models.UniqueConstraint(name="supervision_duty_step_once", fields=["duty", "place"]),
            models.CheckConstraint(
                name="supervision_duty_step_deed_known", condition=Q(deed__in=[str(deed) for deed in DutyDeed])
            ),
            models.CheckConstraint(
                name="supervision_duty_step_party_known",
                condition=Q(party__in=[str(DutyParty.SHOP), str(DutyParty.OFFICER), str(DutyParty.SYSTEM)]),
            ),
            models.CheckConstraint(
                name="supervision_duty_step_has_actor",
                condition=Q(actor__isnull=False) | Q(party=str(DutyParty.SYSTEM)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.deed}"


class DutyEvidence(models.Model):
    """That there is, or was, a photo or a PDF. Its sealed bytes are a file of the node, never in the database."""

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="evidence")
    step_place = models.PositiveIntegerField()
    """Of the answer that it belongs to."""
    file_id = models.UUIDField(unique=True)
    media_type = models.CharField(max_length=40)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "supervision_duty_evidence"
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.file_id)

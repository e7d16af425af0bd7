"""质量信誉考核: a shop's self-assessment of one year, what it attached, and its history that only grows."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chedang.access.append_only import AppendOnly, AppendOnlyModel
from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.supervision.credit_model import CreditDeed, CreditState


def new_credit_id() -> str:
    """A name for addresses that tells neither order nor time: sixteen hexadecimal characters."""
    return secrets.token_hex(8)


class CreditQuerySet(models.QuerySet["CreditAssessment"]):
    """Which assessments are meant."""

    def in_scope(self, officer: User) -> CreditQuerySet:
        """Handed in, by shops of the officer's division and below."""
        handed_in = self.exclude(state=CreditState.DRAFT)
        return handed_in.filter(division_code__startswith=division_prefix(officer.division_code))

    def of_shop(self, company_code: str) -> CreditQuerySet:
        """Of one shop."""
        return self.filter(company_code=company_code)


class CreditAssessment(models.Model):
    """One shop's sheet of one year. While it is a draft, only ``stated`` is its own: all else is counted when read."""

    public_id = models.CharField(max_length=16, unique=True, default=new_credit_id)
    company_code = models.CharField(_("维修企业编码"), max_length=15)
    division_code = models.CharField(_("行政区划代码"), max_length=6)
    year = models.PositiveSmallIntegerField(_("考核年度"))
    state = models.CharField(max_length=10, default=str(CreditState.DRAFT))
    stated = models.JSONField(default=dict)
    """What the shop said, as text by key of the indicator."""
    revision = models.PositiveIntegerField(default=0)
    """Rises with every change, so that two people at one draft do not overwrite each other unseen."""
    snapshot = models.JSONField(null=True, blank=True)
    """``credit_model.Snapshot`` of what was handed in; null for a draft."""
    points = models.PositiveSmallIntegerField(null=True, blank=True)
    grade = models.CharField(_("自评等级"), max_length=3, blank=True)
    is_by_officer = models.BooleanField(_("未自评"), default=False, db_default=False)
    """The shop handed in nothing in time, and the authority took it up from what is counted."""
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)

    objects = CreditQuerySet.as_manager()

    class Meta:
        db_table = "supervision_credit"
        verbose_name = _("质量信誉自评")
        verbose_name_plural = _("质量信誉自评")
        constraints = (
            models.UniqueConstraint(name="supervision_credit_once", fields=["company_code", "year"]),
            models.CheckConstraint(
                name="supervision_credit_state_known", condition=Q(state__in=[str(state) for state in CreditState])
            ),
            models.CheckConstraint(
                name="supervision_credit_whole",
                condition=Q(state=str(CreditState.DRAFT), snapshot=None)
                | Q(snapshot__isnull=False, points__isnull=False, submitted_at__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["division_code", "year"], name="supervision_credit_division"),)

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_draft(self) -> bool:
        """May it still be changed?"""
        return self.state == CreditState.DRAFT


class CreditStep(AppendOnlyModel):
    """Who handed in, took back or opened an assessment, and when. Written once, never changed."""

    assessment = models.ForeignKey(CreditAssessment, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    deed = models.CharField(max_length=10)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.CharField(max_length=100, blank=True)
    snapshot = models.JSONField(null=True, blank=True)
    """What was handed in by this step."""

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "supervision_credit_step"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                name="supervision_credit_step_known", condition=Q(deed__in=[str(deed) for deed in CreditDeed])
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.deed}"


class CreditEvidence(models.Model):
    """That there is, or was, a photo for an indicator. Its sealed bytes are a file of the node."""

    assessment = models.ForeignKey(CreditAssessment, on_delete=models.PROTECT, related_name="evidence")
    indicator = models.CharField(max_length=40)
    file_id = models.UUIDField(unique=True)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "supervision_credit_evidence"
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.file_id)

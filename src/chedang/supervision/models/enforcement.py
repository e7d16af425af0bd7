"""通报, 移送 and the sanction ledger, each with a history that only grows. Business data of shops; no persons."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chedang.access.append_only import AppendOnly, AppendOnlyModel
from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.platform.chance import new_public_id
from chedang.supervision.enforcement_model import (
    STANDING,
    CensureDeed,
    CensureState,
    HandOverResult,
    SanctionDeed,
    SanctionKind,
    SanctionState,
)
from chedang.supervision.models.duties import Duty


def _known(column: str, values: Any) -> Q:
    return Q(**{f"{column}__in": [str(value) for value in values]})


class CaseQuerySet(models.QuerySet[Any]):
    """Which of them are meant."""

    def in_scope(self, officer: User) -> CaseQuerySet:
        """Of shops of the officer's division and below."""
        return self.filter(division_code__startswith=division_prefix(officer.division_code))

    def of_shop(self, company_code: str) -> CaseQuerySet:
        """Of one shop."""
        return self.filter(company_code=company_code)


class _Case(models.Model):
    """What every matter of one shop has."""

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    company_code = models.CharField(_("维修企业编码"), max_length=15)
    company_name = models.CharField(_("维修企业"), max_length=200)
    """As it was called on the day."""
    division_code = models.CharField(_("行政区划代码"), max_length=6)
    authority_code = models.CharField(max_length=6)
    authority = models.CharField(_("机关"), max_length=100)
    step_count = models.PositiveIntegerField(default=0)

    objects = CaseQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.public_id


class Censure(_Case):
    """通报: an order that was not done, told to everybody. What is public is in these columns and no others."""

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="censures")
    state = models.CharField(max_length=10)
    what = models.CharField(_("通报的内容"), max_length=1000)
    basis_words = models.CharField(max_length=300)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    object_until = models.DateTimeField(null=True, blank=True)
    """The end of the shop's time to object."""
    objection = models.CharField(max_length=1000, blank=True)
    objected_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    """The last day on the public list."""
    rectified_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "supervision_censure"
        verbose_name = _("通报")
        verbose_name_plural = _("通报")
        constraints = (
            models.CheckConstraint(name="supervision_censure_state_known", condition=_known("state", CensureState)),
            models.CheckConstraint(
                name="supervision_censure_by_two",
                condition=Q(checked_by=None) | ~Q(checked_by=models.F("drafted_by")),
            ),
            models.UniqueConstraint(
                name="supervision_censure_once", fields=["duty"], condition=_known("state", sorted(STANDING))
            ),
        )
        indexes = (
            models.Index(fields=["division_code", "-drafted_at"], name="supervision_censure_division"),
            models.Index(fields=["company_code"], name="supervision_censure_shop"),
            models.Index(
                fields=["-published_at"],
                name="supervision_censure_public",
                condition=Q(state__in=["published", "rectified"]),
            ),
        )


class HandOver(_Case):
    """移送: a case handed to an enforcement body, with the file that was handed over."""

    number = models.CharField(_("移送编号"), max_length=24, unique=True)
    serial = models.PositiveIntegerField()
    year = models.PositiveSmallIntegerField()
    duty = models.ForeignKey(Duty, null=True, blank=True, on_delete=models.PROTECT, related_name="hand_overs")
    item = models.CharField(max_length=40)
    received_by = models.CharField(_("接收机关"), max_length=100)
    what = models.CharField(_("案情和理由"), max_length=1000)
    since_on = models.DateField()
    until_on = models.DateField()
    handed_at = models.DateTimeField()
    handed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    file_id = models.UUIDField(unique=True)
    file_digest = models.CharField(max_length=64)
    """SHA-256 of the file as it was handed over."""
    result = models.CharField(max_length=10, default=str(HandOverResult.WAITING))
    result_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "supervision_hand_over"
        verbose_name = _("移送")
        verbose_name_plural = _("移送")
        constraints = (
            models.CheckConstraint(name="supervision_hand_over_known", condition=_known("result", HandOverResult)),
            models.UniqueConstraint(name="supervision_hand_over_serial", fields=["authority_code", "year", "serial"]),
        )
        indexes = (
            models.Index(fields=["division_code", "-handed_at"], name="supervision_hand_over_division"),
            models.Index(fields=["company_code"], name="supervision_hand_over_shop"),
        )


class Sanction(_Case):
    """One row of 处罚台账."""

    item = models.CharField(max_length=40)
    item_words = models.CharField(max_length=300)
    """Name and clause as they stood on the day of the entry."""
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default=str(SanctionState.IN_FORCE))
    decision_number = models.CharField(_("决定书文号"), max_length=60)
    decided_on = models.DateField()
    amount_yuan = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    vehicles = models.PositiveIntegerField(default=1)
    gains_yuan = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    range_words = models.CharField(max_length=200, blank=True)
    """The range that the amount was held against, with its source."""
    outside_reason = models.CharField(max_length=200, blank=True)
    """Why the amount is outside of it."""
    paid_on = models.DateField(null=True, blank=True)
    file_id = models.UUIDField(null=True, blank=True, unique=True)
    hand_over = models.ForeignKey(HandOver, null=True, blank=True, on_delete=models.PROTECT, related_name="sanctions")
    entered_at = models.DateTimeField()

    class Meta:
        db_table = "supervision_sanction"
        verbose_name = _("处罚")
        verbose_name_plural = _("处罚台账")
        constraints = (
            models.CheckConstraint(name="supervision_sanction_kind_known", condition=_known("kind", SanctionKind)),
            models.CheckConstraint(name="supervision_sanction_state_known", condition=_known("state", SanctionState)),
            models.UniqueConstraint(name="supervision_sanction_once", fields=["authority_code", "decision_number"]),
        )
        indexes = (
            models.Index(fields=["division_code", "-decided_on"], name="supervision_sanction_division"),
            models.Index(fields=["company_code", "-decided_on"], name="supervision_sanction_shop"),
        )


class CaseStep(AppendOnlyModel):
    """Who did what in a censure, a hand-over or a sanction, with before and after. Written once, never changed."""

    censure = models.ForeignKey(Censure, null=True, on_delete=models.PROTECT, related_name="steps")
    hand_over = models.ForeignKey(HandOver, null=True, on_delete=models.PROTECT, related_name="steps")
    sanction = models.ForeignKey(Sanction, null=True, on_delete=models.PROTECT, related_name="steps")
    place = models.PositiveIntegerField()
    at = models.DateTimeField()
    deed = models.CharField(max_length=16)
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    """Null where the system acted."""
    organisation = models.CharField(max_length=100)
    state = models.CharField(max_length=10)
    text = models.CharField(max_length=1000, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "supervision_case_step"
        ordering = ("place",)
        constraints = (
            models.UniqueConstraint(name="supervision_case_step_censure", fields=["censure", "place"]),
            models.UniqueConstraint(name="supervision_case_step_hand_over", fields=["hand_over", "place"]),
            models.UniqueConstraint(name="supervision_case_step_sanction", fields=["sanction", "place"]),
            models.CheckConstraint(
                name="supervision_case_step_of_one",
                condition=Q(censure__isnull=False, hand_over=None, sanction=None)
                | Q(censure=None, hand_over__isnull=False, sanction=None)
                | Q(censure=None, hand_over=None, sanction__isnull=False),
            ),
            models.CheckConstraint(
                name="supervision_case_step_deed_known",
                condition=Q(censure__isnull=False) & _known("deed", CensureDeed)
                | Q(hand_over__isnull=False) & _known("deed", ["hand_over", *HandOverResult])
                | Q(sanction__isnull=False) & _known("deed", SanctionDeed),
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.deed}"

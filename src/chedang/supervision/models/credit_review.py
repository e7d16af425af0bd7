"""评定, 公示, 异议 and 公布 of a credit assessment, with a history that only grows. Business data only."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chedang.access.append_only import AppendOnly, AppendOnlyModel
from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.supervision.credit_review_model import ReviewDeed, ReviewState
from chedang.supervision.models.credit import CreditAssessment

_SECOND = timedelta(seconds=1)


class CreditReviewQuerySet(models.QuerySet["CreditReview"]):
    """Which reviews are meant."""

    def in_scope(self, officer: User) -> CreditReviewQuerySet:
        """Of shops of the officer's division and below."""
        return self.filter(division_code__startswith=division_prefix(officer.division_code))

    def of_shop(self, company_code: str) -> CreditReviewQuerySet:
        """Of one shop."""
        return self.filter(company_code=company_code)

    def within_period(self, now: datetime) -> CreditReviewQuerySet:
        """公示中: the shop may still object."""
        return self.filter(state=str(ReviewState.PROPOSED), due_at__gt=now - _SECOND)

    def publishable(self, now: datetime) -> CreditReviewQuerySet:
        """可公布: the period is over without an objection, or the objection is decided."""
        is_over = Q(state=str(ReviewState.PROPOSED), due_at__lte=now - _SECOND)
        return self.filter(Q(state=str(ReviewState.DECIDED)) | is_over)

    def published(self) -> CreditReviewQuerySet:
        """What everybody may read."""
        return self.filter(state=str(ReviewState.PUBLISHED))


class CreditReview(models.Model):
    """The authority's finding on one sheet. Its columns are those of the newest step."""

    assessment = models.OneToOneField(CreditAssessment, on_delete=models.PROTECT, related_name="review")
    company_code = models.CharField(_("维修企业编码"), max_length=15)
    company_name = models.CharField(_("企业名称"), max_length=200)
    division_code = models.CharField(_("行政区划代码"), max_length=6)
    category_code = models.CharField(_("经营业务类别"), max_length=2, blank=True)
    year = models.PositiveSmallIntegerField(_("考核年度"))
    state = models.CharField(max_length=10)
    step_count = models.PositiveIntegerField(default=0)
    result = models.JSONField()
    """``credit_review_model.Result``."""
    points = models.PositiveSmallIntegerField(_("得分"))
    grade = models.CharField(_("质量信誉等级"), max_length=3)
    authority = models.CharField(_("评定机关"), max_length=100)
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    """Who gave the 初评 that stands."""
    proposed_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    """End of the period for objections."""
    objection = models.TextField(blank=True)
    objected_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(blank=True)
    """What the authority answered to the objection."""
    published_at = models.DateTimeField(null=True, blank=True)
    corrected_at = models.DateTimeField(null=True, blank=True)
    former_grade = models.CharField(max_length=3, blank=True)
    """What was published before 改判."""
    correction_reason = models.CharField(max_length=200, blank=True)

    objects = CreditReviewQuerySet.as_manager()

    class Meta:
        db_table = "supervision_credit_review"
        verbose_name = _("质量信誉评定")
        verbose_name_plural = _("质量信誉评定")
        constraints = (
            models.CheckConstraint(
                name="supervision_credit_review_state_known",
                condition=Q(state__in=[str(state) for state in ReviewState]),
            ),
            models.CheckConstraint(
                name="supervision_credit_review_told",
                condition=Q(state__in=[str(ReviewState.RETURNED), str(ReviewState.REVIEWED)])
                | Q(proposed_at__isnull=False, due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="supervision_credit_review_published",
                condition=~Q(state=str(ReviewState.PUBLISHED)) | Q(published_at__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["division_code", "year", "state"], name="supervision_credit_review_div"),
            models.Index(fields=["year", "grade", "company_code"], name="supervision_credit_review_list"),
        )

    def __str__(self) -> str:
        return f"{self.company_code} {self.year}"


class CreditReviewStep(AppendOnlyModel):
    """Who did what to a review, when, and why. Written once, never changed."""

    review = models.ForeignKey(CreditReview, on_delete=models.PROTECT, related_name="steps")
    place = models.PositiveIntegerField()
    at = models.DateTimeField()
    deed = models.CharField(max_length=10)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.CharField(max_length=100, blank=True)
    words = models.TextField(blank=True)
    result = models.JSONField()
    """As it stood after it."""
    points = models.PositiveSmallIntegerField()
    grade = models.CharField(max_length=3)

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "supervision_credit_review_step"
        ordering = ("review", "place")
        constraints = (
            models.UniqueConstraint(name="supervision_credit_review_step_once", fields=["review", "place"]),
            models.CheckConstraint(
                name="supervision_credit_review_step_known", condition=Q(deed__in=[str(deed) for deed in ReviewDeed])
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.deed}"


class CreditObjectionFile(models.Model):
    """A photo or PDF beside an objection. Its sealed bytes are a file of the node."""

    review = models.ForeignKey(CreditReview, on_delete=models.PROTECT, related_name="files")
    file_id = models.UUIDField(unique=True)
    media_type = models.CharField(max_length=20)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "supervision_credit_objection_file"
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.file_id)

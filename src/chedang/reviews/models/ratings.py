"""Reviews, what was said beside them, appeals, and kept sums of shops. Personal data: who reviewed which car."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.reviews.rating_model import AppealReason, Outcome, RemarkKind, TextState

REASON_NAMES = {
    AppealReason.NOT_OUR_JOB: _("说的不是本店的维修"),
    AppealReason.UNTRUE: _("与事实不符，本店有单据"),
    AppealReason.INSULT: _("辱骂或泄露他人信息"),
    AppealReason.COMPETITOR: _("疑似同行评价"),
    AppealReason.EXTORTION: _("以差评索要好处"),
    AppealReason.OTHER: _("其他"),
}
OUTCOME_NAMES = {Outcome.UPHELD: _("申诉成立，评价已隐藏"), Outcome.REFUSED: _("申诉不成立，评价保留")}
_KINDS = {
    RemarkKind.OWNER: _("车主评价"),
    RemarkKind.FOLLOW_UP: _("追加评价"),
    RemarkKind.REPLY: _("商家回复"),
}
_STATES = {TextState.SHOWN: _("已显示"), TextState.HELD: _("待核对"), TextState.REFUSED: _("不予显示")}


def new_review_id() -> str:
    """A name for addresses that tells neither order nor time: sixteen hexadecimal characters."""
    return secrets.token_hex(8)


class ReviewQuerySet(models.QuerySet["Review"]):
    """Which reviews are meant."""

    def standing(self) -> ReviewQuerySet:
        """Neither withdrawn by the owner nor hidden after an appeal."""
        return self.filter(withdrawn_at=None, hidden_at=None)

    def counted(self) -> ReviewQuerySet:
        """Those that make the score."""
        return self.standing().filter(Q(is_suspect=False) | Q(cleared_at__isnull=False))

    def in_scope(self, officer: User) -> ReviewQuerySet:
        """Of shops of the officer's division."""
        return self.filter(division_code__startswith=division_prefix(officer.division_code))


class Review(models.Model):
    """评价: what one owner said of one settled job. The answers never change; it can be withdrawn."""

    public_id = models.CharField(max_length=16, unique=True, default=new_review_id)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    author_since = models.DateTimeField()
    by_staff = models.BooleanField(default=False)
    device_digest = models.CharField(max_length=64, blank=True)
    vin = models.CharField(_("车架号"), max_length=17)
    record_id = models.UUIDField()
    record_version = models.PositiveIntegerField()
    settled_on = models.DateField(_("结算日期"))
    company_code = models.CharField(_("维修企业编码"), max_length=15)
    division_code = models.CharField(_("行政区划代码"), max_length=6)
    scheme = models.CharField(max_length=32)
    scheme_version = models.PositiveIntegerField()
    answers = models.JSONField()
    tags = models.JSONField(default=list)
    national = models.JSONField()
    mark = models.FloatField()
    written_at = models.DateTimeField(_("评价时间"))
    suspicions = models.JSONField(default=list)
    is_suspect = models.BooleanField(default=False)
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        db_table = "reviews_review"
        verbose_name = _("评价")
        verbose_name_plural = _("评价")
        constraints = (
            models.UniqueConstraint(name="reviews_review_once", fields=["author", "record_id"]),
            models.UniqueConstraint(
                name="reviews_review_one_of_record", fields=["record_id"], condition=Q(withdrawn_at=None)
            ),
            models.CheckConstraint(name="reviews_review_mark", condition=Q(mark__gte=1.0, mark__lte=5.0)),
        )
        indexes = (
            models.Index(fields=["company_code", "written_at"], name="reviews_review_company"),
            models.Index(fields=["author", "written_at"], name="reviews_review_author"),
            models.Index(fields=["division_code"], name="reviews_review_suspect", condition=Q(is_suspect=True)),
        )

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_counted(self) -> bool:
        """Is it part of the shop's score now?"""
        is_open = self.withdrawn_at is None and self.hidden_at is None
        return is_open and (not self.is_suspect or self.cleared_at is not None)


class Remark(models.Model):
    """A text beside a review: the owner's, one addition, one reply of the shop. Stored with identities masked."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="remarks")
    kind = models.CharField(max_length=16, choices=[(str(kind), name) for kind, name in _KINDS.items()])
    text = models.TextField()
    masked = models.JSONField(default=list)
    held_for = models.JSONField(default=list)
    state = models.CharField(max_length=16, choices=[(str(state), name) for state, name in _STATES.items()])
    written_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decision_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "reviews_remark"
        verbose_name = _("评价文字")
        verbose_name_plural = _("评价文字")
        constraints = (models.UniqueConstraint(name="reviews_remark_once", fields=["review", "kind"]),)
        indexes = (
            models.Index(fields=["written_at"], name="reviews_remark_held", condition=Q(state=str(TextState.HELD))),
        )

    def __str__(self) -> str:
        return f"{self.review_id} {self.kind}"


class Appeal(models.Model):
    """申诉: a shop's objection to a review, for the county to decide. Its text is shown to officers only."""

    review = models.OneToOneField(Review, on_delete=models.CASCADE, related_name="appeal")
    reason = models.CharField(max_length=16, choices=[(str(key), name) for key, name in REASON_NAMES.items()])
    text = models.TextField()
    made_at = models.DateTimeField()
    due_on = models.DateField()
    outcome = models.CharField(
        max_length=16, blank=True, choices=[(str(outcome), name) for outcome, name in OUTCOME_NAMES.items()]
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decision_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "reviews_appeal"
        verbose_name = _("评价申诉")
        verbose_name_plural = _("评价申诉")
        indexes = (models.Index(fields=["due_on"], name="reviews_appeal_open", condition=Q(decided_at=None)),)

    def __str__(self) -> str:
        return f"{self.review_id}"


class ShopSums(models.Model):
    """What a shop's reviews add up to with the weights of one fixed day, and when a record of it last came in.

    Derived: ``scores`` makes it anew from the reviews at any time. ``half_life_days`` says under which half-life.
    """

    company_code = models.CharField(max_length=15, primary_key=True)
    review_count = models.PositiveIntegerField(default=0)
    weight = models.FloatField(default=0.0)
    weighted = models.FloatField(default=0.0)
    half_life_days = models.FloatField()
    last_received_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "reviews_shop_sums"
        verbose_name = _("企业评分")
        verbose_name_plural = _("企业评分")

    def __str__(self) -> str:
        return self.company_code

"""Share codes and certificates in the database. Holds personal data: what a certificate of the owner's view says."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chedang.access.models import User
from chedang.owners.certificate_content import CertificateContent, read_content
from chedang.owners.model import Access
from chedang.owners.models import Binding
from chedang.owners.words import SCOPE_CHOICES

LIVE: Final = """
    select share.id
    from owners_share share join owners_binding binding on binding.id = share.binding_id
    where share.code_digest = %(digest)s and share.revoked_at is null and share.expires_at > %(now)s
      and share.views_taken < share.most_views
      and binding.ended_at is null and (binding.expires_at is null or binding.expires_at > %(now)s)
"""
"""Share of a code that can be opened now. One statement, so that it costs the same for whatever cannot."""
LIVE_LOCKED: Final = LIVE + "for update of share"
"""The same under a row lock: two at one moment cannot take the last view twice."""


def lock_binding(access: Access, *, now: datetime) -> Binding | None:
    """The binding of ``access`` under a row lock until the transaction ends; ``None`` once it has ended.

    Whoever counts a car's codes or certificates before making one more comes here first.
    """
    return Binding.objects.active(now).select_for_update(of=("self",)).filter(public_id=access.car_id).first()


class ShareQuerySet(models.QuerySet["Share"]):
    """Which share codes can be opened."""

    def live(self, now: datetime) -> ShareQuerySet:
        """Those that one more person could open; the binding is asked by the caller."""
        return self.filter(revoked_at=None, expires_at__gt=now, views_taken__lt=F("most_views"))


class Share(models.Model):
    """分享码: lets whoever has it see a view of a car, so many times and until then. The code itself is not kept."""

    public_id = models.CharField(max_length=16, unique=True)
    binding = models.ForeignKey(Binding, on_delete=models.PROTECT, related_name="shares")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    code_digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(_("范围"), max_length=16, choices=SCOPE_CHOICES)
    note = models.CharField(_("备注"), max_length=40, blank=True)
    most_views = models.PositiveSmallIntegerField(_("最多查看次数"))
    views_taken = models.PositiveSmallIntegerField(_("已查看次数"), default=0)
    made_at = models.DateTimeField(_("开出时间"))
    expires_at = models.DateTimeField(_("到期时间"))
    revoked_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        db_table = "owners_share"
        verbose_name = _("分享码")
        verbose_name_plural = _("分享码")
        constraints = (
            models.CheckConstraint(name="owners_share_views_bounded", condition=Q(views_taken__lte=F("most_views"))),
        )
        indexes = (models.Index(fields=["binding", "made_at"], name="owners_share_binding"),)

    def __str__(self) -> str:
        return self.public_id

    @property
    def views_left(self) -> int:
        return self.most_views - self.views_taken

    def is_readable(self, now: datetime) -> bool:
        """May one who opened it go on reading? Ends with the code's time, its revocation and the binding."""
        binding = self.binding
        is_bound = binding.ended_at is None and (binding.expires_at is None or binding.expires_at > now)
        return is_bound and self.revoked_at is None and self.expires_at > now


class SharedView(models.Model):
    """One counted look with a share code: when, which one, and for whom. No network address."""

    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="views")
    number = models.PositiveSmallIntegerField(_("第几次"))
    at = models.DateTimeField(_("时间"))
    viewer = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.CharField(_("单位"), max_length=100, blank=True)

    class Meta:
        db_table = "owners_shared_view"
        verbose_name = _("分享码查看记录")
        verbose_name_plural = _("分享码查看记录")
        constraints = (models.UniqueConstraint(name="owners_shared_view_once", fields=["share", "number"]),)

    def __str__(self) -> str:
        return f"{self.share_id} {self.number}"


class Certificate(models.Model):
    """维修档案证明: what was said of a car on one day. ``content`` is never changed: its digest is on the paper."""

    number = models.CharField(_("编号"), max_length=20, unique=True)
    binding = models.ForeignKey(Binding, on_delete=models.PROTECT, related_name="certificates")
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    content = models.TextField()
    digest = models.CharField(_("摘要"), max_length=64)
    covered = models.JSONField()
    """Pairs of record identifier and version that it was made from: what is held against the records of another day."""
    issued_at = models.DateTimeField(_("开具时间"))
    valid_until = models.DateTimeField(_("有效期至"))
    revoked_at = models.DateTimeField(_("收回时间"), null=True, blank=True)
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revoked_why = models.CharField(_("收回原因"), max_length=200, blank=True)

    class Meta:
        db_table = "owners_certificate"
        verbose_name = _("维修档案证明")
        verbose_name_plural = _("维修档案证明")
        indexes = (models.Index(fields=["binding", "issued_at"], name="owners_certificate_binding"),)

    def __str__(self) -> str:
        return self.number

    def read_content(self) -> CertificateContent:
        return read_content(self.content)

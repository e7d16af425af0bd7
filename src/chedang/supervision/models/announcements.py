"""Announcements of authorities to everybody, with papers, and the list of software. Business data only."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chedang.access.append_only import AppendOnly, AppendOnlyModel
from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.supervision.announcement_model import AnnouncementDeed, AnnouncementKind, AnnouncementState


def new_announcement_id() -> str:
    """A name for addresses that tells neither order nor time: sixteen hexadecimal characters."""
    return secrets.token_hex(8)


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    """Which announcements are meant."""

    def in_scope(self, officer: User) -> AnnouncementQuerySet:
        """Of authorities of the officer's division and below."""
        return self.filter(division_code__startswith=division_prefix(officer.division_code))

    def public(self, now: datetime) -> AnnouncementQuerySet:
        """What everybody may read now."""
        return self.filter(state=str(AnnouncementState.PUBLISHED), shown_from__lte=now)


class Announcement(models.Model):
    """公告. Its words are those of the drafts until it is submitted; what is published never changes."""

    public_id = models.CharField(max_length=16, unique=True, default=new_announcement_id)
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default=str(AnnouncementState.DRAFT))
    title = models.CharField(_("标题"), max_length=100)
    text = models.TextField(_("正文"))
    document_number = models.CharField(_("文号"), max_length=60, blank=True)
    division_code = models.CharField(_("行政区划代码"), max_length=6)
    authority = models.CharField(_("发布机关"), max_length=100)
    step_count = models.PositiveIntegerField(default=0)
    drafted_at = models.DateTimeField()
    shown_from = models.DateTimeField(null=True, blank=True)
    """From when on everybody may read it; null until it is published."""
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.CharField(max_length=200, blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        db_table = "supervision_announcement"
        verbose_name = _("公告")
        verbose_name_plural = _("公告")
        constraints = (
            models.CheckConstraint(
                name="supervision_announcement_kind_known",
                condition=Q(kind__in=[str(kind) for kind in AnnouncementKind]),
            ),
            models.CheckConstraint(
                name="supervision_announcement_state_known",
                condition=Q(state__in=[str(state) for state in AnnouncementState]),
            ),
            models.CheckConstraint(
                name="supervision_announcement_shown_whole",
                condition=~Q(state__in=[str(AnnouncementState.PUBLISHED), str(AnnouncementState.WITHDRAWN)])
                | Q(shown_from__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["state", "-shown_from"], name="supervision_announcement_shown"),)

    def __str__(self) -> str:
        return self.public_id


class AnnouncementPaper(models.Model):
    """A PDF beside an announcement. Its bytes are a file of the node."""

    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="papers")
    file_id = models.UUIDField(unique=True)
    title = models.CharField(max_length=100)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "supervision_announcement_paper"
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.file_id)


class AnnouncementStep(AppendOnlyModel):
    """Who did what to an announcement, when, and why. Written once, never changed."""

    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="steps")
    place = models.PositiveIntegerField()
    at = models.DateTimeField()
    deed = models.CharField(max_length=10)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.CharField(max_length=100)
    words = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=100)
    text = models.TextField()
    """Title and text as they stood after it."""

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "supervision_announcement_step"
        ordering = ("announcement", "place")
        constraints = (
            models.UniqueConstraint(name="supervision_announcement_step_once", fields=["announcement", "place"]),
            models.CheckConstraint(
                name="supervision_announcement_step_known",
                condition=Q(deed__in=[str(deed) for deed in AnnouncementDeed]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.deed}"


class ListedSoftware(models.Model):
    """维修软件名录: software that an authority found to conform, from one day to another."""

    public_id = models.CharField(max_length=16, unique=True, default=new_announcement_id)
    division_code = models.CharField(max_length=6)
    authority = models.CharField(max_length=100)
    name = models.CharField(_("软件名称"), max_length=60)
    vendor = models.CharField(_("开发单位"), max_length=100)
    version = models.CharField(_("版本"), max_length=30)
    interfaces = models.CharField(_("支持的接口"), max_length=200, blank=True)
    listed_on = models.DateField(_("列入日期"))
    until_on = models.DateField(_("有效期止"))
    ended_on = models.DateField(_("移出日期"), null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    listed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "supervision_listed_software"
        verbose_name = _("维修软件")
        verbose_name_plural = _("维修软件")
        constraints = (
            models.UniqueConstraint(
                name="supervision_listed_software_once",
                fields=["division_code", "name", "vendor", "version"],
                condition=Q(ended_on=None),
            ),
        )

    def __str__(self) -> str:
        return self.public_id

"""Reminders of shops: one open case per shop and concern, its history that only grows, and letters on paper."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chedang.access.append_only import AppendOnly, AppendOnlyModel
from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.supervision.models.duties import Duty
from chedang.supervision.models.notices import Notice
from chedang.supervision.reminding_model import Concern, ReminderDeed, ReminderState, Rung


def new_reminder_id() -> str:
    """A name for addresses that tells neither order nor time: sixteen hexadecimal characters."""
    return secrets.token_hex(8)


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Which reminders are meant."""

    def in_scope(self, officer: User) -> ReminderQuerySet:
        """Of shops of the officer's division and below."""
        return self.filter(division_code__startswith=division_prefix(officer.division_code))

    def of_shop(self, company_code: str) -> ReminderQuerySet:
        """Of one shop."""
        return self.filter(company_code=company_code)

    def open(self) -> ReminderQuerySet:
        """Those that wait for the shop."""
        return self.filter(state=str(ReminderState.OPEN))


class Reminder(models.Model):
    """督促提醒: one shop and one concern, from the first notice until it is put right."""

    public_id = models.CharField(max_length=16, unique=True, default=new_reminder_id)
    company_code = models.CharField(_("维修企业编码"), max_length=15)
    division_code = models.CharField(_("行政区划代码"), max_length=6)
    """Of the shop."""
    authority_code = models.CharField(max_length=6)
    authority = models.CharField(_("发出机关"), max_length=100)
    concern = models.CharField(max_length=12)
    state = models.CharField(max_length=8, default=str(ReminderState.OPEN))
    rung = models.PositiveSmallIntegerField(default=int(Rung.NOTICE))
    opened_at = models.DateTimeField()
    reminded_at = models.DateTimeField()
    """When the newest notice was sent."""
    notice = models.ForeignKey(Notice, null=True, on_delete=models.SET_NULL, related_name="+")
    """The newest; its receipt tells whether it was read."""
    climbs_at = models.DateTimeField()
    """When the next rung is due if the notice is still unread."""
    sms_claimed_at = models.DateTimeField(null=True, blank=True)
    figures = models.JSONField(default=dict)
    """What was found when it was opened, by name."""
    step_count = models.PositiveIntegerField(default=0)
    duty = models.ForeignKey(Duty, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        db_table = "supervision_reminder"
        verbose_name = _("督促提醒")
        verbose_name_plural = _("督促提醒")
        constraints = (
            models.UniqueConstraint(
                name="supervision_reminder_once", fields=["company_code", "concern"], condition=Q(state="open")
            ),
            models.CheckConstraint(
                name="supervision_reminder_concern_known", condition=Q(concern__in=[str(each) for each in Concern])
            ),
            models.CheckConstraint(
                name="supervision_reminder_state_known", condition=Q(state__in=[str(each) for each in ReminderState])
            ),
            models.CheckConstraint(
                name="supervision_reminder_closed",
                condition=Q(state="open", closed_at=None) | Q(closed_at__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["company_code", "-opened_at"], name="supervision_reminder_shop"),
            models.Index(
                fields=["division_code", "climbs_at"], name="supervision_reminder_climbs", condition=Q(state="open")
            ),
            models.Index(fields=["notice"], name="supervision_reminder_notice"),
        )

    def __str__(self) -> str:
        return self.public_id


class ReminderLetter(models.Model):
    """督促函 to one shop or many, as it was printed: one sheet a shop."""

    public_id = models.CharField(max_length=16, unique=True, default=new_reminder_id)
    division_code = models.CharField(_("行政区划代码"), max_length=6)
    """Of the authority."""
    authority = models.CharField(_("发出机关"), max_length=100)
    written_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sheets = models.JSONField(default=list)
    """What stands on every sheet: name and address of the shop as registered, and the facts."""

    class Meta:
        db_table = "supervision_reminder_letter"
        verbose_name = _("督促函")
        verbose_name_plural = _("督促函")

    def __str__(self) -> str:
        return self.public_id


class ReminderStep(AppendOnlyModel):
    """Who did what about a reminder, or the system did, and when. Written once, never changed."""

    reminder = models.ForeignKey(Reminder, on_delete=models.PROTECT, related_name="steps")
    place = models.PositiveIntegerField()
    """1 for the first."""
    at = models.DateTimeField()
    deed = models.CharField(max_length=16)
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    """``None``: 系统."""
    organisation = models.CharField(max_length=100, blank=True)
    text = models.CharField(max_length=300, blank=True)
    figures = models.JSONField(default=dict)
    letter = models.ForeignKey(ReminderLetter, null=True, on_delete=models.PROTECT, related_name="steps")

    objects = AppendOnly.as_manager()

    class Meta:
        db_table = "supervision_reminder_step"
        ordering = ("reminder", "place")
        constraints = (
            models.UniqueConstraint(name="supervision_reminder_step_once", fields=["reminder", "place"]),
            models.CheckConstraint(
                name="supervision_reminder_step_deed_known", condition=Q(deed__in=[str(each) for each in ReminderDeed])
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.deed}"

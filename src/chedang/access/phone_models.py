"""Phones of owners, codes by SMS, open sessions. Holds personal data: numbers, sealed; found by keyed digests only."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.utils.translation import gettext_lazy as _


class OwnerPhone(models.Model):
    """The phone with which an owner signs in: one number per account, one account per number."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="phone"
    )
    number_digest = models.CharField(max_length=64, unique=True)
    number_sealed = models.BinaryField()
    proved_at = models.DateTimeField(_("验证时间"))

    class Meta:
        db_table = "access_owner_phone"
        verbose_name = _("车主手机")
        verbose_name_plural = _("车主手机")

    def __str__(self) -> str:
        return f"{self.pk}"


class SmsCode(models.Model):
    """A code that was sent, good for one matter in the browser session that asked for it and nowhere else."""

    session_digest = models.CharField(max_length=64)
    matter = models.CharField(max_length=16)
    number_sealed = models.BinaryField()
    code_digest = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "access_sms_code"
        verbose_name = _("短信验证码")
        verbose_name_plural = _("短信验证码")
        constraints = (models.UniqueConstraint(name="access_sms_code_once", fields=["session_digest", "matter"]),)
        indexes = (models.Index(fields=["expires_at"], name="access_sms_code_expires"),)

    def __str__(self) -> str:
        return f"{self.pk} {self.matter}"


class OutboxMessage(models.Model):
    """An SMS that is shown on the outbox page in place of being sent. For a demonstration only; gone after a day."""

    content_sealed = models.BinaryField()
    written_at = models.DateTimeField()

    class Meta:
        db_table = "access_outbox_message"
        verbose_name = _("演示短信")
        verbose_name_plural = _("演示短信")
        indexes = (models.Index(fields=["written_at"], name="access_outbox_message_written"),)

    def __str__(self) -> str:
        return f"{self.pk}"


class OpenSessionQuerySet(models.QuerySet["OpenSession"]):
    """Which sessions are open."""

    def live(self, now: datetime) -> OpenSessionQuerySet:
        """Those whose session has neither ended nor expired."""
        return self.filter(session_key__in=Session.objects.filter(expire_date__gt=now).values("session_key"))


class OpenSession(models.Model):
    """A browser in which a person signed in, so that the person can see and end it.

    Of an official also when the second factor was verified, and the last use to the minute.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(_("浏览器"), max_length=32, blank=True)
    system = models.CharField(_("系统"), max_length=32, blank=True)
    began_at = models.DateTimeField(_("登录时间"))
    verified_at = models.DateTimeField(_("动态口令验证时间"), null=True)
    used_at = models.DateTimeField(_("最近使用"), null=True)

    objects: ClassVar[OpenSessionQuerySet] = OpenSessionQuerySet.as_manager()  # type: ignore[assignment]  # the stubs say Manager

    class Meta:
        db_table = "access_open_session"
        verbose_name = _("登录中的设备")
        verbose_name_plural = _("登录中的设备")

    def __str__(self) -> str:
        return f"{self.pk}"

"""Django's registration of the ``archive`` application."""

from __future__ import annotations

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "chedang.site.archive"
    label = "archive"
    verbose_name = "维修档案"
    default_auto_field = "django.db.models.BigAutoField"

"""Django's registration of the ``filing`` application."""

from __future__ import annotations

from django.apps import AppConfig


class FilingConfig(AppConfig):
    name = "chedang.filing"
    label = "filing"
    verbose_name = "备案与人员"
    default_auto_field = "django.db.models.BigAutoField"

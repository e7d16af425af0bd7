"""Django's registration of the ``workshop`` application."""

from __future__ import annotations

from django.apps import AppConfig


class WorkshopConfig(AppConfig):
    name = "chedang.workshop"
    label = "workshop"
    verbose_name = "门店"
    default_auto_field = "django.db.models.BigAutoField"

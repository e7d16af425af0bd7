"""Django's registration of the ``supervision`` application."""

from __future__ import annotations

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "chedang.supervision"
    label = "supervision"
    verbose_name = "督导"
    default_auto_field = "django.db.models.BigAutoField"

"""Django's registration of the ``owners`` application."""

from __future__ import annotations

from django.apps import AppConfig


class OwnersConfig(AppConfig):
    name = "chedang.owners"
    label = "owners"
    verbose_name = "车主"
    default_auto_field = "django.db.models.BigAutoField"

"""Django's registration of the ``access`` application."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "chedang.access"
    label = "access"
    verbose_name = "账户与访问记录"
    default_auto_field = "django.db.models.BigAutoField"

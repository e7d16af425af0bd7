"""Django's registration of the site's own templates and tags, and of the admin pages."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SiteConfig(AppConfig):
    name = "chedang.site"
    label = "chedang_site"
    default_auto_field = "django.db.models.BigAutoField"


class ChedangAdminConfig(AdminConfig):
    default_site = "chedang.site.administration.ChedangAdminSite"

"""Django's settings of the people's door, taken from the node's own settings. Importable with an empty environment."""

from __future__ import annotations

import os
import secrets

from chedang.site.databases import django_database

_URL = os.environ.get("CHEDANG_DATABASE_URL", "")
DATABASES = {"default": django_database(_URL)} if _URL else {}
SECRET_KEY = secrets.token_urlsafe(50)
INSTALLED_APPS = [
    "chedang.access.apps.AccessConfig",
    "chedang.site.archive.apps.ArchiveConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
AUTH_USER_MODEL = "access.User"
USE_TZ = True

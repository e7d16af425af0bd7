"""Django set up before test modules are imported, which name models."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedang.site.settings")
django.setup()

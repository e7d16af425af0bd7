"""The WSGI application, as a worker process of the server imports it."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedang.site.settings")

application = get_wsgi_application()

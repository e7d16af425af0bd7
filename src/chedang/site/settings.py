"""Django's settings of the people's door, taken from the node's own. Importable with an empty environment."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from chedang.platform.keys import node_key
from chedang.platform.settings import Settings
from chedang.site.databases import django_database

NODE = Settings.from_environment()
OWNERS_SIGN_IN = NODE.sms != "none" and NODE.node.level == "province"
"""Owners sign in with a phone and a code; at the ministry there are no owners."""

_HERE = Path(__file__).parent


def _secret_key() -> str:
    """The node's key for cookies and signed addresses.

    A tool that only imports these settings (a type checker, ``makemigrations``) has no data directory and gets a
    throwaway key instead of making one.
    """
    return node_key(NODE.data_dir, "site").hex() if NODE.data_dir.is_dir() else secrets.token_hex(32)


DEBUG = False
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = list(NODE.site_hosts)
ROOT_URLCONF = "chedang.site.urls"
WSGI_APPLICATION = "chedang.site.wsgi.application"
DATABASES = {"default": django_database(NODE.database_url)} if NODE.database_url else {}
LOGGING_CONFIG = None  # platform.logging is the one place that configures logs

INSTALLED_APPS = [
    "chedang.access.apps.AccessConfig",
    "chedang.owners.apps.OwnersConfig",
    "chedang.reviews.apps.ReviewsConfig",
    "chedang.filing.apps.FilingConfig",
    "chedang.workshop.apps.WorkshopConfig",
    "chedang.supervision.apps.SupervisionConfig",
    "chedang.site.archive.apps.ArchiveConfig",
    "chedang.site.apps.ChedangAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "chedang.site.apps.SiteConfig",  # last: its admin takes back what others registered
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads by chance, so that lengths tell no secret (BREACH)
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "chedang.site.middleware.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "chedang.site.owner.phone.staying.StayingMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "chedang.site.guards.SignInFirstMiddleware",  # a page is closed unless it says otherwise
    "chedang.site.account.second_factor.SecondFactorMiddleware",  # before passwords: a stolen one changes nothing
    "chedang.site.account.changing.OneTimePasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "chedang.site.middleware.WithoutNulMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "chedang.site.context.page",
            ],
        },
    }
]

AUTH_USER_MODEL = "access.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "start"
PASSWORD_HASHERS = ["chedang.site.account.hashers.NodeArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Cookies know hosts, not ports: nodes side by side on one machine must not take each other's.
SESSION_COOKIE_NAME = f"chedang_session_{NODE.node.code}"
SESSION_COOKIE_AGE = 12 * 3600  # seconds: one working day at a counter
SESSION_COOKIE_SECURE = NODE.secure_cookies
CSRF_COOKIE_NAME = f"chedang_csrf_{NODE.node.code}"
CSRF_COOKIE_SECURE = NODE.secure_cookies
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "chedang.site.errors.csrf_failure"
LANGUAGE_COOKIE_SECURE = NODE.secure_cookies
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("英文"))]
LOCALE_PATHS = [_HERE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STORAGES = {"staticfiles": {"BACKEND": "chedang.site.staticfiles.DigestedStorage"}}
WHITENOISE_USE_FINDERS = True  # served from the installed package: nothing to collect
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 24 * 3600

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes: the largest form is 3,000 dealers, a line each
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000  # a job of 60 items and 60 parts, each with its columns
FILE_UPLOAD_HANDLERS: list[str] = []  # the one page that takes files brings its own

OFFICIALS_IDLE = timedelta(minutes=30)
"""An official's session without any use ends then (ours)."""
OFFICIALS_SESSION = timedelta(hours=12)
"""An official's session ends then however it was used (ours): one working day."""
LOOK_UPS_PER_HOUR = 60
"""Vehicles that one account may look up within an hour; guards against trying plates one after another."""
VEHICLE_FILE_HOURS = 12
"""How long the address of an opened file stays good for the person who opened it."""
RECORDS_PER_PAGE = 50
"""Rows of a list on one page; also records of a vehicle's file."""

"""Django's registration of the ``reviews`` application."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "chedang.reviews"
    label = "reviews"
    verbose_name = "评价与反馈"
    default_auto_field = "django.db.models.BigAutoField"

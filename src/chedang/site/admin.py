"""Accounts and audit events in the admin pages. The models belong to ``access``, which knows no pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chedang.access.models import AuditEvent, User
from chedang.enterprises.store import find_by_code
from chedang.site.archive.connections import archive

admin.site.unregister(Group)  # roles are fixed; groups would grant nothing


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Accounts with one role each; an account is switched off, not deleted, since audit events name it."""

    list_display = ("username", "display_name", "role", "division_code", "company_code", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("username", "display_name", "company_code")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("username", "password", "display_name", "is_active")}),
        (_("角色与范围"), {"fields": ("role", "division_code", "company_code")}),
        (_("时间"), {"fields": ("created_at", "last_login")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "username",
                    "display_name",
                    "role",
                    "division_code",
                    "company_code",
                    "password1",
                    "password2",
                ),
            },
        ),
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """A shop may be named by its national code; the account gets the one that its records stand under."""
        if obj.company_code:
            with archive() as connection:
                shop = find_by_code(connection, obj.company_code)
            obj.company_code = obj.company_code if shop is None else shop.company_code
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AuditEvent)
class AuditEventAdmin(admin.ModelAdmin):
    """Read only. The list leaves the VIN out; one event shows it."""

    list_display = ("id", "at", "actor", "role", "action", "purpose", "object_id")
    list_filter = ("action", "purpose", "role")
    search_fields = ("=id", "=vin", "=object_id", "=actor__username")
    date_hierarchy = "at"
    ordering = ("-id",)
    list_select_related = ("actor",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

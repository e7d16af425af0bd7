"""Accounts in the pages of 系统管理员. The model belongs to ``access``, which knows no pages.

系统管理员 makes accounts and switches them off. Who may do what is 安全管理员's to say: role and division of an
official are proposed here with a new account, confirmed there, and never changed here (三员分立).
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chedang.access.model import OFFICIALS, Role
from chedang.access.models import OpenSession, User
from chedang.access.sessions import end_sessions, rename
from chedang.enterprises.store import find_by_code
from chedang.site.archive.connections import archive
from chedang.site.guards import person
from chedang.site.oversight.accounts import note_change, rights_of

admin.site.unregister(Group)  # roles are fixed; groups would grant nothing


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Accounts with one role each; an account is switched off, not deleted, since audit events name it."""

    list_display = ("username", "display_name", "role", "company_code", "is_active", "awaits_confirmation")
    list_filter = ("role", "is_active", "awaits_confirmation")
    search_fields = ("username", "display_name", "company_code")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "created_at", "awaits_confirmation")
    fieldsets = (
        (None, {"fields": ("username", "password", "display_name", "is_active", "awaits_confirmation")}),
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

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Rights are 安全管理员's; nobody switches the own account off or on."""
        if obj is None:
            return self.readonly_fields
        own = ("is_active",) if obj.pk == person(request).pk else ()
        return (*self.readonly_fields, "username", "role", "division_code", *own)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """A shop may be named by its national code; the account gets the one that its records stand under.

        An official's account, new or switched on again, opens nothing until 安全管理员 confirmed it.
        """
        if obj.company_code:
            with archive() as connection:
                shop = find_by_code(connection, obj.company_code)
            obj.company_code = obj.company_code if shop is None else shop.company_code
        stood = User.objects.filter(pk=obj.pk).first() if change else None
        if obj.role in OFFICIALS and (stood is None or (obj.is_active and not stood.is_active)):
            obj.awaits_confirmation = True
        if obj.role in OFFICIALS and stood is None:
            obj.must_change_password = True
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            note_change(person(request), obj, before=rights_of(stood), after=rights_of(obj))
            if not obj.is_active:
                end_sessions(OpenSession.objects.filter(user=obj))

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Written down. The password is good for one sign-in, and an official's account waits for 安全管理员 again.

        Else 系统管理员 would become whoever has no device yet: who knows the password enrols one. Nor does 系统管理员
        become an owner, who has a phone in place of a password. The own password is changed where the old one is asked
        for.
        """
        stood, by, key = self.get_object(request, unquote(id)), person(request), request.session.session_key or ""
        if stood is not None and stood.pk == by.pk:
            return redirect("change-password")
        if stood is not None and stood.role == Role.OWNER:
            raise PermissionDenied(gettext("车主用手机验证码登录，不能代设密码。"))
        with transaction.atomic():
            answer = super().user_change_password(request, id, form_url)
            account = User.objects.filter(pk=stood.pk).exclude(password=stood.password).first() if stood else None
            if account is not None:
                before = (rights_of(account) or {}) | {"password": "old"}
                account.must_change_password = True
                account.awaits_confirmation |= account.role in OFFICIALS
                account.save(update_fields=["awaits_confirmation", "must_change_password"])
                note_change(by, account, before=before, after=(rights_of(account) or {}) | {"password": "new"})
                rename(key, request.session.session_key or "")  # Django gives the own session another key
        return answer

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

"""Registrations in the admin pages: read, approve, reject. Nothing else changes one here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy, ngettext

from chedang.enterprises.model import ReviewState, Source
from chedang.site.archive.models import Enterprise
from chedang.site.decisions import decide, note_reading
from chedang.site.enterprise_view import category_name, division_name, state_name
from chedang.site.guards import person
from chedang.terms import phone


class DecisionForm(ActionForm):
    """The action and, for a rejection, the reason that the enterprises will read."""

    reason = forms.CharField(label=gettext_lazy("审核意见（不通过时必填）"), max_length=200, required=False)


@admin.register(Enterprise)
class EnterpriseAdmin(admin.ModelAdmin):
    """Read-only fields; decisions go through ``enterprises.actions`` and are audited."""

    list_display = ("company_name", "company_code", "place", "category", "state", "created_at")
    list_filter = ("review_state", "source", "password_is_weak")
    search_fields = ("company_name", "company_code")
    ordering = ("review_state", "created_at")
    action_form = DecisionForm
    actions = ("approve", "reject")
    exclude = ("password_hash", "enterprise_id", "token_generation", "linkman_phone", "superintendent_phone")
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enterprise]:
        """Shops; the upload accounts of makers are decided about on pages of their own."""
        return super().get_queryset(request).exclude(source=Source.MAKER)

    @admin.display(description=gettext_lazy("所在地"))
    def place(self, row: Enterprise) -> str:
        return division_name(row.division_code)

    @admin.display(description=gettext_lazy("类别"))
    def category(self, row: Enterprise) -> str:
        return category_name(row.category_code)

    @admin.display(description=gettext_lazy("审核状态"), ordering="review_state")
    def state(self, row: Enterprise) -> str:
        return state_name(ReviewState(row.review_state))

    @admin.action(description=gettext_lazy("审核通过所选企业"))
    def approve(self, request: HttpRequest, rows: QuerySet[Enterprise]) -> None:
        self._decide(request, rows, "approve", request.POST.get("reason", ""))

    @admin.action(description=gettext_lazy("审核不通过所选企业"))
    def reject(self, request: HttpRequest, rows: QuerySet[Enterprise]) -> None:
        reason = request.POST.get("reason", "").strip()
        if reason:
            self._decide(request, rows, "reject", reason)
        else:
            messages.error(request, gettext("请在“审核意见”里写明不通过的原因，企业才知道怎样改正。"))

    def _decide(self, request: HttpRequest, rows: QuerySet[Enterprise], decision: str, reason: str) -> None:
        codes = list(rows.values_list("company_code", flat=True))
        for code in codes:
            decide(person(request), code, decision=decision, reason=reason)
        sentence = ngettext("%(count)d 家企业已处理。", "%(count)d 家企业已处理。", len(codes))
        messages.success(request, sentence % {"count": len(codes)})

    @admin.display(description=gettext_lazy("联系人电话"))
    def masked_linkman_phone(self, row: Enterprise) -> str:
        return phone.mask(row.linkman_phone)

    @admin.display(description=gettext_lazy("负责人电话"))
    def masked_superintendent_phone(self, row: Enterprise) -> str:
        return phone.mask(row.superintendent_phone)

    def get_readonly_fields(self, request: HttpRequest, obj: Enterprise | None = None) -> list[str]:
        columns = [field.name for field in Enterprise._meta.fields if field.name not in self.exclude]
        return [*columns, "masked_linkman_phone", "masked_superintendent_phone"]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        note_reading(person(request), object_id)
        return super().change_view(request, object_id, form_url, extra_context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Enterprise | None = None) -> bool:
        # The list needs it to offer its actions; a single registration is shown read-only.
        return obj is None and super().has_change_permission(request)

"""维修软件名录 as an authority keeps it: put on, take off."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chedang.access.model import AuditAction, Role
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.written import write_down
from chedang.supervision import software_list
from chedang.supervision.model import NotAllowed
from chedang.supervision.models.announcements import ListedSoftware
from chedang.supervision.software_list import NewSoftware
from chedang.terms.dates import day_in_china

_NEEDED = {"required": gettext_lazy("请填写这一项。"), "max_length": gettext_lazy("字数太多了。")}


class SoftwareForm(forms.Form):
    """An entry of the list."""

    use_required_attribute = False

    name = forms.CharField(label=gettext_lazy("软件名称"), max_length=60, error_messages=_NEEDED)
    vendor = forms.CharField(label=gettext_lazy("开发单位"), max_length=100, error_messages=_NEEDED)
    version = forms.CharField(label=gettext_lazy("版本"), max_length=30, error_messages=_NEEDED)
    interfaces = forms.CharField(
        label=gettext_lazy("支持的接口（可不填）"), max_length=200, required=False, error_messages=_NEEDED
    )
    until_on = forms.DateField(
        label=gettext_lazy("有效期止"),
        help_text=gettext_lazy("五年以内，例如 2028-12-31。"),
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": gettext_lazy("请填写有效期止。"),
            "invalid": gettext_lazy("请写成 2028-12-31 这样。"),
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "2028-12-31"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def manage(request: HttpRequest) -> HttpResponse:
    """The list of one's own authority; entries are put on and taken off here."""
    officer, today = person(request), day_in_china(timezone.now())
    is_taking_off = request.method == "POST" and "take_off" in request.POST
    form = SoftwareForm(request.POST if request.method == "POST" and not is_taking_off else None)
    problem = ""
    try:
        if is_taking_off:
            public_id = request.POST["take_off"]
            _note(request, public_id, {"ended_on": today})
            software_list.take_off(public_id, request.POST.get("reason", ""), officer, today=today)
            messages.success(request, _("已移出名录。"))
            return redirect("officer-announcement-software")
        if form.is_bound and form.is_valid():
            _note(request, "", {"name": form.cleaned_data["name"], "version": form.cleaned_data["version"]})
            new = NewSoftware(**form.cleaned_data)
            software_list.put_on(new, officer, authority=organisation_of(officer), today=today)
            messages.success(request, _("已列入名录。"))
            return redirect("officer-announcement-software")
    except NotAllowed as fault:
        problem = fault.sentence
    own = ListedSoftware.objects.filter(division_code=officer.division_code)
    context = {
        "form": form,
        "problem": problem,
        "division": division_name(officer.division_code),
        "standing": own.filter(ended_on=None).order_by("name", "pk"),
        "ended": own.exclude(ended_on=None).order_by("-ended_on", "pk")[:50],
        "today": today,
    }
    return render(
        request, "announcements/officer_software.html", context, status=422 if problem or form.errors else 200
    )


def _note(request: HttpRequest, public_id: str, after: dict[str, object]) -> None:
    write_down(person(request), AuditAction.PUBLISH_ANNOUNCEMENT, f"software:{public_id}"[:64], after=after)

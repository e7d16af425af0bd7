"""使用监督: officials as their superiors see them. Whom one may see: ``access.officials.officials_below``."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from chedang.access import officials
from chedang.access.actions import record_event
from chedang.access.model import AuditAction, CheckOutcome, Purpose, Role
from chedang.access.models import OUTCOME_NAMES, User
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.oversight.events import MOST_EXPORTED, EventFilter, as_csv, present


class CheckForm(forms.Form):
    """What came of a look that was drawn."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("核对结果"),
        choices=[(str(outcome), name) for outcome, name in OUTCOME_NAMES.items()],
        error_messages={"required": gettext_lazy("请选择核对结果。")},
    )
    note = forms.CharField(label=gettext_lazy("说明（有疑问时必填）"), max_length=200, required=False)

    def clean(self) -> dict[str, object]:
        """A doubt needs its words."""
        given: dict[str, object] = super().clean() or {}
        if given.get("outcome") == CheckOutcome.QUESTIONED and not str(given.get("note", "")).strip():
            self.add_error("note", _("请写明疑问是什么、怎样跟进。"))
        return given


@require_safe
@for_roles(Role.REGULATOR)
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Sign-ins, failures and devices of the officials below, and looks drawn for a check."""
    superior = person(request)
    _note(superior, AuditAction.READ_SIGN_INS)
    return _page(request, superior, 200, CheckForm())


@require_POST
@for_roles(Role.REGULATOR)
def check(request: HttpRequest, number: int) -> HttpResponse:
    """Say what came of a drawn look."""
    superior = person(request)
    if not officials.drawn_below(superior).filter(pk=number).exists():
        raise Http404
    form = CheckForm(request.POST)
    if not form.is_valid():
        return _page(request, superior, 422, form, wrong=number)
    outcome = CheckOutcome(form.cleaned_data["outcome"])
    try:
        with transaction.atomic():
            drawn = officials.check_look(superior, number, outcome, form.cleaned_data["note"], now=timezone.now())
            _note(
                superior,
                AuditAction.READ_SIGN_INS,
                object_id=f"look {drawn.event_id}",
                before={"outcome": ""},
                after={"outcome": outcome.value},
            )
    except officials.AlreadyChecked:
        return _page(request, superior, 409, CheckForm(), notice=_("另一位同事刚刚核对过这次查阅。"))
    messages.success(request, _("核对结果已记下。"))
    return redirect("officer-sign-ins")


@require_safe
@for_roles(Role.REGULATOR)
def acts(request: HttpRequest) -> HttpResponse:
    """What the officials below did, with before and after; the same as csv."""
    superior = person(request)
    form = EventFilter(request.GET)
    is_good = form.is_valid()
    found = officials.acts_below(superior)
    found = form.narrow(found) if is_good else found.none()
    wanted = form.in_words() if is_good else ""
    if is_good and request.GET.get("format") == "csv":
        _note(superior, AuditAction.EXPORT_TABLE, object_id="officer-acts", reason=wanted)
        return as_csv(found, "officer-acts")
    _note(superior, AuditAction.READ_SIGN_INS, object_id="officer-acts", reason=wanted)
    page = Paginator(found.select_related("actor"), settings.RECORDS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": present(page),
        "most_exported": MOST_EXPORTED,
        "division": division_name(superior.division_code),
        "query": urlencode({name: value for name, value in request.GET.items() if name not in {"page", "format"}}),
    }
    return render(request, "oversight/acts.html", context, status=200 if is_good else 422)


def _page(
    request: HttpRequest,
    superior: User,
    status: int,
    form: CheckForm,
    *,
    wrong: int = 0,
    notice: str = "",
) -> HttpResponse:
    drawn, below = officials.drawn_below(superior), officials.officials_below(superior)
    people = Paginator(below, settings.RECORDS_PER_PAGE).get_page(request.GET.get("page"))
    waiting = list(drawn.filter(outcome="")[: settings.RECORDS_PER_PAGE])
    checked = list(drawn.exclude(outcome="").order_by("-checked_at")[:20])
    context = {
        "division": division_name(superior.division_code),
        "page": people,
        "uses": officials.read_use(list(people), now=timezone.now()),
        "days": officials.COUNTED.days,
        "waiting": [(each, present([each.event])[0], form if each.pk == wrong else CheckForm()) for each in waiting],
        "waiting_count": drawn.filter(outcome="").count(),
        "checked": [(each, present([each.event])[0]) for each in checked],
        "notice": notice,
        "form": form,
    }
    return render(request, "oversight/sign_ins.html", context, status=status)


def _note(
    superior: User,
    action: AuditAction,
    *,
    object_id: str = "",
    reason: str = "",
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    record_event(
        superior,
        action,
        Purpose.OVERSIGHT,
        now=timezone.now(),
        object_id=object_id or superior.division_code,
        organisation=organisation_of(superior),
        reason=reason,
        before=before,
        after=after,
    )

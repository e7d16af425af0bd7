"""An officer's announcements: draft, papers, send to be checked, check, publish, withdraw."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import partial
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chedang.access.model import AuditAction, Role
from chedang.platform.pdfs import MAX_PDF_BYTES
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.public.announcements import KINDS, papers, pdf_answer
from chedang.site.shop.upload_handler import BoundedMemoryHandler
from chedang.site.typed import seen_of
from chedang.site.written import write_down
from chedang.supervision import announcing
from chedang.supervision.announcement_model import (
    BY_ANOTHER,
    AnnouncementDeed,
    AnnouncementKind,
    AnnouncementState,
    open_deeds,
)
from chedang.supervision.announcing import MOST_TEXT, MOST_TITLE, Author, Words
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.announcements import Announcement, new_announcement_id
from chedang.terms.dates import SHANGHAI

_LISTED: Final = 50
_DRAWN_ID: Final = re.compile("[0-9a-f]{16}")
STATES: Final = {
    AnnouncementState.DRAFT: ("open", "–", gettext_lazy("草稿")),
    AnnouncementState.CHECKING: ("doubt", "!", gettext_lazy("待复核")),
    AnnouncementState.CHECKED: ("open", "✓", gettext_lazy("已复核，待发布")),
    AnnouncementState.PUBLISHED: ("good", "✓", gettext_lazy("已发布")),
    AnnouncementState.WITHDRAWN: ("wrong-tone", "✕", gettext_lazy("已撤下")),
    AnnouncementState.DROPPED: ("open", "✕", gettext_lazy("已放弃")),
}
_DEEDS: Final = {
    AnnouncementDeed.WRITE: gettext_lazy("起草或修改"),
    AnnouncementDeed.SUBMIT: gettext_lazy("送复核"),
    AnnouncementDeed.RETURN: gettext_lazy("退回"),
    AnnouncementDeed.CHECK: gettext_lazy("复核通过"),
    AnnouncementDeed.PUBLISH: gettext_lazy("发布"),
    AnnouncementDeed.WITHDRAW: gettext_lazy("撤下"),
    AnnouncementDeed.DROP: gettext_lazy("放弃"),
}
_ACTIONS: Final = {
    AnnouncementDeed.SUBMIT: AuditAction.DRAFT_ANNOUNCEMENT,
    AnnouncementDeed.DROP: AuditAction.DRAFT_ANNOUNCEMENT,
    AnnouncementDeed.RETURN: AuditAction.CHECK_ANNOUNCEMENT,
    AnnouncementDeed.CHECK: AuditAction.CHECK_ANNOUNCEMENT,
    AnnouncementDeed.PUBLISH: AuditAction.PUBLISH_ANNOUNCEMENT,
    AnnouncementDeed.WITHDRAW: AuditAction.WITHDRAW_ANNOUNCEMENT,
}


class AnnouncementForm(forms.Form):
    """What an officer types."""

    use_required_attribute = False

    kind = forms.TypedChoiceField(
        label=gettext_lazy("种类"), choices=[(str(kind), name) for kind, name in KINDS.items()], coerce=AnnouncementKind
    )
    title = forms.CharField(
        label=gettext_lazy("标题"),
        max_length=MOST_TITLE,
        error_messages={
            "required": gettext_lazy("请填写标题。"),
            "max_length": gettext_lazy("标题请控制在 100 个字以内。"),
        },
    )
    document_number = forms.CharField(
        label=gettext_lazy("文号（可不填）"),
        max_length=60,
        required=False,
        error_messages={"max_length": gettext_lazy("请控制在 60 个字以内。")},
    )
    text = forms.CharField(
        label=gettext_lazy("正文"),
        help_text=gettext_lazy("空一行分段。"),
        max_length=MOST_TEXT,
        error_messages={
            "required": gettext_lazy("请填写正文。"),
            "max_length": gettext_lazy("正文请控制在 20000 个字以内。"),
        },
        widget=forms.Textarea(attrs={"rows": 12}),
    )


class PaperHandler(BoundedMemoryHandler):
    """One PDF in memory."""

    most_bytes = MAX_PDF_BYTES


@require_safe
@for_roles(Role.REGULATOR)
def list_announcements(request: HttpRequest) -> HttpResponse:
    """Of the division's authorities, by state."""
    officer = person(request)
    found = Announcement.objects.in_scope(officer)
    show = request.GET.get("show", "")
    show = show if show in list(AnnouncementState) else str(AnnouncementState.CHECKING)
    page = Paginator(found.filter(state=show).order_by("-drafted_at", "-pk"), _LISTED).get_page(request.GET.get("page"))
    context = {
        "division": division_name(officer.division_code),
        "show": show,
        "tabs": [(str(state), words[2], found.filter(state=state).count()) for state, words in STATES.items()],
        "page": page,
        "rows": [(each, KINDS[AnnouncementKind(each.kind)]) for each in page],
    }
    return render(request, "announcements/officer_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def write(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Write a draft, or over one."""
    officer = person(request)
    found = _find(request, public_id) if public_id else None
    if found is not None and found.division_code != officer.division_code:
        raise Http404
    form = AnnouncementForm(request.POST if request.method == "POST" else None, initial=_initial(found))
    drawn = request.POST.get("draft", "")
    name = public_id or (drawn if _DRAWN_ID.fullmatch(drawn) else new_announcement_id())
    problem, status = "", 200
    if request.method == "POST" and form.is_valid():
        words = Words(**form.cleaned_data)
        _note(request, AuditAction.DRAFT_ANNOUNCEMENT, name, found, {"title": words.title})
        try:
            announcing.write(name, words, _author(request), seen=seen_of(request), now=timezone.now())
        except NotAllowed as fault:
            problem, status = fault.sentence, 409 if isinstance(fault, Overtaken) else 422
        else:
            messages.success(request, _("草稿已保存。"))
            return redirect("officer-announcement", name)
    if form.errors:
        status = 422
    context = {"form": form, "problem": problem, "draft_id": name, "announcement": found}
    return render(request, "announcements/officer_write.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def read(request: HttpRequest, public_id: str) -> HttpResponse:
    """One announcement with what may be done; deeds are sent here."""
    found = _find(request, public_id)
    problem, status = "", 200
    if request.method == "POST":
        try:
            return _act(request, found)
        except NotAllowed as fault:
            problem, status = fault.sentence, 409 if isinstance(fault, Overtaken) else 422
            found.refresh_from_db()
    return _page(request, found, problem, status)


@csrf_exempt  # checked below, once it is settled who takes the file
@require_POST
@for_roles(Role.REGULATOR)
def change_papers(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a PDF beside a draft, or take one off it."""
    request.upload_handlers = [PaperHandler(request)]
    answer: HttpResponse = csrf_protect(partial(_change_papers, public_id=public_id))(request)
    return answer


def _change_papers(request: HttpRequest, *, public_id: str) -> HttpResponse:
    found = _find(request, public_id)
    _note(request, AuditAction.DRAFT_ANNOUNCEMENT, public_id, found, {"papers": "changed"})
    try:
        if taken := request.POST.get("take_off", ""):
            papers().take_off(public_id, _uuid(taken), _author(request))
        elif (file := request.FILES.get("paper")) is None:
            raise NotAllowed(_("请选择一个 PDF 文件，不超过 %(most)d MB。") % {"most": MAX_PDF_BYTES // 1024**2})
        else:
            content = file.read()
            papers().add(public_id, request.POST.get("title", ""), content, _author(request), now=timezone.now())
    except NotAllowed as fault:
        return _page(request, found, fault.sentence, 409 if isinstance(fault, Overtaken) else 422)
    return redirect("officer-announcement", public_id)


@require_safe
@for_roles(Role.REGULATOR)
def paper(request: HttpRequest, public_id: str, file_id: UUID) -> HttpResponse:
    """A PDF before it is published."""
    return pdf_answer(get_object_or_404(_find(request, public_id).papers, file_id=file_id))


def _page(request: HttpRequest, found: Announcement, problem: str, status: int) -> HttpResponse:
    officer, state = person(request), AnnouncementState(found.state)
    is_own = found.division_code == officer.division_code
    steps = list(found.steps.select_related("actor"))
    writers = {step.actor_id for step in steps if step.deed in {AnnouncementDeed.WRITE, AnnouncementDeed.SUBMIT}}
    deeds = [deed for deed in open_deeds(state) if deed not in BY_ANOTHER or officer.pk not in writers]
    context: dict[str, Any] = {
        "announcement": found,
        "kind": KINDS[AnnouncementKind(found.kind)],
        "state": STATES[state],
        "may": {str(deed): True for deed in deeds if is_own or deed is not AnnouncementDeed.DROP},
        "may_change": is_own and state is AnnouncementState.DRAFT,
        "is_writer": officer.pk in writers,
        "papers": list(found.papers.all()),
        "steps": [(step, _DEEDS[AnnouncementDeed(step.deed)]) for step in steps],
        "problem": problem,
        "is_public": state is AnnouncementState.PUBLISHED,
    }
    return render(request, "announcements/officer_read.html", context, status=status)


def _act(request: HttpRequest, found: Announcement) -> HttpResponse:
    given = request.POST.get("deed", "")
    if given not in {str(deed) for deed in _ACTIONS}:
        raise NotAllowed(_("请选择要办的事。"))
    deed = AnnouncementDeed(given)
    shown_from = _shown_from(request.POST.get("shown_on", "")) if deed is AnnouncementDeed.PUBLISH else None
    _note(request, _ACTIONS[deed], found.public_id, found, {"deed": given})
    announcing.act(
        found.public_id,
        deed,
        _author(request),
        words=request.POST.get("words", ""),
        shown_from=shown_from,
        seen=seen_of(request),
        now=timezone.now(),
    )
    messages.success(request, _("已办理：%(deed)s。") % {"deed": _DEEDS[deed]})
    return redirect("officer-announcement", found.public_id)


def _shown_from(typed: str) -> datetime | None:
    if not typed:
        return None
    try:
        return datetime.combine(date.fromisoformat(typed), time(), SHANGHAI)
    except ValueError:
        raise NotAllowed(_("请把公开日期写成 2026-11-23 这样。")) from None


def _find(request: HttpRequest, public_id: str) -> Announcement:
    return get_object_or_404(Announcement.objects.in_scope(person(request)), public_id=public_id)


def _author(request: HttpRequest) -> Author:
    officer = person(request)
    return Author(officer, organisation_of(officer))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotAllowed(_("没有这个附件。")) from None


def _initial(found: Announcement | None) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("kind", "title", "document_number", "text")} if found else {}


def _note(
    request: HttpRequest, action: AuditAction, public_id: str, found: Announcement | None, after: dict[str, str]
) -> None:
    before = {"state": found.state, "title": found.title} if found else None
    write_down(person(request), action, public_id[:64], before=before, after=after)

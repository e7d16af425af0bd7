"""An officer's side of notices: write, send to shops of the division, see who has not read, withdraw."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.model import AuditAction, Role
from chedang.access.models import User
from chedang.site.enterprise_view import category_name, division_name
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.regulator.scope import enterprises_in_scope
from chedang.site.shop.notices import words
from chedang.site.shop.notices.forms import NoticeForm
from chedang.site.shop.notices.presentation import names_of, notice_view
from chedang.site.written import write_down
from chedang.supervision import notices
from chedang.supervision.model import NotAllowed, NoticeKind, NoticeState, Overtaken
from chedang.supervision.models.notices import Notice, Recipient, new_notice_id
from chedang.supervision.notice_texts import Gap, Template, load_templates
from chedang.supervision.notices import Writing
from chedang.terms.text import clean

_LISTED: Final = 50
_CATEGORIES: Final = ("01", "02", "03")
_NOTICE_ID: Final = re.compile("[0-9a-f]{16}")
_TABS: Final = {"sent": NoticeState.SENT, "draft": NoticeState.DRAFT, "withdrawn": NoticeState.WITHDRAWN}


@require_safe
@for_roles(Role.REGULATOR)
def list_notices(request: HttpRequest) -> HttpResponse:
    """Notices of the division's authorities, the newest first, with how many have not read them."""
    officer = person(request)
    found = Notice.objects.in_scope(officer)
    show = request.GET.get("show", "")
    show = show if show in _TABS else "sent"
    page = Paginator(found.filter(state=_TABS[show]).order_by("-drafted_at", "-pk"), _LISTED).get_page(
        request.GET.get("page")
    )
    unread = Recipient.objects.filter(notice__in=[notice.pk for notice in page], read_at=None)
    unread_of = dict(unread.values_list("notice").annotate(count=Count("pk")))
    context = {
        "division": division_name(officer.division_code),
        "show": show,
        "tabs": [
            (key, words.NOTICE_STATES[state][2], found.filter(state=state).count()) for key, state in _TABS.items()
        ],
        "page": page,
        "rows": [(notice_view(notice), notice.recipient_count, unread_of.get(notice.pk, 0)) for notice in page],
    }
    return render(request, "supervision/officer_notices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def write(request: HttpRequest) -> HttpResponse:
    """Write a notice from a template, or go on with a draft: ``?template=``, ``?shop=`` (often), ``?draft=``."""
    officer = person(request)
    given = request.POST if request.method == "POST" else request.GET
    draft = _draft(officer, given.get("draft", ""))
    chosen_template = load_templates().get(given.get("template", ""))
    template = chosen_template or load_templates().get(draft.template if draft else "")
    public_id = given.get("draft", "")
    public_id = public_id if _NOTICE_ID.fullmatch(public_id) else new_notice_id()
    form = (
        NoticeForm(request.POST) if request.method == "POST" else NoticeForm(initial=_initial(chosen_template or draft))
    )
    chosen = _in_scope(officer, given.getlist("shop") or (draft.audience if draft and not draft.is_to_all else []))
    problem = ""
    if request.method == "POST" and form.is_valid() and (codes := _add_more(form, officer, chosen)) is not None:
        try:
            notices.draft(
                public_id,
                _writing(request, form, template, codes),
                officer,
                authority=organisation_of(officer),
                now=timezone.now(),
            )
        except NotAllowed as fault:
            problem = fault.sentence
        else:
            return redirect("officer-notice", public_id)
    context = {
        "form": form,
        "problem": problem,
        "draft_id": public_id,
        "template": template,
        "templates": load_templates().values(),
        "gaps": list(Gap),
        "chosen": names_of(chosen),
        "is_to_all": _is_to_all(request, draft, chosen),
        "categories": [(code, category_name(code)) for code in _CATEGORIES],
        "ticked": _ticked(request, draft),
        "division": division_name(officer.division_code),
    }
    is_wrong = problem or form.errors
    return render(request, "supervision/officer_write.html", context, status=422 if is_wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def read_notice(request: HttpRequest, public_id: str) -> HttpResponse:
    """One notice: a draft before it goes out, or who has read it. Sending and withdrawing are sent here."""
    officer, now = person(request), timezone.now()
    notice = get_object_or_404(Notice.objects.in_scope(officer), public_id=public_id)
    problem, status = "", 422
    if request.method == "POST":
        try:
            return _act(request, notice)
        except NotAllowed as fault:
            problem, status = fault.sentence, 409 if isinstance(fault, Overtaken) else 422
            notice.refresh_from_db()
    is_draft = notice.state == NoticeState.DRAFT
    lists = {} if is_draft else _recipients(notice)
    show = request.GET.get("show", "")
    show = show if show in lists else "unread"
    context: dict[str, Any] = {
        "notice": notice_view(notice),
        "is_draft": is_draft,
        "may_withdraw": notice.state == NoticeState.SENT,
        "is_own": notice.division_code == officer.division_code,
        "audience": _audience_words(notice),
        "show": show,
        "problem": problem,
    }
    if is_draft:
        context["reach"] = notices.would_reach(notice, now=now)
    else:
        listed = lists[show][1].select_related("read_by", "acknowledged_by").order_by("company_code")
        page = Paginator(listed, _LISTED).get_page(request.GET.get("page"))
        names = names_of({row.company_code for row in page})
        context |= {
            "page": page,
            "tabs": [(key, name, found.count()) for key, (name, found) in lists.items()],
            "rows": [(row, names[row.company_code]) for row in page],
        }
    return render(request, "supervision/officer_notice.html", context, status=status if problem else 200)


def _act(request: HttpRequest, notice: Notice) -> HttpResponse:
    officer, now = person(request), timezone.now()
    deed = request.POST.get("deed", "")
    before = {"state": notice.state, "recipients": notice.recipient_count}
    write_down(officer, AuditAction.SEND_NOTICE, notice.public_id, before=before, after={"deed": deed[:20]})
    if deed == "send":
        sent = notices.send(notice.public_id, officer, now=now)
        messages.success(request, _("已发给 %(n)d 家企业。") % {"n": sent.recipient_count})
    elif deed == "drop":
        notices.drop_draft(notice.public_id, officer)
        messages.success(request, _("草稿已删除。"))
        return redirect("officer-notices")
    elif deed == "withdraw":
        notices.withdraw(notice.public_id, officer, request.POST.get("reason", ""), now=now)
        messages.success(request, _("已撤回，企业会看到原因。"))
    else:
        raise NotAllowed(_("没有这个操作。"))
    return redirect("officer-notice", notice.public_id)


def _recipients(notice: Notice) -> dict[str, tuple[str, QuerySet[Recipient]]]:
    """Lists of its shops, each with its name."""
    found = Recipient.objects.filter(notice=notice)
    people = User.objects.filter(role=Role.SHOP, is_active=True, company_code=OuterRef("company_code"))
    lists = {
        "unread": (_("未读"), found.filter(read_at=None)),
        "read": (_("已读"), found.filter(read_at__isnull=False)),
        "all": (_("全部"), found),
        "unreachable": (_("没有人能登录"), found.filter(~Exists(people))),
    }
    if notice.asks_acknowledgement:
        lists["unacknowledged"] = (_("未确认知悉"), found.filter(acknowledged_at=None))
    return lists


def _draft(officer: User, public_id: str) -> Notice | None:
    """A draft of the officer's own authority. Raises Http404 for one that may not be changed."""
    notice = Notice.objects.filter(public_id=public_id).first()
    if notice is not None and (notice.division_code, notice.state) != (officer.division_code, NoticeState.DRAFT):
        raise Http404
    return notice


def _initial(begun: Notice | Template | None) -> dict[str, Any]:
    """Words to begin with: those of a template that was just chosen, or of the draft."""
    if begun is None:
        return {"kind": NoticeKind.NOTICE}
    names = ("kind", "title", "text", "asks_acknowledgement", "silent_days")
    return {name: getattr(begun, name) for name in names}


def _in_scope(officer: User, company_codes: Sequence[str]) -> list[str]:
    """Those of the shops that are of the officer's division."""
    found = enterprises_in_scope(officer).filter(company_code__in=company_codes)
    return list(found.order_by("company_code").values_list("company_code", flat=True))


def _add_more(form: NoticeForm, officer: User, chosen: list[str]) -> list[str] | None:
    """The chosen shops with those named by hand; ``None`` when one is not found, which the form says then."""
    wanted = list(filter(None, map(clean, form.cleaned_data["more"].splitlines())))
    asked = Q(company_code__in=wanted) | Q(company_name__in=wanted)
    found = dict(enterprises_in_scope(officer).filter(asked).values_list("company_code", "company_name"))
    for name in wanted:
        if name not in found and name not in found.values():
            form.add_error("more", _("辖区内没有找到“%(name)s”，请核对全称或编码。") % {"name": name})
    return None if form.errors else [*chosen, *found]


def _writing(request: HttpRequest, form: NoticeForm, template: Template | None, codes: list[str]) -> Writing:
    given = form.cleaned_data
    is_to_all = request.POST.get("to") == "all"
    ticked = tuple(code for code in request.POST.getlist("category") if code in _CATEGORIES)
    return Writing(
        kind=given["kind"],
        title=given["title"],
        text=given["text"],
        template=template.key if template else "",
        asks_acknowledgement=given["asks_acknowledgement"],
        is_to_all=is_to_all,
        audience=ticked if is_to_all else tuple(codes),
        silent_days=given["silent_days"],
    )


def _is_to_all(request: HttpRequest, draft: Notice | None, chosen: list[str]) -> bool:
    if request.method == "POST":
        return request.POST.get("to") == "all"
    return draft.is_to_all if draft else not chosen


def _ticked(request: HttpRequest, draft: Notice | None) -> list[str]:
    if request.method == "POST":
        return request.POST.getlist("category")
    return list(draft.audience) if draft and draft.is_to_all else []


def _audience_words(notice: Notice) -> str:
    """Whom it is for, in words."""
    told = {"division": division_name(notice.division_code), "n": len(notice.audience)}
    if notice.is_to_all and not notice.audience:
        sentence = _("%(division)s审核成功的全部企业") % told
    elif notice.is_to_all:
        classes = "、".join(category_name(code) for code in notice.audience)
        sentence = _("%(division)s审核成功的%(classes)s企业") % {**told, "classes": classes}
    else:
        sentence = _("选定的 %(n)d 家企业") % told
    if notice.silent_days:
        sentence += _("，只发给近 %(days)d 天没有上传的") % {"days": notice.silent_days}
    return sentence

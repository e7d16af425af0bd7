"""公告 for everybody: a list, one by one, a feed, JSON and CSV."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from chedang.site.enterprise_view import division_name
from chedang.site.public.listing import PublicList
from chedang.site.settings import NODE
from chedang.supervision.announcement_model import AnnouncementKind, AnnouncementState
from chedang.supervision.announcing import Papers
from chedang.supervision.models.announcements import Announcement, AnnouncementPaper
from chedang.terms.dates import day_in_china

KINDS: Final = {
    AnnouncementKind.POLICY: _("政策法规"),
    AnnouncementKind.STANDARD: _("标准规范"),
    AnnouncementKind.NOTICE: _("通知公告"),
    AnnouncementKind.FIGURES: _("数据公布"),
}
_CHINESE_KINDS: Final = {
    AnnouncementKind.POLICY: "政策法规",
    AnnouncementKind.STANDARD: "标准规范",
    AnnouncementKind.NOTICE: "通知公告",
    AnnouncementKind.FIGURES: "数据公布",
}
if TYPE_CHECKING:
    _Feed = Feed[Announcement, None]
else:
    _Feed = Feed  # takes no parameters when it runs
_LISTED: Final = 20
_IN_FEED: Final = 30
_HEADINGS: Final = ("编号", "种类", "标题", "文号", "发布机关", "行政区划代码", "发布日期", "网址")


@cache
def papers() -> Papers:
    """Papers of this node."""
    return Papers(NODE.data_dir)


@login_not_required
@require_safe
def list_announcements(request: HttpRequest) -> HttpResponse:
    """What is published, the newest first; ``?show=`` for one kind."""
    public = Announcement.objects.public(timezone.now())
    show = request.GET.get("show", "")
    show = show if show in list(AnnouncementKind) else ""
    found = public.filter(kind=show) if show else public
    page = Paginator(found.order_by("-shown_from", "-pk"), _LISTED).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "show": show,
        "tabs": [("", _("全部"), public.count())]
        + [(str(each), name, public.filter(kind=each).count()) for each, name in KINDS.items()],
        "rows": [(each, KINDS[AnnouncementKind(each.kind)]) for each in page],
    }
    return render(request, "announcements/list.html", context)


@login_not_required
@require_safe
def read_announcement(request: HttpRequest, public_id: str) -> HttpResponse:
    """One; of a withdrawn one only that it was withdrawn, and why."""
    found = _shown(public_id)
    is_withdrawn = found.state == AnnouncementState.WITHDRAWN
    context = {
        "announcement": found,
        "is_withdrawn": is_withdrawn,
        "kind": KINDS[AnnouncementKind(found.kind)],
        "division": division_name(found.division_code),
        "papers": [] if is_withdrawn else list(found.papers.all()),
    }
    return render(request, "announcements/read.html", context, status=410 if is_withdrawn else 200)


@login_not_required
@require_safe
def read_paper(request: HttpRequest, public_id: str, file_id: UUID) -> HttpResponse:
    """A PDF beside it."""
    found = _shown(public_id)
    if found.state == AnnouncementState.WITHDRAWN:
        raise Http404
    return pdf_answer(get_object_or_404(found.papers, file_id=file_id))


def pdf_answer(paper: AnnouncementPaper) -> HttpResponse:
    """The PDF, handed down and never opened within the site. Raises Http404."""
    content = papers().read(paper)
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{paper.file_id}.pdf"'
    return answer


@login_not_required
@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """Everything that is published, the newest first."""
    return _list(request).as_json()


@login_not_required
@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same for spreadsheets."""
    return _list(request).as_csv()


class AnnouncementFeed(_Feed):
    """Atom: the newest thirty."""

    login_required = False
    """As ``login_not_required`` says it of a function."""
    feed_type = Atom1Feed
    title = "车档：公告"
    subtitle = "汽车维修电子健康档案系统的政策、标准、公告和数据公布"

    def link(self) -> str:
        return reverse("announcements")

    def items(self) -> Any:
        return Announcement.objects.public(timezone.now()).order_by("-shown_from", "-pk")[:_IN_FEED]

    def item_title(self, item: Announcement) -> str:
        return item.title

    def item_description(self, item: Announcement) -> str:
        return item.text[:500]

    def item_link(self, item: Announcement) -> str:
        return reverse("announcement", args=[item.public_id])

    def item_author_name(self, item: Announcement) -> str:
        return item.authority

    def item_pubdate(self, item: Announcement) -> Any:
        return item.shown_from

    def item_updateddate(self, item: Announcement) -> Any:
        return item.shown_from

    def item_categories(self, item: Announcement) -> tuple[str]:
        return (_CHINESE_KINDS[AnnouncementKind(item.kind)],)


def _shown(public_id: str) -> Announcement:
    was_shown = [str(AnnouncementState.PUBLISHED), str(AnnouncementState.WITHDRAWN)]
    found = Announcement.objects.filter(state__in=was_shown, shown_from__lte=timezone.now())
    return get_object_or_404(found, public_id=public_id)


def _list(request: HttpRequest) -> PublicList:
    def rows() -> list[dict[str, Any]]:
        return [
            {
                "public_id": each.public_id,
                "kind": _CHINESE_KINDS[AnnouncementKind(each.kind)],
                "title": each.title,
                "document_number": each.document_number,
                "authority": each.authority,
                "division_code": each.division_code,
                "published_on": day_in_china(each.shown_from) if each.shown_from else None,
                "address": request.build_absolute_uri(reverse("announcement", args=[each.public_id])),
            }
            for each in Announcement.objects.public(timezone.now()).order_by("-shown_from", "-pk")
        ]

    return PublicList("announcements", _HEADINGS, rows, "announcements")

"""The menu of a shop's people: what their post opens, and below it what belongs to the part they are in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedang.access.model import ShopPost


class _Page(NamedTuple):
    """A page of the menu, and how the names of the pages under it begin."""

    name: str
    label: Promise
    stems: tuple[str, ...] = ()

    def leads_to(self, url_name: str) -> bool:
        """Is this the page, or one under it?"""
        return url_name == self.name or any(url_name.startswith(stem) for stem in self.stems)


_GROUPS: Final = (
    (_("今天"), (_Page("shop-home", _("今天")),)),
    (
        _("记一单"),
        (
            _Page("shop-new", _("填一单"), ("shop-new",)),
            _Page("shop-drafts", _("没填完的单"), ("shop-draft",)),
            _Page("shop-files", _("上传文件"), ("shop-file",)),
        ),
    ),
    (_("工单"), (_Page("shop-orders", _("工单"), ("shop-order",)),)),
    (_("记录"), (_Page("shop-records", _("记录"), ("shop-record", "shop-claim", "shop-receipt")),)),
    (
        _("对接软件"),
        (
            _Page("shop-connect", _("密钥与测试"), ("shop-connect", "shop-day", "shop-secret")),
            _Page("shop-errors", _("软件收到的错误")),
        ),
    ),
    (
        _("车主"),
        (
            _Page("shop-reviews", _("评价"), ("shop-review",)),
            _Page("shop-cases", _("反馈与投诉"), ("shop-case",)),
        ),
    ),
    (
        _("通知"),
        (
            _Page("shop-notices", _("通知"), ("shop-notice",)),
            _Page("shop-duties", _("责令改正"), ("shop-dut",)),
        ),
    ),
    (
        _("本店"),
        (
            _Page("shop-filing", _("备案"), ("shop-filing",)),
            _Page("shop-checklist", _("备案条件")),
            _Page("shop-profile", _("对外信息")),
            _Page("shop-staff", _("人员"), ("shop-staff", "shop-person")),
            _Page("shop-certificates", _("合格证"), ("shop-certificate", "shop-numbers")),
            _Page("shop-credit", _("质量信誉"), ("shop-credit",)),
            _Page("shop-why", _("数据的用处")),
            _Page("shop-export", _("导出")),
        ),
    ),
)
_OF_TECHNICIANS: Final = ((_("我的派工"), (_Page("shop-my-jobs", _("我的派工"), ("shop-my-job",)),)),)


@dataclass(frozen=True, slots=True)
class Entry:
    """One link."""

    label: Promise
    href: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """The first row, and the second of the part that the reader is in; empty for a part of one page."""

    entries: list[Entry]
    below: list[Entry]


def shop_menu(post: ShopPost, url_name: str) -> Menu:
    """The menu for a person of this post on the page of this name."""
    entries: list[Entry] = []
    below: list[Entry] = []
    for label, pages in _OF_TECHNICIANS if post is ShopPost.TECHNICIAN else _GROUPS:
        open_pages = list(_open_to(post, pages))
        if not open_pages:
            continue
        is_here = any(page.leads_to(url_name) for page, _href in open_pages)
        entries.append(Entry(label, open_pages[0][1], is_here))
        if is_here and len(open_pages) > 1:
            below = [Entry(page.label, href, page.leads_to(url_name)) for page, href in open_pages]
    return Menu(entries, below)


def _open_to(post: ShopPost, pages: tuple[_Page, ...]) -> Iterator[tuple[_Page, str]]:
    for page in pages:
        found = _find(page.name)
        if found is not None and post in found[1]:
            yield page, found[0]


@cache
def _find(name: str) -> tuple[str, frozenset[ShopPost]] | None:
    """Address and posts of a page, as its guard says; ``None`` where this release has no such page."""
    try:
        href = reverse(name)
    except NoReverseMatch:
        return None
    return href, getattr(resolve(href).func, "shop_posts", frozenset(ShopPost))

"""A menu in two rows: parts of the work, and below them the pages of the part that the reader is in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import Promise


class MenuPage(NamedTuple):
    """A page of the menu, and how the names of the pages under it begin."""

    name: str
    label: Promise
    stems: tuple[str, ...] = ()

    def leads_to(self, url_name: str) -> bool:
        """Is this the page, or one under it?"""
        return url_name == self.name or any(url_name.startswith(stem) for stem in self.stems)


Group = tuple[Promise, tuple[MenuPage, ...]]


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


def build_menu(groups: Sequence[Group], url_name: str, may_open: Callable[[Any], bool]) -> Menu:
    """What of the groups a reader may open, who is on the page of this name; ``may_open`` is asked of each view."""
    entries: list[Entry] = []
    below: list[Entry] = []
    for label, pages in groups:
        open_pages = list(_open_of(pages, may_open))
        if not open_pages:
            continue
        is_here = any(page.leads_to(url_name) for page, _href in open_pages)
        entries.append(Entry(label, open_pages[0][1], is_here))
        if is_here and len(open_pages) > 1:
            below = [Entry(page.label, href, page.leads_to(url_name)) for page, href in open_pages]
    return Menu(entries, below)


def _open_of(pages: tuple[MenuPage, ...], may_open: Callable[[Any], bool]) -> Iterator[tuple[MenuPage, str]]:
    for page in pages:
        found = _find(page.name)
        if found is not None and may_open(found[1]):
            yield page, found[0]


@cache
def _find(name: str) -> tuple[str, Any] | None:
    """Address and view of a page; ``None`` where this release has no such page."""
    try:
        href = reverse(name)
    except NoReverseMatch:
        return None
    return href, resolve(href).func

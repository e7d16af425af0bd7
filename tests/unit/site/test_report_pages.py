"""Where the figures of a half-year report lead."""

from __future__ import annotations

from django.urls import reverse

from chedang.site.regulator.reports.presentation import _PAGES
from chedang.supervision.report_template import load_template

WITHOUT_A_PAGE = {"supervision/measures.sql#ratings", "supervision/measures.sql#owners"}


def test_every_figure_leads_to_the_page_that_lists_what_it_counts() -> None:
    queries = {source.query for source in load_template().sources}
    assert queries == _PAGES.keys() | WITHOUT_A_PAGE
    assert not _PAGES.keys() & WITHOUT_A_PAGE
    assert all(reverse(name).startswith("/") for name in _PAGES.values())

"""What an officer asks the statistics: which division, which days, along which line, which class. Read from an address.

The same words stand in the address of a page, of its chart and in the wish for a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chedang.access.models import User
from chedang.quality.statistics_model import Dimension
from chedang.site.regulator.statistics.periods import OWN, Period, PeriodUnclear, read_period
from chedang.site.regulator.statistics.scopes import read_scope
from chedang.terms.dates import day_in_china

CATEGORIES: Final = ("01", "02", "03")
UNKNOWN_CATEGORY: Final = "unknown"
"""How an address names shops whose class is not known."""
_DAYS_OF_DIMENSION: Final = {Dimension.DAY: 92, Dimension.MONTH: 366 * 3}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for. ``category``: ``None`` all classes, '' unknown."""

    scope: str
    period: Period
    by: Dimension = Dimension.DIVISION
    category: str | None = None
    sort: str = ""

    def params(self) -> dict[str, str]:
        """As an address and a file name it: the days are definite."""
        given = {
            "scope": self.scope,
            "by": self.by.value,
            "period": OWN,
            "from": self.period.first_on.isoformat(),
            "to": self.period.last_on.isoformat(),
            "category": category_param(self.category),
            "sort": self.sort,
        }
        return {key: value for key, value in given.items() if value}

    def query(self, **changed: Any) -> str:
        """An address' query with some of it changed. A period that has a name keeps it, so that links stay current."""
        given = replace(self, **changed)
        params = given.params()
        if given.period.key != OWN:
            params = {key: value for key, value in params.items() if key not in {"from", "to"}}
            params["period"] = given.period.key
        return urlencode(params)


def today() -> date:
    """This day in China."""
    return day_in_china(timezone.now())


def read_asked(officer: User, params: Mapping[str, str]) -> Asked:
    """Read an address. Raises Http404 for a foreign division, PeriodUnclear for what makes no sense."""
    scope = read_scope(officer, params.get("scope", ""))
    by = _read_dimension(params.get("by", ""))
    period = read_period(params, today())
    if period.days > _DAYS_OF_DIMENSION.get(by, period.days):
        raise PeriodUnclear(_("按日一次最多看 92 天，请缩短时间段，或者按月看。"))
    return Asked(scope, period, by, read_category(params.get("category", "")), params.get("sort", "")[:20])


def read_category(text: str) -> str | None:
    """经营业务类别 of an address. Raises PeriodUnclear for none that there is."""
    if text not in {"", UNKNOWN_CATEGORY, *CATEGORIES}:
        raise PeriodUnclear(_("没有这样的类别，请在下面重新选择。"))
    return None if not text else "" if text == UNKNOWN_CATEGORY else text


def category_param(category: str | None) -> str:
    """The other way round."""
    return "" if category is None else category or UNKNOWN_CATEGORY


def shops_href(**wanted: str | None) -> str:
    """Address of the list of shops that a number counts; '' where this release has no such page."""
    try:
        address = reverse("officer-shops")
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode({key: value for key, value in wanted.items() if value})}"


def _read_dimension(text: str) -> Dimension:
    if text and text not in set(Dimension):
        raise PeriodUnclear(_("没有这样的分法，请在下面重新选择。"))
    return Dimension(text or Dimension.DIVISION)

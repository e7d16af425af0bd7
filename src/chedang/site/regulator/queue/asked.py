"""Which shops a page was asked for: read from an address, written into one again, said in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from chedang.access.models import User
from chedang.quality.statistics_model import Upload
from chedang.site.enterprise_view import category_name, division_name
from chedang.site.regulator.queue import words
from chedang.site.regulator.statistics.asked import UNKNOWN_CATEGORY, category_param
from chedang.site.regulator.statistics.scopes import read_scope
from chedang.supervision.reminding_model import Concern, load_reminder_parameters
from chedang.supervision.shops import LICENSES, REMINDED, ShopQuery
from chedang.terms.text import clean

CATEGORIES: Final = ("01", "02", "03")
_UPLOADS: Final = frozenset({Upload.CONNECTED, Upload.UNCONNECTED, Upload.ACTIVE})
_LONGEST_NAME: Final = 60
_MOST_DAYS: Final = 3660
_SIX: Final = 6


def read_asked(officer: User, given: Mapping[str, str]) -> ShopQuery:
    """The filter of an address; what it does not understand is left out. Raises Http404 for a foreign division."""
    scope = read_scope(officer, given.get("scope", ""))
    concern, upload, license_ = given.get("concern", ""), given.get("upload", ""), given.get("license", "")
    reminded, category = given.get("reminded", ""), given.get("category", "")
    # Other pages ask for silent shops and for shops of no known class in their own words.
    over = given.get("silent_days", "") if upload == Upload.SILENT else given.get("over", "")
    return ShopQuery(
        scope,
        Concern(concern) if concern in list(Concern) else None,
        _days(over),
        _days(given.get("upto", "")),
        Upload(upload) if upload in _UPLOADS else Upload.ALL,
        category="" if category == UNKNOWN_CATEGORY else category if category in CATEGORIES else None,
        vendor=given.get("vendor", "")[:_LONGEST_NAME] or None,
        maker=given.get("maker", "")[:_LONGEST_NAME] or None,
        name=clean(given.get("name", ""))[:_LONGEST_NAME],
        license=license_ if license_ in LICENSES else None,
        reminded=reminded if reminded in REMINDED else "",
    )


def fields_of(wanted: ShopQuery, officer: User) -> dict[str, str]:
    """The same as fields of an address or a form; what says nothing is left out."""
    fields = {
        "scope": "" if wanted.scope == officer.division_code else wanted.scope,
        "concern": str(wanted.concern or ""),
        "over": "" if wanted.over_days is None else str(wanted.over_days),
        "upto": "" if wanted.upto_days is None else str(wanted.upto_days),
        "upload": "" if wanted.upload is Upload.ALL else str(wanted.upload),
        "category": category_param(wanted.category),
        "vendor": wanted.vendor or "",
        "maker": wanted.maker or "",
        "name": wanted.name,
        "license": wanted.license or "",
        "reminded": wanted.reminded,
    }
    return {name: value for name, value in fields.items() if value}


def query_of(wanted: ShopQuery, officer: User, **more: str) -> str:
    """The same as the part of an address after ``?``."""
    return urlencode(fields_of(wanted, officer) | more)


def asked_words(wanted: ShopQuery) -> str:
    """What is asked for, for a heading: the division is not said."""
    said = [_concern_words(wanted)]
    days = dict(zip(("soon", "later"), load_reminder_parameters().license_days, strict=True))
    said.append(
        {
            None: "",
            "past": _("有效期已过"),
            "soon": _("有效期 %(days)d 天内到期") % {"days": days["soon"]},
            "later": _("有效期 %(days)d 天内到期") % {"days": days["later"]},
        }[wanted.license]
    )
    said.append(
        {Upload.CONNECTED: _("已对接"), Upload.UNCONNECTED: _("未对接"), Upload.ACTIVE: _("有上传")}.get(
            wanted.upload, ""
        )
    )
    said.append("" if wanted.category is None else category_name(wanted.category))
    said.append(
        {
            "": "",
            "no": _("还没提醒"),
            "yes": _("已提醒"),
            "unread": _("提醒未读"),
            "letter": _("等寄督促函"),
        }[wanted.reminded]
    )
    said += [wanted.vendor or "", wanted.maker or "", wanted.name]
    return _("，").join(filter(None, said)) or _("全部在营企业")


def scope_words(wanted: ShopQuery) -> str:
    """The division."""
    return division_name(wanted.scope)


def _concern_words(wanted: ShopQuery) -> str:
    over, upto = wanted.over_days, wanted.upto_days
    if wanted.concern not in {None, Concern.SILENT} or (over is None and upto is None):
        return str(words.CONCERNS[wanted.concern]) if wanted.concern else ""
    if over is not None and upto is not None:
        return _("%(over)d 到 %(upto)d 天未上传") % {"over": over + 1, "upto": upto}
    if over is not None:
        return _("超过 %(over)d 天未上传") % {"over": over}
    return _("%(upto)d 天内有上传") % {"upto": upto}


def _days(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) < _SIX
    return min(int(text), _MOST_DAYS) if is_number else None

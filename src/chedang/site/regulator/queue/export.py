"""The list of shops under supervision as a file: the same condition and the same order as the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedang.access.models import User
from chedang.platform.tables import Cell, Column, Kind
from chedang.site.enterprise_view import category_name, division_name
from chedang.site.regulator.queue import words
from chedang.site.regulator.queue.asked import asked_words, fields_of, read_asked, scope_words
from chedang.site.regulator.queue.formulas import formulas
from chedang.site.regulator.statistics.exports import Note, Params, register
from chedang.supervision.shops import SupervisedShop, count, list_shops

TABLE: Final = "supervised-shops"
_AT_ONCE: Final = 2000


def _columns(_officer: User, _params: Params) -> list[Column]:
    return [
        Column(_("维修企业编码"), Kind.TEXT, 18),
        Column(_("企业名称"), Kind.TEXT, 34),
        Column(_("地区"), Kind.TEXT, 28),
        Column(_("类别"), Kind.TEXT, 8),
        Column(_("事项"), Kind.TEXT, 18),
        Column(_("备案日期"), Kind.DAY),
        Column(_("最后上传"), Kind.DAY),
        Column(_("未上传天数")),
        Column(_("判断天数")),
        Column(_("上传条数")),
        Column(_("预期条数")),
        Column(_("近 30 天记录")),
        Column(_("有错误")),
        Column(_("有错误或疑问")),
        Column(_("提醒时间"), Kind.INSTANT, 18),
        Column(_("打开时间"), Kind.INSTANT, 18),
    ]


def _cells(shop: SupervisedShop) -> tuple[Cell, ...]:
    return (
        shop.company_code,
        shop.company_name,
        division_name(shop.division_code),
        category_name(shop.category_code),
        str(words.CONCERNS[shop.concern]) if shop.concern else "",
        shop.filed_on,
        shop.last_on,
        shop.silent_days,
        None if shop.weeks is None else 7 * shop.weeks,
        shop.observed,
        None if shop.expected is None else round(shop.expected),
        shop.standing,
        shop.faulty,
        shop.doubtful,
        shop.reminded_at,
        shop.read_at,
    )


def _rows(officer: User, params: Params) -> Iterator[tuple[Cell, ...]]:
    wanted, now, after = read_asked(officer, params), timezone.now(), ""
    while page := list_shops(wanted, now=now, limit=_AT_ONCE, after=after):
        yield from map(_cells, page)
        after = page[-1].key


def _notes(officer: User, params: Params) -> list[Note]:
    wanted = read_asked(officer, params)
    return [(_("范围"), scope_words(wanted)), (_("名单"), asked_words(wanted)), *formulas()]


register(
    TABLE,
    gettext_lazy("督促名单"),
    _columns,
    _rows,
    check=lambda officer, params: fields_of(read_asked(officer, params), officer),
    count=lambda officer, params: count(read_asked(officer, params), now=timezone.now()),
    notes=_notes,
)

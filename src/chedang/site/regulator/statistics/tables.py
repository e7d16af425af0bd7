"""The tables of these pages as files: coverage, rates along any line, the list of shops. Registered when imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedang.access.models import User
from chedang.platform.tables import Cell, Column, Kind
from chedang.quality import statistics
from chedang.quality.statistics_model import ShopFilter, ShopLine, Upload
from chedang.quality.targets import coverage_targets
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import category_name, division_name
from chedang.site.regulator.statistics import coverage, rates
from chedang.site.regulator.statistics.asked import Asked, read_asked, read_category, today
from chedang.site.regulator.statistics.exports import ExportRefused, Note, Params, register
from chedang.site.regulator.statistics.periods import PeriodUnclear
from chedang.site.regulator.statistics.scopes import read_scope

_LONGEST_NAME: Final = 50
_MOST_SILENT_DAYS: Final = 3650


def _refusing(read: Callable[[User, Params], Params]) -> Callable[[User, Params], Params]:
    """What an address cannot mean is refused with its sentence."""

    def check(officer: User, params: Params) -> Params:
        try:
            return read(officer, params)
        except PeriodUnclear as fault:
            raise ExportRefused(str(fault)) from fault

    return check


def _reach() -> Note:
    with archive() as connection:
        counted_until = statistics.as_of(connection)
    local = timezone.localtime(counted_until) if counted_until else None
    return _("数据更新到"), f"{local:%Y-%m-%d %H:%M}" if local else _("还没有统计")


def _formula_notes(keys: set[str] | None = None) -> list[Note]:
    shares = [(rate.name, f"{rate.formula} {rate.source}") for rate in rates.rates() if not keys or rate.key in keys]
    plain = [] if keys else [(name, f"{formula} {source}") for _key, name, formula, source in rates.counts()]
    return [*shares, *plain]


def _coverage_notes(officer: User, params: Params) -> list[Note]:
    targets = coverage_targets().values()
    return [
        (_("范围"), division_name(read_scope(officer, params.get("scope", "")))),
        _reach(),
        *((_("目标"), f"{category_name(each.category)} {each.percent}%　{each.source}") for each in targets),
        *_formula_notes({"connected"}),
    ]


def _coverage_rows(officer: User, params: Params) -> Iterator[tuple[Cell, ...]]:
    with archive() as connection:
        yield from coverage.file_rows(connection, read_scope(officer, params.get("scope", "")), today())


def _rates_notes(officer: User, params: Params) -> list[Note]:
    asked = read_asked(officer, params)
    return [*_scope_notes(asked), _reach(), *_formula_notes()]


def _scope_notes(asked: Asked) -> list[Note]:
    of_class = _("全部") if asked.category is None else category_name(asked.category)
    return [
        (_("范围"), division_name(asked.scope)),
        (_("类别"), of_class),
        (_("时间段"), asked.period.words),
    ]


def _rates_rows(officer: User, params: Params) -> Iterator[tuple[Cell, ...]]:
    asked = read_asked(officer, params)
    fields = rates.fields(asked.by)
    with archive() as connection:
        for line in rates.lines_of(connection, asked):
            yield tuple(field.value(line) for field in fields)


def shop_filter(officer: User, params: Params) -> ShopFilter:
    """Which shops an address means. Raises Http404 for a foreign division, PeriodUnclear for what makes no sense."""
    upload, silent = params.get("upload", "") or Upload.ALL, params.get("silent_days", "") or "7"
    if upload not in set(Upload) or not (silent.isascii() and silent.isdecimal()) or int(silent) > _MOST_SILENT_DAYS:
        raise PeriodUnclear(_("没有这样的企业名单，请重新选择。"))
    return ShopFilter(
        scope=read_scope(officer, params.get("scope", "")),
        upload=Upload(upload),
        silent_days=int(silent),
        category=read_category(params.get("category", "")),
        vendor=params.get("vendor") or None,
        maker=params.get("maker") or None,
        name=params.get("name", "")[:_LONGEST_NAME],
    )


def _shop_columns(_officer: User, _params: Params) -> list[Column]:
    counts = [
        _("收到记录"), _("未作废"), _("有结算日期"), _("及时"), _("迟报"),
        _("完整"), _("合格"), _("有错误或疑问"), _("重复"),
    ]  # fmt: skip
    return [
        Column(_("维修企业编码"), Kind.TEXT, 18),
        Column(_("企业名称"), Kind.TEXT, 34),
        Column(_("地区"), Kind.TEXT, 28),
        Column(_("类别"), Kind.TEXT, 8),
        Column(_("在营业"), Kind.TEXT, 8),
        Column(_("备案日期"), Kind.DAY),
        Column(_("首次上传"), Kind.DAY),
        Column(_("最后上传"), Kind.DAY),
        Column(_("未上传天数")),
        Column(_("维修软件"), Kind.TEXT, 20),
        Column(_("生产企业"), Kind.TEXT, 18),
        *(Column(heading) for heading in counts),
        Column(f"{_('及时率')}（%）", Kind.SHARE),
        Column(f"{_('完整率')}（%）", Kind.SHARE),
        Column(f"{_('合格率')}（%）", Kind.SHARE),
    ]


def shop_cells(line: ShopLine) -> tuple[Cell, ...]:
    """One shop with its figures, as the columns of the file have them."""
    tally = line.tally
    return (
        line.company_code, line.company_name, division_name(line.division_code), category_name(line.category_code),
        _("是") if line.is_in_business else _("否"), line.filed_on, line.first_on, line.last_on, line.silent_days,
        line.vendor, line.maker_code, tally.received, tally.standing, tally.dated, tally.on_time, tally.late,
        tally.complete, tally.valid, tally.doubtful, tally.duplicate, tally.on_time_percent, tally.complete_percent,
        tally.valid_percent,
    )  # fmt: skip


def _shop_rows(officer: User, params: Params) -> Iterator[tuple[Cell, ...]]:
    asked, wanted = read_asked(officer, params), shop_filter(officer, params)
    with archive() as connection:
        period = asked.period
        for line in statistics.iterate_shops(connection, wanted, period.first_on, period.last_on):
            yield shop_cells(line)


def _count_shops(officer: User, params: Params) -> int:
    with archive() as connection:
        period = read_asked(officer, params).period
        return statistics.count_shops(connection, shop_filter(officer, params), period.first_on, period.last_on)


def _read_shops(officer: User, params: Params) -> Params:
    asked, wanted = read_asked(officer, params), shop_filter(officer, params)
    kept = {key: value for key, value in params.items() if key in {"vendor", "maker", "name", "category"} and value}
    own = {"upload": wanted.upload.value, "silent_days": str(wanted.silent_days)}
    dates = {key: value for key, value in asked.params().items() if key in {"scope", "period", "from", "to"}}
    return dates | kept | own


def _shop_notes(officer: User, params: Params) -> list[Note]:
    words = {
        Upload.ALL: _("全部企业"),
        Upload.CONNECTED: _("已对接"),
        Upload.UNCONNECTED: _("未对接"),
        Upload.SILENT: _("超过 %(days)s 天未上传") % {"days": params.get("silent_days", "")},
        Upload.ACTIVE: _("有上传"),
    }
    wanted = shop_filter(officer, params)
    chosen = [(_("名单"), words[wanted.upload])]
    chosen += [(_("筛选"), value) for value in (wanted.vendor, wanted.maker, wanted.name) if value]
    return [*_scope_notes(read_asked(officer, params)), *chosen, _reach(), *_formula_notes()]


register(
    "coverage",
    gettext_lazy("覆盖率"),
    lambda _officer, _params: coverage.file_columns(),
    _coverage_rows,
    check=lambda officer, params: {"scope": read_scope(officer, params.get("scope", ""))},
    notes=_coverage_notes,
    is_small=True,
)
register(
    "rates",
    gettext_lazy("上传质量"),
    lambda officer, params: [field.column for field in rates.fields(read_asked(officer, params).by)],
    _rates_rows,
    check=_refusing(lambda officer, params: read_asked(officer, params).params()),
    notes=_rates_notes,
    is_small=True,
)
register(
    "shops",
    gettext_lazy("企业上传情况"),
    _shop_columns,
    _shop_rows,
    check=_refusing(_read_shops),
    count=_count_shops,
    notes=_shop_notes,
)

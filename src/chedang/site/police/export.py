"""The watch list and what was found, as files: the rows of the page, made at once and kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.platform.tables import CONTENT_TYPES, Cell, Column, Kind, write_csv, write_xlsx
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.police.pages import alert_views, entry_view, prefix_of, watch_keys
from chedang.site.written import write_down
from chedang.terms.dates import day_in_china
from chedang.watch import store

_AT_ONCE: Final = 500
_MOST_ALERTS: Final = 10_000
"""Of one file; those that nobody signed for come first."""


@require_safe
@never_cache
@for_roles(Role.POLICE)
def list_file(request: HttpRequest, ending: str) -> HttpResponse:
    """The list, with the columns of the table that can be imported first; ``?show=all`` also what was removed."""
    columns = [
        Column(_("车架号"), Kind.TEXT, 20),
        Column(_("车牌号码"), Kind.TEXT, 12),
        Column(_("案件编号"), Kind.TEXT, 24),
        Column(_("布控开始日期"), Kind.DAY),
        Column(_("布控截止日期"), Kind.DAY),
        Column(_("地区"), Kind.TEXT, 20),
        Column(_("布控人"), Kind.TEXT, 16),
        Column(_("布控时间"), Kind.INSTANT, 18),
        Column(_("撤控人"), Kind.TEXT, 16),
        Column(_("撤控时间"), Kind.INSTANT, 18),
        Column(_("撤控的原因"), Kind.TEXT, 30),
    ]
    police, with_removed = person(request), request.GET.get("show") == "all"
    rows = _entries(prefix_of(police), with_removed=with_removed)
    return _file(police, "watch-list", _("布控名单"), columns, rows, ending=ending)


@require_safe
@never_cache
@for_roles(Role.POLICE)
def alerts_file(request: HttpRequest, ending: str) -> HttpResponse:
    """What was found."""
    columns = [
        Column(_("车架号"), Kind.TEXT, 20),
        Column(_("车牌号码"), Kind.TEXT, 12),
        Column(_("比中依据"), Kind.TEXT, 16),
        Column(_("维修企业"), Kind.TEXT, 34),
        Column(_("地区"), Kind.TEXT, 28),
        Column(_("地址"), Kind.TEXT, 34),
        Column(_("结算日期"), Kind.DAY),
        Column(_("收到时间"), Kind.INSTANT, 18),
        Column(_("签收人"), Kind.TEXT, 16),
        Column(_("签收时间"), Kind.INSTANT, 18),
    ]
    police = person(request)
    return _file(police, "watch-alerts", _("比中信息"), columns, _alerts(prefix_of(police)), ending=ending)


def _entries(prefix: str, *, with_removed: bool) -> Iterator[Sequence[Cell]]:
    now, offset = timezone.now(), 0
    with archive() as connection:
        while entries := store.list_entries(
            connection,
            watch_keys(),
            prefix,
            today=day_in_china(now),
            with_removed=with_removed,
            limit=_AT_ONCE,
            offset=offset,
        ):
            offset += len(entries)
            for view in (entry_view(entry, now) for entry in entries):
                yield (
                    view["vin"], view["plate"], view["case_number"], view["since_on"], view["until_on"],
                    view["division"], view["added_by"], view["added_at"], view["removed_by"],
                    view["removed_at"], view["removal_reason"],
                )  # fmt: skip


def _alerts(prefix: str) -> Iterator[Sequence[Cell]]:
    with archive() as connection:
        alerts = store.list_alerts(connection, watch_keys(), prefix, limit=_MOST_ALERTS)
        for view in alert_views(connection, alerts):
            yield (
                view["vin"], view["plate"], _("只有号牌相同") if view["is_weak"] else _("车架号"), view["shop"],
                view["place"], view["address"], view["settled_on"], view["received_at"], view["signed_by"],
                view["signed_at"],
            )  # fmt: skip


def _file(
    police: User, table: str, title: str, columns: Sequence[Column], rows: Iterator[Sequence[Cell]], *, ending: str
) -> HttpResponse:
    if ending not in CONTENT_TYPES:
        raise Http404
    write_down(police, AuditAction.EXPORT_TABLE, table, purpose=Purpose.PUBLIC_SECURITY)
    now = timezone.localtime()
    with TemporaryDirectory(prefix="chedang-watch-") as folder:
        path = Path(folder) / "table"
        if ending == "csv":
            write_csv(path, columns, rows)
        else:
            notes = [
                (_("表"), title),
                (_("范围"), division_name(police.division_code)),
                (_("导出时间"), f"{now:%Y-%m-%d %H:%M}"),
            ]
            write_xlsx(path, columns, rows, notes=notes)
        content = path.read_bytes()
    name = content_disposition_header(as_attachment=True, filename=f"{title}-{now:%Y%m%d-%H%M}.{ending}")
    return HttpResponse(
        content, content_type=CONTENT_TYPES[ending], headers={"Content-Disposition": name or "attachment"}
    )

"""运行考核 as files: the table for a spreadsheet, the frozen figures of one division as JSON."""

from __future__ import annotations

from pathlib import Path

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from chedang.platform.tables import write_csv, write_xlsx
from chedang.site.regulator.assessment import presentation
from chedang.supervision.assessment import League, Row
from chedang.supervision.assessment_months import name_of


def table(league: League, division: str, ending: str, directory: str) -> bytes:
    """The league table as xlsx or csv; ``directory`` is for the while."""
    path = Path(directory) / f"table.{ending}"
    columns, rows = presentation.columns(league.version), presentation.rows(league)
    if ending == "csv":
        write_csv(path, columns, rows)
    else:
        write_xlsx(path, columns, rows, notes=_notes(league, division))
    return path.read_bytes()


def figures(row: Row, league: League) -> bytes:
    """What was frozen of one division and what became of it, for whoever reckons it again."""
    score = row.place.score
    told = {
        "snapshot": league.snapshot_id,
        "snapshot_digest": league.digest,
        "month": name_of(league.month),
        "division": row.code,
        "weights": league.version.version,
        "score": score.points,
        "points": {each.indicator.key: presentation.points_text(each.points) for each in score.indicators},
        "measures": row.facts.area,
        "exchange": row.facts.line,
        "sent_snapshot": row.told.snapshot_id if row.told and not row.told.is_late else None,
    }
    return msgspec.json.format(msgspec.json.encode(told, order="deterministic"), indent=2)


def _notes(league: League, division: str) -> list[tuple[str, str]]:
    frozen_at = timezone.localtime(league.frozen_at)
    formulas = [
        (f"{part.name}（{part.most}）", part.formula)
        for card in presentation.weights(league.version)
        for part in card.parts
    ]
    return [
        (_("表"), _("运行考核")),
        (_("地区"), division),
        (_("月份"), name_of(league.month)),
        (_("权重版本"), league.version.version),
        (_("固定时间"), f"{frozen_at:%Y-%m-%d %H:%M}"),
        (_("固定数据编号"), league.snapshot_id),
        (_("摘要（SHA-256）"), league.digest),
        *formulas,
    ]

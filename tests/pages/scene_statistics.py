"""Of the scene: figures are counted, and an officer of the province has a file that was made and one that was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from chedang.site.regulator.statistics.keeping import ExportState
from chedang.site.regulator.statistics.making import export_files, make
from chedang.site.settings import NODE
from tests.pages.counting import count_statistics
from tests.pages.stage import NOW

if TYPE_CHECKING:
    from tests.pages.stage import Stage


def make_statistics(stage: Stage) -> None:
    """Count everything, then make the files."""
    import chedang.site.urls  # noqa: F401 - parts register their tables

    assert NODE.database_url is not None
    count_statistics(NODE.database_url)
    officer, files = stage.users["province"], export_files()
    wish = ExportState("shops", "企业上传情况", {"scope": officer.division_code}, "xlsx", "zh-hans", NOW)
    ready = files.add(officer.pk, wish)
    make(officer, ready, files)
    failed = files.add(officer.pk, msgspec.structs.replace(wish, ending="csv"))
    problem = "没有做成，请缩小范围后再试一次。"
    files.write_state(officer.pk, failed, msgspec.structs.replace(wish, ending="csv", done_at=NOW, problem=problem))
    stage.ids |= {"export_ready": str(ready), "export_failed": str(failed)}

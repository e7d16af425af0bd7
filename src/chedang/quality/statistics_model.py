"""监管统计 as data: what is counted of records, and along which lines it is looked at. Pure.

Formulas and their names in Chinese stand in ``data/indicators.toml``; pages and exports show them beside the figures.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from chedang.quality.model import percent


class Tally(msgspec.Struct, frozen=True):
    """Counts over records, each under the day in China on which its first version came in.

    What is said of a record is what its newest version says. A number that was uploaded again, corrected, or moved to
    another VIN counts once.
    """

    received: int = 0
    standing: int = 0
    """Of these, not void: the whole that the following are parts of."""
    dated: int = 0
    """With a 结算日期 that is a day."""
    on_time: int = 0
    """Of the dated, first received by the end of the day after 结算日期 (ours)."""
    late: int = 0
    """Of the dated, by the end of the third day after it but not on time (ours)."""
    complete: int = 0
    """All 13 elements there and none a placeholder."""
    valid: int = 0
    """Without a finding of level error."""
    doubtful: int = 0
    """With a finding of level error or warn."""
    vin_valid: int = 0
    plate_valid: int = 0
    duplicate: int = 0
    """The same job (car, days, mileage, items) stands at the same shop under another number that came earlier."""
    head_office: int = 0
    """Uploaded by a maker's head office."""

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            *(a + b for a, b in zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True))
        )

    @property
    def void(self) -> int:
        """作废."""
        return self.received - self.standing

    @property
    def overdue(self) -> int:
        """Dated, and neither on time nor late."""
        return self.dated - self.on_time - self.late

    @property
    def on_time_percent(self) -> Decimal | None:
        """及时率."""
        return percent(self.on_time, self.dated)

    @property
    def complete_percent(self) -> Decimal | None:
        """完整率."""
        return percent(self.complete, self.standing)

    @property
    def valid_percent(self) -> Decimal | None:
        """合格率."""
        return percent(self.valid, self.standing)

    @property
    def doubtful_percent(self) -> Decimal | None:
        """有错误或疑问的比例."""
        return percent(self.doubtful, self.standing)

    @property
    def vin_percent(self) -> Decimal | None:
        """VIN 正确率."""
        return percent(self.vin_valid, self.standing)

    @property
    def plate_percent(self) -> Decimal | None:
        """车牌正确率."""
        return percent(self.plate_valid, self.standing)

    @property
    def duplicate_percent(self) -> Decimal | None:
        """重复率."""
        return percent(self.duplicate, self.standing)


class Dimension(StrEnum):
    """Along which line figures are parted."""

    DIVISION = "division"
    """The level below the scope: provinces of the country, prefectures of a province, counties of a prefecture."""
    CATEGORY = "category"
    """经营业务类别 01 / 02 / 03; '' unknown."""
    DAY = "day"
    MONTH = "month"
    VENDOR = "vendor"
    """维修软件 as the shop told it; '' unknown."""
    MAKER = "maker"
    """汽车生产企业 of an authorised dealer; '' none."""


class Row(msgspec.Struct, frozen=True):
    """Figures of one part: a division, a class, a month …"""

    key: str
    """Division code, category code, ``2026-11-22``, ``2026-11``, vendor, maker code."""
    filed: int
    """备案且在营业 at the end of the period."""
    connected: int
    """已对接: of these, shops of which a record has come in by then."""
    active: int
    """有上传: of the connected, shops of which a record came in within the period."""
    tally: Tally
    """Of all records of the part, also of shops that are not filed or went out of business."""

    @property
    def connected_percent(self) -> Decimal | None:
        """覆盖率（对接率）."""
        return percent(self.connected, self.filed)

    @property
    def active_percent(self) -> Decimal | None:
        """上传率（活跃企业率）."""
        return percent(self.active, self.connected)


class Upload(StrEnum):
    """Lists of shops by how they upload."""

    ALL = "all"
    FILED = "filed"
    """备案且在营业: the whole that coverage is a share of."""
    CONNECTED = "connected"
    UNCONNECTED = "unconnected"
    """Filed, in business, and nothing has ever come in."""
    SILENT = "silent"
    """Connected, and nothing came in for so many days."""
    ACTIVE = "active"


class ShopFilter(msgspec.Struct, frozen=True):
    """Which shops are meant. Only filed ones (审核成功), in business unless ``upload`` is ALL."""

    scope: str
    """Division code of the officer, or one below."""
    upload: Upload = Upload.ALL
    silent_days: int = 7
    """Of SILENT: more than so many days since the last record."""
    category: str | None = None
    vendor: str | None = None
    maker: str | None = None
    name: str = ""
    """Part of the name, or the code."""


class ShopLine(msgspec.Struct, frozen=True):
    """One shop with its figures of a period."""

    company_code: str
    company_name: str
    division_code: str
    category_code: str
    is_in_business: bool
    filed_on: date | None
    first_on: date | None
    """Day of the first record ever."""
    last_on: date | None
    """Day of the newest."""
    silent_days: int | None
    """Days since then; ``None`` for one of which nothing has come in."""
    vendor: str
    maker_code: str
    tally: Tally

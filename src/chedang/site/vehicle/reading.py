"""Everything a page needs of one vehicle's file, read at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chedang.enterprises import known
from chedang.enterprises import store as enterprises
from chedang.enterprises.known import KnownEnterprise
from chedang.records import store as records
from chedang.site.archive.connections import archive
from chedang.site.limits import limits_today
from chedang.site.settings import NODE
from chedang.vehicles import store as vehicles
from chedang.vehicles.homes import read_home_facts
from chedang.vehicles.model import Vehicle, VehicleFile
from chedang.vehicles.rules import assemble_file
from chedang.vehicles.views import FileView, View, redact


@dataclass(frozen=True, slots=True)
class ReadVehicle:
    """A vehicle's file with the enterprises of its records and its row of the index."""

    file: VehicleFile
    companies: Mapping[str, KnownEnterprise]
    """Of the records shown, by code."""
    indexed: Vehicle | None
    had_records: bool
    """Whether any version stands under the VIN, void ones and moved ones too."""

    @property
    def plate_number(self) -> str:
        """The newest known one; '' for none."""
        return self.indexed.plate_number if self.indexed else ""

    def view(self, view: View, *, shops_hidden_before: date | None = None) -> FileView:
        """The file as it may be shown."""
        return redact(self.file, view, companies=self.companies, shops_hidden_before=shops_hidden_before)


def read_vehicle(vin: str) -> ReadVehicle:
    """Read and assemble. Writes nothing down: whoever shows it does that first."""
    with archive() as connection:
        versions = records.read_file(connection, vin)
        codes = {version.company_code for version in versions}
        hidden = enterprises.unapproved_codes(connection, codes)
        companies = known.find_all(connection, codes - hidden)
        indexed = vehicles.read_vehicle(connection, vin)
        facts = read_home_facts(connection, vin, codes, node_code=NODE.node.code)
    file = assemble_file(
        vin, versions, home_facts=facts, hidden_companies=hidden, odometer_limits=limits_today().odometer
    )
    return ReadVehicle(file, companies, indexed, bool(versions))

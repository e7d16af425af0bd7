"""The examples of the catalogue for files: each really yields its code when it is read."""

from __future__ import annotations

import pytest
from tests.unit.intake.files.made import as_xlsx

from chedang.intake.files.reading import read_file
from chedang.records.catalogue import load_catalogue

OF_FILES = [code for code, entry in load_catalogue().items() if not entry.example]


@pytest.mark.parametrize("code", OF_FILES)
def test_the_example_yields_its_code_and_no_other(code: str) -> None:
    entry = load_catalogue()[code]
    raw = as_xlsx(entry.sheet) if entry.sheet else entry.lines.encode()
    found = [finding for job in read_file(raw).jobs for finding in job.findings]
    assert {finding.code for finding in found} == {code}
    assert found[0].args == entry.args

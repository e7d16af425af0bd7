"""The police's own pages: the whole list can be read, however long it is."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.integration.site.officials import browser

from chedang.access.models import AuditEvent, User
from chedang.site.police import export, pages
from chedang.watch.reading import COLUMNS


@pytest.fixture
def police(pages_database: str) -> Client:
    user = User.objects.create(
        username="police-1", display_name="某人", role="police", division_code="330100", password="!"
    )
    return browser(user)


def test_a_list_longer_than_a_page_can_be_read_to_its_end(police: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_LISTED", 2)
    for number in range(5):
        police.post("/police/add", {"plate_number": f"浙A6Q77{number}", "case_number": "A330100-1"})
    seen = [re.findall(r"浙A·?6Q77\d", police.get(f"/police/?page={page}").content.decode()) for page in (1, 2, 3)]
    assert [len(each) for each in seen] == [2, 2, 1]
    assert len({plate for each in seen for plate in each}) == 5
    for odd in ("0", "-1", "x", "9" * 40):
        assert police.get(f"/police/?page={odd}").status_code == 200


def test_what_is_wrong_with_an_entry_is_read_in_the_language_of_the_page(police: Client) -> None:
    table = SimpleUploadedFile("list.csv", "车架号,案件编号\n123,A-1\n".encode())
    for language, sentence in (("en", "a VIN has 17 characters"), ("zh-hans", "车架号应为 17 位")):
        police.cookies["django_language"] = language
        typed = police.post("/police/add", {"vin": "123", "case_number": "A-1"})
        table.seek(0)
        sent = police.post("/police/import", {"file": table})
        assert typed.status_code == 422
        assert sentence in typed.content.decode()
        assert sentence in sent.content.decode()


def test_the_list_as_a_file_has_the_rows_of_the_page_and_runs_nothing(
    police: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_AT_ONCE", 2)
    for number in range(5):
        police.post("/police/add", {"plate_number": f"浙A6Q77{number}", "case_number": "=1+1"})
    page = re.findall(r"浙A·?(6Q77\d)", police.get("/police/").content.decode())
    rows = list(csv.reader(io.StringIO(police.get("/police/list.csv").content.decode("utf-8-sig"))))
    assert rows[0][:5] == list(COLUMNS.values())
    assert [row[1].removeprefix("浙A") for row in rows[1:]] == page
    assert {row[2] for row in rows[1:]} == {"'=1+1"}
    sheet = openpyxl.load_workbook(io.BytesIO(police.get("/police/list.xlsx").content))["数据"]
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == [row[1] for row in rows[1:]]
    assert {cell.data_type for cell in sheet["C"]} == {"s"}
    assert police.get("/police/list.exe").status_code == 404
    assert set(AuditEvent.objects.filter(action="statistics:export").values_list("object_id", "vin")) == {
        ("watch-list", "")
    }


def test_what_was_found_comes_as_a_file_too(police: Client) -> None:
    rows = list(csv.reader(io.StringIO(police.get("/police/alerts.csv").content.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["车架号"]

"""A shop uploads a file on its pages, sees what became of it, and gets it back with reasons; without JavaScript too."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, expect

from chedang.platform.database import connect
from chedang.records.store import read_company_records
from tests.pages.conftest import Site
from tests.pages.test_pages_for_everybody import PHONE, _assert_good
from tests.unit.intake.files.made import HEADINGS, as_csv, as_xlsx, row

REPAIRED = date.today() - timedelta(days=3)  # noqa: DTZ011 - days in China; the three days are room enough
SETTLED = REPAIRED + timedelta(days=1)


@pytest.fixture(scope="module", autouse=True)
def worker(site: Site) -> Iterator[None]:
    """``python -m chedang.cli.worker`` beside the site: it carries batches out."""
    process = subprocess.Popen(
        [sys.executable, "-m", "chedang.cli.worker"],
        env=os.environ | {"CHEDANG_DATABASE_URL": site.database_url, "CHEDANG_DATA_DIR": site.data_dir},
    )
    yield
    process.terminate()
    process.wait(timeout=30)


def job(number: str, **changes: object) -> list[object]:
    return row(number, repaired=f"{REPAIRED:%Y%m%d}", settled=f"{SETTLED:%Y%m%d}", **changes)[1:]  # type: ignore[arg-type]


def give(page: Page, name: str, content: bytes) -> None:
    """Choose a file and send it, the way a person does."""
    send(page, {"name": name, "mimeType": "text/csv", "buffer": content})


def send(page: Page, chosen: FilePayload | Path) -> None:
    """The same with a file that is there already: megabytes reach the browser slowly any other way."""
    page.get_by_role("link", name="上传文件").click()
    page.get_by_label("选择文件").set_input_files(chosen)
    page.get_by_role("button", name="上传", exact=True).click()


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def download(page: Page) -> bytes:
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载答复文件").click()
    return Path(taken.value.path()).read_bytes()


def held(site: Site, prefix: str) -> list[str]:
    with connect(site.database_url) as connection:
        records = read_company_records(connection, site.province.shops["west lake"], limit=500)
    return sorted(
        record.settlement_list_number for record in records if record.settlement_list_number.startswith(prefix)
    )


@pytest.fixture(params=["with JavaScript", "without"])
def phone(
    request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, str], Page]
) -> Page:
    """A clerk of the shop "west lake" with the smallest phone."""
    context = new_context(viewport=PHONE, java_script_enabled=request.param != "without")
    return sign_in(context.new_page(), "demo-shop")


def see_result(page: Page, text: str) -> None:
    """Wait for the result: it comes by itself with JavaScript, and by pressing 刷新 without."""
    refresh = page.get_by_role("link", name="刷新")
    for _attempt in range(30):
        if refresh.count() == 0:
            break
        if page.evaluate("typeof htmx") == "object":
            refresh.wait_for(state="detached")
        else:
            refresh.click()
            page.wait_for_timeout(300)
    expect(heading(page)).to_contain_text(text)


def test_a_good_file_is_stored_and_the_clerk_is_told(phone: Page, site: Site) -> None:
    prefix = f"PG{os.urandom(3).hex()}-"
    give(phone, "九月.xlsx", as_xlsx([HEADINGS[1:], job(prefix + "1"), job(prefix + "2")]))

    see_result(phone, "2 条都已保存")
    assert held(site, prefix) == [prefix + "1", prefix + "2"]


def test_bad_rows_are_listed_with_reasons_and_the_same_file_comes_back(phone: Page, site: Site) -> None:
    prefix = f"PB{os.urandom(3).hex()}-"
    rows = [
        [*HEADINGS[1:], "车主"],
        [*job(prefix + "1"), "甲"],
        [*job(prefix + "2", mileage="-5"), "乙"],
        [*job("3.30106E+14"), "丙"],
    ]
    give(phone, "混合.csv", as_csv(rows, encoding="gb18030"))

    see_result(phone, "1 条没有保存，2 条已保存")
    listed = phone.get_by_role("listitem").filter(has_text="第 4 行")
    expect(listed).to_contain_text("✕ 未保存")
    expect(listed).to_contain_text("后面的数字已经丢失")
    expect(phone.get_by_role("listitem").filter(has_text="第 3 行")).to_contain_text("! 已保存，请核对")
    expect(phone.get_by_role("main")).to_contain_text("没有读取、也没有保存的列：车主")
    assert held(site, prefix) == [prefix + "1", prefix + "2"]
    lines = list(csv.reader(io.StringIO(download(phone).decode("gb18030"))))
    assert [line[13] for line in lines] == ["上传结果", "已保存", "已保存，请核对", "未保存"]
    assert [line[12] for line in lines] == ["车主", "甲", "乙", "丙"]


def test_a_file_that_cannot_be_used_says_why_and_what_to_do(phone: Page) -> None:
    give(phone, "通讯录.csv", "姓名,电话\n甲,1\n".encode())

    see_result(phone, "通讯录.csv 没有读成")
    expect(phone.get_by_role("main")).to_contain_text("没有找到表头")
    phone.get_by_role("link", name="重新选择文件").click()
    expect(heading(phone)).to_have_text("上传维修记录文件")


def test_a_form_without_a_file_is_told_at_the_field(phone: Page) -> None:
    phone.goto("/shop/files")
    phone.get_by_label("选择文件").evaluate("field => field.removeAttribute('required')")
    phone.get_by_role("button", name="上传", exact=True).click()

    expect(phone.get_by_role("alert")).to_contain_text("请选择一个文件")


def test_a_file_too_large_is_told_at_the_field(
    page: Page, sign_in: Callable[[Page, str], Page], tmp_path: Path
) -> None:
    (tmp_path / "大.csv").write_bytes(b"x" * (17 * 1024 * 1024))
    sign_in(page, "demo-shop")
    send(page, tmp_path / "大.csv")

    expect(page.get_by_role("alert")).to_contain_text("文件超过 16 MB")


def test_a_file_belongs_to_its_shop_alone(
    page: Page, site: Site, sign_in: Callable[[Page, str], Page], new_context: Callable[..., BrowserContext]
) -> None:
    sign_in(page, "demo-shop")
    give(page, "九月.csv", as_csv([HEADINGS[1:], job("PO1")]))
    see_result(page, "1 条都已保存")
    address = page.url
    for username in ("demo-county", "demo-owner"):
        other = sign_in(new_context().new_page(), username)
        for path in (address, address + "/answer", f"{site.address}/shop/files"):
            assert other.request.get(path).status == 403
    visitor = new_context().new_page()
    visitor.goto(address)
    expect(heading(visitor)).to_have_text(re.compile("登录"))
    assert page.request.get(address[:-1] + ("0" if address[-1] != "0" else "1")).status == 404


def test_what_is_kept_is_sealed(page: Page, site: Site, sign_in: Callable[[Page, str], Page]) -> None:
    sign_in(page, "demo-shop")
    give(page, "私.csv", as_csv([[*HEADINGS[1:], "车主"], [*job("PS1"), "某某某"]]))
    see_result(page, "1 条都已保存")

    kept = [path for path in (Path(site.data_dir) / "uploaded-files").rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        assert "某某某".encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_template_can_be_filled_in_and_uploaded(
    page: Page, sign_in: Callable[[Page, str], Page], ending: str
) -> None:
    sign_in(page, "demo-shop").goto("/shop/files")
    with page.expect_download() as taken:
        page.get_by_role("link", name=f"{ending} 模板").click()
    template = Path(taken.value.path()).read_bytes()
    filled = [row(f"PT-{ending}", repaired=f"{REPAIRED:%Y%m%d}", settled=f"{SETTLED:%Y%m%d}")]
    names = ("维修企业名称", "车辆识别代号", "车牌号码", "送修日期", "送修里程", "结算日期", "故障描述", "结算清单编号")
    if ending == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(template))
        assert tuple(cell.value for cell in book.worksheets[0][1])[:8] == names
        book.worksheets[0].append(filled[0])
        out = io.BytesIO()
        book.save(out)
        content = out.getvalue()
    else:
        content = template + as_csv(filled)
    give(page, f"模板.{ending}", content)

    see_result(page, "1 条都已保存")


def test_the_pages_are_good_on_a_phone(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, str], Page]
) -> None:
    page = sign_in(new_context(viewport=PHONE).new_page(), "demo-shop")
    rows = [[*HEADINGS[1:], "车主"], [*job("PA1", mileage="-5"), "甲"], [*job("3.30106E+14"), "丙"]]
    give(page, "一个名字很长很长很长很长很长很长很长很长很长很长的文件.csv", as_csv(rows))
    see_result(page, "1 条没有保存")
    _assert_good(page)
    page.goto("/shop/files")
    _assert_good(page)
    page.get_by_role("button", name="长辈版").click()
    page.wait_for_selector("html.large")
    _assert_good(page)

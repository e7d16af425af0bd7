"""Both codes of a shop on its pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string

from chedang.enterprises.model import Enterprise, ReviewState, Source
from chedang.site.enterprise_view import enterprise_view

NATIONAL = "330106000056746"
PROVISIONAL = "33010633000012"
SHOP = Enterprise(
    company_name="杭州青禾汽车维修有限公司",
    division_code="330106",
    company_code=PROVISIONAL,
    enterprise_id=1,
    review_state=ReviewState.APPROVED,
    reviewed_at=None,
    reviewed_by="",
    review_reason="",
    password_hash="",
    password_is_weak=False,
    password_changed_at=None,
    token_generation=0,
    source=Source.REGISTERED,
    created_at=datetime(2026, 11, 22, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("shop", "shown", "hidden"),
    [
        (SHOP, [PROVISIONAL, "待部级分配"], []),
        (replace(SHOP, national_code=NATIONAL), [PROVISIONAL, NATIONAL, "两个编码都可以登录和上传"], ["待部级分配"]),
        (replace(SHOP, company_code=NATIONAL, national_code=NATIONAL), [NATIONAL], ["全国唯一编码"]),
        (replace(SHOP, source=Source.IMPORTED), [PROVISIONAL], ["全国唯一编码"]),  # moved in with 14 digits
        (replace(SHOP, company_code="330106000000001"), ["330106000000001"], ["全国唯一编码"]),  # a node on its own
    ],
)
def test_the_national_code_stands_beside_the_code_where_they_differ(
    shop: Enterprise, shown: list[str], hidden: list[str]
) -> None:
    page = render_to_string("parts/enterprise_facts.html", {"enterprise": enterprise_view(shop)})
    assert [text for text in shown if text not in page] == []
    assert [text for text in hidden if text in page] == []

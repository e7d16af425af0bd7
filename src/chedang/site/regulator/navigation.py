"""An officer's menu: what waits today, then by what it is about."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from chedang.site.menus import Group, Menu, MenuPage, build_menu

_GROUPS: Final[tuple[Group, ...]] = (
    (
        _("今天要办"),
        (
            MenuPage("regulator-home", _("今天要办")),
            MenuPage("officer-shops", _("企业上传情况"), ("officer-shop", "officer-remind", "officer-letter")),
        ),
    ),
    (
        _("企业"),
        (
            MenuPage(
                "regulator-enterprises",
                _("企业审核"),
                ("regulator-enterprise", "regulator-review", "regulator-channel", "officer-staff", "officer-shop-code"),
            ),
            MenuPage("officer-filings", _("备案与变更"), ("officer-filing", "officer-attachment")),
            MenuPage("officer-certificates", _("合格证编号"), ("officer-numbers",)),
            MenuPage("officer-inspections", _("现场勘验"), ("officer-inspection",)),
            MenuPage("officer-credit", _("质量信誉考核"), ("officer-credit",)),
        ),
    ),
    (
        _("记录"),
        (
            MenuPage("regulator-records", _("有错误的记录")),
            MenuPage("look-up", _("查车辆档案"), ("vehicle-",)),
        ),
    ),
    (
        _("车主"),
        (
            MenuPage("officer-cases", _("反馈与投诉"), ("officer-case",)),
            MenuPage("officer-reviews", _("评价申诉"), ("officer-review",)),
            MenuPage("binding-queue", _("绑定申请"), ("binding-",)),
        ),
    ),
    (
        _("督导"),
        (
            MenuPage("officer-notices", _("通知和提醒"), ("officer-notice",)),
            MenuPage("officer-duties", _("责令改正"), ("officer-dut",)),
            MenuPage("officer-censures", _("通报"), ("officer-censure",)),
            MenuPage("officer-handovers", _("移送"), ("officer-handover",)),
            MenuPage("officer-sanctions", _("处罚台账"), ("officer-sanction",)),
            MenuPage("officer-emission", _("排放维修单"), ("officer-emission",)),
        ),
    ),
    (
        _("统计"),
        (
            MenuPage("officer-coverage", _("覆盖率"), ("officer-coverage",)),
            MenuPage("officer-rates", _("上传质量"), ("officer-rate",)),
            MenuPage("officer-live", _("实时"), ("officer-live",)),
            MenuPage("officer-assessment", _("运行考核"), ("officer-assessment",)),
            MenuPage("officer-reports", _("半年报告"), ("officer-report",)),
            MenuPage("officer-exports", _("导出"), ("officer-export",)),
        ),
    ),
    (_("公告"), (MenuPage("officer-announcements", _("公告"), ("officer-announcement",)),)),
    (_("使用监督"), (MenuPage("officer-sign-ins", _("使用监督"), ("officer-sign-in", "officer-act")),)),
)
_OF_THE_MINISTRY: Final[tuple[Group, ...]] = (
    (_("总部对总部"), (MenuPage("regulator-makers", _("总部对总部"), ("regulator-maker",)),)),
)
_NETWORK: Final[tuple[Group, ...]] = ((_("部省联网"), (MenuPage("network", _("部省联网"), ("network",)),)),)


def officer_menu(level: str, url_name: str) -> Menu:
    """The menu of an officer at a node of this level, on the page of this name."""
    groups = (*_GROUPS, *(_OF_THE_MINISTRY if level == "ministry" else ()), *_NETWORK)
    return build_menu(groups, url_name, lambda _view: True)

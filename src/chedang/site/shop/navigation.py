"""The menu of a shop's people: what their post opens, and below it what belongs to the part they are in."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from chedang.access.model import ShopPost
from chedang.site.menus import Menu, MenuPage, build_menu

_GROUPS: Final = (
    (_("今天"), (MenuPage("shop-home", _("今天")),)),
    (
        _("记一单"),
        (
            MenuPage("shop-new", _("填一单"), ("shop-new",)),
            MenuPage("shop-drafts", _("没填完的单"), ("shop-draft",)),
            MenuPage("shop-files", _("上传文件"), ("shop-file",)),
        ),
    ),
    (_("工单"), (MenuPage("shop-orders", _("工单"), ("shop-order",)),)),
    (_("记录"), (MenuPage("shop-records", _("记录"), ("shop-record", "shop-claim", "shop-receipt")),)),
    (
        _("对接软件"),
        (
            MenuPage("shop-connect", _("密钥与测试"), ("shop-connect", "shop-day", "shop-secret")),
            MenuPage("shop-errors", _("软件收到的错误")),
        ),
    ),
    (
        _("车主"),
        (
            MenuPage("shop-reviews", _("评价"), ("shop-review",)),
            MenuPage("shop-cases", _("反馈与投诉"), ("shop-case",)),
        ),
    ),
    (
        _("通知"),
        (
            MenuPage("shop-notices", _("通知"), ("shop-notice",)),
            MenuPage("shop-duties", _("责令改正"), ("shop-dut",)),
            MenuPage("shop-sanctions", _("处罚和通报"), ("shop-sanction", "shop-censure")),
        ),
    ),
    (
        _("本店"),
        (
            MenuPage("shop-filing", _("备案"), ("shop-filing",)),
            MenuPage("shop-checklist", _("备案条件")),
            MenuPage("shop-profile", _("对外信息")),
            MenuPage("shop-inspections", _("现场勘验"), ("shop-inspection",)),
            MenuPage("shop-staff", _("人员"), ("shop-staff", "shop-person")),
            MenuPage("shop-certificates", _("合格证"), ("shop-certificate", "shop-numbers")),
            MenuPage("shop-credit", _("质量信誉"), ("shop-credit",)),
            MenuPage("shop-why", _("数据的用处")),
            MenuPage("shop-emission", _("排放维修")),
            MenuPage("shop-export", _("导出")),
        ),
    ),
)
_OF_TECHNICIANS: Final = ((_("我的派工"), (MenuPage("shop-my-jobs", _("我的派工"), ("shop-my-job",)),)),)


def shop_menu(post: ShopPost, url_name: str) -> Menu:
    """The menu for a person of this post on the page of this name; what opens is what the guards of the pages say."""
    groups = _OF_TECHNICIANS if post is ShopPost.TECHNICIAN else _GROUPS
    return build_menu(groups, url_name, lambda view: post in getattr(view, "shop_posts", frozenset(ShopPost)))

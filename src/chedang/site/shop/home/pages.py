"""A shop's first page."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from chedang.access.model import ShopPost
from chedang.enterprises import store as enterprises
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import enterprise_view
from chedang.site.figures import number
from chedang.site.guards import for_shop, person
from chedang.site.maker_view import channel_view
from chedang.site.shop.home.counting import count_home
from chedang.site.shop.home.sentences import Task, tasks_of, usual_words


@require_safe
@for_shop(ShopPost.CLERK, ShopPost.TECHNICIAN)
def home(request: HttpRequest) -> HttpResponse:
    """What is to be done today; for a technician the jobs given to them."""
    shop = person(request)
    post = ShopPost(shop.shop_post)
    if post is ShopPost.TECHNICIAN:
        return redirect("shop-my-jobs")
    now = timezone.now()
    with archive() as connection:
        enterprise = enterprises.find_by_code(connection, shop.company_code)
        if enterprise is None:
            raise Http404
        channel = channel_view(connection, shop.company_code)
    counts = count_home(shop, now)
    tasks = tasks_of(counts, post)
    context: dict[str, Any] = {
        "enterprise": enterprise_view(enterprise),
        "channel": channel,
        "counts": counts,
        "tasks": tasks,
        "next": next((task for task in tasks if task.tone != "open"), None),
        "title": _title(tasks, has_records=counts.has_records),
        "usual": usual_words(counts.rhythm),
    }
    return render(request, "shop/home.html", context)


def _title(tasks: list[Task], *, has_records: bool) -> str:
    if not tasks:
        return _("今天没有要办的事") if has_records else _("上传第一条维修记录")
    return ngettext("今天有 %(n)s 件事要办", "今天有 %(n)s 件事要办", len(tasks)) % {"n": number(len(tasks))}

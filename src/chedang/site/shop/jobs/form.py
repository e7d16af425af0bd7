"""The quick form: begun, kept at every pause, gone on with on any machine, and handed to the check page."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chedang.access.model import ShopPost
from chedang.access.models import User
from chedang.records.model import Level, RecordText
from chedang.records.rules import judge
from chedang.site.archive.connections import archive
from chedang.site.guards import for_shop, person
from chedang.site.limits import limits_today
from chedang.site.shop.jobs import reading
from chedang.site.shop.jobs.common import OwnShop, account_key, own_shop, show_sent
from chedang.site.shop.jobs.presentation import Problem, form_view, problems_of
from chedang.site.shop.jobs.reading import ITEMS, PARTS, Typed, item_picks, part_picks
from chedang.site.shop.jobs.suggesting import remarks
from chedang.site.shop.rows import press
from chedang.workshop import drafts
from chedang.workshop.models import Draft
from chedang.workshop.quick_job import as_sent
from chedang.workshop.suggestions import Usual, own_visit, usual_of_shop

_ASKING = ("yesterday", "vin-meant", "look")
"""Buttons that ask for something and send nothing."""


@require_safe
@never_cache
@for_shop(ShopPost.CLERK)
def begin(request: HttpRequest) -> HttpResponse:
    """An empty form under a name of its own."""
    return _show(request, uuid4(), reading.blank(), is_fresh=True)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_shop(ShopPost.CLERK)
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Go on with a draft. One that nobody has saved yet is an empty form: the browser may still hold what was typed."""
    try:
        draft = drafts.find(person(request).company_code, public_id)
        if request.method == "POST":
            return _take(request, public_id)
    except drafts.AlreadySent as sent:
        return show_sent(request, sent.sending)
    except Draft.DoesNotExist:
        raise Http404 from None
    except drafts.TooManyDrafts:
        messages.error(request, _("本店的草稿太多了，请先删去不要的。"))
        return redirect("shop-drafts")
    typed = reading.of_text(drafts.text_of(draft)) if draft else reading.blank()
    return _show(request, public_id, typed)


@require_POST
@never_cache
@login_not_required
def save(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep what was typed so far, for the form's script. A session that ended is told apart from a fault."""
    if not isinstance(request.user, User) or request.user.must_change_password:
        return JsonResponse({}, status=401)
    return _save(request, public_id)


@for_shop(ShopPost.CLERK)
def _save(request: HttpRequest, public_id: UUID) -> HttpResponse:
    now = timezone.now()
    try:
        _keep(person(request), public_id, reading.read(request.POST).text)
    except drafts.AlreadySent:
        return JsonResponse({"go": reverse("shop-draft", args=[public_id])})
    except Draft.DoesNotExist:
        raise Http404 from None
    except drafts.TooManyDrafts:
        return JsonResponse({}, status=409)
    return JsonResponse({"at": formats.time_format(timezone.localtime(now), "H:i")})


def _take(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One press of one of the form's buttons. Raises as :func:`drafts.save` does."""
    user, post = person(request), request.POST
    with archive() as connection:
        shop = own_shop(connection, user.company_code)
        usual = usual_of_shop(connection, shop.company_code)
        typed = reading.read(post)
        is_asking = _press_rows(request, typed, usual) or any(name in post for name in _ASKING)
        typed = reading.with_rows(typed)
        text = typed.text
        visit = own_visit(connection, shop.company_code, vin=text.vin, plate_number=text.plate_number)
    typed = reading.complete(typed, visit)
    is_kept = _keep(user, public_id, typed.text)
    if is_asking:
        return _show(request, public_id, typed)
    if post.get("action") == "save":
        messages.success(request, _("草稿已保存。") if is_kept else _("还没有填内容，没有保存草稿。"))
        return redirect("shop-drafts")
    return _check(request, public_id, typed, shop)


def _check(request: HttpRequest, public_id: UUID, typed: Typed, shop: OwnShop) -> HttpResponse:
    """On to the check page, or back to what has to be mended."""
    user, now = person(request), timezone.now()
    if _is_blank(typed.text):
        findings = judge(typed.text, limits=limits_today(), registered_name="", received_at=now).findings
        return _show(request, public_id, typed, problems_of(findings), status=422)
    text = drafts.text_of(drafts.give_number(user.company_code, public_id, by=user, now=now))
    sent = as_sent(text, shop.company_name)
    judgement = judge(sent, limits=limits_today(), registered_name=shop.company_name, received_at=now)
    if judgement.count(Level.ERROR):
        return _show(request, public_id, reading.of_text(text), problems_of(judgement.findings), status=422)
    return redirect("shop-draft-check", public_id)


def _press_rows(request: HttpRequest, typed: Typed, usual: Usual) -> bool:
    return press(request.POST, "items", ITEMS, typed.items, item_picks(usual)) or press(
        request.POST, "parts", PARTS, typed.parts, part_picks(usual)
    )


def _keep(user: User, public_id: UUID, text: RecordText) -> bool:
    """Keep the draft, unless nothing was typed into a new one. Raises as :func:`drafts.save` does."""
    if _is_blank(text) and drafts.find(user.company_code, public_id) is None:
        return False
    drafts.save(user.company_code, public_id, text, by=user, now=timezone.now())
    return True


def _is_blank(text: RecordText) -> bool:
    """Was nothing typed? The days are filled in by us."""
    return text == RecordText(repair_date=text.repair_date, settle_date=text.settle_date)


def _show(
    request: HttpRequest,
    public_id: UUID,
    typed: Typed,
    problems: list[Problem] | None = None,
    *,
    is_fresh: bool = False,
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    with archive() as connection:
        shop = own_shop(connection, user.company_code)
        usual = usual_of_shop(connection, shop.company_code)
        said = remarks(connection, shop.company_code, typed.text)
    context = form_view(typed, usual, said, problems or []) | {
        "public_id": public_id,
        "account": account_key(user),
        "is_fresh": is_fresh,
        "is_posted": request.method == "POST",
        "problems": problems,
        "shop": shop,
        "channel": shop.channel,
        "yesterday": timezone.localdate() - timedelta(days=1),
        "drafts_open": drafts.open_of(user.company_code).exclude(public_id=public_id).count(),
    }
    return render(request, "workshop/form.html", context, status=status)

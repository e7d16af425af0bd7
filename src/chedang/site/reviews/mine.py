"""An owner's side: review a visit, see one's reviews, add to one, take one back."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.enterprises import store as enterprises
from chedang.enterprises.model import Enterprise, ReviewState
from chedang.owners.handovers import handed_over_on
from chedang.owners.model import Access
from chedang.records.model import StoredVersion
from chedang.reviews import ratings
from chedang.reviews.model import Visit
from chedang.reviews.models.ratings import Review
from chedang.reviews.rating_model import NotAllowed
from chedang.site.archive.connections import archive
from chedang.site.guards import for_roles, person
from chedang.site.owner.cars import for_own_car
from chedang.site.owner.visits import look_at_visit
from chedang.site.reviews.forms import TextForm, WriteForm
from chedang.site.reviews.presentation import own_view
from chedang.site.reviews.wiring import moderator, remember_device, schemes, source_of
from chedang.site.reviews.words import refusal_words


@require_http_methods(["GET", "HEAD", "POST"])
@for_own_car
def write(request: HttpRequest, access: Access, record_id: UUID) -> HttpResponse:
    """The form of the shop's province; what is handed in counts at once."""
    visit, record, shop = _visit_here(request, access, record_id)
    author = person(request)
    try:
        ratings.check(author, visit, handed_over_on(access), now=timezone.now())
    except NotAllowed as fault:
        return render(request, "reviews/not_now.html", {"reason": refusal_words(fault.why)}, status=409)
    known = schemes()
    form = WriteForm(known.of_division(visit.division_code), known, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _store(request, access, visit, shop, form)
        except NotAllowed as fault:
            form.add_error(None, refusal_words(fault.why))
    context = {"form": form, "access": access, "record": record, "shop": shop}
    page = render(request, "reviews/write.html", context, status=422 if form.errors else 200)
    return remember_device(request, page)


@require_safe
@for_roles(Role.OWNER)
def list_own(request: HttpRequest) -> HttpResponse:
    """The reviews one has written, the newest first."""
    found = list(
        Review.objects.filter(author=person(request))
        .order_by("-written_at")
        .select_related("appeal")
        .prefetch_related("remarks")
    )
    with archive() as connection:
        names = enterprises.names(connection, {review.company_code for review in found})
    rows = [(own_view(review), names.get(review.company_code, review.company_code)) for review in found]
    return render(request, "reviews/mine.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.OWNER)
def add_more(request: HttpRequest, review_id: str) -> HttpResponse:
    """追加评价."""
    review = _own_review(request, review_id)
    form = TextForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            record_event(
                person(request),
                AuditAction.WRITE_REVIEW,
                Purpose.OWN_VEHICLE,
                now=now,
                vin=review.vin,
                object_id=review_id,
            )
            ratings.follow_up(review, form.cleaned_data["text"], moderator=moderator(), now=now)
        except NotAllowed as fault:
            form.add_error(None, refusal_words(fault.why))
        else:
            messages.success(request, _("追加评价已收下。"))
            return redirect("my-reviews")
    context = {"form": form, "review": own_view(review)}
    return render(request, "reviews/more.html", context, status=422 if form.errors else 200)


@require_POST
@for_roles(Role.OWNER)
def withdraw(request: HttpRequest, review_id: str) -> HttpResponse:
    """Take a review back; it cannot be written again."""
    review = _own_review(request, review_id)
    now = timezone.now()
    record_event(
        person(request), AuditAction.WRITE_REVIEW, Purpose.OWN_VEHICLE, now=now, vin=review.vin, object_id=review_id
    )
    try:
        ratings.withdraw(review, now=now)
    except NotAllowed as fault:
        messages.error(request, refusal_words(fault.why))
    else:
        messages.success(request, _("评价已撤回，不再计入评分，文字已删除。"))
    return redirect("my-reviews")


def _store(
    request: HttpRequest, access: Access, visit: Visit, shop: Enterprise | None, form: WriteForm
) -> HttpResponse:
    author = person(request)
    now = timezone.now()
    record_event(
        author, AuditAction.WRITE_REVIEW, Purpose.OWN_VEHICLE, now=now, vin=visit.vin, object_id=visit.record_id.hex
    )
    ratings.write(
        author,
        visit,
        form.writing(),
        source_of(request, author, shop, handed_over_on(access)),
        schemes=schemes(),
        moderator=moderator(),
        now=now,
    )
    messages.success(request, _("评价已收下，谢谢您。企业看不到您是谁。"))
    return remember_device(request, redirect("my-reviews"))


def _visit_here(
    request: HttpRequest, access: Access, record_id: UUID
) -> tuple[Visit, StoredVersion, Enterprise | None]:
    """The visit, its record and its shop. A shop of another node, or not approved, has no division for reviews."""
    found = look_at_visit(person(request), access, record_id)
    if found is None:
        raise Http404
    visit, record = found
    with archive() as connection:
        shop = enterprises.find_by_code(connection, visit.company_code)
    if shop is None or shop.review_state is not ReviewState.APPROVED:
        return msgspec.structs.replace(visit, division_code=""), record, None
    return msgspec.structs.replace(visit, division_code=shop.division_code), record, shop


def _own_review(request: HttpRequest, review_id: str) -> Review:
    return get_object_or_404(Review, public_id=review_id, author=person(request))

"""What is done with reviews. Every deed takes ``now``, runs in one transaction and raises NotAllowed.

The caller has proved who acts: an owner by a bound car (:class:`~chedang.reviews.model.Visit`), a shop by its account,
an officer by the division.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Final, ParamSpec, TypeVar

import msgspec
from django.db import IntegrityError, transaction

from chedang.access.allowances import take
from chedang.access.models import User
from chedang.platform.workdays import add_working_days
from chedang.reviews.model import Visit
from chedang.reviews.models.ratings import Appeal, Remark, Review
from chedang.reviews.moderation import Moderator
from chedang.reviews.parameters import load_parameters
from chedang.reviews.rating_model import AppealReason, NotAllowed, Outcome, Refusal, RemarkKind, TextState
from chedang.reviews.rating_rules import check_follow_up, check_visit, clean_text
from chedang.reviews.schemes import Schemes
from chedang.reviews.scores import recount
from chedang.reviews.suspecting import reconsider
from chedang.terms.dates import SHANGHAI

Given = ParamSpec("Given")
Got = TypeVar("Got")
_A_DAY: Final = timedelta(days=1)


class Writing(msgspec.Struct, frozen=True):
    """What an owner hands in."""

    answers: Mapping[str, int]
    tags: Sequence[str] = ()
    text: str = ""


class Source(msgspec.Struct, frozen=True):
    """What is known of where a review comes from."""

    device_digest: str
    account_digest: str
    """Keyed, for the limit per account."""
    by_staff: bool
    owned_since: date | None = None
    """The day on which the car changed hands to its present owner."""


def check(author: User, visit: Visit, owned_since: date | None, *, now: datetime) -> date:
    """The day of settlement of a visit that this person may review now. Raises NotAllowed."""
    settled_on = check_visit(visit, load_parameters().window, today=_day(now), owned_since=owned_since)
    if not visit.division_code:
        raise NotAllowed(Refusal.SHOP_NOT_HERE)
    same_record = Review.objects.filter(record_id=visit.record_id)
    if same_record.filter(author=author).exists() or same_record.filter(withdrawn_at=None).exists():
        raise NotAllowed(Refusal.ALREADY_REVIEWED)
    return settled_on


def write(
    author: User,
    visit: Visit,
    writing: Writing,
    source: Source,
    *,
    schemes: Schemes,
    moderator: Moderator,
    now: datetime,
) -> Review:
    """Store a review; its marks count at once, unless it looks suspect. Raises NotAllowed."""
    settled_on = check(author, visit, source.owned_since, now=now)
    scheme = schemes.of_division(visit.division_code)
    window = load_parameters().window
    answers, mark = scheme.check(writing.answers), scheme.mark(writing.answers)
    text = clean_text(writing.text, window)
    if take("review:write", source.account_digest, most=window.reviews_a_day, within=_A_DAY, now=now):
        raise NotAllowed(Refusal.TOO_MANY)
    review = Review(
        author=author,
        author_since=author.created_at,
        by_staff=source.by_staff,
        device_digest=source.device_digest,
        vin=visit.vin,
        record_id=visit.record_id,
        record_version=visit.version,
        settled_on=settled_on,
        company_code=visit.company_code,
        division_code=visit.division_code,
        scheme=scheme.key,
        scheme_version=scheme.version,
        answers=answers,
        tags=[key for key in dict.fromkeys(writing.tags) if schemes.tag(key)],
        national=scheme.national(answers),
        mark=mark,
        written_at=now,
    )
    try:
        with transaction.atomic():
            review.save(force_insert=True)
            if text:
                _add_remark(review, RemarkKind.OWNER, text, moderator, now)
            reconsider(review, now=now)
    except IntegrityError as fault:  # somebody was quicker
        raise NotAllowed(Refusal.ALREADY_REVIEWED) from fault
    review.refresh_from_db()
    return review


def _locked(deed: Callable[Given, Got]) -> Callable[Given, Got]:
    """Run a deed in one transaction."""

    @wraps(deed)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Got:
        with transaction.atomic():
            return deed(*args, **kwargs)

    return run


@_locked
def follow_up(review: Review, text: str, *, moderator: Moderator, now: datetime) -> Remark:
    """追加评价: once, within a year. Raises NotAllowed."""
    held = _hold(review)
    window = load_parameters().window
    check_follow_up(_day(held.written_at), window, today=_day(now))
    return _say(held, RemarkKind.FOLLOW_UP, clean_text(text, window), moderator, now)


@_locked
def withdraw(review: Review, *, now: datetime) -> None:
    """The owner takes the review back: it counts no longer, and every word said beside it is removed."""
    held = Review.objects.select_for_update().get(pk=review.pk)
    if held.withdrawn_at is not None:
        raise NotAllowed(Refusal.WITHDRAWN)
    held.withdrawn_at = now
    held.save(update_fields=["withdrawn_at"])
    held.remarks.all().delete()
    Appeal.objects.filter(review=held, decided_at=None).delete()
    reconsider(held, now=now)


@_locked
def reply(review: Review, text: str, *, moderator: Moderator, now: datetime) -> Remark:
    """The shop's one answer. Raises NotAllowed."""
    return _say(_hold(review), RemarkKind.REPLY, clean_text(text, load_parameters().window), moderator, now)


@_locked
def appeal(review: Review, reason: AppealReason, text: str, *, now: datetime) -> Appeal:
    """The shop objects, once; the county has so many working days. The review counts meanwhile. Raises NotAllowed."""
    held = _hold(review)
    window = load_parameters().window
    cleaned = clean_text(text, window)
    if not cleaned:
        raise NotAllowed(Refusal.EMPTY)
    if Appeal.objects.filter(review=held).exists():
        raise NotAllowed(Refusal.ALREADY_DONE)
    due_on = add_working_days(_day(now), window.appeal_working_days)
    return Appeal.objects.create(review=held, reason=reason, text=cleaned, made_at=now, due_on=due_on)


@_locked
def decide_appeal(appeal: Appeal, outcome: Outcome, reason: str, by: User, *, now: datetime) -> Appeal:
    """The county decides, with a reason either way; upheld hides the review. Raises NotAllowed."""
    held = Appeal.objects.select_for_update().select_related("review").get(pk=appeal.pk)
    if held.decided_at is not None:
        raise NotAllowed(Refusal.ALREADY_DONE)
    if not reason.strip():
        raise NotAllowed(Refusal.EMPTY)
    held.outcome, held.decided_at, held.decided_by, held.decision_reason = outcome, now, by, reason.strip()
    held.save(update_fields=["outcome", "decided_at", "decided_by", "decision_reason"])
    if outcome is Outcome.UPHELD:
        held.review.hidden_at = now
        held.review.save(update_fields=["hidden_at"])
        recount(held.review.company_code)
    return held


@_locked
def decide_text(remark: Remark, *, is_shown: bool, reason: str, by: User, now: datetime) -> Remark:
    """An officer shows a held text or keeps it back; keeping it back needs a reason. Raises NotAllowed."""
    held = Remark.objects.select_for_update().get(pk=remark.pk)
    if held.state != TextState.HELD:
        raise NotAllowed(Refusal.ALREADY_DONE)
    if not is_shown and not reason.strip():
        raise NotAllowed(Refusal.EMPTY)
    held.state = TextState.SHOWN if is_shown else TextState.REFUSED
    held.decided_at, held.decided_by, held.decision_reason = now, by, reason.strip()
    held.save(update_fields=["state", "decided_at", "decided_by", "decision_reason"])
    return held


@_locked
def clear(review: Review, by: User, *, now: datetime) -> None:
    """An officer has looked: the review counts, whatever the detectors find. Raises NotAllowed."""
    held = _hold(review)
    if not held.is_suspect or held.cleared_at is not None:
        raise NotAllowed(Refusal.ALREADY_DONE)
    held.cleared_at, held.cleared_by = now, by
    held.save(update_fields=["cleared_at", "cleared_by"])
    recount(held.company_code)


def _hold(review: Review) -> Review:
    """The review that still stands, held still until the transaction ends. Raises NotAllowed."""
    held = Review.objects.select_for_update().get(pk=review.pk)
    if held.withdrawn_at is not None:
        raise NotAllowed(Refusal.WITHDRAWN)
    if held.hidden_at is not None:
        raise NotAllowed(Refusal.HIDDEN)
    return held


def _say(review: Review, kind: RemarkKind, text: str, moderator: Moderator, now: datetime) -> Remark:
    if not text:
        raise NotAllowed(Refusal.EMPTY)
    if review.remarks.filter(kind=kind).exists():
        raise NotAllowed(Refusal.ALREADY_DONE)
    return _add_remark(review, kind, text, moderator, now)


def _add_remark(review: Review, kind: RemarkKind, text: str, moderator: Moderator, now: datetime) -> Remark:
    moderated = moderator.check(text)
    return Remark.objects.create(
        review=review,
        kind=kind,
        text=moderated.text,
        masked=[each.value for each in moderated.masked],
        held_for=list(moderated.held_for),
        state=TextState.HELD if moderated.is_held else TextState.SHOWN,
        written_at=now,
    )


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()

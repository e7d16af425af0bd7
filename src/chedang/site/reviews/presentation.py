"""Reviews as the pages show them: to their authors, to the shop and the public, to officers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chedang.reviews.models.ratings import Appeal, Remark, Review
from chedang.reviews.parameters import load_parameters
from chedang.reviews.rating_model import RemarkKind, TextState
from chedang.reviews.rating_rules import blurred
from chedang.reviews.schemes import Scheme, Schemes
from chedang.reviews.suspecting import suspicions_of
from chedang.site.reviews.wiring import pseudonym, schemes
from chedang.site.reviews.words import period_words, suspicion_words, text_state_words
from chedang.terms.dates import SHANGHAI


@dataclass(frozen=True, slots=True)
class TextView:
    """One text beside a review."""

    kind: str
    heading: str
    text: str
    note: str
    """What became of it, for its writer; '' when it is shown."""
    reason: str
    """Of an officer who refused it."""
    was_masked: bool


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One review. ``written_at`` and ``settled_on`` are for its author and officers; others are told the ``period``."""

    ref: str
    company_code: str
    name: str
    period: str
    mark: str
    stars: str
    answers: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, bool], ...]
    texts: tuple[TextView, ...]
    appeal: Appeal | None
    suspicions: tuple[str, ...]
    is_counted: bool
    is_withdrawn: bool
    is_hidden: bool
    written_at: datetime | None = None
    settled_on: date | None = None

    @property
    def has_reply(self) -> bool:
        """Has the shop answered?"""
        return any(text.kind == RemarkKind.REPLY for text in self.texts)

    @property
    def has_follow_up(self) -> bool:
        """Has the owner added something?"""
        return any(text.kind == RemarkKind.FOLLOW_UP for text in self.texts)

    @property
    def held(self) -> tuple[TextView, ...]:
        """Texts that an officer has not decided on."""
        return tuple(text for text in self.texts if text.note)


def others_view(reviews: Sequence[Review], days: Iterable[date], *, is_shop: bool = False) -> list[ReviewView]:
    """Reviews of one shop for the shop or the public: a pseudonym, a period, no text that is held back.

    ``days``: of all standing reviews of the shop, among which one hides.
    """
    periods = blurred(days, load_parameters().window)
    told = {RemarkKind.REPLY} if is_shop else set()
    return [
        _view(review, period_words(periods[day_of(review.written_at)]), shown_all=told, is_shop=is_shop)
        for review in reviews
    ]


def own_view(review: Review) -> ReviewView:
    """A review for its author: everything but the appeal's text."""
    kinds = {RemarkKind.OWNER, RemarkKind.FOLLOW_UP}
    return _view(review, "", shown_all=kinds, is_shop=False, written_at=review.written_at, settled_on=review.settled_on)


def officer_view(review: Review) -> ReviewView:
    """A review for an officer: every text, why it was set aside, and its days; not whose it is."""
    return _view(
        review,
        "",
        shown_all=set(RemarkKind),
        is_shop=True,
        is_officer=True,
        written_at=review.written_at,
        settled_on=review.settled_on,
    )


def day_of(at: datetime) -> date:
    """The day in China."""
    return at.astimezone(SHANGHAI).date()


def _view(
    review: Review,
    period: str,
    *,
    shown_all: set[RemarkKind],
    is_shop: bool,
    is_officer: bool = False,
    written_at: datetime | None = None,
    settled_on: date | None = None,
) -> ReviewView:
    known = schemes()
    is_emptied = review.hidden_at is not None and written_at is None  # of a hidden review others see that it was there
    remarks = [
        each
        for each in review.remarks.all()
        if not is_emptied and (each.state == TextState.SHOWN or each.kind in shown_all)
    ]
    appeal = getattr(review, "appeal", None)
    return ReviewView(
        ref=review.public_id,
        company_code=review.company_code,
        name=pseudonym(review.company_code, review.author_id),
        period=period,
        mark=f"{review.mark:.1f}",
        stars=stars(review.mark),
        answers=() if is_emptied else _answers(review, known),
        tags=() if is_emptied else _tags(review, known),
        texts=tuple(_text(each) for each in sorted(remarks, key=lambda each: (each.written_at, each.pk))),
        appeal=appeal if is_shop or (appeal is not None and review.hidden_at) else None,
        suspicions=tuple(suspicion_words(each) for each in suspicions_of(review)) if is_officer else (),
        is_counted=review.is_counted,
        is_withdrawn=review.withdrawn_at is not None,
        is_hidden=review.hidden_at is not None,
        written_at=written_at,
        settled_on=settled_on,
    )


def stars(mark: float) -> str:
    """Five signs for the eye; the number stands beside them."""
    filled = round(mark)
    return "★" * filled + "☆" * (5 - filled)


def language() -> str:
    """The language of this page."""
    return get_language() or "zh-hans"


def _answers(review: Review, known: Schemes) -> tuple[tuple[str, str], ...]:
    """Question and answer in the words of the form; in national marks when that form is no longer here."""
    scheme = _scheme_of(review, known)
    if scheme is None:
        named = {key: known.national[key].in_language(language()) for key in review.national if key in known.national}
        return tuple((name, _("%(mark).1f 分") % {"mark": review.national[key]}) for key, name in named.items())
    return tuple(
        (each.in_language(language()), scheme.words[review.answers[each.key] - 1].in_language(language()))
        for each in scheme.dimensions
    )


def _scheme_of(review: Review, known: Schemes) -> Scheme | None:
    for scheme in known.schemes:
        if (scheme.key, scheme.version) == (review.scheme, review.scheme_version):
            return scheme
    return None


def _tags(review: Review, known: Schemes) -> tuple[tuple[str, bool], ...]:
    found = [known.tag(key) for key in review.tags]
    return tuple((tag.in_language(language()), tag.is_good) for tag in found if tag)


def _text(remark: Remark) -> TextView:
    return TextView(
        kind=remark.kind,
        heading=remark.get_kind_display(),
        text=remark.text,
        note=text_state_words(remark.state),
        reason=remark.decision_reason,
        was_masked=bool(remark.masked),
    )

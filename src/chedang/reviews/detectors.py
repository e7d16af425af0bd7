"""Which reviews do not look like those of independent owners. Pure; each finding names its evidence.

A suspicion keeps a review out of the score and puts it before an officer; it never says that the review is false.
All thresholds are data (``parameters.DetectorParameters``).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from chedang.reviews.parameters import DetectorParameters
from chedang.reviews.rating_model import SeenReview, Suspicion, SuspicionKind

Findings = Iterator[tuple[SeenReview, Suspicion]]
Reviews = Sequence[SeenReview]


def suspect(company_code: str, reviews: Reviews, parameters: DetectorParameters) -> dict[str, tuple[Suspicion, ...]]:
    """Review → why it is suspect, for the reviews of one shop; those without a reason are absent.

    ``reviews``: those of the shop, and those that the same authors wrote of other shops. The order does not matter.
    """
    ordered = sorted(reviews, key=lambda review: (review.written_at, review.review_id))
    own = [review for review in ordered if review.company_code == company_code]
    found: dict[str, list[Suspicion]] = defaultdict(list)
    for findings in (
        _staff(own),
        _same_device(own, parameters),
        _bursts(own, parameters),
        _tours(company_code, ordered, parameters),
        _fresh_accounts(company_code, ordered, parameters),
    ):
        for review, suspicion in findings:
            found[review.review_id].append(suspicion)
    return {review_id: tuple(reasons) for review_id, reasons in found.items()}


def _staff(own: Reviews) -> Findings:
    """The author's phone is the one that the shop is registered with."""
    for review in own:
        if review.by_staff:
            yield review, Suspicion(SuspicionKind.STAFF_PHONE, {"phones": 1})


def _same_device(own: Reviews, parameters: DetectorParameters) -> Findings:
    """More people wrote of this shop on one device than a family has."""
    by_device: dict[str, list[SeenReview]] = defaultdict(list)
    for review in own:
        if review.device:
            by_device[review.device].append(review)
    for reviews in by_device.values():
        for review, near in _with_neighbours(reviews, timedelta(days=parameters.device_days)):
            authors = len({other.author for other in near})
            if authors > parameters.most_authors_per_device:
                yield review, Suspicion(SuspicionKind.SAME_DEVICE, {"accounts": authors, "reviews": len(near)})


def _bursts(own: Reviews, parameters: DetectorParameters) -> Findings:
    """Many reviews within days, far above the shop's own rate, most of them at one end of the scale."""
    span = timedelta(days=parameters.burst_days)
    times = [review.written_at for review in own]
    for side in (_is_high, _is_low):
        worst: dict[str, dict[str, float]] = {}
        for first, review in enumerate(own):
            burst = own[first : bisect_left(times, review.written_at + span)]
            sided = [each for each in burst if side(each, parameters)]
            usually = _usual_count(own, first, parameters)
            is_many = len(burst) >= max(parameters.burst_least, parameters.burst_factor * usually)
            if is_many and len(sided) >= parameters.one_sided_share * len(burst):
                evidence = {"reviews": len(burst), "days": parameters.burst_days, "usually": round(usually, 1)}
                for each in sided:
                    if evidence["reviews"] > worst.get(each.review_id, {"reviews": 0})["reviews"]:
                        worst[each.review_id] = evidence
        yield from (
            (each, Suspicion(SuspicionKind.BURST, worst[each.review_id])) for each in own if each.review_id in worst
        )


def _usual_count(own: Reviews, first: int, parameters: DetectorParameters) -> float:
    """Reviews that the shop got per ``burst_days`` in the ``usual_days`` before its review number ``first``."""
    times = [review.written_at for review in own[:first]]
    since = own[first].written_at - timedelta(days=parameters.usual_days)
    return (first - bisect_left(times, since)) * parameters.burst_days / parameters.usual_days


def _tours(company_code: str, ordered: Reviews, parameters: DetectorParameters) -> Findings:
    """One account at the same end of the scale at many shops within weeks."""
    by_author: dict[int, list[SeenReview]] = defaultdict(list)
    for review in ordered:
        by_author[review.author].append(review)
    for reviews in by_author.values():
        for side in (_is_high, _is_low):
            sided = [review for review in reviews if side(review, parameters)]
            for review, near in _with_neighbours(sided, timedelta(days=parameters.tour_days)):
                shops = len({other.company_code for other in near})
                if review.company_code == company_code and shops >= parameters.tour_shops:
                    evidence = {"shops": shops, "days": parameters.tour_days}
                    yield review, Suspicion(SuspicionKind.ONE_SIDED_TOUR, evidence)


def _fresh_accounts(company_code: str, ordered: Reviews, parameters: DetectorParameters) -> Findings:
    """Several accounts made for one review of this shop each, at the same end of the scale.

    One such account is an ordinary new owner; only several within days are a reason.
    """
    elsewhere = {review.author for review in ordered if review.company_code != company_code}
    youngest = timedelta(hours=parameters.fresh_account_hours)
    fresh = [
        review
        for review in ordered
        if review.company_code == company_code
        and review.author not in elsewhere
        and review.written_at - review.author_since < youngest
    ]
    for side in (_is_high, _is_low):
        sided = [review for review in fresh if side(review, parameters)]
        for review, near in _with_neighbours(sided, timedelta(days=parameters.fresh_days)):
            accounts = len({other.author for other in near})
            if accounts >= parameters.fresh_least:
                evidence = {"accounts": accounts, "days": parameters.fresh_days}
                yield review, Suspicion(SuspicionKind.FRESH_ACCOUNTS, evidence)


def _with_neighbours(ordered: Reviews, span: timedelta) -> Iterator[tuple[SeenReview, Reviews]]:
    """Each review with the fullest window of ``span`` that it lies in; every window begins with a review."""
    times = [review.written_at for review in ordered]
    windows = [(first, bisect_right(times, time + span)) for first, time in enumerate(times)]
    for place, review in enumerate(ordered):
        begin = bisect_left(times, review.written_at - span)
        first, end = max(windows[begin : place + 1], key=lambda window: window[1] - window[0])
        yield review, ordered[first:end]


def _is_high(review: SeenReview, parameters: DetectorParameters) -> bool:
    return review.mark >= parameters.high_from


def _is_low(review: SeenReview, parameters: DetectorParameters) -> bool:
    return review.mark <= parameters.low_to

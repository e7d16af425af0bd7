"""评价, 反馈 (更正) and 投诉: what owners say of visits, and the clocks that their words set going.

Desk side: Django models and transactions; ``rules`` and ``model`` are pure. Who may speak of which visit is decided
before: these packages take a :class:`chedang.reviews.model.Visit` that the caller has proved.
"""

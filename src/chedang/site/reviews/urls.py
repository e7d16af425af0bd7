"""Addresses of these pages. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.urls import URLPattern, path

from chedang.site.reviews import mine, officer, public, shop

urlpatterns: list[URLPattern] = [
    path("my/<str:car_id>/records/<uuid:record_id>/review", mine.write, name="review-write"),
    path("my/reviews", mine.list_own, name="my-reviews"),
    path("my/reviews/<str:review_id>/more", mine.add_more, name="review-more"),
    path("my/reviews/<str:review_id>/withdraw", mine.withdraw, name="review-withdraw"),
    path("shop/reviews/", shop.list_reviews, name="shop-reviews"),
    path("shop/reviews/<str:review_id>", shop.read_review, name="shop-review"),
    path("shop/reviews/<str:review_id>/reply", shop.reply, name="shop-review-reply"),
    path("shop/reviews/<str:review_id>/appeal", shop.appeal, name="shop-review-appeal"),
    path("regulator/reviews/", officer.list_reviews, name="officer-reviews"),
    path("regulator/reviews/<str:review_id>", officer.read_review, name="officer-review"),
    path("regulator/reviews/<str:review_id>/appeal", officer.decide_appeal, name="officer-review-appeal"),
    path("regulator/reviews/<str:review_id>/text", officer.decide_text, name="officer-review-text"),
    path("regulator/reviews/<str:review_id>/count", officer.count_review, name="officer-review-count"),
    path("shops/score", public.score_rules, name="score-rules"),
    path("shops/<str:company_code>/", public.shop_page, name="shop-page"),
]

"""Addresses of these pages. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.urls import path

from chedang.site.owner.handing import companies, people, transfer

urlpatterns = [
    path("my/others", people.ask, name="bind-other"),
    path("my/others/code", people.answer, name="bind-other-code"),
    path("my/take-over", transfer.take_over, name="take-over"),
    path("t/<str:code>", transfer.take_over, name="take-over-code"),
    path("my/<str:car_id>/people", people.people, name="car-people"),
    path("my/<str:car_id>/people/<str:public_id>/revoke", people.revoke, name="car-people-revoke"),
    path("my/<str:car_id>/give-up", people.give_up, name="give-up"),
    path("my/<str:car_id>/transfer", transfer.transfer, name="car-transfer"),
    path("my/<str:car_id>/transfer/cancel", transfer.cancel, name="car-transfer-cancel"),
    path("companies/", companies.list_fleets, name="fleets"),
    path("companies/roster.csv", companies.roster_template, name="roster-template"),
    path("companies/<str:public_id>/", companies.read_fleet, name="fleet"),
    path("companies/<str:public_id>/cars.csv", companies.export_fleet, name="fleet-export"),
    path("companies/<str:public_id>/roster", companies.upload_roster, name="fleet-roster"),
    path("companies/<str:public_id>/people", companies.add_member, name="fleet-add-member"),
    path("companies/<str:public_id>/people/<str:member_id>/end", companies.end_member, name="fleet-end-member"),
    path("companies/<str:public_id>/cars", companies.move_own_car, name="fleet-move-car"),
    path("companies/<str:public_id>/cars/<str:car_id>/end", companies.end_car, name="fleet-end-car"),
]

"""Every address of the people's door. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.i18n import set_language

from chedang.site.account import pages as account
from chedang.site.maker import pages as maker
from chedang.site.network import pages as network
from chedang.site.public import display, health, makers, rules
from chedang.site.public import pages as public
from chedang.site.regulator import channels
from chedang.site.regulator import makers as regulator_makers
from chedang.site.regulator import pages as regulator
from chedang.site.shop import files as shop_files
from chedang.site.vehicle import pages as vehicle

vehicle_patterns = [
    path("", vehicle.look_up, name="look-up"),
    path("<str:token>", vehicle.read_file, name="vehicle-file"),
    path("<str:token>/vin", vehicle.show_vin, name="vehicle-vin"),
    path("<str:token>/mileage.svg", vehicle.chart, name="vehicle-chart"),
]
shop_patterns = [
    path("files", shop_files.upload, name="shop-files"),
    re_path(r"^files/template\.(?P<ending>xlsx|csv)$", shop_files.template, name="shop-file-template"),
    path("files/<uuid:file_id>", shop_files.read, name="shop-file"),
    path("files/<uuid:file_id>/answer", shop_files.answer, name="shop-file-answer"),
]
regulator_patterns = [
    path("", regulator.home, name="regulator-home"),
    path("enterprises", regulator.list_enterprises, name="regulator-enterprises"),
    path("enterprises/<str:company_code>", regulator.read_enterprise, name="regulator-enterprise"),
    path("enterprises/<str:company_code>/review", regulator.review_enterprise, name="regulator-review"),
    path("enterprises/<str:company_code>/channel", channels.set_back, name="regulator-channel"),
    path("makers", regulator_makers.list_makers, name="regulator-makers"),
    path("makers/<str:maker_code>", regulator_makers.read_maker, name="regulator-maker"),
    path("makers/<str:maker_code>/decide", regulator_makers.decide, name="regulator-maker-decide"),
    path("makers/<str:maker_code>/dealers", regulator_makers.add_dealers, name="regulator-maker-dealers"),
    path("makers/<str:maker_code>/end-dealer", regulator_makers.end_dealer, name="regulator-maker-end-dealer"),
    path("makers/<str:maker_code>/password", regulator_makers.reset_password, name="regulator-maker-password"),
    path("records", regulator.list_records, name="regulator-records"),
]
network_patterns = [
    path("", network.home, name="network"),
    path("dead-letters", network.list_dead_letters, name="network-dead-letters"),
    path("refusals", network.refusals, name="network-refusals"),
    path("waiting/<str:peer>", network.waiting, name="network-waiting"),
    path("comparisons/<int:comparison_id>", network.comparison, name="network-comparison"),
]
urlpatterns = [
    path("", public.start, name="start"),
    path("home", public.home, name="home"),
    path("privacy", public.privacy, name="privacy"),
    path("accessibility", public.accessibility, name="accessibility"),
    path("findings/", rules.list_rules, name="rules"),
    path("findings/<str:code>/", rules.read_rule, name="rule"),
    path("makers/", makers.list_makers, name="makers"),
    path("makers.json", makers.as_json, name="makers-json"),
    path("makers.csv", makers.as_csv, name="makers-csv"),
    path("makers/apply", maker.apply, name="maker-apply"),
    path("makers/status", maker.status, name="maker-status"),
    path("makers/password", maker.change_password, name="maker-password"),
    path("makers/<str:maker_code>/", makers.read_maker, name="maker"),
    path("sign-in", account.SignIn.as_view(), name="sign-in"),
    path("sign-out", account.sign_out, name="sign-out"),
    path("size", display.switch_size, name="switch-size"),
    path("language", login_not_required(set_language), name="switch-language"),
    path("vehicle/", include(vehicle_patterns)),
    path("shop/", include(shop_patterns)),
    path("regulator/", include(regulator_patterns)),
    path("network/", include(network_patterns)),
    path("", include("chedang.site.owner.phone.urls")),
    path("", include("chedang.site.owner.garage.urls")),
    path("", include("chedang.site.owner.handing.urls")),
    path("", include("chedang.site.shop.certificates.urls")),
    path("", include("chedang.site.shop.book.urls")),
    path("", include("chedang.site.shop.jobs.urls")),
    path("", include("chedang.site.shop.staff.urls")),
    path("", include("chedang.site.owner.proof.urls")),
    path("", include("chedang.site.owner.service.urls")),
    path("", include("chedang.site.owner.file.urls")),
    path("", include("chedang.site.reviews.urls")),
    path("", include("chedang.site.cases.urls")),
    path("", include("chedang.site.search.urls")),
    path("", include("chedang.site.shop.filing.urls")),
    path("", include("chedang.site.shop.connect.urls")),
    path("", include("chedang.site.shop.home.urls")),
    path("", include("chedang.site.shop.records.urls")),
    path("", include("chedang.site.shop.credit.urls")),
    path("", include("chedang.site.shop.why.urls")),
    path("", include("chedang.site.shop.notices.urls")),
    path("", include("chedang.site.regulator.queue.urls")),
    path("", include("chedang.site.regulator.statistics.urls")),
    path("", include("chedang.site.regulator.enforcement.urls")),
    path("", include("chedang.site.regulator.inspections.urls")),
    path("", include("chedang.site.regulator.assessment.urls")),
    path("", include("chedang.site.regulator.reports.urls")),
    path("", include("chedang.site.regulator.announcements.urls")),
    path("", include("chedang.site.emission.urls")),
    path("", include("chedang.site.police.urls")),
    path("", include("chedang.site.oversight.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
]

handler400 = "chedang.site.errors.bad_request"
handler403 = "chedang.site.errors.forbidden"
handler404 = "chedang.site.errors.not_found"
handler500 = "chedang.site.errors.server_error"

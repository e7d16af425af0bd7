"""The province of the scene while it is being filled. Imported once Django is set up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chedang.access.models import User
from chedang.access.phones import account_of
from chedang.access.second_factor import mark_verified
from chedang.access.sessions import note_session
from chedang.enterprises import makers
from chedang.enterprises.maker_model import Application, DealerLine
from chedang.exchange.comparisons import newest_comparisons
from chedang.fiction.vehicles import make_vin
from chedang.owners.binding import bind_own_car
from chedang.owners.model import Proof
from chedang.owners.models import Binding
from chedang.platform.database import connect
from chedang.site.accounts import ensure_demo_logins, ensure_ministry_logins
from chedang.site.settings import NODE
from chedang.terms.credit_code import check_character
from tests.pages.counting import count_statistics
from tests.pages.filled_province import TODAY, Car, Province, fill
from tests.pages.ministry_line import join_ministry
from tests.pages.scene import Scene
from tests.unit.intake.files.made import HEADINGS, as_csv, row

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
WHY = {"purpose": "supervision", "reason": "日常抽查"}
NUMBERS = {
    "owner": "14200009001",
    "relative": "14200009002",
    "manager": "14200009003",
    "buyer": "14200009004",
    "asker": "14200009005",
    "newcomer": "14200009006",
    "guesser": "14200009007",
    "other owner": "14200009008",
    "invited": "14200009009",
    "clerk": "14200009010",
}


class Stage:
    """The province while it is being filled; Django is set up."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.ids: dict[str, str] = {}
        self.clients: dict[str, Client] = {}
        self.users: dict[str, User] = {}
        self.wechat_car = Car("浙A5W555", make_vin(Random("wechat car")))
        """Nobody's yet."""
        self.company_car = Car("浙A8G888", make_vin(Random("company car")))

    def enter(self, name: str, user: User) -> None:
        """Somebody signs in, on the phone of the person; of an official with the 动态口令 too."""

        self.users[name] = user
        self.clients[name] = sign_in(user)

    def own(self, name: str, car: Car) -> Binding:
        """A person is the owner of a car."""

        bound = bind_own_car(self.users[name], car.vin, car.plate_number, Proof.CLAIM_CODE, now=NOW - 200 * DAY)
        assert bound is not None
        return bound

    def post(self, name: str, path: str, **fields: Any) -> Any:
        """Somebody sends a form."""
        answer = self.clients[name].post(path, fields)
        assert answer.status_code in {200, 302}, f"{path}: {answer.status_code}"
        return answer


def sign_in(user: User, *, is_verified: bool = True) -> Client:
    """A browser of this person."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    key = client.session.session_key
    assert key is not None
    note_session(user, key, browser="Chrome", system="Android", now=NOW)
    if is_verified:
        mark_verified(key, now=NOW)
    return client


def make() -> Scene:
    """The scene, made in the database of this environment."""
    assert NODE.database_url is not None
    return _make_ministry(NODE.database_url) if NODE.node.level == "ministry" else _make_province(NODE.database_url)


def _make_province(url: str) -> Scene:
    province = fill(url)
    logins = ensure_demo_logins(url, province.shops["west lake"])

    stage = Stage(province)
    stage.clients[""] = Client(SERVER_NAME="127.0.0.1")
    _let_in(stage, [login.username for login in logins])
    join_ministry(province.connection, province.family_car.vin)
    _live_with_records(stage)
    _work_at_desks(stage, url)
    stage.ids |= {"shop": province.shops["west lake"], "waiting_shop": province.shops["waiting"]}
    stage.ids["comparison"] = str(newest_comparisons(province.connection, 1)[0].comparison_id)
    province.connection.close()
    cookies = {
        name: {key: morsel.value for key, morsel in client.cookies.items()} for name, client in stage.clients.items()
    }
    return Scene(stage.ids, cookies)


def _live_with_records(stage: Stage) -> None:
    """What owners and shops do."""
    from tests.pages.scene_book import make_book
    from tests.pages.scene_cases import make_cases
    from tests.pages.scene_completion import make_completion
    from tests.pages.scene_credit import make_credit
    from tests.pages.scene_home import make_home
    from tests.pages.scene_jobs import make_jobs
    from tests.pages.scene_owners import make_owners
    from tests.pages.scene_reviews import make_reviews
    from tests.pages.scene_why import make_why

    make_owners(stage)
    make_reviews(stage)
    make_cases(stage)
    make_home(stage)
    make_completion(stage)
    make_book(stage)
    make_jobs(stage)
    make_credit(stage)
    make_why(stage)


def _work_at_desks(stage: Stage, url: str) -> None:
    """What authorities do, and shops that answer them."""
    from tests.pages.scene_assessment import make_assessment
    from tests.pages.scene_connect import make_connect
    from tests.pages.scene_dialogue import make_dialogue
    from tests.pages.scene_emission import make_emission
    from tests.pages.scene_filing import make_filing
    from tests.pages.scene_inspections import make_inspections
    from tests.pages.scene_oversight import make_oversight
    from tests.pages.scene_queue import make_queue
    from tests.pages.scene_reports import make_reports
    from tests.pages.scene_staff import make_staff
    from tests.pages.scene_statistics import make_statistics

    make_dialogue(stage)
    make_filing(stage)
    make_inspections(stage)
    make_staff(stage)
    make_assessment(stage)
    make_connect(stage)
    _work_at_the_shop(stage)
    make_statistics(stage)
    _look_up(stage)
    make_emission(stage)
    make_oversight(stage)
    count_statistics(url)
    make_reports(stage)
    make_queue(stage, url)


def _make_ministry(url: str) -> Scene:
    """The ministry: a maker in the list, another that waits."""
    ensure_ministry_logins(url)
    ids: dict[str, str] = {}
    with connect(url) as connection:
        for place, (name, brand) in {
            "maker": ("青禾汽车有限公司", "青禾"),
            "waiting_maker": ("云栖汽车有限公司", "云栖"),
        }.items():
            credit_code = "91310115MA1K35TQ"[:-1] + str(len(ids)) + "2"
            credit_code += check_character(credit_code)
            dealers = (DealerLine(1, "330106000900012", brand), DealerLine(2, "320102000900034", brand))
            application = Application(name, credit_code, (brand,), dealers, "a-long-password-1")
            ids[place] = makers.apply(connection, application, now=NOW).maker_code
        makers.approve(connection, ids["maker"], valid_from=TODAY, valid_until=TODAY + 365 * DAY, by="tests", now=NOW)
        connection.commit()
    client = sign_in(User.objects.get(username="demo-ministry"))
    return Scene(ids, {"": {}, "ministry": {key: morsel.value for key, morsel in client.cookies.items()}})


def _let_in(stage: Stage, demo: list[str]) -> None:
    for name in demo:
        stage.enter(name.removeprefix("demo-"), User.objects.get(username=name))
    del stage.users["owner"], stage.clients["owner"]
    for name, number in NUMBERS.items():
        if name not in {"invited", "clerk"}:
            stage.enter(name, account_of(number, now=NOW))
    for name, role, where in (
        ("city", "regulator", {"division_code": "330100"}),
        ("idle officer", "regulator", {"division_code": "330902"}),
        ("idle shop", "shop", {"company_code": stage.province.shops["waiting elsewhere"]}),
    ):
        user = User(username=name, display_name="某人", role=role, password="!", **where)
        user.save()
        stage.enter(name, user)


def _work_at_the_shop(stage: Stage) -> None:
    """A file was uploaded; whoever is asked for it finds it."""

    day = f"{date.today() - 3 * DAY:%Y%m%d}"  # noqa: DTZ011 - a day, three are room enough
    lines = [row("SCENE-1", repaired=day, settled=day)[1:], row("SCENE-2", repaired=day, settled="x")[1:]]
    table = as_csv([list(HEADINGS[1:]), *lines])
    made = stage.post("shop", "/shop/files", file=SimpleUploadedFile("本周.csv", table))
    stage.ids["shop_file"] = made["Location"].rsplit("/", 1)[-1]


def _look_up(stage: Stage) -> None:
    """Officers open files; somebody's code by SMS waits."""
    car = stage.province.family_car
    made = stage.post("county", "/vehicle/", plate=car.plate_number, vin_tail=car.vin_tail, **WHY)
    stage.ids["file"] = made["Location"].rsplit("/", 1)[-1]

    stage.clients["waits for code"] = Client(SERVER_NAME="127.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.9")
    stage.post("waits for code", "/sign-in/phone", number="14200009011")
    stage.post("relative", "/account/phone", number="14200009012")

"""One page of the catalogue, in one state, as somebody sees it."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.urls import reverse

from tests.pages.scene import Scene


class Look(NamedTuple):
    """One page in one state, as somebody sees it."""

    name: str
    """Of the address; '' for one that no page has."""
    account: str = ""
    """Of the scene; '' for a stranger."""
    args: tuple[str, ...] = ()
    """Parts of the address: names of the scene's ids, or themselves."""
    state: str = ""
    """'' for what the page mostly shows."""
    query: str = ""
    status: int = 200
    typed: tuple[tuple[str, str], ...] = ()
    """Names of fields and what is typed there before ``press``."""
    press: str = ""
    """Selector of a button that leads to the state."""
    file: str = ""
    """Text of a file that is chosen before ``press``."""
    node: str = "province"

    @property
    def title(self) -> str:
        """Names a picture of it: ``bind-wrong``."""
        place = self.name or "nowhere"
        return f"{place}-{self.state.replace(' ', '-')}" if self.state else place

    def path(self, scene: Scene) -> str:
        """Address at the scene's site."""
        if not self.name:
            return "/nothing-here"
        query = self.query.format_map(scene.ids)
        return reverse(self.name, args=[scene.ids.get(part, part) for part in self.args]) + query


SEND: Final = "main form .btn"
CAR: Final = ("car",)
VISIT: Final = ("car", "visit")
DOUBTFUL: Final = ("visit_doubtful",)
CHECK: Final = "main form .btn[value='check']"
UNKNOWN_ID: Final = "2222222222ab"
ROSTER: Final = "车牌号码,车架号,认领码,结算清单编号,送修里程,结算日期\n浙A00001,123456,,000000,1,\n浙A1,,,,,\n"

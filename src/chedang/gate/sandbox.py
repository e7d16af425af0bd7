"""The sandbox's door: furnished when somebody first comes, with a shop that anybody may use (ADR 0015)."""

from __future__ import annotations

import asyncio
from typing import Final

from litestar.types import ASGIApp, Receive, Scope, Send

from chedang.gate.dialects import refusal_of_fault
from chedang.gate.side import sandbox_box
from chedang.intake import sandbox
from chedang.intake.service import Intake
from chedang.platform.settings import Settings

SANDBOX_PATH: Final = "/sandbox"


class Furnished:
    """An application before whose first request the shop for everybody is made."""

    def __init__(self, application: ASGIApp, intake: Intake, settings: Settings) -> None:
        self._application = application
        self._intake = intake
        self._settings = settings
        self._is_furnished = False
        self._furnishing = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_furnished:
            await self._furnish()
        await self._application(scope, receive, send)

    async def _furnish(self) -> None:
        """Once; what could not be done for a fault of the database is tried again with the next request."""
        async with self._furnishing:
            if self._is_furnished:
                return
            box = sandbox_box(self._settings)
            try:
                await self._intake.run(
                    lambda connection: sandbox.ensure_demo_shop(connection, box, self._intake.clock())
                )
            except Exception as fault:  # the request itself meets the same fault and tells its client
                refusal_of_fault(fault)
                return
            self._is_furnished = True

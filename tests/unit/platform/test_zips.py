"""ZIP archives while they are sent."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from zipfile import ZipFile

from chedang.platform.zips import zip_pieces

AT = datetime(2026, 11, 20, 16, 30, 4, tzinfo=UTC)


def test_what_goes_in_comes_out_with_the_time_of_china() -> None:
    sent = b"".join(
        zip_pieces([("a.txt", ["甲", "乙"]), ("empty.csv", []), ("b.txt", iter(["x" * 200_000]))], made_at=AT)
    )
    archive = ZipFile(io.BytesIO(sent))
    assert archive.testzip() is None
    assert archive.namelist() == ["a.txt", "empty.csv", "b.txt"]
    assert archive.read("a.txt").decode() == "甲乙"
    assert (archive.read("empty.csv"), len(archive.read("b.txt"))) == (b"", 200_000)
    assert archive.getinfo("a.txt").date_time == (2026, 11, 21, 0, 30, 4)


def test_pieces_leave_as_they_are_made_and_are_small() -> None:
    random, made = Random(1), 0

    def pieces() -> Iterator[str]:
        nonlocal made
        for _piece in range(200):
            made += 1
            yield random.randbytes(5_000).hex()

    sizes, seen = [], []
    for piece in zip_pieces([("large.txt", pieces())], made_at=AT):
        sizes.append(len(piece))
        seen.append(made)
    assert sum(sizes) > 900_000
    assert max(sizes) < 150_000
    assert seen[0] < 40  # the first piece was sent long before the last was made

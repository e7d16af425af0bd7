"""What the form for a shop's file takes."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chedang.intake.files.model import MAX_FILE_BYTES
from chedang.site.shop.files import FileForm


@pytest.mark.parametrize(
    ("size", "is_taken"), [(0, False), (1, True), (MAX_FILE_BYTES, True), (MAX_FILE_BYTES + 1, False)]
)
def test_a_file_of_a_size_that_is_read_is_taken(size: int, is_taken: bool) -> None:
    form = FileForm({}, {"file": SimpleUploadedFile("jobs.csv", bytes(size))})

    assert form.is_valid() == is_taken

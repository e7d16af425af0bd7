"""What is done with announcements: drafted by one officer, checked by another, published, withdrawn.

Every deed takes the row first and is told how many steps the page showed: of two at once the second sees that the first
was quicker. The words of every step stand in the history.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID, uuid4

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from chedang.access.models import User
from chedang.access.rules import is_in_scope
from chedang.access.saying import words_of
from chedang.platform.pdfs import PdfRefused, check_pdf
from chedang.platform.sealed_files import SealedFiles
from chedang.supervision.announcement_model import (
    BY_ANOTHER,
    WITH_WORDS,
    AnnouncementDeed,
    AnnouncementKind,
    AnnouncementState,
    NoSuchStep,
    next_state,
)
from chedang.supervision.case_steps import hold
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.announcements import Announcement, AnnouncementPaper, AnnouncementStep
from chedang.terms.text import tidy

MOST_TITLE: Final = 100
MOST_TEXT: Final = 20_000
MOST_WORDS: Final = 200
MOST_PAPERS: Final = 5
_FOLDER: Final = "announcements"


class Author(NamedTuple):
    """Who acts, and for which authority."""

    user: User
    organisation: str


class Words(msgspec.Struct, frozen=True):
    """An announcement as its officer wrote it."""

    kind: AnnouncementKind
    title: str
    text: str
    document_number: str = ""


def write(public_id: str, words: Words, author: Author, *, seen: int, now: datetime) -> Announcement:
    """Write a draft of one's own authority, or over it. Raises NotAllowed."""
    title, text = tidy(words.title), "\n".join(tidy(line) for line in words.text.splitlines()).strip()
    if not title or not text:
        raise NotAllowed(_("请写明标题和正文。"))
    if len(title) > MOST_TITLE or len(text) > MOST_TEXT:
        raise NotAllowed(_("标题不超过 100 个字，正文不超过 20000 个字。"))
    with transaction.atomic():
        hold(public_id)
        found = Announcement.objects.select_for_update().filter(public_id=public_id).first()
        if found is None:
            found = Announcement(public_id=public_id, division_code=author.user.division_code, drafted_at=now)
        elif found.division_code != author.user.division_code:
            raise NotAllowed(_("只能修改本机关起草的公告。"))
        elif (found.kind, found.title, found.text, found.document_number) == (
            str(words.kind), title, text, tidy(words.document_number)
        ):  # fmt: skip
            return found
        else:
            _check_step(found, AnnouncementDeed.WRITE, seen)
        found.kind, found.title, found.text = words.kind, title, text
        found.document_number, found.authority = tidy(words.document_number)[:60], author.organisation
        _take_step(found, AnnouncementDeed.WRITE, author, "", now=now)
    return found


def act(
    public_id: str,
    deed: AnnouncementDeed,
    author: Author,
    *,
    words: str = "",
    shown_from: datetime | None = None,
    seen: int,
    now: datetime,
) -> Announcement:
    """Take an announcement a step on; ``shown_from``: from when on everybody may read it. Raises NotAllowed."""
    reason = tidy(words)
    if deed in WITH_WORDS and not reason:
        raise NotAllowed(_("请写明原因。"))
    if len(reason) > MOST_WORDS:
        raise NotAllowed(_("原因不超过 200 个字。"))
    with transaction.atomic():
        found = _lock(public_id, author.user)
        if _is_repeat(found, deed, author, reason):
            return found
        state = _check_step(found, deed, seen)
        if deed in BY_ANOTHER and author.user.pk in _writers(found):
            raise NotAllowed(_("起草人不能复核自己的公告，请另一位同事复核。"))
        if deed is AnnouncementDeed.DROP and found.division_code != author.user.division_code:
            raise NotAllowed(_("只能修改本机关起草的公告。"))
        if deed is AnnouncementDeed.PUBLISH:
            found.shown_from = max(now, shown_from) if shown_from else now
        if deed is AnnouncementDeed.WITHDRAW:
            found.withdrawn_at, found.withdrawal_reason = now, reason
        found.state = state
        _take_step(found, deed, author, reason, now=now)
    return found


class Papers:
    """The PDFs of one node's announcements."""

    def __init__(self, data_dir: Path) -> None:
        self._files = SealedFiles(data_dir, _FOLDER)

    def add(self, public_id: str, title: str, content: bytes, author: Author, *, now: datetime) -> AnnouncementPaper:
        """Put a PDF beside a draft of one's own authority, once under a title. Raises NotAllowed."""
        try:
            check_pdf(content)
        except PdfRefused as refused:
            raise NotAllowed(words_of(refused)) from refused
        with transaction.atomic():
            found = _draft(public_id, author)
            name = tidy(title)[:MOST_TITLE] or _("附件")
            for there in found.papers.filter(title=name):
                if self.read(there) == content:
                    return there
            if found.papers.count() >= MOST_PAPERS:
                raise NotAllowed(_("一份公告最多附 5 个文件。"))
            paper = AnnouncementPaper(announcement=found, file_id=uuid4(), title=name, added_at=now)
            self._files.put(paper.file_id, content, _belongs_to(paper))
            paper.save()
        return paper

    def take_off(self, public_id: str, file_id: UUID, author: Author) -> None:
        """Take one off a draft again."""
        with transaction.atomic():
            paper = _draft(public_id, author).papers.filter(file_id=file_id).first()
            if paper is not None:
                paper.delete()
                self._files.remove(file_id)

    def read(self, paper: AnnouncementPaper) -> bytes | None:
        """The PDF; ``None`` for one that is gone."""
        return self._files.get(paper.file_id, _belongs_to(paper))


def _draft(public_id: str, author: Author) -> Announcement:
    found = _lock(public_id, author.user)
    if found.state != AnnouncementState.DRAFT or found.division_code != author.user.division_code:
        raise Overtaken(_("附件只能在草稿里增减。"))
    return found


def _belongs_to(paper: AnnouncementPaper) -> str:
    return f"{paper.announcement.public_id}/{paper.file_id}"


def _lock(public_id: str, officer: User) -> Announcement:
    found = Announcement.objects.select_for_update().filter(public_id=public_id).first()
    if found is None or not is_in_scope(found.division_code, officer.division_code):
        raise NotAllowed(_("没有这份公告。"))
    return found


def _check_step(found: Announcement, deed: AnnouncementDeed, seen: int) -> AnnouncementState:
    try:
        state = next_state(AnnouncementState(found.state), deed)
    except NoSuchStep:
        raise Overtaken(_("这份公告的状态已经变了，请看过现在的状态再办。")) from None
    if seen != found.step_count:
        raise Overtaken(_("同事刚刚办过这份公告，请看过以后再办。"))
    return state


def _take_step(found: Announcement, deed: AnnouncementDeed, author: Author, words: str, *, now: datetime) -> None:
    found.step_count += 1
    found.save()
    AnnouncementStep.objects.create(
        announcement=found,
        place=found.step_count,
        at=now,
        deed=deed,
        actor=author.user,
        organisation=author.organisation,
        words=words,
        title=found.title,
        text=found.text,
    )


def _is_repeat(found: Announcement, deed: AnnouncementDeed, author: Author, words: str) -> bool:
    last = found.steps.order_by("-place").first()
    return last is not None and (last.deed, last.actor_id, last.words) == (str(deed), author.user.pk, words)


def _writers(found: Announcement) -> set[int]:
    """Who wrote on it, or submitted it."""
    deeds: Sequence[str] = [str(AnnouncementDeed.WRITE), str(AnnouncementDeed.SUBMIT)]
    return set(found.steps.filter(deed__in=deeds).values_list("actor_id", flat=True))

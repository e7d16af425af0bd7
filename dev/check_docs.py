"""Checks that the documents are in step with each other and with the code; run by ``make check``.

Prints every problem as ``file: what`` and ends with status 1 when there is one.
"""

from __future__ import annotations

import ast
import os
import re
import sys
import tokenize
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import make_api_reference
import make_findings_reference
import make_indicators_reference

from chedang.access.model import AuditAction, Purpose
from chedang.cli.upload import SERVER_VARIABLE
from chedang.intake.answers import CODES
from chedang.intake.dialects import openapi
from chedang.intake.outcomes import RefusalKind
from chedang.intake.uploader.secret import VARIABLE as SECRET_VARIABLE
from chedang.platform.settings import Settings

ROOT = Path(__file__).parent.parent

_FENCE = re.compile(r"^ {0,3}(```+|~~~+).*?^ {0,3}\1[`~]* *$", re.MULTILINE | re.DOTALL)
_INLINE_CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_EXPLICIT_ANCHOR = re.compile(r"<a\s+(?:id|name)=\"([^\"]+)\"")
_ELSEWHERE = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_ADR_NAME = re.compile(r"^([0-9]{4})(-[a-z0-9]+)+\.md$")
_MAKE = re.compile(r"(?:^|[\s;&|])make ((?:[A-Za-z][\w-]*(?:=\S*)?[ \t]*)+)")
_CHEDANG = re.compile(r"(?:^[ \t]*|bin/|&& *)chedang ([a-z][a-z-]*(?: [a-z][a-z-]*)?)", re.MULTILINE)
_PATH = re.compile(r"(?:[\w.-]+/)+[\w.-]*")
_VARIABLE = re.compile(r"\bCHEDANG_[A-Z_]+[A-Z]\b")
_GLOSSARY_HEAD = ["中文术语", "identifier", "source", "wire names", "unit"]
# Folders that Django asks for; they hold no idea of their own.
_DJANGO_FOLDERS = {"migrations", "templatetags"}


def documents(root: Path) -> list[Path]:
    """Every Markdown file of the project, without hidden folders and the data of nodes."""
    found: list[Path] = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in {"var", "node_modules"}
        )
        found += [Path(folder) / name for name in sorted(files) if name.endswith(".md")]
    return found


def slug(heading: str) -> str:
    """The anchor that GitHub and others make of a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


@cache
def anchors(path: Path) -> frozenset[str]:
    """All anchors of a document; a repeated heading gets -1, -2 …"""
    text = _COMMENT.sub("", _FENCE.sub("", path.read_text(encoding="utf-8")))
    seen: Counter[str] = Counter()
    found = set(_EXPLICIT_ANCHOR.findall(text))
    for heading in _HEADING.findall(text):
        name = slug(heading)
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return frozenset(found)


def check_links(root: Path) -> Iterator[str]:
    """Every relative link leads to a file of the project, and every anchor to a heading."""
    for path in documents(root):
        text = _INLINE_CODE.sub("", _FENCE.sub("", path.read_text(encoding="utf-8")))
        for inline, reference in _LINK.findall(text):
            target = inline or reference
            if not _ELSEWHERE.match(target):
                complaint = _complain_of_link(root, path, target)
                if complaint:
                    yield f"{path.relative_to(root)}: {complaint}"


def _complain_of_link(root: Path, path: Path, target: str) -> str:
    file_part, _, anchor = target.partition("#")
    file = (path.parent / unquote(file_part)).resolve() if file_part else path.resolve()
    if target.startswith("/") or not file.is_relative_to(root.resolve()):
        return f"link {target} leads out of the project"
    if not file.exists():
        return f"link {target}: no such file"
    if anchor and (file.suffix != ".md" or unquote(anchor) not in anchors(file)):
        return f"link {target}: no such anchor"
    return ""


def check_paths(root: Path) -> Iterator[str]:
    """Files, folders and tests (``file::test``) named as code exist; short names count from src/chedang."""
    bases = (root, root / "src" / "chedang")
    tops = {path.name for base in bases for path in base.iterdir() if path.is_dir()} - {"var"}
    for path in documents(root):
        for _, code in _INLINE_CODE.findall(_FENCE.sub("", path.read_text(encoding="utf-8"))):
            name, _, test = code.partition("::")
            if not _PATH.fullmatch(name) or name.split("/", 1)[0] not in tops:
                continue
            file = next((base / name for base in (*bases, path.parent) if (base / name).exists()), None)
            if file is None or (test and f"def {test}(" not in file.read_text(encoding="utf-8")):
                yield f"{path.relative_to(root)}: there is no {code}"


def check_decisions(root: Path) -> Iterator[str]:
    """Number of a decision = file name = title; docs/adr/README.md lists it, or says why a number is not used."""
    folder = root / "docs" / "adr"
    numbers: Counter[int] = Counter()
    for path in sorted(folder.glob("*.md")):
        if path.name == "README.md":
            continue
        named = _ADR_NAME.match(path.name)
        if named is None:
            yield f"docs/adr/{path.name}: expected NNNN-verb-phrase.md"
            continue
        numbers[int(named[1])] += 1
        text = path.read_text(encoding="utf-8")
        if not re.match(rf"# {named[1]} \S", text):
            yield f"docs/adr/{path.name}: the first line must be “# {named[1]} Title”"
        yield from _complain_of_status(path, text)
    yield from (f"docs/adr: {number:04} is used twice" for number, count in numbers.items() if count > 1)
    yield from _complain_of_gaps(folder, set(numbers))


def _complain_of_status(path: Path, text: str) -> Iterator[str]:
    status = re.search(r"^Status: (.*superseded.*)$", text, re.MULTILINE | re.IGNORECASE)
    if status is not None and not re.search(r"\]\([0-9]{4}-", status[1]):
        yield f"docs/adr/{path.name}: a superseded decision must link to the one that replaces it"


def _complain_of_gaps(folder: Path, numbers: set[int]) -> Iterator[str]:
    readme = folder / "README.md"
    explained = readme.read_text(encoding="utf-8") if readme.exists() else ""
    unused = {int(number) for number in re.findall(r"^- ([0-9]{4}): \S", explained, re.MULTILINE)}
    for number in range(1, max(numbers, default=0) + 1):
        if number not in numbers | unused:
            yield f"docs/adr: {number:04} is missing, and docs/adr/README.md gives no reason (“- {number:04}: …”)"
    yield from (f"docs/adr/README.md: {number:04} is said to be unused" for number in sorted(numbers & unused))
    listed = {int(number) for number in re.findall(r"^- \[([0-9]{4})\]\(\1-", explained, re.MULTILINE)}
    yield from (f"docs/adr/README.md: {number:04} is not listed" for number in sorted(numbers - listed))


def check_docstrings(root: Path) -> Iterator[str]:
    """Every package says what it is."""
    for path in sorted((root / "src").rglob("__init__.py")):
        if path.parent.name not in _DJANGO_FOLDERS and not ast.get_docstring(ast.parse(path.read_text("utf-8"))):
            yield f"{path.relative_to(root)}: the package has no docstring"


def check_commands(root: Path) -> Iterator[str]:
    """Documents mention only make targets, commands and variables that exist."""
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))
    commands = _commands()
    variables = {line.variable for line in Settings.from_environment({}).describe()} | {
        SECRET_VARIABLE,
        SERVER_VARIABLE,
    }
    for path in documents(root):
        text = path.read_text(encoding="utf-8")
        where = path.relative_to(root)
        for code in _codes(text):
            for words in _MAKE.findall(code):
                for word in words.split():
                    if "=" not in word and word not in targets:
                        yield f"{where}: there is no “make {word}”"
            for command in _CHEDANG.findall(code):
                if not _is_command(command, commands):
                    yield f"{where}: there is no “chedang {command}”"
        yield from (f"{where}: there is no setting {name}" for name in sorted(set(_VARIABLE.findall(text)) - variables))


def _codes(text: str) -> Iterator[str]:
    """Code blocks and code inside lines."""
    yield from (match[0] for match in _FENCE.finditer(text))
    yield from (match[2] for match in _INLINE_CODE.finditer(_FENCE.sub("", text)))


def _commands() -> frozenset[str]:
    import typer

    from chedang.cli.main import app

    found: set[str] = set()
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        found.add(name)
        found |= {f"{name} {inner}" for inner in getattr(command, "commands", {})}
    return frozenset(found)


def _is_command(words: str, commands: frozenset[str]) -> bool:
    first = words.split(maxsplit=1)[0]
    has_more = any(command.startswith(f"{first} ") for command in commands)
    return words in commands if has_more and " " in words else first in commands


def check_settings(root: Path) -> Iterator[str]:
    """Both READMEs and the reference name every setting."""
    variables = [line.variable for line in Settings.from_environment({}).describe()]
    for name in ("README.md", "README.zh.md", "docs/reference/settings.md"):
        text = (root / name).read_text(encoding="utf-8")
        yield from (f"{name}: {variable} is missing" for variable in variables if f"`{variable}`" not in text)


def check_references(root: Path) -> Iterator[str]:
    """The references list every finding, audit event and answer code."""
    findings = root / "docs" / "reference" / "findings.md"
    if findings.read_text(encoding="utf-8") != make_findings_reference.render():
        yield "docs/reference/findings.md: out of step; run python dev/make_findings_reference.py"
    api = root / "docs" / "reference" / "api-v1.md"
    if api.read_text(encoding="utf-8") != make_api_reference.render():
        yield "docs/reference/api-v1.md: out of step; run python dev/make_api_reference.py"
    indicators = root / "docs" / "reference" / "indicators.md"
    if indicators.read_text(encoding="utf-8") != make_indicators_reference.render():
        yield "docs/reference/indicators.md: out of step; run python dev/make_indicators_reference.py"
    events = (root / "docs" / "reference" / "audit-events.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([a-z_:]+)` \|", events, re.MULTILINE))
    yield from _differences("docs/reference/audit-events.md", named, {str(each) for each in (*AuditAction, *Purpose)})
    dialect = (root / "docs" / "reference" / "dialect-lcippro.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(-[0-9]+)` \| `([A-Z_]+)` \| ([0-9]+) \| (\S+) \|", dialect, re.MULTILINE))
    codes = {(CODES[kind], kind.code, str(kind.http_status), kind.sentence) for kind in RefusalKind}
    yield from _differences("docs/reference/dialect-lcippro.md", rows, codes)
    signed = (root / "docs" / "reference" / "dialect-openapi.md").read_text(encoding="utf-8")
    named = {
        (code, kind)
        for code, kinds in re.findall(r"^\| `([0-9]+)`[^|]* \| ([A-Z_`, ]+) \|", signed, re.MULTILINE)
        for kind in re.findall(r"[A-Z_]+", kinds)
        # The paper's codes for single elements: a strict node gives them in place of 108.
        if not (kind == RefusalKind.NOT_ACCEPTABLE.code and code.startswith("20"))
    }
    existing = {(str(code), kind.code) for kind, code in openapi.CODES.items()}
    yield from _differences("docs/reference/dialect-openapi.md", named, existing)


def _differences(name: str, named: set[object], existing: set[object]) -> Iterator[str]:
    yield from (f"{name}: {each} is missing" for each in sorted(existing - named, key=str))
    yield from (f"{name}: {each} does not exist" for each in sorted(named - existing, key=str))


def check_glossary(root: Path) -> Iterator[str]:
    """Rows of the glossary name identifiers that the code has, and no term stands twice in one section."""
    words = _words_of_code(root / "src")
    section: set[str] = set()
    for line in (root / "docs" / "GLOSSARY.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            section = set()
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if not cells or cells == _GLOSSARY_HEAD or set(line) <= set("|-: "):
            continue
        if len(cells) != len(_GLOSSARY_HEAD):
            yield f"docs/GLOSSARY.md: {cells[0]}: {len(cells)} cells instead of {len(_GLOSSARY_HEAD)}"
            continue
        if cells[0] in section:
            yield f"docs/GLOSSARY.md: {cells[0]} stands twice in one section"
        section.add(cells[0])
        for name in _names(cells[1]):
            if not _is_known(name, words):
                yield f"docs/GLOSSARY.md: {cells[0]}: the code has no “{name}”"


def _names(cell: str) -> list[str]:
    return [name for code in re.findall(r"`([^`]+)`", cell) for name in re.findall(r"\w+|~", code)]


def _is_known(name: str, words: frozenset[str]) -> bool:
    """Is it a name of the code, or the end of some (``_on``)?"""
    return name in words or (name.startswith("_") and any(word.endswith(name) for word in words))


def _words_of_code(source: Path) -> frozenset[str]:
    """Names and short texts of Python, words of SQL without its comments, keys of TOML."""
    words: set[str] = set()
    for path in source.rglob("*.py"):
        with path.open("rb") as file:
            for token in tokenize.tokenize(file.readline):
                if token.type == tokenize.NAME:
                    words.add(token.string)
                elif token.type == tokenize.STRING and re.fullmatch(r"[\"'][\w~-]+[\"']", token.string):
                    words |= {token.string[1:-1], *token.string[1:-1].split("-")}
    for path in source.rglob("*.sql"):
        words |= set(re.findall(r"\w+", re.sub(r"--.*", "", path.read_text(encoding="utf-8"))))
    for path in source.rglob("*.toml"):
        words |= set(_keys(tomllib.loads(path.read_text(encoding="utf-8"))))
    return frozenset(words)


def _keys(table: dict[str, object]) -> Iterator[str]:
    for key, value in table.items():
        yield key
        if isinstance(value, dict):
            yield from _keys(value)


CHECKS = (
    check_links,
    check_paths,
    check_decisions,
    check_docstrings,
    check_commands,
    check_settings,
    check_references,
    check_glossary,
)


def main(root: Path = ROOT) -> int:
    """Run all checks; 0 when nothing was found."""
    problems = [problem for check in CHECKS for problem in check(root)]
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    if not problems:
        sys.stdout.write(f"docs: {len(documents(root))} documents in step\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

"""The catalogue of texts takes texts alone."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType


def load_messages() -> ModuleType:
    """``dev/messages.py``, which is no package."""
    spec = spec_from_file_location("messages_tool", Path(__file__).parents[3] / "dev" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_word_that_names_a_count_is_no_third_text(tmp_path: Path) -> None:
    page = tmp_path / "page.py"
    page.write_text('ngettext("%(n)s 件", "%(n)s 件。", counts["all"])\n_("好")\n', encoding="utf-8")
    assert list(load_messages()._read(page)) == [("%(n)s 件", "%(n)s 件。"), "好"]

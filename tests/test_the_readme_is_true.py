"""Every block of the README is run, and what it shows is what a person sees."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from readme import MEASURES_PAGE, ROOT, blocks, measures_page, replayed

BLOCKS = blocks()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the reader has it: the scenarios, and the README's own scenario as shop.yaml."""
    place = tmp_path_factory.mktemp("reader")
    shutil.copytree(ROOT / "scenarios", place / "scenarios")
    for block in BLOCKS:
        if block.kind == "yaml":
            (place / "shop.yaml").write_text(block.text, encoding="utf-8")
    return place


def test_it_opens_with_a_sentence_a_scenario_and_two_commands() -> None:
    """One sentence, a short scenario, the command that installs and runs, the command that tests."""
    assert [block.kind for block in BLOCKS[:3]] == ["yaml", "sh", "sh"]
    assert [block.kind for block in BLOCKS].count("sh") == 2
    assert all(len(block.text.strip().splitlines()) == 1 for block in BLOCKS[1:3]), "each is one command"
    assert "python3 -m venv" in BLOCKS[1].text
    assert "pytest" in BLOCKS[2].text


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.kind in ("console", "python")],
                         ids=lambda block: block.text.splitlines()[0][:40])  # fmt: skip
def test_what_it_shows_is_real_output(block, folder: Path) -> None:
    """Commands and programs print exactly what stands below them."""
    assert replayed(block, folder) == block.text


def test_every_block_is_of_a_kind_that_is_run() -> None:
    """No block escapes: set-up, scenario, session or program."""
    assert {block.kind for block in BLOCKS} <= {"sh", "yaml", "console", "python"}


def test_the_page_of_measures_is_the_table_in_the_code() -> None:
    """docs/measures.md says what the code computes."""
    text = MEASURES_PAGE.read_text(encoding="utf-8")
    assert measures_page(text) == text

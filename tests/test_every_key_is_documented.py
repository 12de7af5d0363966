"""docs/scenario.md knows every key of the language, and its examples are scenarios."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from callsim import yamlfile
from callsim.scenario import load
from callsim.scenario.schema import CHANGED, json_schema

PAGE = (Path(__file__).parent.parent / "docs/scenario.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PLACES = {"overflow": ("queues", "sales"), "shifts": ("teams", "desk")}
"""Where a block stands that is not at the top of a file."""

BASE = """\
name: A shop
currency: RUB
ring: Russia
calendar: {start: 2026-03-01, days: 31, open: {mon-fri: 09:00-20:00}}
sources:
  ads: {callers: 5 per hour, goes_to: queue sales, hangs_up_ringing: 3-4 rings, hangs_up_waiting: 90 s, talk: 3 min}
queues: {sales: {}, service: {}}
teams:
  desk: {serves: [sales, service], agents: 2}
vendors: {night desk: {answers_after: 9 s, tariff: x}}
tariffs: {x: {per_call: 1 RUB, bills: [talk]}}
voicemail: {leaves: 25%, takes: 20 s}
"""


def keys() -> list[str]:
    schema = json_schema()
    parts = [schema, *(part for name, part in schema["$defs"].items() if not name.startswith(CHANGED))]
    return sorted({key for part in parts for key in part["properties"]})


@pytest.mark.parametrize("key", keys())
def test_a_key_is_on_the_page(key: str) -> None:
    """As code: in a table, a sentence or an example."""
    code = " ".join([*BLOCKS, *re.findall(r"`([^`\n]+)`", PAGE)])
    assert re.search(rf"\b{key}\b", code)


def test_there_are_examples() -> None:
    """Calendar, overflow, shifts, vendors, voicemail, and a variant in a file of its own."""
    assert [yaml.safe_load(block) and block.split(":")[0] for block in BLOCKS] == [
        "calendar", "overflow", "shifts", "vendors", "voicemail", "extends",
    ]  # fmt: skip


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split(":")[0])
def test_an_example_is_a_scenario(tmp_path: Path, block: str) -> None:
    """Laid over a small shop, where its names are declared."""
    (tmp_path / "shop.yaml").write_text(BASE, encoding="utf-8")
    tree: Any = yamlfile.plain(yamlfile.parse(block, "block"))
    first = next(iter(tree))
    text = block
    if first in PLACES:
        section, name = PLACES[first]
        agents = "    agents: none\n" if first == "shifts" else ""
        text = f"{section}:\n  {name}:\n{agents}{re.sub('^', '    ', block, flags=re.MULTILINE)}"
    if first != "extends":
        text = f"extends: shop.yaml\n{text}"
    file = tmp_path / "block.yaml"
    file.write_text(text, encoding="utf-8")
    assert load(file).variants

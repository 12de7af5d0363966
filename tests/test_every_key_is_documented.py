"""docs/scenario.md, and docs/tariffs.md for price plans, know every key, and their examples are scenarios and plans."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from traffic import calendar, month, plan, traffic

from callsim import yamlfile
from callsim.scenario import load
from callsim.scenario.schema import CHANGED, json_schema

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "scenario.md").read_text(encoding="utf-8")
TARIFFS = (DOCS / "tariffs.md").read_text(encoding="utf-8")
PLANS = re.findall(r"^\|[^|]*\|[^|]*\| `([^`|]+)` \|([^|]*)\|$", TARIFFS, re.MULTILINE)
"""The example in each row of the page on tariffs, and what its invoice shows."""
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
    code = " ".join([*BLOCKS, *re.findall(r"`([^`\n]+)`", PAGE + TARIFFS)])
    assert re.search(rf"\b{key}\b", code)


def test_there_are_examples() -> None:
    """Calendar, chats and forms, overflow, shifts, vendors, voicemail, and a variant in a file of its own."""
    assert [yaml.safe_load(block) and block.split(":")[0] for block in BLOCKS] == [
        "calendar", "sources", "overflow", "shifts", "vendors", "voicemail", "extends",
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


@pytest.mark.parametrize(("example", "line"), PLANS, ids=[example[:50] for example, _ in PLANS])
def test_an_example_is_a_plan(example: str, line: str) -> None:
    """And a month of calls billed by it has the line that the page says, unless that hangs on what was used."""
    of = plan(example, "RUB")
    calls = traffic([61.3] * 1200, at=[36_000.0 + 1800 * n for n in range(1200)], transfer=30, menu=20,
                    messages=[40_000.0], events={"order": [2] * 1200})  # fmt: skip
    invoices = month(of, calls, calendar("2026-03-01", 31))
    codes = {one.code for invoice in invoices for one in invoice.lines}
    titles = {title.strip() for title in line.split(";")}
    assert titles & codes or re.search("none|in the minutes|beneath|one invoice|minimum|credit", line)


def test_every_component_has_an_example() -> None:
    """As many rows as the tables of components have."""
    assert len(PLANS) == len(re.findall(r"^\| `[^|]*\|[^|]*\|[^|]*\|[^|]*\|$", TARIFFS, re.MULTILINE)) > 35

"""Inputs that their writer calls weak: entries with a comment `# weak` behind them, a guess or a claim of the trade."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from callsim import yamlfile
from callsim.scenario.vocabulary import Scenario
from callsim.yamlfile import Entry, Mapping, Node, Scalar
from callsim.yamlreader import one_line_end

COMMENT = re.compile(r"\s#\s*weak\b\s*:?\s*(.*)$")

OF_VIEW = {
    "lead_cost": ("acquisition", "replacement"),
    "converts": ("first order", "lifetime", "with referrals"),
    "first_order": ("first order", "lifetime", "with referrals"),
    "margin": ("first order", "lifetime", "with referrals"),
    "orders_per_year": ("lifetime", "with referrals"),
    "years": ("lifetime", "with referrals"),
    "retention": ("lifetime", "with referrals"),
    "discount": ("lifetime", "with referrals"),
    "promoters": ("with referrals",),
    "referrals_each": ("with referrals",),
    "referred_worth": ("with referrals",),
}
"""The views of a lost caller that a key of `worth` enters; others enter all."""


class Weak(NamedTuple):
    """A weak input: its path in the scenario, and what the comment says of it, which may be nothing."""

    path: tuple[str, ...]
    why: str


def weak_inputs(path: Path, settings: Sequence[str] = ()) -> list[Weak]:
    """The weak inputs of a file and of those that it extends, in their order; what a setting replaces is not weak.

    A comment belongs to the first key of its line. Those in variants are told like those of the base.
    """
    found: dict[tuple[str, ...], Weak] = {}
    for file in _with_bases(path):
        for one in _of_file(file):
            found.setdefault(one.path, one)
    replaced = [yamlfile.parse_setting(text, number)[0] for number, text in enumerate(settings, start=1)]
    return [one for one in found.values() if not any(one.path[: len(own)] == own for own in replaced)]


def _with_bases(path: Path) -> Iterator[Path]:
    """The file and those that it extends. Whoever loaded them knows that they can be read, and make no circle."""
    while True:
        yield path
        tree = yamlfile.read(path)
        entry = tree.entries.get("extends") if isinstance(tree, Mapping) else None
        if entry is None:
            return
        path = path.parent / str(yamlfile.plain(entry.node))


def _of_file(path: Path) -> Iterator[Weak]:
    tree = yamlfile.read(path)
    lines = one_line_end(path.read_text(encoding="utf-8")).split("\n")
    # In quotes it is no comment.
    quoted = {node.place.line for node in _scalars(tree) if not node.plain and "# weak" in node.text}
    paths = _first_keys(tree)
    for number, line in enumerate(lines, start=1):
        comment = COMMENT.search(line)
        if comment and number in paths and number not in quoted:
            yield Weak(paths[number], comment[1].strip())


def _first_keys(tree: Node) -> dict[int, tuple[str, ...]]:
    """The path of the first key of each line, as in the base; of what is in a list, the path of the list."""
    found: dict[int, tuple[int, tuple[str, ...]]] = {}
    for path, entry in _entries(tree, ()):
        line, column = entry.key.line, entry.key.column
        inside = path[2:] if path[0] == "variants" and len(path) > 2 else path
        if line not in found or column < found[line][0]:
            found[line] = column, inside
    return {line: path for line, (_, path) in found.items()}


def _entries(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Entry]]:
    if isinstance(node, Mapping):
        for key, entry in node.entries.items():
            yield (*path, key), entry
            yield from _entries(entry.node, (*path, key))
    elif not isinstance(node, Scalar):
        for item in node.items:
            yield from ((path, entry) for _, entry in _entries(item, path))


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    else:
        parts = [entry.node for entry in node.entries.values()] if isinstance(node, Mapping) else node.items
        for part in parts:
            yield from _scalars(part)


def that_matter(found: Iterable[Weak], scenarios: Sequence[Scenario]) -> list[Weak]:
    """Those that the results of some scenarios can depend on: parts that are there, and enter the loss counted."""
    return [one for one in found if any(_matters(one.path, scenario) for scenario in scenarios)]


def _matters(path: tuple[str, ...], scenario: Scenario) -> bool:
    part = getattr(scenario, path[0], None)
    if part is None:
        return False
    if isinstance(part, dict) and len(path) > 1 and path[1] not in part:
        return False
    if path[0] != "worth" or scenario.count_loss_as is None:
        return path[0] != "worth"
    return scenario.count_loss_as in OF_VIEW.get(path[-1], (scenario.count_loss_as,))

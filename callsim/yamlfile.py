"""Scenario files and settings as nodes with places, and the merging of variants onto a base."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from callsim.errors import Place, Problem, ScenarioError
from callsim.quantities import closest, meant, shown
from callsim.yamlreader import (
    BARE_SEGMENT,
    DEEPEST,
    LARGEST,
    Entry,
    Mapping,
    Node,
    Plain,
    Scalar,
    Sequence,
    Steps,
    dotted,
    load,
    one_line_end,
    refuse,
    survey,
)

__all__ = [
    "Entry",
    "Mapping",
    "Node",
    "Plain",
    "Scalar",
    "Sequence",
    "dotted",
    "find",
    "find_key",
    "merge",
    "near",
    "nest",
    "node_at",
    "parse",
    "parse_setting",
    "placed",
    "plain",
    "reaches",
    "read",
]

# A change replaces the mapping under such a key whole: half an old profile and half a new one mean nothing.
WHOLE = frozenset({"calls_by_hour", "weekdays", "kinds", "goes_to", "mix", "chance"})
# Directly below these stand names that users choose: a source called `mix` is merged like any other.
NAMED = frozenset({"sources", "menus", "self_service", "queues", "teams", "vendors", "tariffs", "worth"})

_TIME_RANGE = re.compile(r"\d{1,2}:\d\d(?::\d\d)?\s*-\s*\d{1,2}:\d\d(?::\d\d)?\Z")
_SEGMENT = re.compile(rf"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|({BARE_SEGMENT.pattern}))\s*([.=])""")


def parse(text: str, file: str) -> Node:
    """Read one document; raise ScenarioError with every mistake that can be seen at once."""
    return load(text, Place(file, 1, 1), path=())


def read(path: str | Path) -> Node:
    """Parse a UTF-8 file, with or without a byte order mark; messages name it as it was given."""
    node, problems = look_over(path)
    if problems:
        raise ScenarioError(problems)
    assert node is not None
    return node


def look_over(path: str | Path) -> tuple[Node | None, list[Problem]]:
    """Read what can be read of a file, and tell what is wrong with it: see yamlreader.survey."""
    start = Place(str(path), 1, 1)
    try:
        return survey(_text(path, start), start, path=())
    except ScenarioError as error:
        return None, list(error.problems)


def _text(path: str | Path, start: Place) -> str:
    """The text of a file that can be read and is not too long."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(LARGEST + 1)
    except FileNotFoundError:
        refuse(start, f"there is no such file{near(Path(path))}")
    except IsADirectoryError:
        refuse(start, "expected a file, found a directory")
    except (OSError, ValueError) as error:
        refuse(start, f"the file cannot be read: {getattr(error, 'strerror', None) or error}")
    if len(data) > LARGEST:
        refuse(start, "the file is larger than 1 MB, which no scenario is")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = one_line_end(data[: error.start].decode("utf-8").removeprefix("\ufeff"))
        place = Place(start.file, before.count("\n") + 1, len(before) - before.rfind("\n"))
        refuse(place, f"expected UTF-8, found byte 0x{data[error.start]:02X}: save the file as UTF-8")


def near(path: Path) -> str:
    """`; did you mean ...?` for a path where no file is, if one beside it may be meant: `shop.yml` for `shop.yaml`."""
    try:
        beside = {other.stem: other.name for other in path.parent.iterdir() if other.suffix in (".yaml", ".yml")}
    except (OSError, ValueError):
        return ""
    name = closest(path.stem, sorted(beside))
    return f"; did you mean `{beside[name]}`?" if name else ""


def plain(node: Node) -> Plain:
    """Give the values alone, without places."""
    match node:
        case Mapping():
            return {key: plain(entry.node) for key, entry in node.entries.items()}
        case Sequence():
            return [plain(item) for item in node.items]
        case Scalar():
            return node.value


def find(node: Node, path: Steps) -> Place:
    """Give the place of the value at a path; of its deepest ancestor that exists, where it does not."""
    return _steps(node, path)[-1][1]


def find_key(node: Node, path: Steps) -> Place:
    """Give the place of the key at a path (in a list: of the item), or of its deepest ancestor's key."""
    return _steps(node, path)[-1][0]


def _steps(node: Node, path: Steps) -> list[tuple[Place, Place]]:
    """Walk down as far as the path leads: the place of key and value at each step."""
    steps = [(node.place, node.place)]
    for part in path:
        if isinstance(node, Mapping) and isinstance(part, str) and part in node.entries:
            key, node = node.entries[part]
        elif isinstance(node, Sequence) and isinstance(part, int) and 0 <= part < len(node.items):
            node = node.items[part]
            key = node.place
        else:
            break
        steps.append((key, node.place))
    return steps


def placed(tree: Node, path: Steps, *, in_key: bool = False) -> Place:
    """Where a mistake is shown: at the value, but at the key of a map, and of what is missing from it."""
    node = node_at(tree, path)
    at_key = in_key or node is None or isinstance(node, Mapping)
    return find_key(tree, path) if at_key else find(tree, path)


def node_at(node: Node | None, path: Steps) -> Node | None:
    """The node at a path, None where there is none."""
    for step in path:
        if isinstance(node, Mapping) and step in node.entries:
            node = node.entries[str(step)].node
        elif isinstance(node, Sequence) and isinstance(step, int):
            node = node.items[step]
        else:
            return None
    return node


def parse_setting(text: str, number: int) -> tuple[tuple[str, ...], Node]:
    """Split `teams.desk.agents=3` into path and value; places are `--set`, its number, the column."""
    start = Place("--set", number, 1)
    if "\n" in text or "\r" in text:
        refuse(start, "a setting must stand on one line")
    if "=" not in text:
        refuse(start, f"expected `path=value` such as `teams.desk.agents=3`, found `{shown(text)}`")
    path: list[str] = []
    at = 0
    while not (path and text[at - 1] == "="):
        segment = _SEGMENT.match(text, at)
        if segment is None:
            refuse(start._replace(column=at + 1), _why_no_segment(text, at))
        double, single, bare, _ = segment.groups()
        path.append(bare or single or re.sub(r"\\(.)", r"\1", double or ""))
        at = segment.end()
    place = start._replace(column=at + 1)
    if len(path) > DEEPEST:
        refuse(start, f"the path has more than {DEEPEST} segments")
    return tuple(path), load(text[at:], place, path=tuple(path))


def _why_no_segment(text: str, at: int) -> str:
    if "[" in text[at:].partition("=")[0]:
        return "an item of a list cannot be set alone: name the list and give all of it"
    path, _, value = text.partition("=")
    segments = tuple(segment.strip() for segment in path.split("."))
    example = "'sources.\"search ads\".talk=2 min'"
    # A name that holds a dot cannot be told from two names: only spaces are mended here.
    if all(segments) and not set("\"'[]\\") & set(path):
        example = f"'{dotted(segments)}={shown(value)}'"
    return f"expected a name: quote it where it holds spaces or dots, as in {example}"


def nest(path: tuple[str, ...], node: Node) -> Mapping:
    """Make a change that `merge` accepts from a setting; its keys are placed where the setting begins."""
    place = node.place._replace(column=1)
    for key in reversed(path):
        node = Mapping({key: Entry(place, node)}, place)
    assert isinstance(node, Mapping), "a setting has at least one segment"
    return node


def reaches(path: tuple[str, ...], value: Node, tree: Node, *, others: Iterable[Node]) -> bool:
    """Whether a setting is meant for a tree: not where it is below a part that the tree lacks and another has.

    Removing such a part is not meant for it either: it is not there.
    """
    for depth, key in enumerate(path, start=1):
        if not isinstance(tree, Mapping):
            break
        others = [other.entries[key].node for other in others if isinstance(other, Mapping) and key in other.entries]
        if key not in tree.entries:
            return not others or (depth == len(path) and not _removes(value))
        tree = tree.entries[key].node
    return True


def merge(base: Node, change: Node) -> Node:
    """Lay a variant over a base, map by map; the base stays as it is, and every part keeps its own place.

    A list, a value, a mapping under a key of WHOLE and the time map of a day replace the old one whole;
    a plain `none` removes an entry, and raises ScenarioError where there is nothing to remove.
    """
    problems: list[Problem] = []
    merged = _merged(base, change, (), problems)
    if problems:
        raise ScenarioError(problems)
    return merged


def _merged(base: Node | None, change: Node, path: tuple[str, ...], problems: list[Problem]) -> Node:
    if not isinstance(change, Mapping) or _replaces_whole(base, change, path):
        return change
    old = base if isinstance(base, Mapping) else Mapping({}, change.place)
    entries = dict(old.entries)
    for key, entry in change.entries.items():
        inside = (*path, key)
        before = entries.get(key)
        if not _removes(entry.node):
            node = _merged(before and before.node, entry.node, inside, problems)
            kept = before is not None and node.place == before.node.place
            entries[key] = Entry(before.key if before and kept else entry.key, node)
        elif before is None:
            problems.append(Problem(entry.node.place, dotted(inside), _nothing_to_remove(key, old)))
        else:
            del entries[key]
    return Mapping(entries, old.place)


def _replaces_whole(base: Node | None, change: Mapping, path: tuple[str, ...]) -> bool:
    a_name = path[:-1] in {(section,) for section in NAMED}
    whole = bool(path) and path[-1] in WHOLE and not a_name
    return whole or _is_time_map(change) or _is_time_map(base)


def _is_time_map(node: Node | None) -> bool:
    return isinstance(node, Mapping) and bool(node.entries) and all(map(_TIME_RANGE.match, node.entries))


def _removes(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and node.text == "none"


def _nothing_to_remove(key: str, old: Mapping) -> str:
    hint = meant(key, old.entries)
    return f"nothing to remove: the base has no `{shown(key)}` here" + (f"; {hint}" if hint else "")

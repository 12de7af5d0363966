"""Strict YAML: a text becomes nodes that know their places, or every mistake in it at once.

PyYAML gives the events only. Its constructors follow YAML 1.1, where `12:30:45` is the number 45045 and `no`
is False; here a plain scalar follows the core schema of YAML 1.2 (section 10.3.2), all else is text. What
YAML allows and a scenario does not need (anchors, tags, several documents) is refused: it hides mistakes.
"""

from __future__ import annotations

import contextlib
import math
import re
from typing import Any, NamedTuple, NoReturn, TypeAlias

import yaml
from yaml import events

from callsim.errors import Place, Problem, ScenarioError
from callsim.quantities import shown

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
LARGEST = 1_000_000
DEEPEST = 40
LONGEST_NUMBER = 100

_NULL = re.compile(r"(?:null|Null|NULL|~|)\Z")
_BOOL = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")
_INT = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")

# YAML 1.1 breaks lines at U+0085, U+2028 and U+2029, editors do not: places would be wrong after them.
_CONTROL = re.compile("[^\t\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_TAB_INDENT = re.compile(r" *\t(?=[ \t]*[^ \t#])")
_COLON = re.compile(r"(?:\s++|#.*+)*+:")
_AFTER_DIGIT_AND_COMMA = re.compile(r"(?<=\d,)\d")
_NO_CHARACTER = re.compile(r"\\U(?!000|0010)[0-9A-Fa-f]{8}")
_GLUED_COMMENT = re.compile(r" +#(?=\S)")
_REFERENCE = re.compile(r"(?:queue|vendor|menu|self_service)\b")
_ENDS_IN_NUMBER = re.compile(r"(?:.*\s)?([-+]?\d+)\Z")
_NUMBER_AND_UNIT = re.compile(r"\d+(?:\s*[^\W\d]|\s*%)")
BARE_SEGMENT = re.compile(r"""[^\s."'=\[\]\\]+""")

Value: TypeAlias = bool | int | float | str | None
Plain: TypeAlias = "Value | list[Plain] | dict[str, Plain]"
Steps: TypeAlias = tuple[str | int, ...]


class Scalar(NamedTuple):
    """One value: `09` has the value 9 and the text `09`; `plain` means that it stood without quotes."""

    value: Value
    text: str
    place: Place
    plain: bool


class Entry(NamedTuple):
    """What stands behind a key, and the place of the key itself."""

    key: Place
    node: Node


class Mapping(NamedTuple):
    """Entries in the order of the file; a key is its text as written, so `09:00` and `1` are text."""

    entries: dict[str, Entry]
    place: Place


class Sequence(NamedTuple):
    """A list."""

    items: tuple[Node, ...]
    place: Place


Node: TypeAlias = Scalar | Mapping | Sequence


def load(text: str, start: Place, *, path: tuple[str, ...]) -> Node:
    """Read a text that begins at the given place, which is inside a longer one for a setting."""
    node, problems = survey(text, start, path=path)
    if problems:
        raise ScenarioError(problems)
    assert node is not None
    return node


def survey(text: str, start: Place, *, path: tuple[str, ...]) -> tuple[Node | None, list[Problem]]:
    """Read what can be read and tell what is wrong with it.

    There is no node where YAML itself cannot go on; where only something is refused, such as a key given twice, the
    rest is there and can be looked at for further mistakes.
    """
    if len(text) > LARGEST:
        return None, [Problem(start, "", "the text is larger than 1 MB, which no scenario is")]
    text, problems = _cleaned(one_line_end(text.removeprefix("\ufeff")), start)
    reader = _Reader(text, start, LOADER)
    node = reader.document(path)
    if reader.syntax is not None and LOADER is not yaml.BaseLoader:
        # libyaml has other words and refuses a few texts more: PyYAML's own scanner has the last word.
        reader = _Reader(text, start, yaml.BaseLoader)
        node = reader.document(path)
    # What follows a stray character may be nonsense to YAML only because of it.
    if reader.syntax is not None and not any(problem.place < reader.syntax.place for problem in problems):
        problems.append(reader.syntax)
    problems += reader.problems
    if reader.syntax is None and (node is None or _nothing(node)) and not problems:
        message = "a value is missing after `=`" if path else "the file is empty"
        problems.append(Problem(start, dotted(path), message))
    return (None if reader.syntax is not None else node), problems


def _nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and not node.text


def dotted(path: Steps) -> str:
    """Write a path as `--set` reads it: `sources."search ads".talk`; a place in a list as `[0]`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{_segment(part)}" for part in path]
    return "".join(parts).removeprefix(".")


def _segment(name: str) -> str:
    if BARE_SEGMENT.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def refuse(place: Place, message: str) -> NoReturn:
    raise ScenarioError([Problem(place, "", message)])


def one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _cleaned(text: str, start: Place) -> tuple[str, list[Problem]]:
    """Find what is wrong with characters and put harmless ones of the same width in their place."""
    problems = []
    lines = text.split("\n")
    in_head = True
    for number, line in enumerate(lines):
        if in_head and line.startswith("%"):
            place = _place(start, number, 0)
            problems.append(Problem(place, "", "a YAML directive (`%`) is not accepted: delete the line"))
            lines[number] = "#" + line[1:]
        in_head = in_head and line.lstrip()[:1] in ("", "#", "%")
        tab = _TAB_INDENT.match(line)
        if tab:
            place = _place(start, number, tab.end() - 1)
            problems.append(Problem(place, "", "a tab in the indentation: indent with spaces"))
        control = _CONTROL.search(line)
        if control:
            message = f"a hidden character U+{ord(control[0]):04X}: delete it"
            problems.append(Problem(_place(start, number, control.start()), "", message))
    return _CONTROL.sub("\ufffd", "\n".join(lines)).replace("\t", " "), problems


def _place(start: Place, line: int, column: int) -> Place:
    """Translate a position counted from 0 within a text that begins at `start`."""
    return Place(start.file, start.line + line, column + (start.column if line == 0 else 1))


class _End(Exception):
    """Nothing more can be read."""


class _Reader:
    """Turns one stream of events into nodes and collects what is wrong on the way."""

    def __init__(self, text: str, start: Place, loader: type[yaml.BaseLoader]) -> None:
        self.text = text
        self.start = start
        self.events = yaml.parse(text, Loader=loader)
        self.problems: list[Problem] = []
        self.syntax: Problem | None = None
        self.seen = 0
        # libyaml puts the end of a text on a line of its own, even where none begins.
        self.lines = [0, *(found.end() for found in re.finditer("\n", text)), len(text)]

    def document(self, path: Steps) -> Node | None:
        """Read the only document; None where there is none, or where it breaks off with a problem."""
        node = None
        with contextlib.suppress(_End):
            self._take()
            if isinstance(self._take(), events.StreamEndEvent):
                return None
            node = self._node(self._take(), path)
            self._take()
            after = self._take()
            if not isinstance(after, events.StreamEndEvent):
                place = self._at(after.start_mark)
                self._add(place, (), "a second document (`---`): a file holds one scenario")
        return node

    def _take(self) -> events.Event:
        try:
            event: events.Event = next(self.events)
        except yaml.MarkedYAMLError as error:
            self.syntax = self._explained(error)
        except (ValueError, OverflowError):
            # PyYAML's own scanner lets the error of chr() through, and the place is lost.
            escape = _NO_CHARACTER.search(self.text, self.seen)
            before = self.text[: escape.start() if escape else self.seen]
            place = _place(self.start, before.count("\n"), len(before) - before.rfind("\n") - 1)
            self.syntax = Problem(place, "", "this `\\U` escape is not a character")
        else:
            self.seen = self._offset(event.start_mark)
            return event
        raise _End

    def _at(self, mark: Any) -> Place:
        return _place(self.start, mark.line, mark.column)

    def _offset(self, mark: Any) -> int:
        return self.lines[int(mark.line)] + int(mark.column)

    def _add(self, place: Place, path: Steps, message: str) -> None:
        self.problems.append(Problem(place, dotted(path), message))

    def _node(self, event: events.Event, path: Steps) -> Node:
        place = self._at(event.start_mark)
        self._refuse_properties(event, path)
        if isinstance(event, events.ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, events.AliasEvent):
            return Scalar(None, "", place, False)
        if len(path) >= DEEPEST:
            self._add(place, path[:3], f"nested more than {DEEPEST} deep")
            raise _End
        if isinstance(event, events.SequenceStartEvent):
            return self._sequence(event, path)
        return self._mapping(event, path)

    def _refuse_properties(self, event: events.Event, path: Steps) -> None:
        place = self._at(event.start_mark)
        if isinstance(event, events.AliasEvent):
            hint = "write the value out, or quote text that begins with `*`"
            self._add(place, path, f"an alias (`*{event.anchor}`) is not accepted: {hint}")
            return
        if isinstance(event, events.NodeEvent) and event.anchor is not None:
            hint = "delete it, or quote text that begins with `&`"
            self._add(place, path, f"an anchor (`&{event.anchor}`) is not accepted: {hint}")
        if getattr(event, "tag", None) is not None:
            hint = "delete it, or quote text that begins with `!`"
            self._add(place, path, f"a tag (`!`) is not accepted: {hint}")

    def _scalar(self, event: events.ScalarEvent, path: Steps) -> Scalar:
        place = self._at(event.start_mark)
        self._refuse_escapes(event, path)
        if event.style:
            return Scalar(event.value, event.value, place, False)
        mark: Any = event.end_mark
        comment = _GLUED_COMMENT.match(self.text, self._offset(mark))
        if comment and _REFERENCE.match(event.value):
            glued = _place(self.start, mark.line, mark.column + len(comment[0]) - 1)
            hint = f"quote the name, as in '{event.value} #2', or put a space after `#`"
            self._add(glued, path, f"`#` begins a comment here: {hint}")
        return Scalar(self._value(event.value, place, path), event.value, place, True)

    def _value(self, text: str, place: Place, path: Steps) -> Value:
        """Resolve a plain scalar by the core schema of YAML 1.2."""
        if _NULL.match(text):
            return None
        if _BOOL.match(text):
            return text.lower() == "true"
        if _NOT_FINITE.match(text):
            self._add(place, path, f"expected a finite number, found `{shown(text)}`")
        elif _BASED.match(text) or _FLOAT.match(text):
            value = _number(text)
            if value is not None:
                return value
            self._add(place, path, f"the number `{shown(text)}` is too large or too long")
        return text

    def _refuse_escapes(self, event: events.ScalarEvent, path: Steps) -> None:
        hidden = _CONTROL.search(event.value)
        if hidden:
            place = self._at(event.start_mark)
            self._add(place, path, f"a hidden character U+{ord(hidden[0]):04X} in the text: delete its escape")

    def _sequence(self, start: events.SequenceStartEvent, path: Steps) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := self._take(), events.SequenceEndEvent):
            inside = (*path, len(items))
            node = self._node(event, inside)
            before = self._split_number(event, items[-1] if items else None) if start.flow_style else None
            if before and isinstance(node, Scalar) and isinstance(node.value, str):
                self._add(node.place, inside, _comma_hint(before, node.text))
            items.append(node)
        return Sequence(tuple(items), self._at(start.start_mark))

    def _mapping(self, start: events.Event, path: Steps) -> Mapping:
        entries: dict[str, Entry] = {}
        before: Node | None = None
        while not isinstance(event := self._take(), events.MappingEndEvent):
            key = self._key(event, path)
            inside = path if key is None else (*path, key)
            place = self._at(event.start_mark)
            value = self._take()
            if key is not None and self._lacks_value(start, event):
                number = self._split_number(event, before)
                self._add(place, path, _comma_hint(number, key) if number else _no_value_hint(key))
                continue
            before = self._node(value, inside)
            if _nothing(before):
                before = Scalar(None, "", place, True)  # the loaders disagree where nothing stands
            if key is not None and key in entries:
                first = entries[key].key.line
                self._add(place, inside, f"`{shown(key)}` is given twice, first in line {first}{_equal_shares(path)}")
            elif key is not None:
                entries[key] = Entry(place, before)
        return Mapping(entries, self._at(start.start_mark))

    def _key(self, event: events.Event, path: Steps) -> str | None:
        """Give the text of a key; None, after a problem, where it cannot be one."""
        place = self._at(event.start_mark)
        self._refuse_properties(event, path)
        if not isinstance(event, events.ScalarEvent):
            if not isinstance(event, events.AliasEvent):
                self._add(place, path, "expected a name as the key, found a list or a mapping")
                self._skip()
            return None
        self._refuse_escapes(event, path)
        if event.value == "<<" and not event.style:
            self._add(place, path, "a merge key (`<<`) is not accepted: write the entries out")
            return None
        if not event.value.strip() or (not event.style and _NULL.match(event.value)):
            found = f", found `{shown(event.value)}`" if event.value.strip() else ""
            self._add(place, path, f"expected a name before the `:`{found}")
            return None
        if "\n" in event.value:
            self._add(place, path, "a key must stand on one line")
            return None
        return str(event.value)

    def _skip(self) -> None:
        """Pass over the rest of a list or mapping that is refused already; give up where it is too deep."""
        depth = 1
        while 0 < depth <= DEEPEST:
            event = self._take()
            depth += isinstance(event, events.CollectionStartEvent)
            depth -= isinstance(event, events.CollectionEndEvent)
        if depth:
            raise _End

    def _lacks_value(self, start: events.Event, key: events.Event) -> bool:
        flow = getattr(start, "flow_style", False) and not getattr(key, "style", None)
        return flow and not _COLON.match(self.text, self._offset(key.end_mark))

    def _split_number(self, event: events.Event, before: Node | None) -> str | None:
        """Find the number that a comma has cut in two: `1,5 min` is read as `1` and `5 min`."""
        if not isinstance(before, Scalar) or not before.plain or not isinstance(event, events.ScalarEvent):
            return None
        cut = _AFTER_DIGIT_AND_COMMA.match(self.text, self._offset(event.start_mark))
        whole = _ENDS_IN_NUMBER.match(before.text)
        return whole[1] if cut and whole and _NUMBER_AND_UNIT.match(event.value) else None

    def _explained(self, error: yaml.MarkedYAMLError) -> Problem:
        """Say in plain words what PyYAML's own scanner and parser complain of."""
        said = f"{error.context}: {error.problem}"
        mark = error.problem_mark or error.context_mark
        opened = error.context_mark or mark
        assert mark is not None and opened is not None, "scanner and parser mark their errors"
        for fragment, where, message in _SYNTAX:
            if re.search(fragment, said):
                place = self._at(opened if where == "opened" else mark)
                character = self.text[self._offset(mark) :][:1]
                return Problem(place, "", message.format(line=self._at(opened).line, character=character))
        return Problem(self._at(mark), "", f"this is not YAML: {error.problem}")


# What PyYAML says (context: problem), the mark to show (where it was opened, or the spot), and our words.
_SYNTAX = (
    ("quoted scalar: found unexpected", "opened", "this quote is never closed"),
    ("unknown escape|hexadecimal", "mark", "a backslash in double quotes must be doubled: `\\\\`"),
    ("flow (mapping|sequence): .*<stream end>", "opened", "this bracket is never closed"),
    (r"flow mapping: ", "mark", "expected `,` or `}}`: is the bracket opened in line {line} closed?"),
    (r"flow sequence: ", "mark", "expected `,` or `]`: is the bracket opened in line {line} closed?"),
    ("could not find expected ':'", "opened", "expected `key: value`, found no `:` in this line"),
    ("mapping values are not allowed", "mark", "a `:` too many: check the indentation, or quote the text"),
    ("sequence entries are not allowed", "mark", "a list cannot begin here: put `-` on a line of its own"),
    ("mapping keys are not allowed", "mark", "`?` cannot begin a value here: quote it"),
    ("cannot start any token", "mark", "`{character}` cannot begin a value: quote it"),
    ("scanning an (anchor|alias)", "opened", "text that begins with `&` or `*` must be quoted"),
    ("(scanning a|parsing a) (tag|node)", "opened", "text that begins with `!` must be quoted"),
    ("scanning a directive", "opened", "a line that begins with `%` must be quoted"),
    ("expected <block end>", "mark", "this does not fit what stands before: check indentation and quotes"),
    ("block scalar", "mark", "a block of text (`|` or `>`) begins on the next line, indented"),
    ("node content", "mark", "expected a name or a value here"),
    ("expected '<document start>'", "mark", "the scenario has ended above: check the indentation"),
)


def _equal_shares(path: Steps) -> str:
    """The hint for two equal shares of a split, which cannot both be keys."""
    split = path[-3:-2] == ("sources",) and path[-1] == "goes_to"
    return ": write a list such as `[{share: 50%, to: queue a}, {share: 50%, to: queue b}]`" if split else ""


def _number(text: str) -> int | float | None:
    """Give the number; None where it is infinite or too long (int() itself refuses 4,300 digits)."""
    if len(text) > LONGEST_NUMBER:
        return None
    if _BASED.match(text):
        return int(text, 0)
    if _INT.match(text):
        return int(text)
    return float(text) if math.isfinite(float(text)) else None


def _comma_hint(before: str, after: str) -> str:
    thousands = re.match(r"\d{3}(?!\d)", after)
    meant = f"{before}{after}" if thousands else f"{before}.{after}"
    return f"`{before},{after}` is read as two entries: write `{meant}`, or quote it"


def _no_value_hint(key: str) -> str:
    name, colon, value = key.partition(":")
    if colon and value:
        return f"`{shown(key)}` has no value: put a space after the `:`, as in `{name}: {value}`"
    return f"`{shown(key)}` has no value: write `{key}: ...`, or quote the text that holds the comma"

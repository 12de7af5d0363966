"""The tape as the compiled engine reads it: some days at a time, in plain memory.

A plain tape is drawn in machine code (drawing.py), source by source; variants of one replication share what they can.
Any other tape is asked, day by day, for its columns.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from callsim.demand import BLOCK, CHANCE, Floats, Ints, Tape, Values
from callsim.engine import drawing
from callsim.engine.plan import Absence, Dials, Plan
from callsim.engine.records import CALLERS, TRIES, WORK_OF_LEG, address
from callsim.engine.sheets import NOTHING, Part, words
from callsim.laws import Law
from callsim.randomness import Streams, addresses, bare
from callsim.scenario.timetable import DAY

_NAMES = drawing.COLUMN.names or ()
KEY, DAYS, BLOCK_AND_VALUES = (
    slice(_NAMES.index(first), _NAMES.index(last) + 1)
    for first, last in (("low", "high"), ("first", "sizes"), ("attempt", "values"))
)
"""What has to be told before a column is drawn, as it stands among its words."""


class Births(NamedTuple):
    """The callers of some days, in the order of dialling."""

    dialled: Floats
    source: Ints
    ordinal: Ints
    row: Ints
    """Where a caller's values stand in a column."""
    until: list[int]
    """Where the callers of each day end, after a 0."""


class Portion(Protocol):
    """Some days of a tape."""

    first: int
    days: int
    births: Births

    def absent(self) -> NDArray[np.bool_] | None:
        """Who does not come, by day and slot; None where all do."""

    def draw(self, table: int, number: int, leg: int) -> Ints:
        """A block: by source and column the address of values and the mask of their rows.

        The portion keeps the values."""


class Reader(Protocol):
    """Reads a tape from its beginning."""

    step: int
    """Bytes from one source's part of a block to the next."""

    def portion(self, first: int) -> Portion:
        """The days from one on."""


def reader(tape: Tape, plan: Plan) -> Reader:
    """A plain tape is drawn; one that has answers of its own is asked."""
    is_plain = type(tape) is Tape and type(tape.streams) is Streams
    return _Drawer(tape, plan) if is_plain and can_draw() else _Asker(tape, plan)


# A plain tape.


class Hands:
    """A Philox of one's own and the functions that draw from it, as machine code takes them."""

    def __init__(self) -> None:
        self._bits = bare()
        self._scratch = np.empty(4 * BLOCK)
        found = self._bits.ctypes
        places = (found.state_address, found.bit_generator.value, BLOCK, address(self._scratch), *addresses())
        self._record = np.array([places], drawing.HANDS)
        self.at = address(self._record)

    def draw(self, columns: Ints) -> None:
        drawing.draw_columns(self.at, address(columns), len(columns))


TRIED = (
    Law("exponential", (9.0,)), Law("uniform", (2.0, 9.0)), Law("gamma", (9.0, 0.7)), Law("lognormal", (9.0, 0.9)),
    Law("weibull", (9.0, 0.7)), Law("rings", (0.0, 9.0, 5.0)),
)  # fmt: skip


@cache
def can_draw() -> bool:
    """Whether machine code draws what a Generator draws.

    NumPy does not promise how the state of its Philox stands in memory. Where it stands otherwise, tapes are asked.
    """
    if not addresses():
        return False
    hands, streams, sizes = Hands(), Streams(1, 2), np.array([3, 5])
    for place, value in enumerate((CHANCE, *map(Values, TRIED))):
        column, found = words(value, []), np.empty(8)
        column[KEY] = streams.key("try")
        column[DAYS] = 6, 2, address(sizes)
        column[BLOCK_AND_VALUES] = place, 4, address(found)
        hands.draw(column[None])
        parts = [value.draw(streams.at("try", 6 + day, place, 4), size) for day, size in enumerate(sizes.tolist())]
        if found.tobytes() != np.concatenate(parts).astype(float).tobytes():
            return False
    return True


def load() -> None:
    """Have the machine code: draw next to nothing."""
    if can_draw():
        nothing = np.zeros(1, drawing.DIALS)
        drawing.draw_dials(Hands().at, address(nothing))
        drawing.merge_dials(0, 0, 0, 0, 0, 0, 0, 0)


class _Stretch:
    """The callers of one source who are born on some days, and what has been drawn for them."""

    def __init__(self, sizes: Ints, times: Floats) -> None:
        self.sizes = sizes
        self.times = times
        self.known: dict[tuple[str, int, int], int] = {}
        """Addresses of values by mark, attempt and leg."""
        self.held: list[Any] = []
        self.is_shared = False
        """Whether other variants have it as well."""

    def alone(self) -> _Stretch:
        """The same for nobody else."""
        own = _Stretch(self.sizes, self.times)
        own.known, own.held = dict(self.known), [self]
        return own


class _Drawer:
    """Draws a tape in machine code."""

    def __init__(self, tape: Tape, plan: Plan) -> None:
        self.tape = tape
        self.plan = plan
        self.step = 16 * plan.sheets.width
        self.hands = Hands()
        self._keys: dict[int, Ints] = {}

    def portion(self, first: int) -> Portion:
        days = self.plan.days_from(first)
        # Whoever would dial after the end is not born.
        stop = self.plan.horizon.stop if self.plan.horizon.stop < (first + days) * DAY else math.inf
        stretches = [self._stretch(dials, first, days, stop) for dials in self.plan.dials]
        key = ("births", first, days, stop, *(dials.mark for dials in self.plan.dials))
        births = self.shared(key, lambda: self._births(stretches, days), lambda of: 32 * len(of.dialled))
        return _Drawn(self, first, days, stretches, births)

    def shared(self, key: Any, make: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        """What another variant has drawn, else what is drawn now."""
        common = self.tape.common
        if common is None:
            return make()
        if key not in common.kept:
            made = make()
            if not self.has_room(size(made)):
                return made
            common.kept[key] = made
        return common.kept[key]

    def has_room(self, size: int) -> bool:
        """Whether so many bytes may be kept for other variants; then they are taken."""
        common = self.tape.common
        if common is None or common.room < size:
            return common is None
        common.room -= size
        return True

    def _stretch(self, dials: Dials, first: int, days: int, stop: float) -> _Stretch:
        key = dials.mark, first, days, stop
        stretch: _Stretch = self.shared(key, lambda: self._dial(dials, first, days, stop), lambda of: 8 * len(of.times))
        stretch.is_shared = self.tape.common is not None and key in self.tape.common.kept
        return stretch

    def _dial(self, dials: Dials, first: int, days: int, stop: float) -> _Stretch:
        """Draw first dials, in more room until there is enough."""
        volumes, sizes = dials.volumes(first, days), np.empty(days, np.int64)
        given = dials.words.copy()
        for ends, stream in zip(("", "shared_", "own_"), dials.streams, strict=True):
            given[f"{ends}low"], given[f"{ends}high"] = self.tape.streams.key(stream)
        given["first"], given["days"], given["stop"], given["sizes"] = first, days, stop, address(sizes)
        given["volumes"], given["ends"] = address(volumes.expected), address(volumes.ends)
        expected = float(volumes.expected.sum())
        room, found = int(expected + 6.0 * math.sqrt(expected)) + 16, -1
        while found < 0:
            times = np.empty(room)
            given["times"], given["room"] = address(times), room
            found = drawing.draw_dials(self.hands.at, address(given))
            room *= 2
        return _Stretch(sizes, times[:found])

    def _births(self, stretches: list[_Stretch], days: int) -> Births:
        """The callers of all sources in the order of dialling."""
        lines = np.zeros(len(stretches), drawing.LINE)
        lines["times"] = [address(stretch.times) for stretch in stretches]
        lines["sizes"] = [address(stretch.sizes) for stretch in stretches]
        count = sum(len(stretch.times) for stretch in stretches)
        dialled, until = np.empty(count), np.zeros(days + 1, np.int64)
        source, ordinal, row = np.empty((3, count), np.int64)
        drawing.merge_dials(
            address(lines), len(lines), days,
            address(dialled), address(source), address(ordinal), address(row), address(until) + 8,
        )  # fmt: skip
        return Births(dialled, source, ordinal, row, until.tolist())

    def absence(self, of: Absence, first: int, days: int) -> Floats:
        """A team's numbers by day and slot: Tape.absence."""

        def draw() -> Floats:
            values, sizes = np.empty((days, of.slots)), np.full(days, of.slots)
            column = words(CHANCE, [])
            column[KEY] = self.tape.streams.key(of.stream)
            column[DAYS] = first, days, address(sizes)
            column[BLOCK_AND_VALUES] = 0, 0, address(values)
            self.hands.draw(column[None])
            return values

        numbers: Floats = self.shared((of.stream, first, days, of.slots), draw, lambda values: values.nbytes)
        return numbers

    def draw(self, stretch: _Stretch, part: Part, first: int, marks: list[tuple[str, int, int]]) -> _Stretch:
        """Draw the columns of a part that are not known. Returns the stretch that knows them."""
        missing = [place for place, mark in enumerate(marks) if mark not in stretch.known]
        if not missing:
            return stretch
        values = np.empty((len(missing), len(stretch.times)))
        columns, start, stride = part.words[missing], address(values), values.strides[0]
        columns[:, KEY] = self._keys_of(part)[missing]
        columns[:, DAYS] = first, len(stretch.sizes), address(stretch.sizes)
        places = [start + stride * place for place in range(len(missing))]
        found = [marks[place] for place in missing]
        columns[:, BLOCK_AND_VALUES] = [(mark[1], mark[2], place) for mark, place in zip(found, places, strict=True)]
        self.hands.draw(columns)
        if stretch.is_shared and not self.has_room(values.nbytes):
            stretch = stretch.alone()
        stretch.held.append(values)
        stretch.known.update(zip(found, places, strict=True))
        return stretch

    def _keys_of(self, part: Part) -> Ints:
        """The keys of a part's streams."""
        found = self._keys.get(id(part))
        if found is None:
            key = self.tape.streams.key
            found = self._keys[id(part)] = np.array([key(name) for name in part.streams])
        return found


class _Drawn:
    """Some days that are drawn."""

    def __init__(self, drawer: _Drawer, first: int, days: int, stretches: list[_Stretch], births: Births) -> None:
        self.first = first
        self.days = days
        self.births = births
        self._drawer = drawer
        self._stretches = stretches

    def absent(self) -> NDArray[np.bool_] | None:
        plan = self._drawer.plan
        if not plan.absences:
            return None
        absent = np.zeros((self.days, plan.daybook.slots), np.bool_)
        for of in plan.absences:
            stays_away = self._drawer.absence(of, self.first, self.days) < of.share
            absent[:, of.first : of.first + of.slots * of.places] = np.tile(stays_away, of.places)
        return absent if absent.any() else None

    def draw(self, table: int, number: int, leg: int) -> Ints:
        sheet = self._drawer.plan.sheets.of(table, number, leg)
        block, found = sheet.blank.copy(), []
        for place, part in enumerate(sheet.parts):
            marks = [(mark, 1 if kept else number, leg) for mark, kept in zip(part.marks, part.is_kept, strict=True)]
            stretch = self._stretches[place] = self._drawer.draw(self._stretches[place], part, self.first, marks)
            found += [stretch.known[mark] for mark in marks]
        block[sheet.sources, sheet.places, 0] = found
        return block


# Any other tape.


class _Asker:
    """Asks a tape for each day."""

    step = 0

    def __init__(self, tape: Tape, plan: Plan) -> None:
        self.tape = tape
        self.plan = plan

    def portion(self, first: int) -> Portion:
        return _Asked(self, first)


class _Asked:
    """A day of a tape that is asked."""

    days = 1

    def __init__(self, asker: _Asker, first: int) -> None:
        self.first = first
        self._tape, self._plan = asker.tape, asker.plan
        self._day = day = asker.tape.day(first)
        size = len(day.dialled)
        source, ordinal = (np.ascontiguousarray(column, np.int64) for column in (day.source, day.ordinal))
        dialled = np.ascontiguousarray(day.dialled, np.float64)
        self.births = Births(dialled, source, ordinal, np.arange(size), [0, size])
        self._held: list[Floats] = []

    def absent(self) -> NDArray[np.bool_] | None:
        plan = self._plan
        if not plan.absences:
            return None
        absent, numbers = np.zeros((1, plan.daybook.slots), np.bool_), self._tape.absence(self.first)
        for of in plan.absences:
            if of.team in numbers:
                stays_away = np.asarray(numbers[of.team]) < of.share
                absent[0, of.first : of.first + of.slots * of.places] = np.tile(stays_away, of.places)
        return absent

    def draw(self, table: int, number: int, leg: int) -> Ints:
        fields = self._plan.layout.columns.needed_by_any(table, number, leg)
        block = np.zeros((len(fields), 2), np.int64)
        draws = self._ask(table, number, leg)
        for place, field in enumerate(fields):
            column = NOTHING if field is None else field.get(draws)
            is_shared = field is None or column.strides == (0,)
            self._held.append(np.ascontiguousarray(column[:1] if is_shared else column, np.float64))
            block[place] = address(self._held[-1]), -1 + is_shared
        return block

    def _ask(self, table: int, number: int, leg: int) -> Any:
        if table == TRIES:
            return self._tape.tries(self.first, self._day, number)
        if table in (CALLERS, WORK_OF_LEG):
            return self._tape.callers(self.first, self._day, leg)
        return self._tape.attempts(self.first, self._day, number, leg)

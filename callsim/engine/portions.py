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
from callsim.engine import machine, records
from callsim.engine.plan import Absence, Dials, Plan
from callsim.engine.records import CALLERS, TRIES, WORK_OF_LEG, Records, address
from callsim.engine.sheets import NOTHING, Mark, Part, words
from callsim.laws import Law
from callsim.randomness import Streams, addresses, bare
from callsim.scenario.timetable import DAY

TOLD = slice(records.offset(records.COLUMN, "low") // 8, None)
"""What has to be told before a column is drawn, as it stands among its words: the stream's key, the days (first, number
and sizes), the block (attempt and leg), and where the values go."""
DIALLED = slice(records.offset(records.DIALS, "first") // 8, None)
"""The same for first dials, from the days on."""


class Births(NamedTuple):
    """The callers of some days, in the order of dialling."""

    dialled: Floats
    source: Ints
    ordinal: Ints
    row: Ints
    """Where a caller's values stand in a column."""
    until: list[int]
    """Where the callers of each day end, after a 0."""
    days: Records
    """A record of each day, but for its place in the table of days, and its blocks of the tape."""


def births_of(first: int, columns: Ints, until: Ints) -> Births:
    """Callers from a first day on; the columns are theirs, each number of eight bytes."""
    starts, sizes = until[:-1], np.diff(until)
    days = np.zeros(len(sizes), records.DAY)
    for name, at in zip(Births._fields, address(columns) + columns.strides[0] * np.arange(4), strict=False):
        days[name] = at + 8 * starts
    days["number"] = numbers = first + np.arange(len(sizes))
    # A running number would need the days before; no day has four billion callers.
    days["first"], days["portion"] = numbers << 32, first
    days["size"] = days["live"] = sizes
    dialled, source, ordinal, row = columns
    return Births(dialled.view(np.float64), source, ordinal, row, until.tolist(), days)


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
        self._record = np.array([places], records.HANDS)
        self.at = address(self._record)

    def draw(self, columns: Ints) -> None:
        machine.code().draw_columns(self.at, address(columns), len(columns))


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
        column[TOLD] = *streams.key("try"), 6, 2, address(sizes), place, 4, address(found)
        hands.draw(column[None])
        parts = [value.draw(streams.at("try", 6 + day, place, 4), size) for day, size in enumerate(sizes.tolist())]
        if found.tobytes() != np.concatenate(parts).astype(float).tobytes():
            return False
    return True


class _Stretch:
    """The callers of one source who are born on some days, and what has been drawn for them."""

    def __init__(self, sizes: Ints, times: Floats) -> None:
        self.sizes = sizes
        self.sizes_at = address(sizes)
        self.times = times
        self.known: dict[Mark, int] = {}
        """Addresses of values."""
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
        self.hands: Hands = self.shared("hands", Hands, lambda _: 0)

    def portion(self, first: int) -> Portion:
        days = self.plan.days_from(first)
        # Whoever would dial after the end is not born.
        stop = self.plan.horizon.stop if self.plan.horizon.stop < (first + days) * DAY else math.inf
        stretches = [self._stretch(dials, first, days, stop) for dials in self.plan.dials]
        key = ("births", first, days, stop, *(dials.mark for dials in self.plan.dials))
        births = self.shared(key, lambda: self._births(stretches, first, days), lambda of: 32 * len(of.dialled))
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
        given["stop"] = stop
        keys = [word for stream in dials.streams for word in self.tape.streams.key(stream)]
        told = address(volumes.expected), address(volumes.ends)
        room, found = int(volumes.whole + 6.0 * math.sqrt(volumes.whole)) + 16, -1
        while found < 0:
            times = np.empty(room)
            given.view(np.int64)[DIALLED] = (
                first, days, room, address(sizes), address(times), *told, *dials.pieces_at, *keys
            )  # fmt: skip
            found = machine.code().draw_dials(self.hands.at, address(given))
            room *= 2
        return _Stretch(sizes, times[:found])

    def _births(self, stretches: list[_Stretch], first: int, days: int) -> Births:
        """The callers of all sources in the order of dialling."""
        lines = np.zeros(len(stretches), records.LINE)
        lines["times"] = [address(stretch.times) for stretch in stretches]
        lines["sizes"] = [stretch.sizes_at for stretch in stretches]
        columns = np.empty((4, sum(len(stretch.times) for stretch in stretches)), np.int64)
        until = np.zeros(days + 1, np.int64)
        dialled, source, ordinal, row = (address(columns) + columns.strides[0] * np.arange(4)).tolist()
        machine.code().merge_dials(address(lines), len(lines), days, dialled, source, ordinal, row, address(until) + 8)
        return births_of(first, columns, until)

    def absence(self, of: Absence, first: int, days: int) -> Floats:
        """A team's numbers by day and slot: Tape.absence."""

        def draw() -> Floats:
            values, sizes = np.empty((days, of.slots)), np.full(days, of.slots)
            column = words(CHANCE, [])
            column[TOLD] = *self.tape.streams.key(of.stream), first, days, address(sizes), 0, 0, address(values)
            self.hands.draw(column[None])
            return values

        numbers: Floats = self.shared((of.stream, first, days, of.slots), draw, lambda values: values.nbytes)
        return numbers

    def draw(self, stretch: _Stretch, part: Part, first: int) -> _Stretch:
        """Draw the columns of a part that are not known. Returns the stretch that knows them."""
        missing = [place for place, mark in enumerate(part.marks) if mark not in stretch.known]
        if not missing:
            return stretch
        values = np.empty((len(missing), len(stretch.times)))
        columns, days, key = part.words[missing], (first, len(stretch.sizes), stretch.sizes_at), self.tape.streams.key
        start, step = address(values), values.strides[0]
        found = {part.marks[place]: start + step * row for row, place in enumerate(missing)}
        columns[:, TOLD] = [
            (*key(part.streams[place]), *days, *mark[1:], at)
            for place, (mark, at) in zip(missing, found.items(), strict=True)
        ]
        self.hands.draw(columns)
        if stretch.is_shared and not self.has_room(values.nbytes):
            stretch = stretch.alone()
        stretch.held.append(values)
        stretch.known.update(found)
        return stretch


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
            of.tell(absent, self._drawer.absence(of, self.first, self.days))
        return absent if absent.any() else None

    def draw(self, table: int, number: int, leg: int) -> Ints:
        sheet = self._drawer.plan.sheets.of(table, number, leg)
        block, found = sheet.blank.copy(), []
        for place, part in enumerate(sheet.parts):
            stretch = self._stretches[place] = self._drawer.draw(self._stretches[place], part, self.first)
            found += [stretch.known[mark] for mark in part.marks]
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
        dialled, size = np.asarray(day.dialled, np.float64), len(day.dialled)
        columns = np.array([dialled.view(np.int64), day.source, day.ordinal, np.arange(size)], np.int64)
        self.births = births_of(first, columns, np.array([0, size]))
        self._held: list[Floats] = []

    def absent(self) -> NDArray[np.bool_] | None:
        plan = self._plan
        if not plan.absences:
            return None
        absent, numbers = np.zeros((1, plan.daybook.slots), np.bool_), self._tape.absence(self.first)
        for of in plan.absences:
            if of.team in numbers:
                of.tell(absent, np.asarray(numbers[of.team])[None])
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

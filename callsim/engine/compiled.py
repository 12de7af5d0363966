"""The compiled engine from outside: memory, days and blocks of the tape for kernel.py, and the logs it writes.

The twin of centre.py.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsim.calllog import Chunk
from callsim.demand import Ints, Tape
from callsim.engine import machine, records
from callsim.engine.beginning import OF_EACH_CALLER, STRETCH, copy_records, longer, no_days, no_events
from callsim.engine.daybook import Pages
from callsim.engine.plan import plan_of
from callsim.engine.portions import Portion, reader
from callsim.engine.records import ATTEMPTS, CALLERS, Records, address, words_of_centre
from callsim.scenario.vocabulary import Scenario

NO_ROWS = {f"{name}_log": np.zeros(0, dtype) for name, dtype in records.LOGS.items()}
USED, MARKS = (words_of_centre(kind, records.REUSED) for kind in ("used", "mark"))
"""Where the centre's record says how much of its tables is in use, and from how much on they want to be larger."""
ROWS, LOG_MARKS = (words_of_centre(kind, records.LOGS) for kind in ("rows", "mark"))
"""The same for rows of logs."""
LARGE = 1 << 18
"""Bytes of a log from which on it is handed over, not copied."""


def simulate(scenario: Scenario, tape: Tape) -> Iterator[Chunk]:
    """Play a scenario on a tape, yielding what ended on each day."""
    return Compiled(scenario, tape).days()


def stretches(scenario: Scenario, tape: Tape) -> Iterator[Chunk]:
    """The same log in stretches of some thousand rows, each written over the one before."""
    return Compiled(scenario, tape).stretches()


class Compiled:
    """The call centre in memory. Arrays whose addresses the kernel knows are held here as long as it may look."""

    def __init__(self, scenario: Scenario, tape: Tape) -> None:
        self.plan = plan_of(scenario)
        self.held: dict[str, NDArray[Any]] = self.plan.beginning.copy()
        self.record = self.held["centre"]
        self.at = address(self.record)
        self.centre = self.record[0]
        words = self.record.view(np.int64)
        self.used, self.marks, self.rows, self.log_marks = (words[of] for of in (USED, MARKS, ROWS, LOG_MARKS))
        """By table and by log, where the kernel has them."""
        self.most = self.plan.beginning.most(len(self.held["calls"]) - 1)
        """Records of a table that one event may use."""
        self.reader = reader(tape, self.plan)
        self.portions: list[_Open] = []
        """Those of which some caller's story may go on; the last one is under way."""
        self.blocks: list[tuple[int, int]] = []
        """(key, address) of the blocks of the tape that are drawn, in order."""
        self._hold_blocks(16)
        self.centre["source_step"] = self.reader.step

    # Memory.

    def hold(self, name: str, array: NDArray[Any]) -> None:
        """Keep an array and tell the kernel where it stands."""
        self.held[name] = array
        self.centre[name] = address(array)

    def grow(self, rows: int = 0) -> None:
        """Make room where there is too little of it, for `rows` more of each log."""
        if self.centre["is_midnight"] or (self.used > self.marks).any():
            self._enlarge_tables()
        for name, written, mark in zip(NO_ROWS, self.rows.tolist(), self.log_marks.tolist(), strict=True):
            if written + rows > mark:
                self._enlarge_log(name, self.most + rows)
        self.centre["is_tight"] = 0

    def _enlarge_tables(self) -> None:
        """Make room in all tables: an event may use several records of each for each call under way.

        On top of these come the events and changes of a day that is about to begin.
        """
        posts = changes = 0
        if self.centre["is_midnight"]:
            page = self.portions[-1].page_at(int(self.centre["page"]))
            changes = int(page["changes"])
            posts = changes + int(page["hours_count"] + page["stint_count"])
        used = dict(zip(records.REUSED, self.used.tolist(), strict=True))
        calls = max(len(self.held["calls"]) - 1, 4 * used["calls"])
        most = self.plan.beginning.most(calls)
        self.log_marks += self.most - most
        self.most = most
        extra = {"changes": changes, "events": posts}
        for name in records.REUSED:
            self._enlarge(name, calls + 1 if name == "calls" else used[name] + most + extra.get(name, 0) + 1)
        self.marks[:] = [calls // 2 if name == "calls" else len(self.held[name]) - 1 - most for name in records.REUSED]
        self._enlarge_schedule()

    def _enlarge(self, name: str, size: int) -> None:
        """Have a table of that size at least."""
        old = self.held[name]
        if len(old) < size:
            self.hold(name, longer(old, max(2 * len(old), size), len(old)))

    def _enlarge_schedule(self) -> None:
        """Have room for all events."""
        old, size = self.held["schedule"], len(self.held["events"])
        if len(old) < 2 * size:
            self.hold("schedule", no_events(size))
            copy_records(old, self.held["schedule"], 2 * int(self.centre["leaf_count"]))

    def _enlarge_log(self, log: str, room: int) -> None:
        """Have room for so many rows behind those that are written."""
        place = list(NO_ROWS).index(log)
        old, rows = self.held[log], int(self.rows[place])
        if len(old) - rows < room:
            self.hold(log, np.empty(2 * (rows + room), old.dtype))
            copy_records(old, self.held[log], rows)
            self.log_marks[place] = len(self.held[log]) - self.most

    # Days.

    def days(self) -> Iterator[Chunk]:
        """Play day by day. The cool-down is full traffic, uncounted, so that stories can end."""
        day = 0
        while not self.centre["is_over"]:
            if day:
                yield self.chunk(day - 1)
            self.begin(day, 1)
            for log in OF_EACH_CALLER:
                self._enlarge_log(log, self.most + self.portions[-1].callers(day))
            while self.comes_to_a_stop():
                self.grow()
            day += 1
        self.break_off()
        yield self.chunk(day - 1)

    def stretches(self) -> Iterator[Chunk]:
        """Play on until the room for the logs is used up, and over again: a chunk holds until the next is asked for."""
        day = 0
        while not self.centre["is_over"]:
            day += self.begin(day)
            while self.comes_to_a_stop():
                if self.is_full():
                    yield self.written(day)
                self.grow()
        self.break_off()
        yield self.written(day)

    def begin(self, number: int, days: int | None = None) -> int:
        """Open so many days from one on, or the rest of the portion. Returns their number."""
        if not self.portions or number >= self.portions[-1].end:
            self.open(number)
        known, centre = self.portions[-1], self.centre
        first = number - known.portion.first
        found = len(known.table) - first if days is None else days
        centre["page"] = known.at + first * records.PAGE.itemsize
        centre["pages_left"], centre["is_midnight"] = found, 1
        return found

    def comes_to_a_stop(self) -> bool:
        """Let the kernel play; whether there is too little room to go on. What it lacks of the tape is drawn."""
        while (came := machine.code().play(self.at, records.GO_ON)) == records.WANTS:
            portion, table, number, leg = (
                int(self.centre[f"wanted_{what}"]) for what in ("portion", "table", "number", "leg")
            )
            self.draw(next(known for known in self.portions if known.portion.first == portion), table, number, leg)
        return bool(came == records.TIGHT)

    def is_full(self) -> bool:
        """Whether it is a log that has no more room, one of which there is much."""
        counts = zip(self.rows.tolist(), self.log_marks.tolist(), strict=True)
        return any(written > STRETCH // 2 and written > mark for written, mark in counts)

    def chunk(self, day: int) -> Chunk:
        """The rows of the day that has been played."""
        rows = [
            self._rows(log, number) if number else NO_ROWS[log]
            for log, number in zip(NO_ROWS, self.rows.tolist(), strict=True)
        ]
        self.rows[:] = 0
        return Chunk(day, *rows)

    def _rows(self, log: str, number: int) -> Records:
        """The rows of a log. Many are handed over where they stand, and the log goes on elsewhere."""
        table = self.held[log]
        size = number * table.itemsize
        if size < LARGE:
            # As plain memory: NumPy would copy records field by field.
            return np.ndarray(number, table.dtype, table.view(np.uint8)[:size].copy())
        self.hold(log, np.empty_like(table))
        return table[:number]

    def written(self, day: int) -> Chunk:
        """The rows up to now, where they stand."""
        rows = [self.held[log][:number] for log, number in zip(NO_ROWS, self.rows.tolist(), strict=True)]
        self.rows[:] = 0
        return Chunk(day, *rows)

    # The tape.

    def open(self, first: int) -> None:
        """Lay out the next portion of the tape, and what is drawn for first attempts."""
        self.forget_portions()
        portion = self.reader.portion(first)
        pages, absent = self.plan.daybook.pages(first, portion.days), portion.absent()
        index = self._free_days(portion.days)
        known = _Open(portion, pages if absent is None else pages.without(absent), index)
        self.portions.append(known)
        days = portion.births.days.copy()
        days["index"] = index
        days["callers"], days["attempts"] = self.draw(known, CALLERS, 0, 0), self.draw(known, ATTEMPTS, 1, 0)
        self.held["days"][index] = days
        self.centre["pauses"] = address(pages.pauses)

    def _free_days(self, number: int) -> Ints:
        """Places in the table of days that are free, in a larger table if need be."""
        table = self.held["days"]
        free = np.flatnonzero(table["index"] < 0)
        if len(free) < number:
            larger = no_days(2 * (len(table) + number))
            larger[: len(table)] = table
            self.hold("days", larger)
            free = np.flatnonzero(larger["index"] < 0)
        return free[:number]

    def draw(self, known: _Open, table: int, number: int, leg: int) -> int:
        """Draw a block of the tape: an attempt or a try of a number, or the work of a leg. Returns where it stands."""
        key = ((known.portion.first * 4 + table) * 0x80000 + number) * 0x80000 + leg
        block = known.blocks[key] = known.portion.draw(table, number, leg)
        place = address(block)
        insort(self.blocks, (key, place))
        self._tell_blocks()
        return place

    def _tell_blocks(self) -> None:
        count = len(self.blocks)
        if count > len(self.held["block_keys"]):
            self._hold_blocks(2 * count)
        keys, places = zip(*self.blocks, strict=True)
        self.held["block_keys"][:count], self.held["blocks_at"][:count] = keys, places
        self.centre["block_count"] = count

    def _hold_blocks(self, number: int) -> None:
        """Have room to tell the kernel of so many blocks."""
        for name in ("block_keys", "blocks_at"):
            self.hold(name, np.empty(number, np.int64))

    def forget_portions(self) -> None:
        """Let go of the tape of days whose callers' stories have all ended."""
        days = self.held["days"]
        for known in [known for known in self.portions if not days["live"][known.index].any()]:
            days["index"][known.index] = -1
            self.portions.remove(known)
            self.blocks = [block for block in self.blocks if block[0] not in known.blocks]

    # The end.

    def break_off(self) -> None:
        """The horizon ends: list what is under way, in the order of dialling."""
        callers, calls = self.held["callers"], self.held["calls"]
        state = calls["state"]
        is_dialled = (state != records.DIALLING) & (state != records.VOID)
        last = (
            ("call", is_dialled & (calls["is_written"] == 0), ("attempt", "number")),
            ("caller", (callers["attempts"] > 0) & (callers["has_ended"] == 0), ("number",)),
            ("leg", None, ("number", "attempt", "who")),
        )
        orders = [self._last(name, lasts, by) for name, lasts, by in last]
        self.grow(rows=sum(orders))
        machine.code().play(self.at, records.BREAK_OFF)
        grown = self.plan.beginning.lengths.keys() - set(OF_EACH_CALLER)
        self.plan.begin_with({name: len(self.held[name]) for name in grown})

    def _last(self, name: str, lasts: NDArray[np.bool_] | None, by: Sequence[str]) -> int:
        """List the records in use that go on, in an order. Returns how many there are."""
        table = self.held[f"{name}s"]
        in_use = table["index"] >= 0
        found = np.flatnonzero(in_use if lasts is None else in_use & lasts)
        if len(found):
            order = found[np.lexsort([table[field][found] for field in by])]
            self.hold(f"last_{name}s", order)
            self.centre[f"last_{name}_count"] = len(order)
        return len(found)


class _Open:
    """A portion of the tape that is open."""

    def __init__(self, portion: Portion, pages: Pages, index: NDArray[np.intp]) -> None:
        self.portion = portion
        self.pages = pages
        self.index = index
        """Places of the days in the table of days."""
        self.end = portion.first + portion.days
        self.blocks: dict[int, Ints] = {}
        """Blocks that are drawn, by key."""
        self.table = pages.table.copy()
        """A page for each day."""
        self.table["today"] = index
        self.at = address(self.table)

    def page_at(self, place: int) -> Any:
        """The page at an address."""
        return self.table[(place - self.at) // records.PAGE.itemsize]

    def callers(self, day: int) -> int:
        """Callers who are born on a day."""
        until, place = self.portion.births.until, day - self.portion.first
        return until[place + 1] - until[place]

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
from callsim.engine import kernel, records
from callsim.engine.beginning import copy_records, longer, no_days
from callsim.engine.daybook import Pages
from callsim.engine.horizon import Horizon
from callsim.engine.plan import plan_of
from callsim.engine.portions import Portion, reader
from callsim.engine.records import ATTEMPTS, CALLERS, Records, address
from callsim.scenario.timetable import DAY
from callsim.scenario.vocabulary import Scenario

NO_ROWS = {f"{name}_log": np.zeros(0, dtype) for name, dtype in records.LOGS.items()}
_FIRST = records.word_of_centre("attempt_rows")
ROW_COUNTS = slice(_FIRST, _FIRST + len(records.LOGS))
"""Where the numbers of rows stand in the centre's record."""
STRETCH = 1 << 12
"""Rows of a log that are written before they are looked at and written over."""
OF_EACH_CALLER = ("attempt", "caller")
"""Logs with a row or more for each caller."""
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
        self.horizon = self.plan.horizon
        self.record, self.held = self.plan.beginning.copy()
        self.centre = self.record[0]
        words = self.record.view(np.int64)
        self.row_counts = words[ROW_COUNTS]
        """Rows of each log."""
        self.bytes_of = {name: self.held[name].view(np.uint8) for name in NO_ROWS}
        """Logs as plain memory."""
        self.marks = {name: int(self.centre[f"{name}_mark"]) for name in records.LOGS}
        """From how many rows on a log wants to be longer."""
        self.most = self.plan.beginning.most(len(self.held["calls"]) - 1)
        """Records of a table that one event may use."""
        self.reader = reader(tape, self.plan)
        self.portions: list[_Open] = []
        """Those of which some caller's story may go on; the last one is under way."""
        self.blocks: list[tuple[int, int]] = []
        """(key, address) of the blocks of the tape that are drawn, in order."""
        self.centre["source_step"] = self.reader.step

    # Memory.

    def hold(self, name: str, array: NDArray[Any]) -> None:
        """Keep an array and tell the kernel where it stands."""
        self.held[name] = array
        self.centre[name] = address(array)

    def grow(self, rows: int = 0) -> None:
        """Make room: an event may use several records of each table for each call under way.

        On top of these come the events and changes of a day that is about to begin, and `rows` of each log.
        """
        centre, posts, changes = self.centre, 0, 0
        if centre["is_midnight"]:
            page = self.portions[-1].page_at(int(centre["page"]))
            changes = int(page["changes"])
            posts = changes + int(page["hours_count"] + page["stint_count"])
        calls = max(len(self.held["calls"]) - 1, 4 * int(centre["calls_used"]))
        self.most = most = self.plan.beginning.most(calls)
        extra = {"changes": changes, "events": posts}
        for name in records.REUSED:
            used, room = int(centre[f"{name}_used"]), most + extra.get(name, 0)
            self._enlarge(name, calls + 1 if name == "calls" else used + room + 1)
            centre[f"{name}_mark"] = calls // 2 if name == "calls" else len(self.held[name]) - 1 - most
        self._enlarge_schedule()
        for name in records.LOGS:
            self._enlarge_log(name, most + rows)
        centre["is_tight"] = 0

    def _enlarge(self, name: str, size: int) -> None:
        """Have a table of that size at least."""
        old = self.held[name]
        if len(old) < size:
            self.hold(name, longer(old, max(2 * len(old), size), len(old)))

    def _enlarge_schedule(self) -> None:
        """Have room for all events."""
        old, size = self.held["schedule"], len(self.held["events"])
        if len(old) < size:
            self.hold("schedule", np.empty(size, records.ENTRY))
            copy_records(old, self.held["schedule"], int(self.centre["scheduled"]))

    def _enlarge_log(self, name: str, room: int) -> None:
        """Have room for so many rows behind those that are written."""
        log = f"{name}_log"
        old, rows = self.held[log], int(self.centre[f"{name}_rows"])
        if len(old) - rows < room:
            self._hold_log(log, np.empty(2 * (rows + room), old.dtype))
            copy_records(old, self.held[log], rows)
        self.marks[name] = self.centre[f"{name}_mark"] = len(self.held[log]) - self.most

    def _hold_log(self, name: str, log: Records) -> None:
        self.hold(name, log)
        self.bytes_of[name] = log.view(np.uint8)

    # Days.

    def days(self) -> Iterator[Chunk]:
        """Play day by day. The cool-down is full traffic, uncounted, so that stories can end."""
        day = 0
        while not self.centre["is_over"]:
            if day:
                yield self.chunk(day - 1)
            self.begin(day, 1)
            for name in ("attempt", "caller"):
                if self.portions[-1].callers(day) > self.marks[name]:
                    self._enlarge_log(name, self.most + self.portions[-1].callers(day))
            while self.comes_to_a_stop():
                self.grow()
            day += 1
        self.break_off()
        yield self.chunk(day - 1)

    def stretches(self) -> Iterator[Chunk]:
        """Play on until the room for the logs is used up, and over again: a chunk holds until the next is asked for."""
        for name in records.LOGS:
            self._enlarge_log(name, STRETCH if name in OF_EACH_CALLER else 0)
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
        centre["page"] = address(known.table) + first * records.PAGE.itemsize
        centre["pages_left"], centre["is_midnight"] = found, 1
        return found

    def comes_to_a_stop(self) -> bool:
        """Let the kernel play; whether there is too little room to go on. What it lacks of the tape is drawn."""
        while (came := kernel.play(self.record, records.GO_ON)) == records.WANTS:
            portion, table, number, leg = (
                int(self.centre[f"wanted_{what}"]) for what in ("portion", "table", "number", "leg")
            )
            self.draw(next(known for known in self.portions if known.portion.first == portion), table, number, leg)
        return bool(came == records.TIGHT)

    def is_full(self) -> bool:
        """Whether it is a log that has no more room, one of which there is much."""
        rows, centre = dict(zip(records.LOGS, self.row_counts.tolist(), strict=True)), self.centre
        return any(rows[name] > STRETCH // 2 and rows[name] > centre[f"{name}_mark"] for name in rows)

    def chunk(self, day: int) -> Chunk:
        """The rows of the day that has been played."""
        rows = [
            self._rows(name, number) if number else NO_ROWS[name]
            for name, number in zip(NO_ROWS, self.row_counts.tolist(), strict=True)
        ]
        self.row_counts[:] = 0
        return Chunk(day, *rows)

    def _rows(self, name: str, number: int) -> Records:
        """The rows of a log. Many are handed over where they stand, and the log goes on elsewhere."""
        table = self.held[name]
        size = number * table.itemsize
        if size < LARGE:
            return np.ndarray(number, table.dtype, self.bytes_of[name][:size].copy())
        self._hold_log(name, np.empty_like(table))
        return table[:number]

    def written(self, day: int) -> Chunk:
        """The rows up to now, where they stand."""
        rows = [self.held[name][:number] for name, number in zip(NO_ROWS, self.row_counts.tolist(), strict=True)]
        self.row_counts[:] = 0
        return Chunk(day, *rows)

    # The tape.

    def open(self, first: int) -> None:
        """Lay out the next portion of the tape, and what is drawn for first attempts."""
        self.forget_portions()
        portion = self.reader.portion(first)
        pages, absent = self.plan.daybook.pages(first, portion.days), portion.absent()
        places = self._free_days(portion.days)
        known = _Open(portion, pages if absent is None else pages.without(absent), places, self.horizon)
        self.portions.append(known)
        births = portion.births
        starts, sizes = np.array(births.until[:-1]), np.diff(births.until)
        numbers = np.arange(first, first + portion.days)
        rows = np.zeros(portion.days, records.DAY)
        for name in ("dialled", "source", "ordinal", "row"):
            rows[name] = address(getattr(births, name)) + 8 * starts
        # A running number would need the days before; no day has four billion callers.
        rows["number"], rows["first"], rows["portion"] = numbers, numbers << 32, first
        rows["index"], rows["size"], rows["live"] = known.index, sizes, sizes
        rows["callers"], rows["attempts"] = self.draw(known, CALLERS, 0, 0), self.draw(known, ATTEMPTS, 1, 0)
        self.held["days"][known.index] = rows
        self.centre["pauses"] = address(known.pages.pauses)

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
        insort(self.blocks, (key, address(block)))
        self._tell_blocks()
        return address(block)

    def _tell_blocks(self) -> None:
        keys, places = np.array(self.blocks, np.int64).reshape(-1, 2).T.copy()
        self.hold("block_keys", keys)
        self.hold("blocks_at", places)
        self.centre["block_count"] = len(self.blocks)

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
        kernel.play(self.record, records.BREAK_OFF)
        self.plan.begin_with(len(calls) - 1)

    def _last(self, name: str, lasts: NDArray[np.bool_] | None, by: Sequence[str]) -> int:
        """List the records in use that go on, in an order. Returns how many there are."""
        table = self.held[f"{name}s"]
        in_use = table["index"] >= 0
        found = np.flatnonzero(in_use if lasts is None else in_use & lasts)
        order = found[np.lexsort([table[field][found] for field in by])]
        self.hold(f"last_{name}s", order)
        self.centre[f"last_{name}_count"] = len(order)
        return len(order)


class _Open:
    """A portion of the tape that is open."""

    def __init__(self, portion: Portion, pages: Pages, index: NDArray[np.intp], horizon: Horizon) -> None:
        self.portion = portion
        self.pages = pages
        self._horizon = horizon
        self.index = index
        """Places of the days in the table of days."""
        self.end = portion.first + portion.days
        self.blocks: dict[int, Ints] = {}
        """Blocks that are drawn, by key."""
        self.table = self._table()
        """A page for each day."""

    def page_at(self, place: int) -> Any:
        """The page at an address."""
        return self.table[(place - address(self.table)) // records.PAGE.itemsize]

    def callers(self, day: int) -> int:
        """Callers who are born on a day."""
        until, place = self.portion.births.until, day - self.portion.first
        return until[place + 1] - until[place]

    def _table(self) -> Records:
        pages, days = self.pages, np.arange(self.portion.first + 1, self.end + 1)
        hours, stints, pauses = map(np.array, (pages.hours_until, pages.stints_until, pages.pauses_until))
        table = np.zeros(self.portion.days, records.PAGE)
        table["hours"] = address(pages.hours) + hours[:-1] * records.HOURS.itemsize
        table["stints"] = address(pages.stints) + stints[:-1] * records.STINT.itemsize
        table["hours_count"], table["stint_count"] = np.diff(hours), np.diff(stints)
        table["changes"] = table["stint_count"] + np.diff(pauses)
        table["today"] = self.index
        midnights, horizon = days * DAY, self._horizon
        table["until"] = np.minimum(midnights, horizon.stop)
        table["runs_out"] = horizon.runs_out & (midnights - DAY >= horizon.end)
        table["may_be_last"] = horizon.runs_out & (midnights >= horizon.end)
        table["is_last"] = midnights >= horizon.stop
        return table

"""The compiled engine from outside: memory, days and blocks of the tape for kernel.py, and the logs it writes.

The twin of centre.py.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsim.calllog import Chunk
from callsim.demand import Ints, Tape
from callsim.engine import kernel, records
from callsim.engine.beginning import copy_records, longer, no_days
from callsim.engine.daybook import Pages
from callsim.engine.plan import plan_of
from callsim.engine.portions import Portion, reader
from callsim.engine.records import ATTEMPTS, CALLERS, Records, address
from callsim.scenario.timetable import DAY
from callsim.scenario.vocabulary import Scenario

NO_ROWS = {f"{name}_log": np.zeros(0, dtype) for name, dtype in records.LOGS.items()}
_FIRST = records.word_of_centre("attempt_rows")
ROW_COUNTS = slice(_FIRST, _FIRST + len(records.LOGS))
"""Where the numbers of rows stand in the centre's record."""
LARGE = 1 << 18
"""Bytes of a log from which on it is handed over, not copied."""


def simulate(scenario: Scenario, tape: Tape) -> Iterator[Chunk]:
    """Play a scenario on a tape, yielding what ended on each day."""
    return Compiled(scenario, tape).days()


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

    def grow(self, posts: int = 0, changes: int = 0, rows: int = 0) -> None:
        """Make room: an event may use several records of each table for each call under way.

        `posts` events, `changes` of the roster and `rows` of each log are about to come on top.
        """
        centre = self.centre
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
        while True:
            self.begin_day(day)
            self.centre["runs_out"] = self.horizon.runs_out and day * DAY >= self.horizon.end
            self.centre["until"] = min(self.horizon.stop, (day + 1) * DAY)
            self.play()
            day += 1
            if self.is_over(day * DAY):
                break
            yield self.chunk(day - 1)
        self.break_off()
        yield self.chunk(day - 1)

    def is_over(self, midnight: float) -> bool:
        horizon = self.horizon
        return midnight >= horizon.stop or (horizon.runs_out and midnight >= horizon.end and not self.centre["unended"])

    def play(self) -> None:
        """Let the kernel play the day; whatever it lacks on the way is given to it."""
        came = kernel.play(self.record, records.BEGIN_DAY)
        while came != records.PLAYED:
            if came == records.WANTS:
                portion, table, number, leg = (
                    int(self.centre[f"wanted_{what}"]) for what in ("portion", "table", "number", "leg")
                )
                known = next(known for known in self.portions if known.portion.first == portion)
                self.draw(known, table, number, leg)
            else:
                self.grow()
            came = kernel.play(self.record, records.GO_ON)

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

    def begin_day(self, number: int) -> None:
        """Lay out the day's openings, duties and callers."""
        if not self.portions or number >= self.portions[-1].end:
            self.open(number)
        known = self.portions[-1]
        page = known.by_day[number - known.portion.first]
        for name, value in zip(page._fields[:5], page, strict=False):
            self.centre[name] = value
        self._expect(page)

    def _expect(self, page: _Page) -> None:
        """Make room for a day: for its events and changes for certain, and for the rows that are likely."""
        centre = self.centre
        posts = page.hours_count + page.stint_count + page.changes
        if (
            centre["events_used"] + posts > centre["events_mark"]
            or centre["changes_used"] + page.changes > centre["changes_mark"]
        ):
            self.grow(posts=posts, changes=page.changes)
        for name in ("attempt", "caller"):
            if page.callers > self.marks[name]:
                self._enlarge_log(name, self.most + page.callers)

    # The tape.

    def open(self, first: int) -> None:
        """Lay out the next portion of the tape, and what is drawn for first attempts."""
        self.forget_portions()
        portion = self.reader.portion(first)
        pages, absent = self.plan.daybook.pages(first, portion.days), portion.absent()
        known = _Open(portion, pages if absent is None else pages.without(absent), self._free_days(portion.days))
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

    def _last(self, name: str, lasts: NDArray[np.bool_] | None, by: Sequence[str]) -> int:
        """List the records in use that go on, in an order. Returns how many there are."""
        table = self.held[f"{name}s"]
        in_use = table["index"] >= 0
        found = np.flatnonzero(in_use if lasts is None else in_use & lasts)
        order = found[np.lexsort([table[field][found] for field in by])]
        self.hold(f"last_{name}s", order)
        self.centre[f"last_{name}_count"] = len(order)
        return len(order)


class _Page(NamedTuple):
    """A day as the kernel is told of it."""

    hours: int
    """Where its openings stand, and its duties."""
    hours_count: int
    stints: int
    stint_count: int
    today: int
    changes: int
    callers: int


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
        self.by_day = list(self._by_day())

    def _by_day(self) -> Iterator[_Page]:
        hours, stints = address(self.pages.hours), address(self.pages.stints)
        callers = np.diff(self.portion.births.until).tolist()
        for place, day in enumerate(self.index.tolist()):
            openings, duties, pauses = self.pages.numbers(place)
            yield _Page(hours, openings, stints, duties, day, duties + pauses, callers[place])
            hours += openings * records.HOURS.itemsize
            stints += duties * records.STINT.itemsize

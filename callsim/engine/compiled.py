"""The compiled engine from outside: memory, days and blocks of the tape for kernel.py, and the logs it writes.

The twin of centre.py.
"""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsim.calllog import Activity, Chunk
from callsim.demand import Day, Tape
from callsim.engine import kernel, records
from callsim.engine.horizon import horizon
from callsim.engine.layout import UNLIMITED, layout
from callsim.engine.records import ATTEMPTS, CALLERS, TRIES, WORK_OF_LEG, Records, empty
from callsim.scenario.roster import stints
from callsim.scenario.timetable import DAY, steps
from callsim.scenario.vocabulary import Scenario

START = 256
"""Records with which tables begin that grow with what is under way."""
BEGINNINGS: dict[str, dict[str, float]] = {
    "callers": {
        "waited": 0.0,
        "attempts": 0,
        "redials": 0,
        "times_asked": 0,
        "tries": 0,
        "outlook": 5,
        "has_ended": 0,
        "uses": 0,
    },
    "calls": {
        "state": records.DIALLING,
        "rings": 1,
        "holds_line": 0,
        "offers": 0,
        "outcome": 0,
        "reason": 0,
        "at_operator": 0,
        "is_written": 0,
    },
    "legs": {},
    "jobs": {},
    "changes": {"is_void": 0},
    "nodes": {},
    "events": {},
}
"""How records begin, where that is not -1 and NaN."""


def simulate(scenario: Scenario, tape: Tape) -> Iterator[Chunk]:
    """Play a scenario on a tape, yielding what ended on each day."""
    return Compiled(scenario, tape).days()


def address(array: NDArray[Any]) -> int:
    """Where an array's values stand in memory."""
    found: int = array.__array_interface__["data"][0]
    return found


def _bytes(table: Records) -> NDArray[np.uint8]:
    """A table as plain memory: NumPy would copy records field by field."""
    return table.view(np.uint8)


class Compiled:
    """The call centre in memory. Arrays whose addresses the kernel knows are held here as long as it may look."""

    def __init__(self, scenario: Scenario, tape: Tape) -> None:
        self.scenario = scenario
        self.tape = tape
        self.horizon = horizon(scenario)
        self.layout = layout(scenario, self.horizon.stop)
        self.record = empty(records.CENTRE)
        self.centre = self.record[0]
        self.held: dict[str, NDArray[Any]] = {}
        self.days_known: dict[int, _DayKnown] = {}
        self.blocks: list[tuple[int, int]] = []
        """(key, address) of the blocks of the tape that are drawn, in order."""
        self.nothing = np.array([math.nan])
        self._set_up()
        self._lay_tables()

    # Memory.

    def hold(self, name: str, array: NDArray[Any]) -> None:
        """Keep an array and tell the kernel where it stands."""
        self.held[name] = array
        self.centre[name] = address(array)

    def _set_up(self) -> None:
        centre, scenario = self.centre, self.scenario
        zeros = (
            "now sequence asked unended lines_busy scheduled is_tight line_wanted runs_out next_row opened has_desk"
            " desk_is_open hours_count stint_count block_count last_call_count last_leg_count last_caller_count"
        )
        for name in (*zeros.split(), *(f"{name}_rows" for name in records.LOGS)):
            centre[name] = 0
        centre["end"] = self.horizon.end
        centre["lines"] = UNLIMITED if scenario.lines is None else scenario.lines
        centre["queue_count"] = len(scenario.queues)
        centre["puts_through"] = any(queue.transfer for queue in scenario.queues.values())
        if scenario.voicemail is not None:
            centre["leaves"], centre["message_takes"] = scenario.voicemail.leaves, scenario.voicemail.takes
        if scenario.callbacks is not None:
            self._set_up_desk()

    def _set_up_desk(self) -> None:
        centre, rules = self.centre, self.scenario.callbacks
        assert rules is not None
        centre["has_desk"] = 1
        centre["desk_team"] = list(self.scenario.teams).index(rules.by)
        centre["desk_pool"] = len(self.layout.pool_rooms) - 1
        for cause in ("missed", "voicemail", "unserved"):
            centre[f"for_{cause}"] = cause in rules.for_
        centre["number_known"] = rules.number_known
        centre["reaches"] = rules.reaches
        centre["no_answer_takes"] = rules.no_answer_takes
        centre["tries_at_most"] = rules.tries.at_most
        centre["tries_every"] = rules.tries.every

    def _lay_tables(self) -> None:
        plan = self.layout
        for name, table in plan.tables.items():
            self.hold(name, table.copy())
        self.hold("places", plan.places)
        self.hold("chances", plan.chances)
        slots = len(plan.tables["slots"])
        self.centre["slot_count"] = slots
        self.centre["pool_count"] = len(plan.pool_rooms)
        self.hold("takes", np.zeros(max(slots * len(self.scenario.queues), 1), np.int64))
        idle = np.zeros(max(sum(plan.pool_rooms), 1), records.IDLE)
        self.held["idle"] = idle
        starts = np.cumsum([0, *plan.pool_rooms])[:-1]
        self.held["pools"]["idle"] = address(idle) + starts * records.IDLE.itemsize
        for place, openings in plan.openings.items():
            self.held["queues"]["openings"][place] = address(openings)
            self.held["queues"]["opening_count"][place] = len(openings)
        self.hold("days", np.zeros(4, records.DAY))
        self.held["days"]["index"] = -1
        for name in records.REUSED:
            self._begin_table(name, 0)
        self.grow()

    def _begin_table(self, name: str, size: int) -> None:
        """An empty table: its first record is how all of them begin."""
        dtype = records.REUSED[name]
        table = np.repeat(empty(dtype, **BEGINNINGS[name]), size + 1)
        table["next_free"] = np.arange(1, size + 2)
        self.hold(name, table)
        self.centre[f"{name}_free"] = 1
        self.centre[f"{name}_used"] = 0

    def grow(self, posts: int = 0, changes: int = 0, rows: int = 0) -> None:
        """Make room: an event may use several records of each table for each call under way.

        `posts` events, `changes` of the roster and `rows` of each log are about to come on top.
        """
        centre = self.centre
        calls = max(START, len(self.held["calls"]) - 1, 4 * int(centre["calls_used"]))
        rules = int(self.held["queues"]["rules"].max(initial=0))
        most = calls * (2 + rules) + 2 * int(centre["slot_count"]) + 64
        extra = {"changes": changes, "events": posts}
        for name in records.REUSED:
            used, room = int(centre[f"{name}_used"]), most + extra.get(name, 0)
            self._enlarge(name, calls + 1 if name == "calls" else used + room + 1)
            size = len(self.held[name])
            centre[f"{name}_mark"] = calls // 2 if name == "calls" else size - 1 - most
        self._enlarge_plain("schedule", records.ENTRY, int(centre["scheduled"]), len(self.held["events"]))
        for name, dtype in records.LOGS.items():
            self._enlarge_plain(f"{name}_log", dtype, int(centre[f"{name}_rows"]), most + rows)
            centre[f"{name}_mark"] = len(self.held[f"{name}_log"]) - most
        centre["is_tight"] = 0

    def _enlarge(self, name: str, size: int) -> None:
        """Have a table of that size at least. The chain of free records ends at its old size, and so goes on."""
        old = self.held[name]
        if len(old) >= size:
            return
        table = np.repeat(old[:1], max(2 * len(old), size))
        table["next_free"] = np.arange(1, len(table) + 1)
        _bytes(table)[: old.nbytes] = _bytes(old)
        self.hold(name, table)

    def _enlarge_plain(self, name: str, dtype: np.dtype[Any], used: int, room: int) -> None:
        old = self.held.get(name)
        if old is not None and len(old) - used >= room:
            return
        table = np.empty(2 * (used + room), dtype)
        if old is not None:
            size = used * dtype.itemsize
            _bytes(table)[:size] = _bytes(old)[:size]
        self.hold(name, table)

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
                centre = self.centre
                self.draw(*(int(centre[f"wanted_{what}"]) for what in ("day", "table", "number", "leg")))
            else:
                self.grow()
            came = kernel.play(self.record, records.GO_ON)

    def chunk(self, day: int) -> Chunk:
        """The rows of the day that has been played."""
        rows = []
        for name in records.LOGS:
            number = int(self.centre[f"{name}_rows"])
            rows.append(_bytes(self.held[f"{name}_log"][:number]).copy().view(records.LOGS[name]))
            self.centre[f"{name}_rows"] = 0
        return Chunk(day, *rows)

    def begin_day(self, number: int) -> None:
        """Lay out the day's openings, stints and callers."""
        self.forget_days()
        hours = self._hours(number)
        stint_rows, pause_rows = self._stints(number)
        for name, rows, dtype in (
            ("hours", hours, records.HOURS),
            ("stints", stint_rows, records.STINT),
            ("pauses", pause_rows, records.PAUSE),
        ):
            self.hold(name, np.array(rows, dtype) if rows else np.zeros(1, dtype))
        self.centre["hours_count"], self.centre["stint_count"] = len(hours), len(stint_rows)
        changes = len(stint_rows) + len(pause_rows)
        self.grow(posts=len(hours) + len(stint_rows) + changes, changes=changes)
        self._bear(number)

    def _hours(self, number: int) -> list[tuple[float, int, int]]:
        scenario = self.scenario
        calendar = scenario.calendar
        found = [
            (time, place, int(value > 0))
            for place, name in enumerate(scenario.queues)
            for time, value in steps(scenario.open_hours(name), calendar, number)
        ]
        if scenario.callbacks is not None:
            found += [(time, -1, int(value > 0)) for time, value in steps(calendar.open, calendar, number)]
        return found

    def _stints(self, number: int) -> tuple[list[tuple[float, float, int, int, int]], list[tuple[float, float, int]]]:
        """Who comes on a day, and the breaks."""
        absence = self.tape.absence(number)
        found: list[tuple[float, float, int, int, int]] = []
        pauses: list[tuple[float, float, int]] = []
        for place, (name, team) in enumerate(self.scenario.teams.items()):
            first, absent = int(self.held["teams"]["first_slot"][place]), absence.get(name)
            for slot, start, end, breaks in stints(team, self.scenario.calendar, number):
                if absent is not None and absent[slot] < team.absence:
                    continue
                found.append((start, end, first + slot, len(pauses), len(breaks)))
                for due, lasts, paid in breaks:
                    pauses.append((due, lasts, Activity.PAID_BREAK if paid else Activity.UNPAID_BREAK))
        return found, pauses

    # The tape.

    def _bear(self, number: int) -> None:
        """The callers of a day and what is drawn for their first attempts."""
        day = self.tape.day(number)
        table = self.held["days"]
        free = np.flatnonzero(table["index"] < 0)
        if not len(free):
            larger = np.zeros(2 * len(table), records.DAY)
            larger["index"] = -1
            larger[: len(table)] = table
            self.hold("days", larger)
            table, free = larger, np.array([len(table)])
        known = _DayKnown(day, int(free[0]))
        self.days_known[number] = known
        callers = self.tape.callers(number, day)
        columns = {
            "dialled": known.hold(day.dialled, np.float64),
            "source": known.hold(day.source, np.int64),
            "ordinal": known.hold(day.ordinal, np.int64),
            "kind": known.hold(callers.kind, np.int64),
            "callers": self._block(known, CALLERS, callers, None),
            "attempts": 0,
        }
        record = table[known.index]
        for name, value in {"number": number, "first": day.first, "index": known.index, **columns}.items():
            record[name] = value
        record["size"] = record["live"] = len(day.dialled)
        self.draw(number, ATTEMPTS, 1, 0)
        record["attempts"] = self.blocks_of(number)[self._key(number, ATTEMPTS, 1, 0)]
        self.centre["today"] = known.index

    def blocks_of(self, number: int) -> dict[int, int]:
        return self.days_known[number].blocks

    @staticmethod
    def _key(day: int, table: int, number: int, leg: int) -> int:
        return ((day * 4 + table) * 0x80000 + number) * 0x80000 + leg

    def draw(self, number: int, table: int, of: int, leg: int) -> None:
        """Draw a block of the tape: an attempt or a try of a number, or the work of a leg, of the callers of a day."""
        known = self.days_known[number]
        needed = None
        draws: Any
        if table == TRIES:
            draws = self.tape.tries(number, known.day, of)
        elif table == WORK_OF_LEG:
            draws = self.tape.callers(number, known.day, leg)
            needed = self.layout.on_work
        else:
            draws = self.tape.attempts(number, known.day, of, leg)
            if leg:
                needed = self.layout.on_legs if leg <= records.MOST_TRANSFERS else self.layout.on_offers
        key = self._key(number, table, of, leg)
        known.blocks[key] = self._block(known, table, draws, needed)
        insort(self.blocks, (key, known.blocks[key]))
        self._tell_blocks()

    def _tell_blocks(self) -> None:
        keys_and_blocks = np.array(self.blocks, np.int64).reshape(-1, 2).T
        self.hold("block_keys", keys_and_blocks[0].copy())
        self.hold("blocks_at", keys_and_blocks[1].copy())
        self.centre["block_count"] = len(self.blocks)

    def _block(self, known: _DayKnown, table: int, draws: Any, needed: frozenset[int] | None) -> int:
        """Lay out a block: for each column the address of its values, and the mask of its rows."""
        columns = self.layout.columns[table]
        found = np.zeros((len(columns), 2), np.int64)
        for number, get in enumerate(columns):
            if get is None or (needed is not None and number not in needed):
                found[number] = address(self.nothing), 0
                continue
            column = get(draws)
            shared = column.strides == (0,)
            found[number] = known.hold(column[:1] if shared else column, np.float64), 0 if shared else -1
        return known.hold(found, np.int64)

    def forget_days(self) -> None:
        """Let go of the tape of days whose callers' stories have all ended."""
        days = self.held["days"]
        over = [number for number, known in self.days_known.items() if not days["live"][known.index]]
        for number in over:
            known = self.days_known.pop(number)
            days["index"][known.index] = -1
            self.blocks = [block for block in self.blocks if block[0] not in known.blocks]
        if over:
            self._tell_blocks()

    # The end.

    def break_off(self) -> None:
        """The horizon ends: list what is under way, in the order of dialling."""
        callers, calls, legs = (self._in_use(name) for name in ("callers", "calls", "legs"))
        undialled = (records.DIALLING, records.VOID)
        calls = calls[~np.isin(calls["state"], undialled) & (calls["is_written"] == 0)]
        callers = callers[(callers["attempts"] > 0) & (callers["has_ended"] == 0)]
        orders = {
            "calls": calls["index"][np.lexsort((calls["attempt"], calls["number"]))],
            "callers": callers["index"][np.argsort(callers["number"])],
            "legs": legs["index"][np.lexsort((legs["number"], legs["attempt"], legs["who"]))],
        }
        for name, order in orders.items():
            self.hold(f"last_{name}", order.astype(np.int64))
            self.centre[f"last_{name[:-1]}_count"] = len(order)
        self.grow(rows=sum(map(len, orders.values())))
        kernel.play(self.record, records.BREAK_OFF)

    def _in_use(self, name: str) -> Records:
        table = self.held[name]
        return table[table["index"] >= 0]


class _DayKnown:
    """The tape of one day, as far as it is drawn."""

    def __init__(self, day: Day, index: int) -> None:
        self.day = day
        self.index = index
        self.blocks: dict[int, int] = {}
        self.columns: list[NDArray[Any]] = []

    def hold(self, column: NDArray[Any], kind: type) -> int:
        """Keep a column as the kernel reads it; returns where it stands."""
        kept: NDArray[Any] = np.ascontiguousarray(column, kind)
        self.columns.append(kept)
        return address(kept)

"""The tables of counts.py and seconds.py as counting.py knows them: what rows add to them is added in machine code."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsim.columns import Hours
from callsim.counts import CALLS, DAY_INTERVALS, PEOPLE, Calls, People
from callsim.engine import machine
from callsim.engine.records import COUNTING, GROUPS, HINT_SHIFT, HINTS, Records, address
from callsim.estimate import BINS, bin_edges
from callsim.scenario.vocabulary import Scenario
from callsim.seconds import Spent, Time
from callsim.tally import Kinds, Tally


@cache
def _hints() -> NDArray[np.int64]:
    """For the first bits of a wait, the bin of the least wait that begins so."""
    least = (np.arange(HINTS) << HINT_SHIFT).view(np.float64)
    return np.searchsorted(bin_edges(), np.where(np.isnan(least), np.inf, least), side="right").astype(np.int64)


class Counter:
    """Counts the rows of one kind of log."""

    def __init__(self, scenario: Scenario, interval: float, tally: Tally, kinds: Kinds) -> None:
        self.record = np.zeros(1, COUNTING)
        self.record["low"], self.record["high"] = scenario.calendar.warm_up, scenario.calendar.end
        self.record["interval"], self.record["day_intervals"] = interval, DAY_INTERVALS
        self._tally = tally
        self._kinds = kinds
        self._held: dict[str, NDArray[Any]] = {}
        """Arrays of which the record has the addresses."""
        for group in GROUPS:
            if group in tally.sums:
                sums = tally.sums[group]
                self.hold(f"{group}_sums", sums)
                self.record[f"{group}_size"] = sums.strides[0] // sums.itemsize
        self.know_kinds()

    def hold(self, name: str, array: NDArray[Any]) -> None:
        """Tell where an array stands."""
        self._held[name] = array
        self.record[name] = address(array)

    def know_kinds(self) -> None:
        """Tell of all kinds that have been met."""
        self._tally.make_room()
        for group, cells in self._tally.cells.items():
            self.hold(f"{group}_cells", cells)
        self.hold("kind_of", self._kinds.of)
        self.hold("marks", self._kinds.marks)
        self.record["kinds"] = len(self._kinds)

    def count(self, counting: Callable[[int, int, int, int], int], rows: Records) -> None:
        """Count rows, meeting new kinds on the way."""
        if self.record["kinds"] != len(self._kinds):
            # Somebody else has met more of them.
            self.know_kinds()
        row, told, at = 0, address(self.record), address(rows)
        while (row := counting(told, at, row, len(rows))) < len(rows):
            self._kinds.meet(np.array([self.record["unmet"][0]], np.uint16))
            self.know_kinds()

    def hold_spans(self, name: str, spent: Spent) -> None:
        """Tell where seconds are added up."""
        for table in ("running", "before", "after"):
            self.hold(f"{name}_{table}", getattr(spent, table))


class CallCounter(Counter):
    """Counts attempts, and adds up the time of agents and of waiting."""

    def __init__(self, scenario: Scenario, interval: float, *, calls: Calls, time: Time, hours: Hours) -> None:
        super().__init__(scenario, interval, calls.tally, CALLS)
        record, work = self.record, time.work
        record["has_vendors"], record["skips_put_through"] = bool(calls.vendors), calls.lacks_put_through
        record["width"], record["slices"], record["bins"] = work.shape[1], calls.edges.shape[1], BINS
        self.hold_spans("handled", work.handled["attempts"])
        self.hold_spans("waiting", time.waiting)
        for name, array in (
            ("aims", np.roll(calls.aims, 1)), ("line_aims", np.roll(calls.line_aims, 1)), ("talks", work.talk_counts),
            ("edges", calls.edges), ("histograms", calls.histograms), ("longer", calls.longer),
            ("in_slices", calls.answered), ("left_in_slices", calls.abandoned),
            ("bin_edges", bin_edges()), ("hints", _hints()),
        ):  # fmt: skip
            self.hold(name, array)
        self._hours = hours
        self._queues = len(scenario.queues)
        self._days = -1
        """Up to which the hours have been told."""

    def add(self, rows: Records) -> None:
        """Add attempts."""
        self._hours.reach(rows["dialled"])
        if self._days != self._hours.days:
            self._days = self._hours.days
            self._tell_hours()
        self.count(machine.code().count_attempts, rows)

    def _tell_hours(self) -> None:
        own = np.full((self._queues, 2), -1, np.int64)
        for place, borders in self._hours.own.items():
            own[place] = len(borders), address(borders)
        self.hold("own_hours", own)
        self.hold("hours", np.array([len(self._hours.usual), address(self._hours.usual)]))


class PeopleCounter(Counter):
    """Counts callers."""

    def __init__(self, scenario: Scenario, interval: float, *, people: People) -> None:
        super().__init__(scenario, interval, people.tally, PEOPLE)
        self.hold("aims", np.roll(people.aims, 1))

    def add(self, rows: Records) -> None:
        """Add callers."""
        self.count(machine.code().count_callers, rows)

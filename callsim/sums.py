"""What the log of one replication adds up to. Sums of days and replications add up; nothing here knows a price."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsim import seconds
from callsim.calllog import Logs
from callsim.columns import Columns, hours_of
from callsim.counts import DAY_INTERVALS, INTERVAL, OF_VENDORS, Calls, People, Slices
from callsim.estimate import WaitHistogram
from callsim.groups import Groups, Numbers, Side
from callsim.outsourced import AtVendors
from callsim.scenario.vocabulary import Scenario
from callsim.tally import Tally

Floats = NDArray[np.float64]


class Sums(NamedTuple):
    """What one replication adds to every measure."""

    total: Numbers
    by_queue: Groups
    by_interval: Groups
    """By number of the interval in the day."""
    by_source: Groups
    by_team: Groups
    by_vendor: Groups
    """Vendors that callers can come to."""
    waits: Mapping[str, WaitHistogram]
    """By queue; the empty name stands for all."""
    slices: Mapping[str, Slices]
    """By queue with a target."""


class Adding:
    """The sums of a replication, from its log or from parts of it in turn: the very floats, however it is cut.

    Attempts are added by their dial, callers by their first, time clipped to the window.
    """

    def __init__(self, scenario: Scenario, *, in_machine_code: bool = False) -> None:
        """By NumPy, or in machine code where Numba is installed: to the last bit the same."""
        self._scenario = scenario
        self._at_vendors = AtVendors(scenario)
        self._people = People(scenario)
        self._calls = Calls(scenario, lacks_put_through=self._at_vendors.waits_for_legs)
        self._time = seconds.Time(scenario, INTERVAL)
        self._layout = _Layout(scenario, self._calls.tally, self._people.tally, vendors=self._at_vendors.met)
        self._add_callers: Callable[[Columns], None] = self._people.add
        self._add_calls: Callable[[Columns], None] = self._add_attempts
        if in_machine_code:
            self._count_in_machine_code()

    def clear(self) -> None:
        """Begin with the next replication."""
        for part in (self._at_vendors, self._people, self._calls, self._time):
            part.clear()

    def add(self, logs: Logs) -> None:
        """Add the log of a replication, or the next part of it."""
        for people in logs.blocks("callers"):
            self._add_callers(people)
            self._at_vendors.add_callers(people)
        for calls in logs.blocks("attempts"):
            self._add_calls(calls)
        for legs in logs.blocks("legs"):
            self._at_vendors.add_legs(legs)
        self._time.add(logs)

    def _add_attempts(self, calls: Columns) -> None:
        self._time.add_calls(calls)
        self._calls.add(self._at_vendors.known(calls))

    def _count_in_machine_code(self) -> None:
        # A part of the compiled engine.
        from callsim.engine.counters import CallCounter, PeopleCounter

        people = PeopleCounter(self._scenario, INTERVAL, people=self._people)
        calls = CallCounter(
            self._scenario, INTERVAL, calls=self._calls, time=self._time, hours=hours_of(self._scenario)
        )

        def add_calls(rows: Columns) -> None:
            calls.add(rows.records)
            self._at_vendors.known(rows)

        self._add_calls = add_calls
        if not self._people.leave_forms:
            self._add_callers = lambda rows: people.add(rows.records)

    def sums(self) -> Sums:
        """What all of it adds up to."""
        for put_through in self._at_vendors.put_through():
            self._calls.add(put_through)
        calls, people, layout = self._calls.tally.told(), self._people.tally.told(), self._layout
        of_day, of_team, waiting = _time_sums(self._time)
        by_interval = layout.intervals.by_side(calls["interval"], people["interval"], of_day)
        of_vendors = [calls[group] for group in OF_VENDORS if group in calls]
        waits, slices = self._calls.waits()
        return Sums(
            # Every row that is inside has an interval.
            total=by_interval.together(),
            by_queue=layout.queues.by_side(
                calls["first_queue"], people["first_queue"], calls["last_queue"], layout.of_queue(of_team), waiting
            ),
            by_interval=by_interval,
            by_source=layout.sources.by_side(calls["source"], people["source"]),
            by_team=layout.teams.by_side(of_team),
            by_vendor=layout.vendors.by_side(*of_vendors, self._at_vendors.unserved()[None]),
            waits=waits,
            slices=slices,
        )


def add_up(scenario: Scenario, logs: Logs) -> Sums:
    """The sums of one replication's log."""
    adding = Adding(scenario)
    adding.add(logs)
    return adding.sums()


SPENT = ("handling_s", "duty_s", "paid_s", "paid_hours", "overtime_hours", "talks")
"""The time of agents, and their talks."""


class _Layout:
    """How all sums stand: known before there is a log."""

    def __init__(self, scenario: Scenario, calls: Tally, people: Tally, *, vendors: Sequence[str]) -> None:
        """`vendors`: those that callers can come to; an unserved caller belongs to the last one that answered."""
        counted = _of_day(seconds.counted(scenario, INTERVAL)[None])[0]

        def both(group: str) -> list[str]:
            return [*calls.names(group), *people.names(group)]

        def side(names: Iterable[str], sums: Sequence[str]) -> Side:
            places = {name: place for place, name in enumerate(names)}
            return Side(places, sums, np.full(len(places), counted.sum()))

        self.intervals = Side(dict(enumerate(range(DAY_INTERVALS))), [*both("interval"), *SPENT, "waiting_s"], counted)
        self.queues = side(scenario.queues, [*both("first_queue"), "moved_in", *SPENT, "waiting_s"])
        self.sources = side(scenario.sources, both("source"))
        self.teams = side(scenario.teams, SPENT)
        of_vendors = [name for group in OF_VENDORS for name in calls.names(group)] if vendors else []
        places = {name: place for place, name in enumerate(scenario.vendors) if name in vendors}
        self.vendors = Side(places, [*of_vendors, "unserved"], np.full(len(scenario.vendors), counted.sum()))
        queues = list(scenario.queues)
        self._serves = [queues.index(team.queues[0]) for team in scenario.teams.values()]
        self._shared = [
            any(len(scenario.teams[team].queues) > 1 for team in scenario.teams_of(queue)) for queue in queues
        ]

    def of_queue(self, of_team: Floats) -> Floats:
        """The agents' sums by queue: missing where one of a queue's teams serves another queue as well."""
        sums = np.zeros((len(of_team), len(self._shared)))
        for of, queue in zip(of_team.T, self._serves, strict=True):
            sums[:, queue] += of
        sums[:, self._shared] = np.nan
        return sums


def _time_sums(time: seconds.Time) -> tuple[Floats, Floats, Floats]:
    """Time of agents and their talks, the rows that SPENT names, by interval of the day and by team; waits by queue.

    By interval of the day the waits are the last row.
    """
    roster = time.roster()
    spent = np.array((
        roster.handling, roster.on_duty, roster.paid,
        roster.paid_to_agents / 3600.0, roster.overtime_of_agents / 3600.0, time.work.talks(),
    ))  # fmt: skip
    of_day = np.concatenate((_of_day(spent), _of_day(roster.waiting[None])))
    return of_day, spent.sum(axis=2), roster.waiting.sum(axis=1)[None]


def _of_day(passed: Floats) -> Floats:
    """Rows of seconds by interval since the start, each of any number of groups, summed by interval of the day."""
    sums: Floats = passed.reshape(len(passed), -1, DAY_INTERVALS).sum(axis=1)
    return sums

"""What the log of one replication adds up to. Sums of days and replications add up; nothing here knows a price."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsim import seconds
from callsim.calllog import Arrays, Logs
from callsim.columns import Columns, hours_of
from callsim.counts import DAY_INTERVALS, INTERVAL, Calls, People, Slices
from callsim.estimate import WaitHistogram
from callsim.outsourced import AtVendors
from callsim.scenario.vocabulary import Scenario

Floats = NDArray[np.float64]

Numbers = Mapping[str, float]


class Sums(NamedTuple):
    """What one replication adds to every measure."""

    total: Numbers
    by_queue: Mapping[str, Numbers]
    by_interval: Mapping[int, Numbers]
    """By number of the interval in the day."""
    by_source: Mapping[str, Numbers]
    by_team: Mapping[str, Numbers]
    by_vendor: Mapping[str, Numbers]
    """Vendors that callers can come to."""
    waits: Mapping[str, WaitHistogram]
    """By queue; the empty name stands for all."""
    slices: Mapping[str, Slices]
    """By queue with a target."""


class Adding:
    """The sums of one replication, from its log or from parts of it in turn: the very floats, however it is cut.

    Attempts are added by their dial, callers by their first, time clipped to the window.
    """

    def __init__(self, scenario: Scenario, *, in_machine_code: bool = False) -> None:
        """By NumPy, or in machine code where Numba is installed: to the last bit the same."""
        self._scenario = scenario
        self._at_vendors = AtVendors(scenario)
        self._people = People(scenario)
        self._calls = Calls(scenario, lacks_put_through=self._at_vendors.waits_for_legs)
        self._time, self._waiting = seconds.Time(scenario, INTERVAL), seconds.Waiting(scenario, INTERVAL)
        self._add_callers: Callable[[Columns], None] = self._people.add
        self._add_calls: Callable[[Columns], None] = self._add_attempts
        if in_machine_code:
            self._count_in_machine_code()

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
        self._time.work.add("attempts", calls)
        self._waiting.add(calls)
        self._calls.add(self._at_vendors.known(calls))

    def _count_in_machine_code(self) -> None:
        # Numba is not there in every installation.
        from callsim.engine.counters import CallCounter, PeopleCounter

        people = PeopleCounter(self._scenario, INTERVAL, people=self._people)
        calls = CallCounter(
            self._scenario, INTERVAL, calls=self._calls, work=self._time.work, waiting=self._waiting,
            hours=hours_of(self._scenario),
        )  # fmt: skip

        def add_calls(rows: Columns) -> None:
            calls.add(rows.records)
            self._at_vendors.known(rows)

        self._add_calls = add_calls
        if not self._people.leave_forms:
            self._add_callers = lambda rows: people.add(rows.records)

    def sums(self) -> Sums:
        """What all of it adds up to."""
        scenario, calls, people = self._scenario, self._calls, self._people
        for put_through in self._at_vendors.put_through():
            calls.add(put_through)
        of_day, of_queue, of_team = _time_sums(scenario, self._time, self._waiting.seconds())
        counted = of_day["counted_s"].sum()

        def both(group: str) -> dict[str, Floats]:
            return calls.tally.by(group) | people.tally.by(group)

        of_queue |= both("first_queue") | {"moved_in": calls.tally.by("last_queue")["moved_out"]}
        waits, slices = calls.waits()
        return Sums(
            total=calls.tally.total() | people.tally.total() | {name: float(np.sum(of)) for name, of in of_day.items()},
            by_queue=_rows(scenario.queues, of_queue, counted),
            by_interval=_rows(range(DAY_INTERVALS), of_day | both("interval")),
            by_source=_rows(scenario.sources, both("source"), counted),
            by_team=_rows(scenario.teams, of_team, counted),
            by_vendor=_by_vendor(scenario, calls, self._at_vendors, counted=counted),
            waits=waits,
            slices=slices,
        )


def add_up(scenario: Scenario, logs: Logs) -> Sums:
    """The sums of one replication's log."""
    adding = Adding(scenario)
    adding.add(logs)
    return adding.sums()


class Group(Mapping[str, float]):
    """The sums of one group, where those of all groups stand side by side: there are many, and few are asked for."""

    def __init__(self, columns: Mapping[str, Sequence[float]], place: int) -> None:
        self._columns = columns
        self._place = place

    def __getitem__(self, name: str) -> float:
        return self._columns[name][self._place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __contains__(self, name: object) -> bool:
        return name in self._columns


def _rows(names: Iterable[Any], sums: Arrays, counted: float | None = None) -> dict[Any, Numbers]:
    """Sums by group as a mapping for each group, the counted time among them where it is that of every group."""
    columns = {name: of.tolist() for name, of in sums.items()}
    groups = list(names)
    if counted is not None:
        columns["counted_s"] = [float(counted)] * len(groups)
    return {name: Group(columns, place) for place, name in enumerate(groups)}


def _by_vendor(scenario: Scenario, calls: Calls, at_vendors: AtVendors, *, counted: float) -> dict[str, Numbers]:
    """The sums of the vendors that callers can come to; an unserved caller belongs to the last vendor that answered."""
    if not at_vendors.met:
        return {}
    sums = calls.tally.by("met_vendor") | calls.tally.by("first_vendor")
    rows = _rows(scenario.vendors, sums | {"unserved": at_vendors.unserved()}, counted)
    return {name: rows[name] for name in at_vendors.met}


def _time_sums(
    scenario: Scenario, time: seconds.Time, waiting: Floats
) -> tuple[dict[str, Floats], dict[str, Floats], dict[str, Floats]]:
    """Time of agents, of waiting and of counting, and the agents' talks: by interval of the day, by queue, by team."""
    roster = time.roster()
    spent = {
        "handling_s": roster.handling,
        "duty_s": roster.on_duty,
        "paid_s": roster.paid,
        "paid_hours": roster.paid_to_agents / 3600.0,
        "overtime_hours": roster.overtime_of_agents / 3600.0,
        "talks": time.work.talks(),
    }
    of_day = {name: _of_day(passed) for name, passed in spent.items()}
    of_day |= {"waiting_s": _of_day(waiting), "counted_s": _of_day(seconds.counted(scenario, INTERVAL))}
    of_team = {name: passed.sum(axis=1) for name, passed in spent.items()}
    of_queue = _of_own_teams(scenario, of_team)
    of_queue |= {"waiting_s": waiting.sum(axis=1)}
    return of_day, of_queue, of_team


def _of_own_teams(scenario: Scenario, of_team: Arrays) -> dict[str, Floats]:
    """The agents' sums by queue: missing where one of a queue's teams serves another queue as well."""
    queues = list(scenario.queues)
    serves = np.array([queues.index(team.queues[0]) for team in scenario.teams.values()], dtype=np.int64)
    shared = [any(len(scenario.teams[team].queues) > 1 for team in scenario.teams_of(queue)) for queue in queues]
    sums = {name: np.bincount(serves, values, len(queues)) for name, values in of_team.items()}
    return {name: np.where(shared, np.nan, values) for name, values in sums.items()}


def _of_day(passed: Floats) -> Floats:
    """Seconds by interval since the start, of any number of groups, summed by interval of the day."""
    sums: Floats = passed.reshape(-1, DAY_INTERVALS).sum(axis=0)
    return sums

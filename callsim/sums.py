"""What the log of one replication adds up to. Sums of days and replications add up; nothing here knows a price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsim import seconds
from callsim.calllog import ABANDONED, GAVE_UP, MISSED, Arrays, Logs, Outcome, Resolution
from callsim.columns import Columns
from callsim.estimate import WaitHistogram
from callsim.outsourced import AtVendors, vendors_met
from callsim.scenario.timetable import DAY
from callsim.scenario.vocabulary import Scenario
from callsim.tally import Bools, Places, Tally

Floats = NDArray[np.float64]

INTERVAL = 1800.0
"""Seconds of an interval of the day; an attempt belongs to the one in which it was dialled."""
DAY_INTERVALS = int(DAY / INTERVAL)
SLICES = 200
"""Slices of the target time in the table for the virtual service level."""

Numbers = Mapping[str, float]


class Slices(NamedTuple):
    """Waits by slices of a queue's target time, for `virtual_within`."""

    answered: NDArray[np.int64]
    abandoned: NDArray[np.int64]
    """Not answered by a team."""
    longer: int
    """Either, beyond the target time."""

    def plus(self, other: Slices) -> Slices:
        """Those of both."""
        return Slices(self.answered + other.answered, self.abandoned + other.abandoned, self.longer + other.longer)


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

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._people, self._calls = _People(scenario), _Calls(scenario)
        self._time, self._waiting = seconds.Time(scenario, INTERVAL), seconds.Waiting(scenario, INTERVAL)
        self._at_vendors = AtVendors(scenario)

    def add(self, logs: Logs) -> None:
        """Add the log of a replication, or the next part of it."""
        for people in logs.blocks("callers"):
            inside = _in_window(self._scenario, people)
            self._people.add(people, inside)
            self._at_vendors.add_callers(people, inside)
        for calls in logs.blocks("attempts"):
            self._time.work.add("attempts", calls)
            self._waiting.add(calls)
            self._calls.add(self._at_vendors.known(calls))
        for legs in logs.blocks("legs"):
            self._at_vendors.add_legs(legs)
        self._time.add(logs)

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


def _rows(names: Iterable[Any], sums: Arrays, counted: float | None = None) -> dict[Any, Numbers]:
    """Sums by group as a mapping for each group, the counted time among them where it is that of every group."""
    rows = zip(*(values.tolist() for values in sums.values()), strict=True)
    same = {} if counted is None else {"counted_s": float(counted)}
    return {name: dict(zip(sums, row, strict=True)) | same for name, row in zip(names, rows, strict=True)}


def _in_window(scenario: Scenario, log: Columns) -> Bools:
    """Whether each row was dialled in the counted time."""
    dialled = log["dialled"]
    inside: Bools = (dialled >= scenario.calendar.warm_up) & (dialled < scenario.calendar.end)
    return inside


def _interval(log: Columns) -> Places:
    """The interval of the day in which each row was dialled."""
    since_start = seconds.intervals_of(log["dialled"], INTERVAL)
    of_day: Places = (since_start - np.floor(since_start / DAY_INTERVALS) * DAY_INTERVALS).astype(np.int64)
    return of_day


def _aims(scenario: Scenario) -> Floats:
    """The target times of the queues, NaN without one; place -1, no queue, takes the last, which is missing."""
    return np.array([*(queue.target[1] if queue.target else np.nan for queue in scenario.queues.values()), np.nan])


def _line_aims(aims: Floats) -> Floats:
    """The same for all who ask for an agent or a vendor: whoever met no queue is held against the file's first."""
    known = aims[~np.isnan(aims)]
    return np.append(aims[:-1], known[:1] if len(known) else np.nan)


def _sizes(scenario: Scenario) -> dict[str, int]:
    """How many groups there are, by the column that names them."""
    queues, vendors = len(scenario.queues), len(scenario.vendors)
    return {
        "first_queue": queues,
        "last_queue": queues,
        "source": len(scenario.sources),
        "interval": DAY_INTERVALS,
        "met_vendor": vendors,
        "first_vendor": vendors,
    }


class _Calls:
    """The attempts, and the waits among them."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._aims = _aims(scenario)
        self._line_aims = _line_aims(self._aims)
        self.vendors = vendors_met(scenario)
        only: dict[str, tuple[str, ...]] = {"last_queue": ("moved_out",), **(OF_VENDORS if self.vendors else {})}
        # Where there are no vendors, nobody but teams answers.
        same = {} if self.vendors else {"line_answered_wait": "answered_wait"}
        sizes = _sizes(scenario)
        groups = {group: sizes[group] for group in ("first_queue", "source", "interval", *only)}
        self.tally = Tally(groups, counts=_of_calls, lengths=LENGTHS_OF_CALLS, only=only, same=same)
        self._waits = {name: WaitHistogram() for name in scenario.queues}
        self._slices = {name: _no_slices() for name, queue in scenario.queues.items() if queue.target is not None}

    def add(self, calls: Columns) -> None:
        """Add attempts with the vendors that they came to."""
        log = Columns(calls, {"interval": _interval})
        inside = _in_window(self._scenario, log)
        kind = self.tally.add(log, ended=log["outcome"], facts=self._facts(log), inside=inside)
        self._add_waits(log, kind, inside)

    def _facts(self, log: Columns) -> dict[str, Bools]:
        """What the counts ask of each attempt; rare facts first, for by those the number of a kind is large."""
        first, wait = log["first_queue"].astype(np.int64), log["wait_s"]
        aim, line_aim = self._aims[first], self._line_aims[first]
        return {
            "at_vendor": self._at_vendor(log) if self.vendors else np.zeros(len(log), np.bool_),
            "called": ~np.isnan(log["kept_wait_s"]),
            "moved": log["first_queue"] != log["last_queue"],
            "offered": ~np.isnan(log["joined"]),
            "aimed": ~np.isnan(aim),
            "in_time": wait <= aim,
            "line_aimed": ~np.isnan(log["asked"]) & ~np.isnan(line_aim),
            "line_in_time": wait <= line_aim,
            "spoke": ~np.isnan(log["answered"]),
            "waited": ~np.isnan(wait),
            "by_team": log["team"] >= 0,
            "while_open": log["while_open"],
        }

    @staticmethod
    def _at_vendor(log: Columns) -> Bools:
        found: Bools = (log["met_vendor"] >= 0) & ~np.isnan(log["matched"]) & np.isnan(log["kept"])
        return found

    def _add_waits(self, log: Columns, kind: Places, inside: Bools) -> None:
        """Whoever was passed on to a vendor left the line unanswered by a team when an operator was taken."""
        known, waited = self.tally.known, self.tally.counts["waits"]
        answered = waited & known["by_team"] & known["spoke"] & ~known["called"]
        passed_on = waited & ~answered & known["at_vendor"]
        unanswered = waited & ~answered & ~passed_on
        for place, (name, queue) in enumerate(self._scenario.queues.items()):
            own = np.flatnonzero((log["first_queue"] == place) & inside)
            of, wait = kind[own], log["wait_s"][own]
            # Sorted, for that makes looking up five times as fast.
            met, gone = np.sort(wait[answered[of]]), np.sort(wait[unanswered[of]])
            self._waits[name] = self._waits[name].merge(WaitHistogram.of(met), WaitHistogram.of(gone))
            if passed_on.any():
                rows = passed_on[of]
                self._waits[name] = self._waits[name].merge(WaitHistogram.of(wait[rows]))
                gone = np.sort(np.concatenate((gone, (log["matched"][own] - log["asked"][own])[rows])))
            if queue.target is not None:
                self._slices[name] = self._slices[name].plus(_sliced(queue.target[1], met, gone))

    def waits(self) -> tuple[dict[str, WaitHistogram], dict[str, Slices]]:
        """The waits of each queue, all together under the empty name, and by slices of the target where there is one.

        Whoever left the line unanswered by a team would have waited longer for one, for whatever reason they left: hung
        up, sent away at closing, promised a call, or passed to a vendor, which is when an operator was taken.
        """
        return {"": WaitHistogram().merge(*self._waits.values())} | self._waits, self._slices


def _no_slices() -> Slices:
    return Slices(np.zeros(SLICES + 1, np.int64), np.zeros(SLICES + 1, np.int64), 0)


def _sliced(target: float, answered: Floats, left: Floats) -> Slices:
    """Sorted waits by slices. Answers fall into (start, end], other ends into [start, end): answering goes first."""
    edges = np.linspace(0.0, target, SLICES + 1)
    met, gone = np.searchsorted(answered, edges, side="right"), np.searchsorted(left, edges)
    # Those who left at once are apart from the first slice.
    gone[0] = np.searchsorted(left, 0.0, side="right")
    longer = len(answered) - met[-1] + len(left) - gone[-1]
    return Slices(np.diff(met, prepend=0), np.diff(gone, prepend=0), int(longer))


_IS = {outcomes: np.isin(np.arange(Outcome.UNFINISHED + 1), outcomes) for outcomes in (GAVE_UP, ABANDONED, MISSED)}


def _of_calls(known: Arrays) -> dict[str, Bools]:
    """Whether an attempt of which this is known belongs to a count.

    How an attempt ended is its outcome alone: one that was answered and still talks at the horizon is unfinished, one
    that was put through and hung up is abandoned.
    """
    outcome, offered, while_open = known["ended"], known["offered"], known["while_open"]
    answered, outsourced = outcome == Outcome.ANSWERED, outcome == Outcome.OUTSOURCED
    missed = _IS[MISSED][outcome]
    gave_up = _IS[GAVE_UP][outcome] & offered
    aimed, in_time = offered & known["aimed"], offered & known["in_time"]
    short = gave_up & in_time & ~known["spoke"]
    # Not those who were called back with the place kept and then put through to a vendor.
    by_anyone = answered | (outsourced & ~known["called"])
    return {
        "attempts": np.ones(len(outcome), np.bool_),
        "attempts_open": while_open,
        "offered": offered,
        "answered": answered,
        "outsourced": outsourced,
        "self_served": outcome == Outcome.SELF_SERVED,
        "abandoned": _IS[ABANDONED][outcome],
        "abandoned_offered": gave_up,
        "blocked": outcome == Outcome.BLOCKED,
        "closed": outcome == Outcome.CLOSED,
        "voicemail": outcome == Outcome.VOICEMAIL,
        "kept_place": outcome == Outcome.KEPT_PLACE,
        "missed": missed,
        "missed_open": missed & while_open,
        "moved_out": offered & known["moved"],
        "aimed": aimed,
        "answered_aimed": answered & aimed,
        "in_time": answered & in_time,
        "in_time_or_short": (answered & in_time) | short,
        "aimed_less_short": aimed & ~short,
        "line_aimed": known["line_aimed"],
        "line_in_time": by_anyone & known["line_in_time"],
        "line_answered": by_anyone,
        "waits": offered & known["waited"],
        "kept_called": known["called"],
    }


LENGTHS_OF_CALLS = {
    "answered_wait": ("answered", "wait_s"),
    "line_answered_wait": ("line_answered", "wait_s"),
    "wait": ("waits", "wait_s"),
    "kept_wait": ("kept_called", "kept_wait_s"),
    "vendor_minutes": ("outsourced", "vendor_minutes"),
}
"""Of which count's attempts what length is summed."""


class _People:
    """The callers."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._aims = _aims(scenario)
        sizes = _sizes(scenario)
        groups = {group: sizes[group] for group in ("first_queue", "source", "interval")}
        self.tally = Tally(groups, counts=_of_people, lengths=LENGTHS_OF_PEOPLE, only={}, same={})

    def add(self, block: Columns, inside: Bools) -> None:
        log, aim = Columns(block, {"interval": _interval}), self._aims[block["first_queue"].astype(np.int64)]
        facts = {"aimed": (log["asked"] > 0) & ~np.isnan(aim), "in_time": log["waited"] <= aim}
        self.tally.add(log, ended=log["resolution"], facts=facts, inside=inside)


def _of_people(known: Arrays) -> dict[str, Bools]:
    """Whether a caller of whom this is known belongs to a count."""
    resolution = known["ended"]
    ended = resolution != Resolution.OPEN
    unserved = resolution == Resolution.UNSERVED
    aimed = ended & known["aimed"]
    return {
        "callers": np.ones(len(resolution), np.bool_),
        "ended": ended,
        "open": ~ended,
        "lost": unserved | (resolution == Resolution.LOST),
        "unserved": unserved,
        "called_back": resolution == Resolution.CALLED_BACK,
        "callers_aimed": aimed,
        "callers_in_time": aimed & (resolution == Resolution.SERVED) & known["in_time"],
    }


LENGTHS_OF_PEOPLE = {"caller_attempts": ("callers", "attempts")}

OF_VENDORS: dict[str, tuple[str, ...]] = {
    "met_vendor": ("attempts", "outsourced", "missed", "vendor_minutes"),
    "first_vendor": ("line_aimed", "line_in_time", "line_answered", "line_answered_wait"),
}
"""The sums of calls that are also those of the vendor which they came to; those of waits only where no team had
answered before."""


def _by_vendor(scenario: Scenario, calls: _Calls, at_vendors: AtVendors, *, counted: float) -> dict[str, Numbers]:
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
        "paid_hours": roster.paid / 3600.0,
        "overtime_hours": roster.overtime / 3600.0,
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

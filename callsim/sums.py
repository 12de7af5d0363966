"""What the log of one replication adds up to. Sums of days and replications add up; nothing here knows a price."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsim import seconds
from callsim.calllog import ABANDONED, GAVE_UP, MISSED, Arrays, Logs, Outcome, Resolution
from callsim.columns import Columns
from callsim.estimate import WaitHistogram
from callsim.quantities import Reference
from callsim.scenario.routes import visits
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


def add_up(scenario: Scenario, logs: Logs) -> Sums:
    """The sums of one replication's log: attempts by their dial, callers by their first, time clipped to the window."""
    people, calls = _People(scenario), _Calls(scenario, logs)
    work, waiting = seconds.Work(scenario, INTERVAL), seconds.Waiting(scenario, INTERVAL)
    for block in logs.blocks("callers"):
        people.add(block)
    for block in logs.blocks("attempts"):
        calls.add(block)
        work.add(block)
        waiting.add(block)
    work.add_later(logs)
    of_day, of_queue, of_team = _time_sums(scenario, logs, work=work, waiting=waiting.seconds())
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
        by_vendor=_by_vendor(scenario, logs, calls, counted=counted) if calls.vendors else {},
        waits=waits,
        slices=slices,
    )


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

    def __init__(self, scenario: Scenario, logs: Logs) -> None:
        self._scenario = scenario
        self._aims = _aims(scenario)
        self._line_aims = _line_aims(self._aims)
        self.vendors = vendors_met(scenario)
        self.later = _later_at_vendors(logs)
        only: dict[str, tuple[str, ...]] = {"last_queue": ("moved_out",), **(OF_VENDORS if self.vendors else {})}
        # Where there are no vendors, nobody but teams answers.
        same = {} if self.vendors else {"line_answered_wait": "answered_wait"}
        sizes = _sizes(scenario)
        groups = {group: sizes[group] for group in ("first_queue", "source", "interval", *only)}
        self.tally = Tally(groups, counts=_of_calls, lengths=LENGTHS_OF_CALLS, only=only, same=same)
        self._waits = [_Waits([], [], [], []) for _ in scenario.queues]

    def add(self, block: Columns) -> None:
        log, inside = _with_vendors(block, self.later), _in_window(self._scenario, block)
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
        for place, waits in enumerate(self._waits):
            own = np.flatnonzero((log["first_queue"] == place) & inside)
            of = kind[own]
            waits.answered.append(log["wait_s"][own[np.flatnonzero(answered[of])]])
            waits.unanswered.append(log["wait_s"][own[np.flatnonzero(unanswered[of])]])
            if passed_on.any():
                rows = own[np.flatnonzero(passed_on[of])]
                waits.passed_on.append(log["wait_s"][rows])
                waits.until_taken.append(log["matched"][rows] - log["asked"][rows])

    def waits(self) -> tuple[dict[str, WaitHistogram], dict[str, Slices]]:
        """The waits of each queue, all together under the empty name, and by slices of the target where there is one.

        Whoever left the line unanswered by a team would have waited longer for one, for whatever reason they left: hung
        up, sent away at closing, promised a call, or passed to a vendor, which is when an operator was taken.
        """
        histograms, slices = {}, {}
        for (name, queue), waits in zip(self._scenario.queues.items(), self._waits, strict=True):
            # Sorted, for that makes looking up five times as fast.
            answered, unanswered = (np.sort(np.concatenate(of)) for of in (waits.answered, waits.unanswered))
            histograms[name] = WaitHistogram.of(np.concatenate((answered, unanswered, *waits.passed_on)))
            if queue.target is not None:
                left = np.sort(np.concatenate((unanswered, *waits.until_taken))) if waits.until_taken else unanswered
                slices[name] = _sliced(queue.target[1], answered, left)
        return {"": WaitHistogram().merge(*histograms.values())} | histograms, slices


class _Waits(NamedTuple):
    """The waits in one queue, a list for each block."""

    answered: list[Floats]
    """By a team."""
    unanswered: list[Floats]
    passed_on: list[Floats]
    """To a vendor: until an operator answered."""
    until_taken: list[Floats]
    """The same until an operator was taken."""


def _sliced(target: float, answered: Floats, left: Floats) -> Slices:
    """Sorted waits by slices. Answers fall into (start, end], other ends into [start, end): answering goes first."""
    edges = np.linspace(0.0, target, SLICES + 1)
    met, gone = np.searchsorted(answered, edges, side="right"), np.searchsorted(left, edges)
    # Those who left at once are apart from the first slice.
    gone[0] = np.searchsorted(left, 0.0, side="right")
    longer = len(answered) - met[-1] + len(left) - gone[-1]
    return Slices(np.diff(met, prepend=0), np.diff(gone, prepend=0), int(longer))


_IS = {outcomes: np.isin(np.arange(Outcome.FORM + 1), outcomes) for outcomes in (GAVE_UP, ABANDONED, MISSED)}


def _of_calls(known: Arrays) -> dict[str, Bools]:
    """Whether an attempt of which this is known belongs to a count.

    How an attempt ended is its outcome alone: one that was answered and still talks at the horizon is unfinished, one
    that was put through and hung up is abandoned.
    """
    outcome, offered, while_open = known["ended"], known["offered"], known["while_open"]
    form = outcome == Outcome.FORM
    answered, outsourced = outcome == Outcome.ANSWERED, outcome == Outcome.OUTSOURCED
    missed = _IS[MISSED][outcome]
    gave_up = _IS[GAVE_UP][outcome] & offered
    aimed, in_time = offered & known["aimed"], offered & known["in_time"]
    short = gave_up & in_time & ~known["spoke"]
    # Not those who were called back with the place kept and then put through to a vendor.
    by_anyone = answered | (outsourced & ~known["called"])
    return {
        "attempts": ~form,
        "attempts_open": while_open & ~form,
        "forms": form,
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
        self._leaves_form = np.array([source.channel == "form" for source in scenario.sources.values()])

    def add(self, block: Columns) -> None:
        log = Columns(block, {"interval": _interval, "minutes_to_call": _minutes_to_call})
        aim = self._aims[log["first_queue"].astype(np.int64)]
        facts = {"aimed": (log["asked"] > 0) & ~np.isnan(aim), "in_time": log["waited"] <= aim}
        if self._leaves_form.any():
            facts |= {name: log["minutes_to_call"] <= limit for name, limit in SOON.items()}
            facts["form"] = self._leaves_form[log["source"]]
        self.tally.add(log, ended=log["resolution"], facts=facts, inside=_in_window(self._scenario, log))


SOON = {"in_5_min": 5.0, "in_1_h": 60.0}
"""Minutes within which a form is to be answered."""


def _minutes_to_call(people: Columns) -> Floats:
    """From the first dial, or the form, to the talk that met the need."""
    found: Floats = (people["served"] - people["dialled"]) / 60.0
    return found


def _of_people(known: Arrays) -> dict[str, Bools]:
    """Whether a caller of whom this is known belongs to a count."""
    resolution = known["ended"]
    form = known.get("form", np.zeros(len(resolution), np.bool_))
    called_back = resolution == Resolution.CALLED_BACK
    ended = resolution != Resolution.OPEN
    unserved = resolution == Resolution.UNSERVED
    aimed = ended & known["aimed"]
    return {
        "callers": np.ones(len(resolution), np.bool_),
        "ended": ended,
        "open": ~ended,
        "lost": unserved | (resolution == Resolution.LOST),
        "unserved": unserved,
        "called_back": called_back,
        "dialling": ~form,
        "left_form": form,
        "forms_answered": form & called_back,
        **{f"forms_{soon}": form & called_back & known.get(soon, form) for soon in SOON},
        "callers_aimed": aimed,
        "callers_in_time": aimed & (resolution == Resolution.SERVED) & known["in_time"],
    }


LENGTHS_OF_PEOPLE = {"caller_attempts": ("dialling", "attempts"), "form_wait": ("forms_answered", "minutes_to_call")}

OF_VENDORS: dict[str, tuple[str, ...]] = {
    "met_vendor": ("attempts", "outsourced", "missed", "vendor_minutes"),
    "first_vendor": ("line_aimed", "line_in_time", "line_answered", "line_answered_wait"),
}
"""The sums of calls that are also those of the vendor which they came to; those of waits only where no team had
answered before."""
CALLER = ("source", "day", "caller")
CALL = (*CALLER, "attempt")


def _later_at_vendors(logs: Logs) -> dict[str, NDArray[Any]]:
    """The legs of the calls that were put through to a vendor."""
    return _picked(logs.blocks("legs"), (*CALL, "vendor", "talk_s"), lambda legs: legs["vendor"] >= 0)


def _picked(
    blocks: Iterable[Columns], names: Sequence[str], wanted: Callable[[Columns], Bools]
) -> dict[str, NDArray[Any]]:
    """Columns of the rows that are wanted, out of all blocks."""
    parts = [[block[name][np.flatnonzero(wanted(block))] for name in names] for block in blocks]
    return {name: np.concatenate(of) for name, of in zip(names, zip(*parts, strict=True), strict=True)}


def _with_vendors(calls: Columns, later: Arrays) -> Columns:
    """The attempts with the vendor that each came to, maybe by being put through, and the minutes that it talked."""
    put_through = np.flatnonzero(~np.isnan(calls["transferred"])) if len(later["vendor"]) else np.zeros(0, np.int64)
    at, legs = _matched([calls[name][put_through] for name in CALL], [later[name] for name in CALL])
    rows = put_through[at]

    def met_vendor(calls: Columns) -> Places:
        found = calls["vendor"].copy()
        found[rows] = np.where(found[rows] < 0, later["vendor"][legs], found[rows])
        return found

    def first_vendor(calls: Columns) -> Places:
        return np.where(np.isnan(calls["transferred"]), calls["vendor"], -1)

    def vendor_minutes(calls: Columns) -> Floats:
        found = np.where(calls["vendor"] >= 0, calls["talk_s"], np.nan)
        found[rows] = np.where(np.isnan(found[rows]), later["talk_s"][legs], found[rows])
        return found / 60.0

    more = (met_vendor, first_vendor, vendor_minutes)
    return Columns(calls, {"interval": _interval} | {of.__name__: of for of in more})


def _matched(first: Sequence[Places], second: Sequence[Places]) -> tuple[Places, Places]:
    """Places at which two tables, given by their columns, have the same row; the first of equal ones in a table."""
    if not (len(first[0]) and len(second[0])):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    one, other = np.zeros(len(first[0]), np.int64), np.zeros(len(second[0]), np.int64)
    for values, others in zip(first, second, strict=True):
        many = int(max(values.max(), others.max())) + 1
        one, other = one * many + values, other * many + others
    _, at, its = np.intersect1d(one, other, return_indices=True)
    return at, its


def _by_vendor(scenario: Scenario, logs: Logs, calls: _Calls, *, counted: float) -> dict[str, Numbers]:
    """The sums of the vendors that callers can come to; an unserved caller belongs to the last vendor that answered."""
    sums = calls.tally.by("met_vendor") | calls.tally.by("first_vendor")
    rows = _rows(scenario.vendors, sums | {"unserved": _unserved(scenario, logs, calls.later)}, counted)
    return {name: rows[name] for name in calls.vendors}


def vendors_met(scenario: Scenario) -> list[str]:
    """The vendors that callers can come to: others may be there for other variants of the file."""
    places = {visit.place for source in scenario.sources.values() for visit in visits(scenario, source)}
    return [name for name in scenario.vendors if Reference("vendor", name) in places]


def _unserved(scenario: Scenario, logs: Logs, later: Arrays) -> Floats:
    """Counted callers who went unserved, by the vendor of their last call that one answered."""

    def unserved(people: Columns) -> Bools:
        found: Bools = (people["resolution"] == Resolution.UNSERVED) & _in_window(scenario, people)
        return found

    people = _picked(logs.blocks("callers"), CALLER, unserved)
    if not len(people["caller"]):
        return np.zeros(len(scenario.vendors))
    blocks = (_with_vendors(block, later) for block in logs.blocks("attempts"))
    calls = _picked(blocks, (*CALL, "met_vendor"), lambda calls: calls["outcome"] == Outcome.OUTSOURCED)
    latest_first = np.argsort(-calls["attempt"], kind="stable")
    at, _ = _matched([calls[name][latest_first] for name in CALLER], [people[name] for name in CALLER])
    vendors = calls["met_vendor"][latest_first[at]]
    return np.bincount(vendors, minlength=len(scenario.vendors)).astype(np.float64)


def _time_sums(
    scenario: Scenario, logs: Logs, *, work: seconds.Work, waiting: Floats
) -> tuple[dict[str, Floats], dict[str, Floats], dict[str, Floats]]:
    """Time of agents, of waiting and of counting, and the agents' talks: by interval of the day, by queue, by team."""
    roster = seconds.roster(scenario, work, logs, INTERVAL)
    spent = {
        "handling_s": roster.handling,
        "duty_s": roster.on_duty,
        "paid_s": roster.paid,
        "paid_hours": roster.paid_to_agents / 3600.0,
        "overtime_hours": roster.overtime_of_agents / 3600.0,
        "talks": work.talks(),
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

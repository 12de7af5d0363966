"""The table of measures, and how a log becomes their sums.

A measure is one row: its name, unit and meaning, and the two sums whose ratio it is. Sums of days and replications
add up; nothing here knows a price.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsim import calllog
from callsim.calllog import ABANDONED, GAVE_UP, MISSED, Arrays, Logs, Outcome, Resolution
from callsim.estimate import Estimate, WaitHistogram, jackknife, mean, ratio, scaled, virtual_within
from callsim.scenario.timetable import DAY
from callsim.scenario.vocabulary import KINDS, Scenario

Floats = NDArray[np.float64]

MONTH = 365 / 12 * DAY
"""Seconds of the month that counts and amounts are given for."""
INTERVAL = 1800.0
"""Seconds of an interval of the day; an attempt belongs to the one in which it was dialled."""
DAY_INTERVALS = int(DAY / INTERVAL)
SLICES = 200
"""Slices of the target time in the table for the virtual service level."""


class Measure(NamedTuple):
    """One measure: a ratio of two sums, or a count for each month where there is no second one."""

    key: str
    title: str
    unit: str
    better: str
    """`more`, `less`, or empty where neither is."""
    definition: str
    top: str
    bottom: str = ""
    quantile: float | None = None
    """The share of waits at or below the value, for percentiles."""


MEASURES = (
    Measure("attempts", "calls", "per month", "", "calls, redials among them", "attempts"),
    Measure("callers", "callers", "per month", "", "people, however often they dial", "callers"),
    Measure("offered", "calls offered", "per month", "", "attempts that rang for or joined an open queue", "offered"),
    Measure("answered", "calls answered", "per month", "more", "attempts answered by a team", "answered"),
    Measure("self_served", "calls self-served", "per month", "more", "attempts solved by a machine", "self_served"),
    Measure("abandoned", "calls abandoned", "per month", "less",
            "hung up while ringing, queueing or in a menu, or sent away by a machine", "abandoned"),
    Measure("blocked", "calls blocked", "per month", "less", "heard busy: no free line, or the queue full", "blocked"),
    Measure("closed", "calls while closed", "per month", "less", "turned away because the queue was closed", "closed"),
    Measure("missed_rate", "missed calls", "share", "less",
            "abandoned, blocked and closed attempts / attempts", "missed", "attempts"),
    Measure("missed_rate_open", "missed while open", "share", "less",
            "missed attempts that were dialled in the hours of their queue / all that were",
            "missed_open", "attempts_open"),
    Measure("lost_callers", "lost callers", "per month", "less",
            "callers who were missed and never got through", "lost"),
    Measure("lost_caller_rate", "lost callers", "share", "less",
            "lost callers / callers whose story has ended", "lost", "ended"),
    Measure("open_callers", "callers still open", "per month", "",
            "callers with a call or a redial pending at the very end", "open"),
    Measure("attempts_per_caller", "calls per caller", "calls", "less",
            "attempts of the callers / callers", "caller_attempts", "callers"),
    Measure("abandon_rate", "abandoned of offered", "share", "less",
            "abandoned while ringing or queueing / offered", "abandoned_offered", "offered"),
    Measure("service_level", "service level", "share", "more",
            "answered by a team within the queue's target time / offered to queues with one", "in_time", "aimed"),
    Measure("service_level_answered", "service level of answered", "share", "more",
            "answered within the target time / answered", "in_time", "answered_aimed"),
    Measure("service_level_excluding_short_abandons", "service level without short abandons", "share", "more",
            "answered within the target time / offered less abandoned within it", "in_time", "aimed_less_short"),
    Measure("service_level_including_short_abandons", "service level with short abandons", "share", "more",
            "answered or abandoned within the target time / offered", "in_time_or_short", "aimed"),
    Measure("service_level_virtual", "service level of the patient", "share", "more",
            "chance that a caller of endless patience is answered within the target time", "virtual"),
    Measure("service_level_caller", "service level by caller", "share", "more",
            "callers answered after waiting in all, over their attempts, no longer than the target time / "
            "callers who asked for an agent", "callers_in_time", "callers_aimed"),
    Measure("asa_s", "mean wait, answered", "s", "less",
            "from asking for the queue to the answer, answered attempts only", "answered_wait", "answered"),
    Measure("wait_mean_s", "mean wait", "s", "less",
            "from asking for the queue to the answer or the end, offered attempts", "wait", "waits"),
    Measure("wait_p50_s", "median wait", "s", "less",
            "half of the offered attempts wait no longer", "waits", quantile=0.5),
    Measure("wait_p90_s", "90 % wait", "s", "less",
            "nine in ten offered attempts wait no longer", "waits", quantile=0.9),
    Measure("wait_p95_s", "95 % wait", "s", "less",
            "19 in 20 offered attempts wait no longer", "waits", quantile=0.95),
    Measure("occupancy", "occupancy", "share", "",
            "pick-up, talk and wrap-up / the same and idle time on duty", "handling_s", "duty_s"),
    Measure("utilisation", "utilisation", "share", "",
            "pick-up, talk and wrap-up / paid time; the same as occupancy as long as nobody has breaks",
            "handling_s", "paid_s"),
    Measure("queue_mean", "callers waiting", "callers", "less",
            "mean number waiting, over time", "waiting_s", "counted_s"),
)  # fmt: skip

BY_KEY = {measure.key: measure for measure in MEASURES}

Numbers = Mapping[str, float]


class Slices(NamedTuple):
    """Waits by slices of a queue's target time, for `virtual_within`."""

    answered: NDArray[np.int64]
    abandoned: NDArray[np.int64]
    """Left unanswered."""
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
    waits: Mapping[str, WaitHistogram]
    """By queue; the empty name stands for all."""
    slices: Mapping[str, Slices]
    """By queue with a target."""


def add_up(scenario: Scenario, logs: Logs) -> Sums:
    """The sums of one replication's log: attempts by their dial, callers by their first, time clipped to the window."""
    calls = calllog.arrays(scenario, logs.attempts, *CALL_COLUMNS)
    people = calllog.arrays(scenario, logs.callers, *CALLER_COLUMNS)
    duties = calllog.arrays(scenario, logs.duties, *DUTY_COLUMNS)
    of_day, of_queue, of_team = _time_sums(scenario, calls, duties)
    calls, people = (_in_window(scenario, log) for log in (calls, people))
    # Place -1, no queue, takes the last aim, which is missing.
    aims = np.array([*(queue.target[1] if queue.target else np.nan for queue in scenario.queues.values()), np.nan])
    of_calls = _of_calls(calls, aims[calls["first_queue"]])
    of_people = _of_people(people, aims[people["first_queue"]])

    def both(group: str, names: Sequence[Any]) -> dict[str, Floats]:
        number = len(names)
        return _grouped(of_calls, calls[group], number) | _grouped(of_people, people[group], number)

    sources, intervals = list(scenario.sources), range(DAY_INTERVALS)
    of_queue |= both("first_queue", list(scenario.queues))
    return Sums(
        total={name: float(np.sum(values)) for name, values in (of_calls | of_people | of_day).items()},
        by_queue=_rows(scenario.queues, of_queue),
        by_interval=_rows(intervals, of_day | both("interval", intervals)),
        by_source=_rows(sources, both("source", sources)),
        by_team=_rows(scenario.teams, of_team),
        waits=_histograms(scenario, calls),
        slices=_slices(scenario, calls),
    )


CALL_COLUMNS = (
    "dialled", "source", "asked", "first_queue", "matched", "team", "answered", "left", "freed", "outcome", "wait_s",
    "while_open",
)  # fmt: skip
CALLER_COLUMNS = ("dialled", "source", "first_queue", "kind", "attempts", "asked", "waited", "resolution")
DUTY_COLUMNS = ("team", "came", "went")


def _in_window(scenario: Scenario, log: Arrays) -> dict[str, NDArray[Any]]:
    """The rows dialled in the counted time, and the interval of the day for each."""
    dialled = log["dialled"]
    inside = (dialled >= scenario.calendar.warm_up) & (dialled < scenario.calendar.end)
    intervals = (dialled % DAY // INTERVAL).astype(np.int64)
    return {name: values[inside] for name, values in (*log.items(), ("interval", intervals))}


_IS = {outcomes: np.isin(np.arange(Outcome.UNFINISHED + 1), outcomes) for outcomes in (GAVE_UP, ABANDONED, MISSED)}


def _of_calls(calls: Arrays, aim: Floats) -> dict[str, NDArray[Any]]:
    """What each counted attempt adds to each sum; `aim` is the target time of its first queue, NaN without one.

    How an attempt ended is its outcome alone: one that was answered and still talks at the horizon is unfinished.
    """
    outcome, wait, while_open = calls["outcome"], calls["wait_s"], calls["while_open"]
    answered = outcome == Outcome.ANSWERED
    offered = ~np.isnan(calls["asked"])
    gave_up = _IS[GAVE_UP][outcome] & offered
    missed = _IS[MISSED][outcome]
    aimed = offered & ~np.isnan(aim)
    waited = ~np.isnan(wait)
    in_time = wait <= aim
    return {
        "attempts": np.ones(len(outcome)),
        "attempts_open": while_open,
        "offered": offered,
        "answered": answered,
        "self_served": outcome == Outcome.SELF_SERVED,
        "abandoned": _IS[ABANDONED][outcome],
        "abandoned_offered": gave_up,
        "blocked": outcome == Outcome.BLOCKED,
        "closed": outcome == Outcome.CLOSED,
        "missed": missed,
        "missed_open": missed & while_open,
        "aimed": aimed,
        "answered_aimed": answered & aimed,
        "in_time": answered & in_time,
        "in_time_or_short": (answered | gave_up) & in_time,
        "aimed_less_short": aimed & ~(gave_up & in_time),
        "answered_wait": np.where(answered, wait, 0.0),
        "wait": np.where(waited, wait, 0.0),
        "waits": waited,
    }


def _of_people(people: Arrays, aim: Floats) -> dict[str, NDArray[Any]]:
    """What each counted caller adds to each sum."""
    resolution = people["resolution"]
    ended = resolution != Resolution.OPEN
    lost = resolution == Resolution.LOST
    aimed = ended & (people["asked"] > 0) & ~np.isnan(aim)
    return {
        "callers": np.ones(len(resolution)),
        "ended": ended,
        "open": ~ended,
        "lost": lost,
        "lost_new": lost & (people["kind"] == KINDS.index("new")),
        "caller_attempts": people["attempts"],
        "callers_aimed": aimed,
        "callers_in_time": aimed & (resolution == Resolution.SERVED) & (people["waited"] <= aim),
    }


def _grouped(columns: Arrays, places: NDArray[np.int64], number: int) -> dict[str, Floats]:
    """The sums of columns by group; place -1 belongs to none."""
    slots = places + 1
    return {name: np.bincount(slots, values, number + 1)[1:].astype(np.float64) for name, values in columns.items()}


def _rows(names: Iterable[Any], sums: Arrays) -> dict[Any, Numbers]:
    """Sums by group as a mapping for each group."""
    rows = zip(*(values.tolist() for values in sums.values()), strict=True)
    return {name: dict(zip(sums, row, strict=True)) for name, row in zip(names, rows, strict=True)}


def _time_sums(
    scenario: Scenario, calls: Arrays, duties: Arrays
) -> tuple[dict[str, Floats], dict[str, Floats], dict[str, Floats]]:
    """Seconds of handling, duty, pay, waiting and counting: by interval of the day, by queue, by team."""
    roster = calllog.roster(scenario, calls, duties, INTERVAL)
    waiting = calllog.waiting(scenario, calls, INTERVAL)
    counted = calllog.counted(scenario, INTERVAL)
    # Whoever is paid is on duty: there are no paid breaks.
    work = {"handling_s": roster.handling, "paid_s": roster.paid, "duty_s": roster.paid}
    of_day = {name: _of_day(seconds) for name, seconds in work.items()}
    of_day |= {"waiting_s": _of_day(waiting), "counted_s": _of_day(counted)}
    of_team = {name: seconds.sum(axis=1) for name, seconds in work.items()}
    queues = list(scenario.queues)
    serves = np.array([queues.index(team.serves[0]) for team in scenario.teams.values()], dtype=np.int64)
    of_queue = _grouped(of_team, serves, len(queues))
    of_queue |= {"waiting_s": waiting.sum(axis=1), "counted_s": np.full(len(queues), counted.sum())}
    return of_day, of_queue, of_team


def _of_day(seconds: Floats) -> Floats:
    """Seconds by interval since the start, of any number of groups, summed by interval of the day."""
    sums: Floats = seconds.reshape(-1, DAY_INTERVALS).sum(axis=0)
    return sums


def _histograms(scenario: Scenario, calls: Arrays) -> dict[str, WaitHistogram]:
    queue, wait = calls["first_queue"], calls["wait_s"]
    own = {
        name: WaitHistogram.of(wait[(queue == place) & ~np.isnan(wait)]) for place, name in enumerate(scenario.queues)
    }
    return {"": WaitHistogram().merge(*own.values())} | own


def _slices(scenario: Scenario, calls: Arrays) -> dict[str, Slices]:
    """The waits of each queue with a target by slices of the target time.

    Whoever left unanswered, for whatever reason, would have waited longer: hung up, or sent away at closing.
    """
    queue, wait = calls["first_queue"], calls["wait_s"]
    spoke = ~np.isnan(calls["answered"])
    found = {}
    for place, (name, rules) in enumerate(scenario.queues.items()):
        if rules.target is None:
            continue
        edges = np.linspace(0.0, rules.target[1], SLICES + 1)
        own = (queue == place) & ~np.isnan(wait)
        answered, unanswered = wait[own & spoke], wait[own & ~spoke]
        # Answers fall into (start, end], other ends into [start, end): answering goes before leaving.
        met = np.bincount(np.searchsorted(edges, answered, side="left"), minlength=SLICES + 2)
        place_left = np.where(unanswered == 0.0, 0, np.searchsorted(edges, unanswered, side="right"))
        gone = np.bincount(place_left, minlength=SLICES + 2)
        longer = int(met[SLICES + 1] + gone[SLICES + 1])
        found[name] = Slices(met[: SLICES + 1], gone[: SLICES + 1], longer)
    return found


def estimates(replications: Sequence[Sums], *, per_month: bool = True) -> dict[str, Estimate]:
    """Every measure over replications; counts for a month of 365/12 days, or for the counted time as it is."""
    groups, waits = [one.total for one in replications], [one.waits[""] for one in replications]
    return _every(groups, waits, _virtual(replications, list(replications[0].slices)), per_month=per_month)


def estimates_of_queue(replications: Sequence[Sums], queue: str, *, per_month: bool = True) -> dict[str, Estimate]:
    """The measures for one queue: attempts and callers belong to the first that they joined, or that refused them."""
    groups, waits = [one.by_queue[queue] for one in replications], [one.waits[queue] for one in replications]
    return _every(groups, waits, _virtual(replications, [queue]), per_month=per_month)


def _every(
    groups: Sequence[Numbers], waits: Sequence[WaitHistogram], virtual: Estimate, *, per_month: bool
) -> dict[str, Estimate]:
    """All measures of a group, whose virtual service level is known already."""
    counts, month = WaitHistogram.table(waits), MONTH if per_month else None
    return {m.key: virtual if m.top == "virtual" else _estimate(m, groups, counts, month) for m in MEASURES}


def estimates_of_interval(replications: Sequence[Sums], number: int, *, per_month: bool = True) -> dict[str, Estimate]:
    """The measures that have sums by interval of the day: all but percentiles and the virtual service level."""
    groups = [one.by_interval[number] for one in replications]
    own = [m for m in MEASURES if m.quantile is None and m.top != "virtual"]
    month = MONTH / DAY_INTERVALS if per_month else None
    return {measure.key: _estimate(measure, groups, None, month) for measure in own}


def _estimate(
    measure: Measure, groups: Sequence[Numbers], waits: NDArray[np.int64] | None, month: float | None
) -> Estimate:
    """A measure of a group; counts for so many counted seconds, or as they are."""
    if measure.quantile is not None:
        share = measure.quantile
        assert waits is not None
        return jackknife(waits, lambda sums: WaitHistogram(sums.astype(np.int64)).quantile(share))
    top = [group[measure.top] for group in groups]
    if measure.bottom:
        return ratio(top, [group[measure.bottom] for group in groups])
    counted = groups[0]["counted_s"]
    if not counted:
        return scaled(mean(top), float("nan"))
    return scaled(mean(top), 1.0 if month is None else month / counted)


def _virtual(replications: Sequence[Sums], queues: Sequence[str]) -> Estimate:
    """Each queue's virtual service level, weighed by the waits in it."""
    own = [queue for queue in queues if queue in replications[0].slices]
    if not own:
        return ratio(np.zeros(len(replications)), np.zeros(len(replications)))
    rows = [
        np.concatenate([np.append(np.concatenate(one.slices[queue][:2]), one.slices[queue].longer) for queue in own])
        for one in replications
    ]

    def weighed(sums: Floats) -> float:
        parts = np.split(sums, len(own))
        levels = [virtual_within(part[: SLICES + 1], part[SLICES + 1 : -1], part[-1]) for part in parts]
        weights = np.array([part.sum() for part in parts])
        used = weights > 0
        if not used.any():
            return float("nan")
        return float(np.average(np.array(levels)[used], weights=weights[used]))

    return jackknife(rows, weighed)

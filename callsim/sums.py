"""What the log of one replication adds up to. Sums of days and replications add up; nothing here knows a price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from callsim import calllog, seconds
from callsim.calllog import ABANDONED, GAVE_UP, MISSED, Arrays, Logs, Outcome, Resolution
from callsim.estimate import WaitHistogram
from callsim.quantities import Reference
from callsim.scenario.routes import visits
from callsim.scenario.timetable import DAY
from callsim.scenario.vocabulary import Scenario

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
    logs = logs._replace(attempts=_with_vendors(logs))
    calls = calllog.arrays(scenario, logs.attempts, *CALL_COLUMNS)
    people = calllog.arrays(scenario, logs.callers, *CALLER_COLUMNS)
    of_day, of_queue, of_team = _time_sums(scenario, calls, logs)
    calls, people = (_in_window(scenario, log) for log in (calls, people))
    aims = _aims(scenario)
    of_calls = _of_calls(calls, aims[calls["first_queue"]], _line_aims(aims)[calls["first_queue"]])
    of_people = _of_people(people, aims[people["first_queue"]])

    def both(group: str, names: Sequence[Any]) -> dict[str, Floats]:
        number = len(names)
        return _grouped(of_calls, calls[group], number) | _grouped(of_people, people[group], number)

    queues, sources, intervals = list(scenario.queues), list(scenario.sources), range(DAY_INTERVALS)
    of_queue |= both("first_queue", queues)
    of_queue |= _grouped({"moved_in": of_calls["moved_out"]}, calls["last_queue"], len(queues))
    counted = of_day["counted_s"].sum()
    return Sums(
        total={name: float(np.sum(values)) for name, values in (of_calls | of_people | of_day).items()},
        by_queue=_rows(queues, of_queue | _same(counted, queues)),
        by_interval=_rows(intervals, of_day | both("interval", intervals)),
        by_source=_rows(sources, both("source", sources) | _same(counted, sources)),
        by_team=_rows(scenario.teams, of_team | _same(counted, list(scenario.teams))),
        by_vendor=_by_vendor(scenario, logs, of_calls, calls=calls, counted=counted),
        waits=_histograms(scenario, calls),
        slices=_slices(scenario, calls),
    )


CALL_COLUMNS = (
    "source", "dialled", "asked", "joined", "first_queue", "last_queue", "kept", "matched",
    "team", "vendor", "answered", "transferred", "left", "freed", "outcome", "wait_s", "kept_wait_s", "vendor_s",
    "while_open",
)  # fmt: skip
CALLER_COLUMNS = ("source", "dialled", "first_queue", "attempts", "asked", "waited", "resolution")


CALL = ["source", "day", "caller", "attempt"]


def _with_vendors(logs: Logs) -> pl.DataFrame:
    """The attempts, those that were put through to a vendor with its name, and the seconds that vendors talked."""
    later = logs.legs.filter(pl.col("vendor").is_not_null())
    talk = pl.when(pl.col("vendor").is_not_null()).then(pl.col("talk_s")).alias("vendor_s")
    if later.is_empty():
        return logs.attempts.with_columns(talk)
    joined = logs.attempts.join(later.select(*CALL, "vendor", "talk_s"), on=CALL, how="left", suffix="_later")
    return joined.with_columns(
        talk.fill_null(pl.col("talk_s_later")), pl.coalesce("vendor", "vendor_later").alias("vendor")
    )


def _in_window(scenario: Scenario, log: Arrays) -> dict[str, NDArray[Any]]:
    """The rows dialled in the counted time, and the interval of the day for each."""
    dialled = log["dialled"]
    inside = (dialled >= scenario.calendar.warm_up) & (dialled < scenario.calendar.end)
    return {name: values[inside] for name, values in (*log.items(), ("interval", _interval_of(dialled)))}


def _interval_of(times: Floats) -> NDArray[np.int64]:
    return (times % DAY // INTERVAL).astype(np.int64)


def _aims(scenario: Scenario) -> Floats:
    """The target times of the queues, NaN without one; place -1, no queue, takes the last, which is missing."""
    return np.array([*(queue.target[1] if queue.target else np.nan for queue in scenario.queues.values()), np.nan])


def _line_aims(aims: Floats) -> Floats:
    """The same for all who ask for an agent or a vendor: whoever met no queue is held against the file's first."""
    known = aims[~np.isnan(aims)]
    return np.append(aims[:-1], known[:1] if len(known) else np.nan)


_IS = {outcomes: np.isin(np.arange(Outcome.UNFINISHED + 1), outcomes) for outcomes in (GAVE_UP, ABANDONED, MISSED)}


def _of_calls(calls: Arrays, aim: Floats, line_aim: Floats) -> dict[str, NDArray[Any]]:
    """What each counted attempt adds to each sum; the aims are target times, NaN without one.

    How an attempt ended is its outcome alone: one that was answered and still talks at the horizon is unfinished, one
    that was put through and hung up is abandoned.
    """
    outcome, wait, while_open = calls["outcome"], calls["wait_s"], calls["while_open"]
    offered, asked = ~np.isnan(calls["joined"]), ~np.isnan(calls["asked"])
    answered, outsourced = outcome == Outcome.ANSWERED, outcome == Outcome.OUTSOURCED
    missed = _IS[MISSED][outcome]
    gave_up = _IS[GAVE_UP][outcome] & offered
    spoke = ~np.isnan(calls["answered"])
    aimed, in_time = offered & ~np.isnan(aim), offered & (wait <= aim)
    short = gave_up & in_time & ~spoke
    waited = offered & ~np.isnan(wait)
    called = ~np.isnan(calls["kept_wait_s"])
    # Not those who were called back with the place kept and then put through to a vendor.
    by_anyone = answered | (outsourced & ~called)
    return {
        "attempts": np.ones(len(outcome)),
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
        "moved_out": offered & (calls["first_queue"] != calls["last_queue"]),
        "aimed": aimed,
        "answered_aimed": answered & aimed,
        "in_time": answered & in_time,
        "in_time_or_short": (answered & in_time) | short,
        "aimed_less_short": aimed & ~short,
        "line_aimed": asked & ~np.isnan(line_aim),
        "line_in_time": by_anyone & (wait <= line_aim),
        "answered_wait": np.where(answered, wait, 0.0),
        "line_answered": by_anyone,
        "line_answered_wait": np.where(by_anyone, wait, 0.0),
        "wait": np.where(waited, wait, 0.0),
        "waits": waited,
        "kept_called": called,
        "kept_wait": np.where(called, calls["kept_wait_s"], 0.0),
        "vendor_minutes": np.where(outsourced, calls["vendor_s"] / 60.0, 0.0),
    }


def _of_people(people: Arrays, aim: Floats) -> dict[str, NDArray[Any]]:
    """What each counted caller adds to each sum."""
    resolution = people["resolution"]
    ended = resolution != Resolution.OPEN
    unserved = resolution == Resolution.UNSERVED
    aimed = ended & (people["asked"] > 0) & ~np.isnan(aim)
    return {
        "callers": np.ones(len(resolution)),
        "ended": ended,
        "open": ~ended,
        "lost": unserved | (resolution == Resolution.LOST),
        "unserved": unserved,
        "called_back": resolution == Resolution.CALLED_BACK,
        "caller_attempts": people["attempts"],
        "callers_aimed": aimed,
        "callers_in_time": aimed & (resolution == Resolution.SERVED) & (people["waited"] <= aim),
    }


def _grouped(columns: Arrays, places: NDArray[np.int64], number: int) -> dict[str, Floats]:
    """The sums of columns by group; place -1 belongs to none."""
    slots = places + 1
    return {name: np.bincount(slots, values, number + 1)[1:].astype(np.float64) for name, values in columns.items()}


def _same(counted: float, names: Sequence[Any]) -> dict[str, Floats]:
    """The counted time, which is that of every group."""
    return {"counted_s": np.full(len(names), counted)}


def _rows(names: Iterable[Any], sums: Arrays) -> dict[Any, Numbers]:
    """Sums by group as a mapping for each group."""
    rows = zip(*(values.tolist() for values in sums.values()), strict=True)
    return {name: dict(zip(sums, row, strict=True)) for name, row in zip(names, rows, strict=True)}


OF_VENDOR = ("attempts", "outsourced", "missed", "vendor_minutes")
"""The sums of calls that are also those of the vendor which they came to."""
FIRST_AT_VENDOR = ("line_aimed", "line_in_time", "line_answered", "line_answered_wait")
"""The same for waits: those of calls that no team had answered before."""


def _by_vendor(
    scenario: Scenario, logs: Logs, of_calls: Arrays, *, calls: Arrays, counted: float
) -> dict[str, Numbers]:
    """The sums of the vendors that callers can come to; an unserved caller belongs to the last vendor that answered."""
    met = vendors_met(scenario)
    if not met:
        return {}
    vendor, number = calls["vendor"], len(scenario.vendors)
    first = np.where(np.isnan(calls["transferred"]), vendor, -1)
    sums = _grouped({name: of_calls[name] for name in OF_VENDOR}, vendor, number)
    sums |= _grouped({name: of_calls[name] for name in FIRST_AT_VENDOR}, first, number)
    sums |= _same(counted, list(scenario.vendors)) | {"unserved": _unserved(scenario, logs)}
    rows = _rows(scenario.vendors, sums)
    return {name: rows[name] for name in met}


def vendors_met(scenario: Scenario) -> list[str]:
    """The vendors that callers can come to: others may be there for other variants of the file."""
    places = {visit.place for source in scenario.sources.values() for visit in visits(scenario, source)}
    return [name for name in scenario.vendors if Reference("vendor", name) in places]


def _unserved(scenario: Scenario, logs: Logs) -> Floats:
    """Counted callers who went unserved, by the vendor of their last call that one answered."""
    who = CALL[:3]
    start, end = scenario.calendar.warm_up, scenario.calendar.end
    callers = logs.callers.filter(
        (pl.col("resolution") == "unserved") & (pl.col("dialled") >= start) & (pl.col("dialled") < end)
    )
    last = logs.attempts.filter(pl.col("outcome") == "outsourced").sort("attempt").unique(who, keep="last")
    vendors = callers.select(who).join(last.select(*who, "vendor"), on=who)["vendor"].to_physical().to_numpy()
    return np.bincount(vendors, minlength=len(scenario.vendors)).astype(np.float64)


def _time_sums(
    scenario: Scenario, calls: Arrays, logs: Logs
) -> tuple[dict[str, Floats], dict[str, Floats], dict[str, Floats]]:
    """Time of agents, of waiting and of counting, and the agents' talks: by interval of the day, by queue, by team."""
    work = seconds.work(scenario, calls, logs)
    duties = calllog.arrays(scenario, logs.duties, *seconds.DUTY_COLUMNS)
    roster = seconds.roster(scenario, work, duties, INTERVAL)
    waiting = seconds.waiting(scenario, calls, INTERVAL)
    counted = seconds.counted(scenario, INTERVAL)
    began = (work.answered >= scenario.calendar.warm_up) & (work.answered < scenario.calendar.end)
    spent = {
        "handling_s": roster.handling,
        "duty_s": roster.on_duty,
        "paid_s": roster.paid,
        "paid_hours": roster.paid / 3600.0,
        "overtime_hours": roster.overtime / 3600.0,
    }
    of_day = {name: _of_day(passed) for name, passed in spent.items()}
    of_day |= {"waiting_s": _of_day(waiting), "counted_s": _of_day(counted)}
    of_day["talks"] = _counts(_interval_of(work.answered[began]), DAY_INTERVALS)
    of_team = {name: passed.sum(axis=1) for name, passed in spent.items()}
    of_team["talks"] = _counts(work.team[began], len(scenario.teams))
    of_queue = _of_own_teams(scenario, of_team)
    of_queue |= {"waiting_s": waiting.sum(axis=1)}
    return of_day, of_queue, of_team


def _of_own_teams(scenario: Scenario, of_team: Arrays) -> dict[str, Floats]:
    """The agents' sums by queue: missing where one of a queue's teams serves another queue as well."""
    queues = list(scenario.queues)
    serves = np.array([queues.index(team.queues[0]) for team in scenario.teams.values()], dtype=np.int64)
    shared = [any(len(scenario.teams[team].queues) > 1 for team in scenario.teams_of(queue)) for queue in queues]
    sums = _grouped(of_team, serves, len(queues))
    return {name: np.where(shared, np.nan, values) for name, values in sums.items()}


def _counts(places: NDArray[np.int64], number: int) -> Floats:
    return np.bincount(places, minlength=number).astype(np.float64)


def _of_day(passed: Floats) -> Floats:
    """Seconds by interval since the start, of any number of groups, summed by interval of the day."""
    sums: Floats = passed.reshape(-1, DAY_INTERVALS).sum(axis=0)
    return sums


def _histograms(scenario: Scenario, calls: Arrays) -> dict[str, WaitHistogram]:
    queue, wait = calls["first_queue"], np.where(np.isnan(calls["joined"]), np.nan, calls["wait_s"])
    own = {
        name: WaitHistogram.of(wait[(queue == place) & ~np.isnan(wait)]) for place, name in enumerate(scenario.queues)
    }
    return {"": WaitHistogram().merge(*own.values())} | own


def _slices(scenario: Scenario, calls: Arrays) -> dict[str, Slices]:
    """The waits of each queue with a target by slices of the target time.

    Whoever left the line unanswered by a team would have waited longer for one, for whatever reason they left: hung
    up, sent away at closing, promised a call, or passed to a vendor, which is when an operator was taken.
    """
    queue, wait = calls["first_queue"], np.where(np.isnan(calls["joined"]), np.nan, calls["wait_s"])
    by_team = (calls["team"] >= 0) & ~np.isnan(calls["answered"]) & np.isnan(calls["kept_wait_s"])
    passed_on = ~by_team & (calls["vendor"] >= 0) & ~np.isnan(calls["matched"]) & np.isnan(calls["kept"])
    stayed = np.where(passed_on, calls["matched"] - calls["asked"], wait)
    found = {}
    for place, (name, rules) in enumerate(scenario.queues.items()):
        if rules.target is None:
            continue
        edges = np.linspace(0.0, rules.target[1], SLICES + 1)
        own = (queue == place) & ~np.isnan(wait)
        answered, unanswered = stayed[own & by_team], stayed[own & ~by_team]
        # Answers fall into (start, end], other ends into [start, end): answering goes before leaving.
        met = np.bincount(np.searchsorted(edges, answered, side="left"), minlength=SLICES + 2)
        place_left = np.where(unanswered == 0.0, 0, np.searchsorted(edges, unanswered, side="right"))
        gone = np.bincount(place_left, minlength=SLICES + 2)
        longer = int(met[SLICES + 1] + gone[SLICES + 1])
        found[name] = Slices(met[: SLICES + 1], gone[: SLICES + 1], longer)
    return found

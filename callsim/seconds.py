"""Where the time went: seconds of agents on duty and at work, and of callers waiting, by interval."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from callsim.calllog import Activity, Arrays, Logs, arrays, enums
from callsim.scenario.vocabulary import Scenario

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

PAID = [Activity.DUTY, Activity.PAID_BREAK, Activity.UNAVAILABLE]
ACTIVITIES = 4


def seconds_in(
    scenario: Scenario, interval: float, *, starts: Floats, ends: Floats, groups: Places, number: int
) -> Floats:
    """Seconds that spans spend in each interval of the calendar's days, clipped to the counted time.

    `groups` says to which of a number of groups each span belongs; NaN ends lie beyond the horizon.
    Shape (groups, intervals).
    """
    low, high = scenario.calendar.warm_up, scenario.calendar.end
    width = round(high / interval) + 1
    began = np.clip(starts, low, high)
    ended = np.clip(np.where(np.isnan(ends), np.inf, ends), low, high)
    first, last = began // interval, ended // interval
    # Whole intervals of the spans that run on, and the parts after each span's last border, less before its start.
    at_first, at_last = (groups * width + place.astype(np.int64) for place in (first, last))
    size = number * width
    running = np.bincount(at_first, minlength=size) - np.bincount(at_last, minlength=size)
    before, after = began - first * interval, ended - last * interval
    parts = np.bincount(at_last, after, minlength=size) - np.bincount(at_first, before, minlength=size)
    whole: Floats = np.cumsum(running.reshape(number, width), axis=1) * interval
    whole += parts.reshape(number, width)
    return whole[:, :-1]


def counted(scenario: Scenario, interval: float) -> Floats:
    """Counted seconds by interval since the start."""
    start, end = np.array([scenario.calendar.warm_up]), np.array([scenario.calendar.end])
    return seconds_in(scenario, interval, starts=start, ends=end, groups=np.array([0]), number=1).ravel()


class Work(NamedTuple):
    """What occupied the agents of the teams: calls, their further legs, and tries to call back. One item each."""

    team: Places
    starts: Floats
    """The agent was taken."""
    answered: Floats
    ends: Floats
    """The agent was free again."""


def work(scenario: Scenario, calls: Arrays, logs: Logs) -> Work:
    """All work of agents, from the columns team, matched, answered, freed of attempts and what the logs add."""
    parts = [_work_of(calls, "matched")]
    if len(logs.legs):
        parts.append(_work_of(arrays(scenario, logs.legs, "team", "matched", "answered", "freed"), "matched"))
    if len(logs.tries):
        parts.append(_work_of(arrays(scenario, logs.tries, "team", "dialled", "answered", "freed"), "dialled"))
    return Work(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _work_of(log: Arrays, start: str) -> Work:
    taken = log["team"] >= 0
    return Work(*(log[name][taken] for name in ("team", start, "answered", "freed")))


class Roster(NamedTuple):
    """Seconds of agents, clipped to the counted time, in arrays of the shape (teams, intervals since the start)."""

    on_duty: Floats
    """Overtime included, without breaks and without the time in which an agent is not available."""
    overtime: Floats
    paid: Floats
    """On duty, on paid breaks, and not available."""
    breaks: Floats
    """Paid or not."""
    unavailable: Floats
    handling: Floats
    """Pick-up, talk, wrap-up, and tries to call back."""


def roster(scenario: Scenario, done: Work, duties: Arrays, interval: float) -> Roster:
    """What the teams did, from their work and the columns team, activity, came, due, went of duties."""
    number = len(scenario.teams)
    groups = duties["team"] * ACTIVITIES + duties["activity"]
    flat = seconds_in(
        scenario, interval, starts=duties["came"], ends=duties["went"], groups=groups, number=number * ACTIVITIES
    )
    times = flat.reshape(number, ACTIVITIES, flat.shape[1])
    late = (duties["activity"] == Activity.DUTY) & (duties["due"] < duties["went"])
    overtime = seconds_in(
        scenario,
        interval,
        starts=duties["due"][late],
        ends=duties["went"][late],
        groups=duties["team"][late],
        number=number,
    )
    handling = seconds_in(scenario, interval, starts=done.starts, ends=done.ends, groups=done.team, number=number)
    return Roster(
        on_duty=times[:, Activity.DUTY],
        overtime=overtime,
        paid=times[:, PAID].sum(axis=1),
        breaks=times[:, Activity.PAID_BREAK] + times[:, Activity.UNPAID_BREAK],
        unavailable=times[:, Activity.UNAVAILABLE],
        handling=handling,
    )


CALL_COLUMNS = ("team", "matched", "answered", "freed")
DUTY_COLUMNS = ("team", "activity", "came", "due", "went")


def roster_log(scenario: Scenario, logs: Logs, interval: float = 1800.0) -> pl.DataFrame:
    """The roster log: agents' seconds by team and interval, clipped to the counted time, where there are any.

    Columns team, start (of the interval, seconds since the first midnight), on_duty_s (without overtime), overtime_s,
    break_s (paid or not), unavailable_s, paid_s, handling_s (pick-up, talk, wrap-up, tries to call back) and idle_s
    (on duty or in overtime, and not handling).
    """
    done = work(scenario, arrays(scenario, logs.attempts, *CALL_COLUMNS), logs)
    found = roster(scenario, done, arrays(scenario, logs.duties, *DUTY_COLUMNS), interval)
    number, width = found.paid.shape
    seconds = {
        "on_duty_s": found.on_duty - found.overtime,
        "overtime_s": found.overtime,
        "break_s": found.breaks,
        "unavailable_s": found.unavailable,
        "paid_s": found.paid,
        "handling_s": found.handling,
        "idle_s": found.on_duty - found.handling,
    }
    return pl.DataFrame(
        {
            "team": pl.Series(np.repeat(np.arange(number), width), dtype=pl.UInt32).cat.to(enums(scenario)["team"]),
            "start": np.tile(np.arange(width) * interval, number),
            **{name: values.ravel() for name, values in seconds.items()},
        }
    ).filter((pl.col("paid_s") > 0) | (pl.col("break_s") > 0))


def waiting(scenario: Scenario, calls: Arrays, interval: float) -> Floats:
    """Seconds that offered callers waited on the line for their first answer, clipped to the counted time.

    From the columns first_queue, joined, asked, kept, answered, left; shape (first queues, intervals since the start).
    """
    offered = ~np.isnan(calls["joined"])
    # The first of them, NaN where there is none.
    stopped = np.fmin(np.fmin(calls["kept"], calls["answered"]), calls["left"])
    return seconds_in(
        scenario,
        interval,
        starts=calls["asked"][offered],
        ends=stopped[offered],
        groups=calls["first_queue"][offered],
        number=len(scenario.queues),
    )

"""The bank as it was and as it is simulated: the same sums of calls, by day and half-hour, and what they differ in.

Both sides become the same table of calls and the same sums, and one list of measures reads them. What is held
against what, and when a difference counts, stands in docs/bank.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtrit

from benchmarks.bank.agents import on_duty
from benchmarks.bank.aggregate import LONGEST_PICK_UP, calls_per_caller, redial
from benchmarks.bank.log import (
    CLOSES,
    DAY,
    HALF_HOUR,
    HALF_HOURS,
    OPENS,
    Floats,
    Ints,
    faults,
    half_hour_means,
    working_hours,
)
from callsim.calllog import Logs
from callsim.estimate import Estimate, Interval, interval, ratio
from callsim.replicate import play
from callsim.scenario import Scenario

IN_TIME = 20.0
CONFIDENCE = 0.95
SLOTS = DAY // HALF_HOUR


class Measure(NamedTuple):
    """A ratio of two sums, or a number for each day where there is no second one."""

    title: str
    unit: str
    top: str
    bottom: str = ""
    places: int = 1
    """Digits shown behind the point."""


CALLS = Measure("calls a day", "", "calls")
GAVE_UP = Measure("gave up, of those past the menu", "%", "gave_up", "past_menu")
TIME = Measure("seconds to answer or hang-up", "s", "time", "timed")
TALK = Measure("talk", "s", "talk", "talks")
AGENT_HOURS = Measure("agent-hours a day", "h", "agent_hours")
CALLS_PER_CALLER = Measure("calls per caller", "", "caller_attempts", "callers", places=3)
MEASURES = (
    CALLS,
    GAVE_UP,
    Measure("answered without queueing", "%", "at_once", "past_menu"),
    Measure(f"answered within {IN_TIME:.0f} s", "%", "in_time", "timed"),
    TIME,
    Measure("  of those answered", "s", "time_answered", "timed_answered"),
    Measure("  of those who gave up", "s", "time_gave_up", "timed_gave_up"),
    TALK,
    AGENT_HOURS,
    Measure("time on duty spent talking", "%", "talk", "on_duty"),
)
BY_HALF_HOUR = (CALLS, GAVE_UP, TIME)


class Side(NamedTuple):
    """One side's sums, each of the shape (days, half-hours of the day)."""

    sums: Mapping[str, Floats]
    together: int
    """Days that belong together, as the days of a replication do: intervals are over such groups."""


class Sides(NamedTuple):
    real: Side
    simulated: Side


class Row(NamedTuple):
    """One measure on both sides."""

    measure: Measure
    real: Interval
    simulated: Interval
    expected: Interval
    """Where the mean of as many days as the real ones would lie, were the scenario the truth."""
    mark: str
    """`*` the real value lies outside of the expected range, `**` and the two differ by more than the spread of
    the real days explains."""

    @property
    def difference(self) -> float | None:
        """Simulated less real."""
        if self.simulated.value is None or self.real.value is None:
            return None
        return self.simulated.value - self.real.value


class Comparison(NamedTuple):
    """Everything that is shown."""

    replications: int
    whole: tuple[Row, ...]
    by_half_hour: Mapping[int, tuple[Row, ...]]
    calls_per_caller: tuple[float, Interval]
    """Real, as the rule for redials says, and simulated."""
    sides: Sides
    gave_up_by_kind: Mapping[str, tuple[int, float]]
    """Real calls past the menu and the share that gave up, by the log's type of service."""


def compare(log: pl.DataFrame, scenario: Scenario, *, replications: int, seed: int) -> Comparison:
    """Hold what `read` returned against replications of a scenario whose every day is a working day."""
    rows = working_hours(log)
    sound = rows.filter(~pl.col("faulty"))
    sides = Sides(real_side(rows), simulated_side(scenario, replications=replications, seed=seed))
    return Comparison(
        replications=replications,
        whole=tuple(held_against(measure, sides, halves=HALF_HOURS) for measure in MEASURES),
        by_half_hour={
            half: tuple(held_against(measure, sides, halves=[half]) for measure in BY_HALF_HOUR) for half in HALF_HOURS
        },
        calls_per_caller=(
            calls_per_caller(sound, redial(sound)),
            interval(estimated(CALLS_PER_CALLER, sides.simulated, halves=HALF_HOURS)),
        ),
        sides=sides,
        gave_up_by_kind=_gave_up_by_kind(sound),
    )


def real_side(rows: pl.DataFrame) -> Side:
    """The sums of the log's working days. Faulty half-hours add nothing, but calls: the mean of the other days."""
    days = rows["day"].unique().sort().to_list()
    sound = rows.filter(~pl.col("faulty"))
    sums = _sums(real_calls(sound, days), days=len(days))
    present = on_duty(rows)
    broken = np.zeros(present.shape, dtype=np.bool_)
    means = half_hour_means(rows)
    for day, half in faults(rows).iter_rows():
        broken[days.index(day), half] = True
        sums["calls"][days.index(day), half] = means[half]
    agents = {"agent_hours": present * HALF_HOUR / 3_600, "on_duty": np.where(broken, 0.0, present * HALF_HOUR)}
    return Side(sums | agents, together=1)


def real_calls(sound: pl.DataFrame, days: Sequence[object]) -> pl.DataFrame:
    """The log's calls. Times are the log's own durations: its clocks differ by a second."""
    dialled = (pl.col("kind") != "TT") & pl.col("menu_s").is_between(1, LONGEST_PICK_UP)
    number = {day: place for place, day in enumerate(days)}
    return sound.select(
        day=pl.col("day").replace_strict(number, return_dtype=pl.Int64),
        half_hour="half_hour",
        past_menu=pl.col("outcome") != "abandoned_menu",
        gave_up=pl.col("outcome") == "abandoned",
        answered=pl.col("outcome") == "answered",
        at_once=(pl.col("outcome") == "answered") & pl.col("asked_s").is_null(),
        time_s=pl.when(dialled).then(pl.col("menu_s") + pl.col("wait_s").fill_null(0)),
        talk_s=pl.when(pl.col("outcome") == "answered").then("talk_s"),
    )


def simulated_side(scenario: Scenario, *, replications: int, seed: int) -> Side:
    """The sums of the replications, day after day."""
    parts = [_replication(scenario, play(scenario, seed, number)) for number in range(replications)]
    sums = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return Side(sums, together=scenario.calendar.days)


def _replication(scenario: Scenario, log: Logs) -> dict[str, Floats]:
    days = scenario.calendar.days
    callers = log.callers.filter(pl.col("dialled") < days * DAY)
    first_dial = (callers["dialled"].to_numpy() // HALF_HOUR).astype(np.int64)
    seconds = simulated_duty(log, days)
    return _sums(simulated_calls(log, days), days=days) | {
        "agent_hours": seconds / 3_600,
        "on_duty": seconds,
        "callers": _by_day(first_dial, np.ones(len(first_dial)), days=days),
        "caller_attempts": _by_day(first_dial, callers["attempts"].to_numpy(), days=days),
    }


def simulated_duty(log: Logs, days: int) -> Floats:
    """Seconds on duty, of all agents, by day and half-hour."""
    begins = np.arange(days * SLOTS) * float(HALF_HOUR)
    came = log.duties["came"].to_numpy()[:, np.newaxis]
    went = log.duties["went"].fill_null(math.inf).to_numpy()[:, np.newaxis]
    within = np.minimum(went, begins + HALF_HOUR) - np.maximum(came, begins)
    seconds: Floats = np.maximum(within, 0.0).sum(axis=0).reshape(days, SLOTS)
    return seconds


def simulated_calls(log: Logs, days: int) -> pl.DataFrame:
    """The calls of a replication in the hours that count."""
    time_of_day = pl.col("dialled") % DAY
    calls = log.attempts.filter((pl.col("dialled") < days * DAY) & time_of_day.is_between(OPENS, CLOSES, closed="left"))
    answered = pl.col("outcome") == "answered"
    return calls.select(
        day=(pl.col("dialled") // DAY).cast(pl.Int64),
        half_hour=(time_of_day // HALF_HOUR).cast(pl.Int64),
        past_menu=pl.col("outcome") != "abandoned_menu",
        gave_up=pl.col("outcome") == "abandoned_queue",
        answered=answered,
        at_once=answered & (pl.col("matched") == pl.col("asked")),
        time_s=pl.coalesce("answered", "left") - pl.col("dialled"),
        talk_s="talk_s",
    )


def _sums(calls: pl.DataFrame, *, days: int) -> dict[str, Floats]:
    """What the calls add to each sum, by day and half-hour of their dial; times only of calls past the menu."""
    place = (calls["day"] * SLOTS + calls["half_hour"]).to_numpy()
    flags = {name: calls[name].to_numpy() for name in ("past_menu", "gave_up", "answered", "at_once")}
    time = np.where(flags["past_menu"], calls["time_s"].cast(pl.Float64).fill_null(math.nan).to_numpy(), math.nan)
    talk = calls["talk_s"].cast(pl.Float64).fill_null(0.0).to_numpy()
    timed, seconds = ~np.isnan(time), np.nan_to_num(time)
    values = {
        "calls": np.ones(len(place)),
        "past_menu": flags["past_menu"],
        "gave_up": flags["gave_up"],
        "at_once": flags["at_once"],
        "timed": timed,
        "in_time": timed & flags["answered"] & (seconds <= IN_TIME),
        "time": seconds,
        "timed_answered": timed & flags["answered"],
        "time_answered": seconds * flags["answered"],
        "timed_gave_up": timed & flags["gave_up"],
        "time_gave_up": seconds * flags["gave_up"],
        "talk": talk,
        "talks": talk > 0,
    }
    return {name: _by_day(place, column, days=days) for name, column in values.items()}


def _by_day(place: Ints, values: NDArray[Any], *, days: int) -> Floats:
    """Sums of values by half-hour since the first midnight, as (days, half-hours of the day)."""
    # NumPy's stubs think that weighted counts are whole numbers.
    return np.bincount(place, values, days * SLOTS).astype(np.float64).reshape(days, SLOTS)


def _gave_up_by_kind(sound: pl.DataFrame) -> dict[str, tuple[int, float]]:
    past = sound.filter(pl.col("outcome") != "abandoned_menu")
    kinds = past.group_by("kind").agg(number=pl.len(), gave_up=(pl.col("outcome") == "abandoned").mean())
    return {kind: (number, gave_up) for kind, number, gave_up in kinds.sort("kind").iter_rows()}


def estimated(measure: Measure, side: Side, *, halves: Sequence[int]) -> Estimate:
    """A measure over some half-hours of the day."""

    def grouped(name: str) -> Floats:
        of_day = side.sums[name][:, list(halves)].sum(axis=1)
        groups: Floats = of_day.reshape(-1, side.together).sum(axis=1)
        return groups

    top = grouped(measure.top)
    return ratio(top, grouped(measure.bottom) if measure.bottom else np.full(len(top), side.together))


def held_against(measure: Measure, sides: Sides, *, halves: Sequence[int]) -> Row:
    """One measure over some half-hours of the day, and whether the difference is more than chance."""
    was, is_ = (estimated(measure, side, halves=halves) for side in sides)
    by_day = estimated(measure, sides.simulated._replace(together=1), halves=halves)
    expected = mean_of_days(by_day, len(was.influence))
    mark = ""
    if expected.low is not None and expected.high is not None and math.isfinite(was.value):
        outside = not expected.low <= was.value <= expected.high
        mark = "*" * (outside + (outside and abs(is_.value - was.value) > _noise(was, is_)))
    least, most = 0.0, 1.0 if measure.unit == "%" else None
    return Row(measure, interval(was, least=least, most=most), interval(is_, least=least, most=most), expected, mark)


def mean_of_days(by_day: Estimate, days: int) -> Interval:
    """Where a mean over so many further days would lie in 95 of 100 cases, were they days of the same kind."""
    number = len(by_day.influence)
    if number < 2 or not math.isfinite(by_day.value):
        return Interval(None, None, None)
    half = _error(by_day) * math.sqrt(number / days + 1) * _quantile(number)
    return Interval(by_day.value, by_day.value - half, by_day.value + half)


def _noise(was: Estimate, is_: Estimate) -> float:
    """How far the two may lie apart by the spread of the real days and of the replications."""
    days = len(was.influence)
    return _quantile(days) * math.hypot(_error(was), _error(is_)) if days > 1 else math.inf


def spread_of_days(measure: Measure, side: Side) -> float:
    """Standard deviation of a measure from day to day."""
    by_day = estimated(measure, side._replace(together=1), halves=HALF_HOURS)
    return float(by_day.influence.std(ddof=1))


def _error(estimate: Estimate) -> float:
    """The standard error; 0 of a single replication, which says nothing of it."""
    number = len(estimate.influence)
    return float(estimate.influence.std(ddof=1)) / math.sqrt(number) if number > 1 else 0.0


def _quantile(number: int) -> float:
    return float(stdtrit(number - 1, (1 + CONFIDENCE) / 2))

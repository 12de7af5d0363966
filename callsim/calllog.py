"""The call log: what engines write down, and the same as tables with names, waits and missing values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, get_type_hints

import numpy as np
import polars as pl
from numpy.typing import NDArray

from callsim.scenario.timetable import DAY, Week, spans_of_day
from callsim.scenario.vocabulary import KINDS, Scenario

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


class Outcome:
    """How an attempt ended: the numbers that stand in the log."""

    ANSWERED = 0
    OUTSOURCED = 1
    SELF_SERVED = 2
    ABANDONED_RINGING = 3
    ABANDONED_QUEUE = 4
    ABANDONED_MENU = 5
    BLOCKED = 6
    CLOSED = 7
    VOICEMAIL = 8
    KEPT_PLACE = 9
    UNFINISHED = 10


class Reason:
    """Why an attempt was missed, where its outcome leaves that open."""

    NONE = 0
    NO_LINE = 1
    QUEUE_FULL = 2
    ASKED_WHILE_CLOSED = 3
    CLOSED_WHILE_WAITING = 4
    HUNG_UP_IN_PROMPT = 5
    SELF_SERVICE_FAILED = 6
    SENT_AWAY = 7


class Resolution:
    """How a caller's story ended."""

    SERVED = 0
    OUTSOURCED = 1
    SELF_SERVED = 2
    CALLED_BACK = 3
    UNSERVED = 4
    LOST = 5
    OPEN = 6


GAVE_UP = (Outcome.ABANDONED_RINGING, Outcome.ABANDONED_QUEUE)
ABANDONED = (*GAVE_UP, Outcome.ABANDONED_MENU)
MISSED = (*ABANDONED, Outcome.BLOCKED, Outcome.CLOSED, Outcome.VOICEMAIL)


class Attempt(NamedTuple):
    """One call of a caller, as an engine logs it: places in the scenario's lists, and instants.

    Instants are seconds since the first midnight, NaN where a thing never happened; places are -1 then.
    """

    source: int
    day: int
    caller: int
    attempt: int
    kind: int
    dialled: float
    greeted: float
    """A machine answered."""
    asked: float
    """The caller first rang for, or joined, a queue."""
    first_queue: int
    last_queue: int
    matched: float
    """An agent was taken."""
    team: int
    slot: int
    answered: float
    left: float
    freed: float
    """The agent was free again, after the wrap-up."""
    outcome: int
    reason: int


class Caller(NamedTuple):
    """A caller's whole story. `caller` counts the callers of a source on a day: together they are the identity."""

    source: int
    day: int
    caller: int
    kind: int
    dialled: float
    """First dial."""
    first_queue: int
    attempts: int
    asked: int
    """Attempts that asked for a queue."""
    waited: float
    """Seconds between asking and being answered or leaving, over all attempts."""
    resolution: int
    resolved: float
    """When the story ended; NaN while it is open."""
    missed: float
    """Last missed attempt's end."""


class Duty(NamedTuple):
    """One stretch of an agent's duty: paid from `came` to `went`, overtime from `due` on."""

    team: int
    slot: int
    came: float
    due: float
    went: float


class Chunk(NamedTuple):
    """What ended on one day: rows with the fields of Attempt, Caller and Duty.

    Plain tuples, for the garbage collector soon leaves those alone, but never a NamedTuple.
    """

    day: int
    attempts: list[tuple[float, ...]]
    callers: list[tuple[float, ...]]
    duties: list[tuple[float, ...]]


class Logs(NamedTuple):
    """Tables of one replication, or of some days of it."""

    attempts: pl.DataFrame
    callers: pl.DataFrame
    duties: pl.DataFrame


def tables(scenario: Scenario, chunks: Iterable[Chunk], replication: int = 0) -> Logs:
    """The chunks as tables: names for places, nulls for what never happened, waits and talks beside the instants.

    Attempts gain `wait_s`, `talk_s`, `wrap_up_s`, `menu_s` and `while_open`: dialled in the hours of their first
    queue, or in the calendar's where they met none.
    """
    parts = list(chunks)
    attempts = _frame(scenario, _FIELDS[Attempt], [row for part in parts for row in part.attempts], replication)
    callers = _frame(scenario, _FIELDS[Caller], [row for part in parts for row in part.callers], replication)
    duties = _frame(scenario, _FIELDS[Duty], [row for part in parts for row in part.duties], replication)
    return Logs(attempts.with_columns(_while_open(scenario, attempts), *_LENGTHS), callers, duties)


def by_day(scenario: Scenario, chunks: Iterable[Chunk], replication: int = 0) -> Iterator[Logs]:
    """The tables day by day, while the simulation runs."""
    return (tables(scenario, [chunk], replication) for chunk in chunks)


Arrays = Mapping[str, NDArray[Any]]
"""Columns of a table by name, or what is computed from them."""


def arrays(scenario: Scenario, frame: pl.DataFrame, *names: str) -> dict[str, NDArray[Any]]:
    """Columns of a table as arrays: places instead of names, -1 where there is none, NaN for what never happened."""
    kinds = _kinds(scenario)
    picked = frame.select(
        pl.col(name).cast(kinds[name]).to_physical().cast(pl.Int64).fill_null(-1) if name in kinds else pl.col(name)
        for name in names
    )
    return {name: picked[name].to_numpy() for name in names}


def _kinds(scenario: Scenario) -> dict[str, pl.Enum]:
    """The names that the places in a column stand for, by column."""
    queues = _enum(tuple(scenario.queues))
    return {
        "source": _enum(tuple(scenario.sources)),
        "kind": _enum(tuple(KINDS)),
        "first_queue": queues,
        "last_queue": queues,
        "team": _enum(tuple(scenario.teams)),
        "outcome": _enum(_names(Outcome)),
        "reason": _enum(_names(Reason)),
        "resolution": _enum(_names(Resolution)),
    }


_enum = cache(pl.Enum)


def _names(numbers: type) -> tuple[str, ...]:
    return tuple(name.lower() for name in vars(numbers) if name.isupper())


_TYPES = {int: pl.Int32, float: pl.Float64}
_FIELDS = {row: {name: _TYPES[kind] for name, kind in get_type_hints(row).items()} for row in (Attempt, Caller, Duty)}


def _frame(
    scenario: Scenario, fields: Mapping[str, Any], rows: list[tuple[float, ...]], replication: int
) -> pl.DataFrame:
    """One column per field, names instead of places, null for -1 and NaN."""
    kinds = _kinds(scenario)
    values = list(zip(*rows, strict=True)) or [()] * len(fields)
    series = [pl.Series(name, column, dtype=fields[name]) for name, column in zip(fields, values, strict=True)]
    return pl.DataFrame(series).select(
        pl.lit(replication, pl.Int32).alias("replication"), *(_meant(one, kinds.get(one.name)) for one in series)
    )


def _meant(logged: pl.Series, kind: pl.Enum | None) -> pl.Expr:
    """What a column as logged means."""
    column = pl.col(logged.name)
    if kind is not None:
        # -1 does not fit an unsigned number and becomes null. Enum codes are the places themselves: no text is read.
        return column.cast(pl.UInt32, strict=False).cat.to(kind)
    if logged.name == "slot":
        return column.replace(-1, None)
    return column.fill_nan(None) if logged.dtype == pl.Float64 else column


_SPOKE = pl.col("answered").is_not_null()
_LEFT_MENU = pl.min_horizontal("asked", "left")
_LENGTHS = (
    (pl.coalesce("answered", "left") - pl.col("asked")).alias("wait_s"),
    pl.when(_SPOKE).then(pl.col("left") - pl.col("answered")).alias("talk_s"),
    pl.when(_SPOKE).then(pl.col("freed") - pl.col("left")).alias("wrap_up_s"),
    # Missing for a call that is in a menu when the horizon ends.
    pl.when(pl.col("greeted").is_null() | (pl.col("greeted") >= _LEFT_MENU))
    .then(0.0)
    .otherwise(_LEFT_MENU - pl.col("greeted"))
    .alias("menu_s"),
)
"""The lengths that instants imply: the one place where they are defined."""


def _while_open(scenario: Scenario, attempts: pl.DataFrame) -> pl.Series:
    """Whether each attempt was dialled in the hours that it met."""
    dialled = attempts["dialled"].to_numpy()
    while_open = _within_hours(scenario, scenario.calendar.open, dialled)
    for name, queue in scenario.queues.items():
        if queue.open is not None:
            own = (attempts["first_queue"] == name).fill_null(value=False).to_numpy()
            while_open[own] = _within_hours(scenario, queue.open, dialled[own])
    return pl.Series("while_open", while_open)


def _within_hours(scenario: Scenario, hours: Week, times: Floats) -> NDArray[np.bool_]:
    """Whether each time lies in the hours, the moment of opening included, that of closing not."""
    calendar = scenario.calendar
    days = range(int(times.max(initial=0.0) // DAY) + 1)
    spans = [span for day in days for span in spans_of_day(hours, calendar, day)]
    opened = np.searchsorted(np.sort([span.start for span in spans]), times, side="right")
    closed = np.searchsorted(np.sort([span.end for span in spans]), times, side="right")
    return np.greater(opened, closed)


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


def roster_log(scenario: Scenario, logs: Logs, interval: float = 1800.0) -> pl.DataFrame:
    """The roster log: agents' seconds by team and interval, clipped to the counted time, where there are any.

    Columns team, start (of the interval, seconds since the first midnight), on_duty_s (without overtime), paid_s,
    handling_s (pick-up, talk, wrap-up) and idle_s.
    """
    calls = arrays(scenario, logs.attempts, "team", "matched", "freed")
    duties = arrays(scenario, logs.duties, "team", "came", "due", "went")
    found = roster(scenario, calls, duties, interval)
    number = len(scenario.teams)
    on_duty = seconds_in(
        scenario, interval, starts=duties["came"], ends=duties["due"], groups=duties["team"], number=number
    )
    width = found.paid.shape[1]
    return pl.DataFrame(
        {
            "team": pl.Series(np.repeat(np.arange(number), width), dtype=pl.UInt32).cat.to(_kinds(scenario)["team"]),
            "start": np.tile(np.arange(width) * interval, number),
            "on_duty_s": on_duty.ravel(),
            "paid_s": found.paid.ravel(),
            "handling_s": found.handling.ravel(),
            "idle_s": (found.paid - found.handling).ravel(),
        }
    ).filter(pl.col("paid_s") > 0)


class Roster(NamedTuple):
    """Seconds of agents, clipped to the counted time, in arrays of the shape (teams, intervals since the start)."""

    paid: Floats
    """On duty, overtime included."""
    handling: Floats
    """Pick-up, talk, wrap-up."""


def roster(scenario: Scenario, calls: Arrays, duties: Arrays, interval: float) -> Roster:
    """What the teams did, from the columns team, matched, freed of attempts and team, came, went of duties."""
    number = len(scenario.teams)
    taken = calls["team"] >= 0
    handling = seconds_in(
        scenario,
        interval,
        starts=calls["matched"][taken],
        ends=calls["freed"][taken],
        groups=calls["team"][taken],
        number=number,
    )
    paid = seconds_in(
        scenario, interval, starts=duties["came"], ends=duties["went"], groups=duties["team"], number=number
    )
    return Roster(paid, handling)


def waiting(scenario: Scenario, calls: Arrays, interval: float) -> Floats:
    """Seconds that callers waited (asked, neither answered nor gone), clipped to the counted time.

    From the columns first_queue, asked, answered, left; shape (first queues, intervals since the start).
    """
    asked = ~np.isnan(calls["asked"])
    stopped = np.where(np.isnan(calls["answered"]), calls["left"], calls["answered"])
    return seconds_in(
        scenario,
        interval,
        starts=calls["asked"][asked],
        ends=stopped[asked],
        groups=calls["first_queue"][asked],
        number=len(scenario.queues),
    )

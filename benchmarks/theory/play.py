"""Play a case and add up what its measures need, replication by replication."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.theory.cases import HOUR, Measure, case, read
from benchmarks.theory.controls import controls, headcount
from benchmarks.theory.runs import Run
from callsim.calllog import GAVE_UP, Attempt, Caller, Outcome, Resolution
from callsim.demand import Tape
from callsim.engine import simulate
from callsim.scenario import Scenario

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Columns = Mapping[str, Array]

CALLS = (
    "attempt",
    "dialled",
    "greeted",
    "asked",
    "first_queue",
    "matched",
    "team",
    "answered",
    "left",
    "freed",
    "outcome",
)
STORIES = ("source", "dialled", "attempts", "resolution", "served")


class Sums(NamedTuple):
    """What one replication adds up."""

    tops: Array
    """By measure of the case."""
    bottoms: Array
    drawn: Array
    """How far the callers on the tape are from what is expected of them: Controls."""
    crowd: Array
    attempts: int


@lru_cache
def scenario(run: Run) -> Scenario:
    """The scenario of a run."""
    return read(case(run.case, run.family).text(run))


def play(
    replication: int, run: Run, centre: Scenario | None = None, tape: type[Tape] = Tape, engine: str = "simpy"
) -> Sums:
    """Play one replication of a run; another scenario, or class of tape, makes a broken engine, to be caught."""
    of, meant = case(run.case, run.family), scenario(run)
    centre = centre or meant
    chunks = list(simulate(centre, tape(centre, run.seed, replication), engine))
    calls = _columns(Attempt, CALLS, (chunk.attempts for chunk in chunks))
    stories = _columns(Caller, STORIES, (chunk.callers for chunk in chunks))
    views = {view: View(view, run, calls, stories) for view in {measure.view for measure in of.measures}}
    sums = [(views[one.view].total(one.top, one), views[one.view].total(one.bottom, one)) for one in of.measures]
    tops, bottoms = np.array(sums).T
    # From the tape that belongs to the case, whatever is played: an engine that plays it wrongly is not excused by it.
    known = controls(of, run, Tape(meant, run.seed, replication))
    return Sums(tops, bottoms, *known, calls["dialled"].size)


def _columns(row: type[Any], names: Iterable[str], parts: Iterable[Any]) -> Columns:
    """Columns of a log by name, from either engine's rows."""
    parts = list(parts)
    if isinstance(parts[0], np.ndarray):
        return {name: np.concatenate([part[name] for part in parts]).astype(np.float64) for name in names}
    rows = [one for part in parts for one in part]
    places = {name: row._fields.index(name) for name in names}
    return {name: np.fromiter(map(itemgetter(place), rows), np.float64, len(rows)) for name, place in places.items()}


class View:
    """The calls that a measure looks at, and the time in which it does."""

    def __init__(self, name: str, run: Run, calls: Columns, stories: Columns) -> None:
        kind, _, which = name.partition(" ")
        of, meant = case(run.case, run.family), scenario(run)
        edges, expected = of.edges(run), np.sum(of.expected(run), axis=0)
        first, last = (int(which) - 1, int(which)) if kind == "period" else (0, len(edges) - 1)
        self.low, self.high = edges[first], edges[last]
        self.expected = float(expected[first:last].sum())
        self.agents = sum(headcount(meant, team) for team in ([which] if kind == "team" else meant.teams))
        rows = _rows(kind, which, meant, calls)
        self.calls = calls if rows is None else {name: column[rows] for name, column in calls.items()}
        own = stories["source"] == list(meant.sources).index(which) if kind == "source" else slice(None)
        self.stories = {name: column[own] for name, column in stories.items()}

    def total(self, name: str, measure: Measure) -> float:
        """One of TOTALS."""
        limited = [total for total in ("within", "gone within", "called within") if name.startswith(total)]
        return float(TOTALS[limited[0] if limited else name](self, measure.target))

    def __getattr__(self, name: str) -> Array:
        """A column of the calls."""
        column: Array = self.calls[name]
        return column

    @cached_property
    def counted(self) -> Mask:
        return (self.dialled >= self.low) & (self.dialled < self.high)

    @cached_property
    def offered(self) -> Mask:
        return self.counted & ~np.isnan(self.asked)

    @cached_property
    def spoke(self) -> Mask:
        return self.offered & ~np.isnan(self.answered)

    @cached_property
    def gave_up(self) -> Mask:
        return np.isin(self.outcome, GAVE_UP)

    @cached_property
    def stopped(self) -> Array:
        """When the wait ended."""
        return np.where(np.isnan(self.answered), self.left, self.answered)

    @cached_property
    def waits(self) -> Array:
        return self.stopped - self.asked

    @cached_property
    def told(self) -> Mask:
        """Stories of callers who first dialled in the time, less those that never ended."""
        dialled, resolution = self.stories["dialled"], self.stories["resolution"]
        told: Mask = (dialled >= self.low) & (dialled < self.high) & (resolution != Resolution.OPEN)
        return told

    @cached_property
    def until_called(self) -> Array:
        """By story told, seconds from a form to the call back."""
        since: Array = (self.stories["served"] - self.stories["dialled"])[self.told]
        return since

    def waited(self, calls: Mask) -> float:
        return float(self.waits[calls].sum())

    def spent(self, since: Array, until: Array) -> float:
        """Seconds between two instants that lie in the time. What never began counts nothing."""
        until = np.nan_to_num(until, nan=math.inf)
        return float(np.nansum(np.clip(until, self.low, self.high) - np.clip(since, self.low, self.high)))


TOTALS: Mapping[str, Callable[[View, float], Any]] = {
    "dialled": lambda view, _: view.counted.sum(),
    "offered": lambda view, _: view.offered.sum(),
    "answered": lambda view, _: view.spoke.sum(),
    "abandoned": lambda view, _: (view.offered & view.gave_up).sum(),
    "blocked": lambda view, _: (view.counted & (view.outcome == Outcome.BLOCKED)).sum(),
    "delayed": lambda view, _: (view.offered & ~(view.answered == view.asked)).sum(),
    "at once by the second": lambda view, _: (view.offered & (view.answered == view.asked) & (view.team == 1)).sum(),
    "within": lambda view, target: (view.spoke & (view.waits <= target)).sum(),
    "gone within": lambda view, target: (view.offered & (view.waits <= target)).sum(),
    "answered or long abandoned": lambda view, target: (view.spoke | (view.offered & (view.waits > target))).sum(),
    "waited": lambda view, _: view.waited(view.offered),
    "waited by answered": lambda view, _: view.waited(view.spoke),
    "waited by abandoned": lambda view, _: view.waited(view.offered & view.gave_up),
    "gave up": lambda view, _: (view.gave_up & (view.left >= view.low) & (view.left < view.high)).sum(),
    "queued": lambda view, _: view.spent(view.asked, view.stopped),
    "handled": lambda view, _: view.spent(view.matched, view.freed),
    "in menu": lambda view, _: view.spent(view.greeted, np.fmin(view.asked, view.left)),
    "expected": lambda view, _: view.expected,
    "callers": lambda view, _: view.told.sum(),
    "dials": lambda view, _: view.stories["attempts"][view.told].sum(),
    "lost": lambda view, _: (view.told & (view.stories["resolution"] == Resolution.LOST)).sum(),
    "called late": lambda view, _: (view.until_called > 0.0).sum(),
    "called after": lambda view, _: view.until_called.sum(),
    "called within": lambda view, target: (view.until_called <= target).sum(),
    "time": lambda view, _: view.high - view.low,
    "hours": lambda view, _: (view.high - view.low) / HOUR,
    "on duty": lambda view, _: view.agents * (view.high - view.low),
    "replications": lambda *_: 1,
}
"""What a replication adds up, by name. Calls count by their dial, agents' time by the clock."""


def _rows(kind: str, which: str, meant: Scenario, calls: Columns) -> Mask | None:
    """Which calls a view looks at; None for all."""
    rows: Mask | None = None
    match kind:
        case "queue":
            rows = calls["first_queue"] == list(meant.queues).index(which)
        case "team":
            rows = calls["team"] == list(meant.teams).index(which)
        case "first":
            rows = calls["attempt"] == 1
        case "redials":
            rows = calls["attempt"] > 1
    return rows

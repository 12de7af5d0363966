"""What is known of a replication before it is played: values whose mean over all replications is exactly 0.

A replication with more callers than it should have, or longer talks, has longer waits too. The regression of a
measure on these values takes that part of chance away (`verdict.estimate`), and the runs can be so much shorter.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from benchmarks.theory.cases import HOUR, Case
from benchmarks.theory.runs import Run
from callsim.demand import Tape
from callsim.scenario import Scenario
from callsim.scenario.timetable import WhileOpen

Array = NDArray[np.float64]
POINTS = 100
"""Points of a period at which a load that changes is looked at."""


class Controls(NamedTuple):
    """How far a replication is from what is expected."""

    drawn: Array
    """First dials, then lengths of talks, by source and period, as shares of what is expected."""
    crowd: Array
    """If everybody were answered at once: time in which all agents would be busy, then callers too many, by period."""


def controls(of: Case, run: Run, tape: Tape) -> Controls:
    """How far the callers on a tape are from what is expected of them."""
    meant, expected, edges = tape.scenario, np.array(of.expected(run)), np.array(of.edges(run))
    found = np.zeros((2, *expected.shape))
    means = np.array([source.talk.mean for source in meant.sources.values()])
    talks = []
    for number in range(meant.calendar.days):
        day = tape.day(number)
        work = tape.callers(number, day).work
        period = np.searchsorted(edges, day.dialled, side="right") - 1
        inside = (period >= 0) & (period < len(edges) - 1)
        place = day.source[inside], period[inside]
        np.add.at(found[0], place, 1.0)
        np.add.at(found[1], place, work[inside] - 1.0)
        talks.append(np.array([day.dialled, day.dialled + work * means[day.source]]))
    found[0] -= expected
    agents = sum(headcount(meant, team) for team in meant.teams)
    crowd = _busy(np.hstack(talks), agents, edges) - _expected_busy(loads(of, meant), agents)
    return Controls((found / expected).ravel(), crowd.ravel())


def headcount(meant: Scenario, team: str) -> float:
    """Agents of a team, as many at all times; whoever holds several chats at once counts for as many."""
    agents = meant.teams[team].agents
    assert isinstance(agents, WhileOpen)
    return agents.value * meant.teams[team].chats_at_once


def loads(of: Case, meant: Scenario) -> Array:
    """Expected talks at a time if everybody were answered at once, at points of each period."""
    means = [source.talk.mean for source in meant.sources.values()]
    if not of.is_day:
        return np.array([[math.fsum(rate * mean for rate, mean in zip(of.rates, means, strict=True)) / HOUR]])
    # From 0 at opening, with exponential talks (Eick, Massey & Whitt 1993, Operations Research 41).
    fading = np.exp(-np.append((np.arange(POINTS) + 0.5) / POINTS, 1.0) * of.period / means[0])
    load, found = 0.0, []
    for rate in of.rates:
        limit = rate * means[0] / HOUR
        found.append(limit + (load - limit) * fading)
        load = found[-1][-1]
    return np.array(found)[:, :-1]


def _busy(talks: Array, agents: float, edges: Array) -> Array:
    """Share of time in which all agents would be busy, and mean number of callers too many, by period."""
    times = talks.ravel()
    order = np.argsort(times, kind="stable")
    times = np.append(times[order], max(times.max(), edges[-1]))
    number = np.cumsum(np.repeat([1.0, -1.0], talks.shape[1])[order])
    lasts = np.diff(np.clip(times, edges[:-1, None], edges[1:, None])) / np.diff(edges)[:, None]
    return np.array([lasts @ (number >= agents), lasts @ np.maximum(number - agents, 0.0)])


def _expected_busy(load: Array, agents: float) -> Array:
    """The same as expected: the number of talks is Poisson, whatever their law (M/G/infinity)."""
    most = float(load.max())
    counts = np.arange(int(most + 12 * math.sqrt(most) + 50))
    chances = np.exp(counts * np.log(load)[..., None] - load[..., None] - gammaln(counts + 1)).mean(axis=1)
    return np.array([chances @ (counts >= agents), chances @ np.maximum(counts - agents, 0.0)])

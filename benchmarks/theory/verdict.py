"""Judge a run: estimates with their errors, the joint band, and what speaks against the engine."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from benchmarks.theory.cases import Measure, case
from benchmarks.theory.play import Array, Sums
from benchmarks.theory.runs import RUNS, Run
from callsim.estimate import ratio

JOINT = 0.999
"""With this chance all estimates of a right engine lie inside their bands together."""
RELATIVE_ERROR, ABSOLUTE_ERROR = 0.005, 0.001
DIGITS = 1e-9
"""The file has twelve digits; a value this close is the exact one."""


class Finding(NamedTuple):
    """One measure of one run against the exact value."""

    run: Run
    measure: Measure
    value: float
    error: float
    """Standard error of the value, and of what it is compared with where that was simulated too."""
    limit: float
    """Bound of |z|: the joint band."""
    precision: float
    """Standard error of the value alone as a share of what is allowed."""

    @property
    def z(self) -> float:
        off = self.value - self.measure.exact
        return 0.0 if abs(off) <= DIGITS * self.measure.exact else off / self.error if self.error else math.inf

    @property
    def is_inside(self) -> bool:
        return abs(self.z) <= self.limit

    @property
    def is_precise(self) -> bool:
        return self.precision <= 1.0

    @property
    def is_relaxed(self) -> bool:
        return self.run.allowance(self.measure) > 1.0


def findings(run: Run, replications: Sequence[Sums]) -> list[Finding]:
    """Every measure of a run, and its tape, against what is exact."""
    of = case(run.case, run.family)
    tops, bottoms, drawn, crowd, _ = map(np.array, zip(*replications, strict=True))
    known = np.hstack([drawn, crowd])
    # Where all talks are alike, or all agents always busy, there is nothing to know about that.
    differ = known.std(axis=0) > DIGITS
    known = known[:, differ] / known[:, differ].std(axis=0)
    found = []
    for place, measure in enumerate(of.measures):
        value, error = estimate(tops[:, place], bottoms[:, place], known)
        theirs = measure.their_error
        if theirs is None:
            theirs = float(ratio(tops[:, place], bottoms[:, place]).influence.std(ddof=1))
        allowed = theirs or max(RELATIVE_ERROR * measure.exact, ABSOLUTE_ERROR)
        band = limit(len(replications) - 1 - known.shape[1])
        precision = error / allowed / run.allowance(measure)
        found.append(Finding(run, measure, value, math.hypot(error, theirs), band, precision))
    for column in drawn.T:
        error = float(column.std(ddof=1)) / math.sqrt(len(replications))
        tape = Measure("tape", "drawn", "expected", 1.0)
        found.append(Finding(run, tape, 1.0 + float(column.mean()), error, limit(len(replications) - 1), 0.0))
    return found


def estimate(tops: Array, bottoms: Array, controls: Array) -> tuple[float, float]:
    """The ratio of two sums over replications, and its standard error.

    Controls are things whose mean is known to be 0. A replication with more callers, or longer talks, than it should
    have has longer waits too: the value is read off where the regression on the controls says 0 (control variates:
    Lavenberg & Welch 1981, Management Science 27).
    """
    plain = ratio(tops, bottoms)
    design = np.column_stack([np.ones(len(tops)), controls])
    inverse = np.linalg.inv(design.T @ design)
    weights = inverse @ design.T @ plain.influence
    left = plain.influence - design @ weights
    variance = float(left @ left) / (len(tops) - design.shape[1])
    return plain.value + float(weights[0]), math.sqrt(variance * float(inverse[0, 0]))


def limit(freedom: int) -> float:
    """How many standard errors an estimate may be off: Student's t, Bonferroni over all estimates."""
    return float(stdtrit(freedom, 1 - (1 - JOINT) / (2 * estimates())))


@lru_cache
def estimates() -> int:
    """How many values the whole table compares: measures of cases, and first dials and talks on their tapes."""
    number = 0
    for run in RUNS:
        of = case(run.case, run.family)
        number += len(of.measures) + 2 * np.size(of.expected(run))
    return number


def faults(found: Sequence[Finding]) -> list[str]:
    """What speaks against the engine or the run: estimates outside the band, errors above the rule."""
    outside = [
        f"{one.run.name}: {one.measure} is {one.value:.5g}, not {one.measure.exact:.5g}: z = {one.z:.1f}"
        for one in found
        if not one.is_inside
    ]
    vague = [
        f"{one.run.name}: the standard error of {one.measure} is {one.precision:.2f} times what is allowed"
        for one in found
        if not one.is_precise
    ]
    return outside + vague

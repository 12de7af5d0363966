"""What replications tell: values with intervals, paired differences, percentiles of waits.

One idea carries it all: every measure of R replications is a value and an influence vector, which says how
far each replication pulls the value away from the mean of all. Its spread gives the interval, and sums,
multiples and paired differences of measures are sums, multiples and differences of their vectors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, repeat
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


class Estimate(NamedTuple):
    """A measure of R replications. 0/0 has the value NaN."""

    value: float
    influence: Array  # (R,), sums to 0 but for rounding


class Interval(NamedTuple):
    """A value and its bounds; None is missing. One replication gives a value without bounds."""

    value: float | None
    low: float | None
    high: float | None


def ratio(top: npt.ArrayLike, bottom: npt.ArrayLike) -> Estimate:
    """Return the ratio of two sums over replications, never the mean of ratios.

    Delta method: Asmussen & Glynn 2007, Stochastic Simulation, III.4; Law 2015, 9.3 (the ratio estimator).
    """
    tops, bottoms = np.asarray(top, dtype=np.float64), np.asarray(bottom, dtype=np.float64)
    assert tops.shape == bottoms.shape and tops.ndim == 1, "one number for each replication"
    whole = float(bottoms.sum())
    if whole == 0:
        return Estimate(math.nan, np.full(len(tops), math.nan))
    value = float(tops.sum()) / whole
    return Estimate(value, (tops - value * bottoms) * (len(tops) / whole))


def mean(values: npt.ArrayLike) -> Estimate:
    """Return the mean over replications."""
    numbers = np.asarray(values, dtype=np.float64)
    return ratio(numbers, np.ones_like(numbers))


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """Return the measure in another unit or at another price."""
    return Estimate(estimate.value * factor, estimate.influence * factor)


def added(*estimates: Estimate) -> Estimate:
    """Return the sum of measures of the same replications, in the same order."""
    assert len({len(estimate.influence) for estimate in estimates}) == 1, "the same replications"
    value = math.fsum(estimate.value for estimate in estimates)
    return Estimate(value, np.sum([estimate.influence for estimate in estimates], axis=0))


def difference(a: Estimate, b: Estimate) -> Estimate:
    """Return b - a, paired: replication i of both has played the same callers."""
    return added(b, scaled(a, -1.0))


def jackknife(parts: npt.ArrayLike, statistic: Callable[[Array], float]) -> Estimate:
    """Return any statistic of the sums over replications, with influences from leaving each one out.

    `parts` holds a row of sums (counts of a histogram, say) for each replication. The value is the statistic of
    all of them, without the correction for bias, so that it agrees with every other place that shows it.
    Source: Miller 1974, Biometrika 61; Asmussen & Glynn 2007, III.5.
    """
    rows = np.asarray(parts, dtype=np.float64)
    whole, number = rows.sum(axis=0), len(rows)
    value = statistic(whole)
    if number == 1:
        return Estimate(value, np.zeros(1))
    without = np.array([statistic(whole - row) for row in rows])
    return Estimate(value, (number - 1) * (without.mean() - without))


def interval(
    estimate: Estimate,
    *,
    confidence: float = 0.95,
    least: float | None = None,
    most: float | None = None,
) -> Interval:
    """Return the t interval with R - 1 degrees of freedom, its bounds clipped to [least, most].

    A value that is not finite is missing, its bounds too; bounds alone are missing with one replication.
    """
    if not math.isfinite(estimate.value):
        return Interval(None, None, None)
    number = len(estimate.influence)
    if number < 2 or not np.isfinite(estimate.influence).all():
        return Interval(estimate.value, None, None)
    from scipy.special import stdtrit

    error = float(estimate.influence.std(ddof=1)) / math.sqrt(number)
    half = float(stdtrit(number - 1, (1 + confidence) / 2)) * error
    low, high = estimate.value - half, estimate.value + half
    return Interval(
        estimate.value,
        low if least is None else max(low, least),
        high if most is None else min(high, most),
    )


def fieller(top: Estimate, bottom: Estimate, *, confidence: float = 0.95) -> Interval:
    """Return the quotient of two measures of the same replications with the interval of Fieller (1954, JRSS B 16).

    It holds all v for which top - v * bottom cannot be told from 0. Where the bottom itself cannot, that is no
    interval but nearly everything: the bounds are missing then, as with one replication.
    """
    if not (math.isfinite(top.value) and math.isfinite(bottom.value)) or bottom.value == 0.0:
        return Interval(None, None, None)
    value, number = top.value / bottom.value, len(top.influence)
    if number < 2:
        return Interval(value, None, None)
    from scipy.special import stdtrit

    of_top, both, _, of_bottom = (np.cov(top.influence, bottom.influence) / number).ravel().tolist()
    t_squared = float(stdtrit(number - 1, (1 + confidence) / 2)) ** 2
    a = bottom.value**2 - t_squared * of_bottom
    b = top.value * bottom.value - t_squared * both
    c = top.value**2 - t_squared * of_top
    if a <= 0.0:
        return Interval(value, None, None)
    root = math.sqrt(max(b * b - a * c, 0.0))
    return Interval(value, (b - root) / a, (b + root) / a)


def percentile(values: npt.ArrayLike, p: float, *, confidence: float = 0.95) -> Interval:
    """Return a percentile of independent values with the interval between two of them, whatever their law is.

    How many lie below the true percentile is binomial: David & Nagaraja 2003, Order Statistics, 7.1. Too few values
    have no interval for a percentile far out, and then a bound is missing.
    """
    from scipy.special import bdtr

    numbers = np.sort(np.asarray(values, dtype=np.float64))
    size, tail = len(numbers), (1 - confidence) / 2
    below = bdtr(np.arange(size + 1, dtype=np.float64), size, p)
    low = int(np.searchsorted(below, tail))  # so many lie below at least, but for the tail
    high = int(np.searchsorted(below, 1 - tail)) + 1
    return Interval(
        float(np.quantile(numbers, p)),
        float(numbers[low - 1]) if low >= 1 else None,
        float(numbers[high - 1]) if high <= size else None,
    )


_SMALLEST = 0.01
WAIT_GROWTH = 1.01
"""Each bin of a histogram of waits is so much wider than the one before."""
_EDGES = 2546  # up to 1e9 s, thirty years
BINS = _EDGES + 1


@cache
def bin_edges() -> Array:
    """The edges between the bins of a WaitHistogram, seconds."""
    # Multiplied one by one: powers and logarithms differ in the last bit between processors, products do not.
    return np.array(list(accumulate(repeat(WAIT_GROWTH, _EDGES - 1), float.__mul__, initial=_SMALLEST)))


@dataclass(frozen=True, eq=False)
class WaitHistogram:
    """Counts of waits in bins of 1 %, which any number of days, queues and replications can add up.

    Bin 0 holds waits under 0.01 s, bin k those from 0.01 * 1.01^(k-1) s. Trailing empty bins are not kept.
    """

    counts: Counts = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @classmethod
    def of(cls, values: npt.ArrayLike) -> WaitHistogram:
        """Return the histogram of waits in seconds, finite and not negative."""
        waits = np.asarray(values, dtype=np.float64)
        assert bool(np.all((waits >= 0) & np.isfinite(waits))), "waits are finite, from 0"
        return cls(np.bincount(np.searchsorted(bin_edges(), waits, side="right")).astype(np.int64))

    @staticmethod
    def table(histograms: Sequence[WaitHistogram]) -> Counts:
        """Return the counts with a row for each histogram, all of one length."""
        rows = np.zeros((len(histograms), max((len(one.counts) for one in histograms), default=0)), dtype=np.int64)
        for row, one in zip(rows, histograms, strict=True):
            row[: len(one.counts)] = one.counts
        return rows

    @property
    def total(self) -> int:
        """How many waits were counted."""
        return int(self.counts.sum())

    def merge(self, *others: WaitHistogram) -> WaitHistogram:
        """Return the histogram of all the waits together."""
        every = (self, *others)
        counts = np.zeros(max(len(one.counts) for one in every), dtype=np.int64)
        for one in every:
            counts[: len(one.counts)] += one.counts
        return WaitHistogram(counts)

    def __add__(self, other: WaitHistogram) -> WaitHistogram:
        return self.merge(other)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WaitHistogram) and np.array_equal(self.counts, other.counts)

    __hash__ = None  # type: ignore[assignment]  # it compares by an array

    def quantile(self, p: float) -> float:
        """Return the smallest wait that a share p does not exceed, within 1 %; NaN when empty.

        Inside a bin it moves with the share rather than standing still at the middle: a jackknife leaves out
        one replication at a time, and would see either nothing or whole bins.
        """
        assert 0 <= p <= 1, "a share"
        if self.total == 0:
            return math.nan
        sums = np.cumsum(self.counts)
        # Shares such as 0.1 * 30 lie a rounding above the whole number that is meant.
        wanted = max(p * self.total * (1 - 1e-12), 1e-9)
        place = int(np.searchsorted(sums, wanted))
        if place == 0:
            return 0.0
        inside = (wanted - int(sums[place - 1])) / int(self.counts[place])
        return float(bin_edges()[place - 1]) * float(WAIT_GROWTH**inside)


def virtual_within(answered: npt.ArrayLike, abandoned: npt.ArrayLike, longer: float) -> float:
    """Return the chance that a caller of endless patience would have been answered within T.

    Whoever abandons leaves their wait unknown, but longer than they stayed: a censored observation. This is
    the actuarial life table (Kaplan & Meier 1958, JASA 53, section 3; Cutler & Ederer 1958), in which those
    who abandon within a slice count as at risk for half of it.

    `answered[0]` and `abandoned[0]` count waits of exactly 0 s. Number i counts the i-th of n equal slices of
    [0, T]: answers in (start, end], abandonments in [start, end), since at equal times answering goes before
    leaving; who leaves at exactly T belongs to `longer`, with all longer waits. The slices should be narrow
    (a tenth of a second) where patience comes in whole rings, because leaving is then not spread over a
    slice. NaN where nobody came.
    """
    met, gone = np.asarray(answered, dtype=np.float64), np.asarray(abandoned, dtype=np.float64)
    assert met.shape == gone.shape, "the same slices"
    ended = np.cumsum(met + gone)
    whole = float(ended[-1]) + longer
    if whole == 0:
        return math.nan
    half = gone / 2
    half[0] = 0.0  # nobody is answered between 0 and 0
    at_risk = whole - np.append(0.0, ended[:-1]) - half
    staying = at_risk > 0
    return 1.0 - float(np.prod(1.0 - met[staying] / at_risk[staying]))

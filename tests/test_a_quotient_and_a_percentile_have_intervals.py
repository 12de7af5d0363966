"""Intervals of quotients by Fieller and of percentiles by order: hand-computed ones, and what they cover."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t as student

from callsim.estimate import added, fieller, interval, mean, percentile, scaled


def test_at_the_bounds_the_difference_is_just_told_from_nothing() -> None:
    """top - v x bottom has one bound of its own interval at 0 for both bounds v, and for no v between them."""
    top, bottom = mean([10.0, 14.0, 9.0, 13.0, 12.0]), mean([2.0, 3.0, 2.5, 2.0, 3.0])
    found = fieller(top, bottom)
    assert found.value == pytest.approx(58 / 12.5)
    for v in (found.low, found.high):
        low, high = interval(added(top, scaled(bottom, -v)))[1:]
        assert min(abs(low), abs(high)) < 1e-9
    low, high = interval(added(top, scaled(bottom, -found.value)))[1:]
    assert low < 0 < high


def test_the_interval_of_a_quotient_by_hand() -> None:
    """Means 3 and 2, variances of the means 1/4 and 1/4 without covariance, t = 2 x 3.182446 / 2: the roots of
    (4 - q) v^2 - 12 v + (9 - q), q = t^2 / 4."""
    top, bottom = mean([4.0, 2.0, 4.0, 2.0]), mean([3.0, 3.0, 1.0, 1.0])
    q = float(student.ppf(0.975, 3)) ** 2 * (4 / 3) / 4
    a, b, c = 4 - q, 6.0, 9 - q
    assert a > 0
    root = math.sqrt(b * b - a * c)
    found = fieller(top, bottom)
    assert (found.low, found.high) == (pytest.approx((b - root) / a), pytest.approx((b + root) / a))


def test_a_bottom_that_cannot_be_told_from_nothing_leaves_no_bounds() -> None:
    """Nor does a single replication; and 1/0 is no value at all."""
    assert fieller(mean([1.0, 2.0, 3.0]), mean([-1.0, 0.5, 1.0])).low is None
    assert fieller(mean([1.0]), mean([2.0])) == (0.5, None, None)
    assert fieller(mean([1.0, 2.0]), mean([0.0, 0.0])) == (None, None, None)


def test_the_interval_of_a_quotient_covers_the_truth() -> None:
    """In 2,000 samples of 10 pairs 95 % of the intervals hold 5/2, within chance."""
    random = np.random.default_rng(5)
    covered = 0
    for _ in range(2000):
        noise = random.normal(size=(2, 10))
        found = fieller(mean(5.0 + noise[0]), mean(2.0 + 0.5 * noise[0] + 0.5 * noise[1]))
        covered += found.low is not None and found.low <= 2.5 <= found.high
    assert 1900 - 4 * math.sqrt(95) < covered < 1900 + 4 * math.sqrt(95)


def test_the_interval_of_a_percentile_by_hand() -> None:
    """Of 10 values the median lies between the 2nd and the 9th: 1 or fewer of 10 tosses are heads with 11/1024."""
    found = percentile(np.arange(10.0), 0.5)
    assert found == (4.5, 1.0, 8.0)


def test_a_percentile_far_out_needs_many_values() -> None:
    """All of 72 values lie below the 95 % point with 0.95^72 = 0.0249, of 71 with more than the 2.5 % allowed."""
    assert percentile(np.arange(71.0), 0.95).high is None
    assert percentile(np.arange(72.0), 0.95).high == 71.0
    assert percentile(np.arange(72.0), 0.05).low == 0.0
    assert percentile(np.arange(71.0), 0.05).low is None


def test_the_interval_of_a_percentile_covers_the_truth() -> None:
    """In 2,000 samples of 120 at least 95 % of the intervals hold the true 95 % point of the exponential law."""
    random = np.random.default_rng(7)
    true = -math.log(0.05)
    found = [percentile(random.exponential(size=120), 0.95) for _ in range(2000)]
    assert sum(one.low <= true <= one.high for one in found) > 1900 - 4 * math.sqrt(95)

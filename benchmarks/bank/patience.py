"""Laws of patience, fitted to waits of which most were cut short by an answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import ndtr

from benchmarks.bank.log import Floats

FIT_RANGE = 300
"""Seconds over which the distance between a law and the Kaplan-Meier curve is looked at."""


class Curve(NamedTuple):
    """Kaplan-Meier: the share of callers still willing to wait just after each time."""

    times: Floats
    stay: Floats


class Fit(NamedTuple):
    """A patience law fitted to the waits; `distance` is its largest gap to the Kaplan-Meier curve."""

    text: str
    mean: float
    aic: float
    distance: float


def kaplan_meier(waits: Floats, left: NDArray[np.bool_]) -> Curve:
    """Product-limit estimate (Kaplan & Meier 1958); at equal times leaving goes before being answered."""
    times = np.unique(waits[left])
    at_risk = np.array([(waits >= time).sum() for time in times])
    events = np.array([(left & (waits == time)).sum() for time in times])
    return Curve(times, np.cumprod(1 - events / at_risk))


class Shape(NamedTuple):
    """A law of positive values: where the search starts, P(longer than t), the scenario's words, the mean."""

    start: tuple[float, ...]
    survival: Callable[[Floats, Floats], Floats]
    text: Callable[[Floats], str]
    mean: Callable[[Floats], float]


def lognormal(values: Floats, times: Floats) -> Floats:
    """P(longer than t) of the lognormal law with this mean and coefficient of variation."""
    mean, cv = values
    sigma = math.sqrt(math.log1p(cv * cv))
    location = math.log(mean) - sigma * sigma / 2
    with np.errstate(divide="ignore"):
        return np.asarray(ndtr((location - np.log(times)) / sigma), dtype=np.float64)


def _hyperexponential(values: Floats, times: Floats) -> Floats:
    """Balanced means, so fixed by mean and cv; the second value is cv squared minus one."""
    mean, square = values[0], values[1] + 1
    share = (1 + math.sqrt((square - 1) / (square + 1))) / 2
    tails = share * np.exp(-2 * share * times / mean), (1 - share) * np.exp(-2 * (1 - share) * times / mean)
    return np.asarray(tails[0] + tails[1], dtype=np.float64)


def _exponential(start: float) -> Shape:
    return Shape(
        (start,),
        lambda values, times: np.exp(-times / values[0]),
        lambda values: f"exponential {values[0]:.1f} s",
        lambda values: float(values[0]),
    )


def _lognormal_from(mean: float, cv: float) -> Shape:
    return Shape(
        (mean, cv),
        lognormal,
        lambda values: f"lognormal {values[0]:.1f} s cv {values[1]:.3f}",
        lambda values: float(values[0]),
    )


WEIBULL = Shape(
    (500.0, 0.8),
    lambda values, times: np.exp(-((times / values[0]) ** values[1])),
    lambda values: f"weibull {values[0]:.1f} s shape {values[1]:.3f}",
    lambda values: float(values[0]) * math.gamma(1 + 1 / float(values[1])),
)
HYPEREXPONENTIAL = Shape(
    (500.0, 1.0),
    _hyperexponential,
    lambda values: f"hyperexponential {values[0]:.1f} s cv {math.sqrt(values[1] + 1):.3f}",
    lambda values: float(values[0]),
)


def _mix(*parts: Shape) -> Shape:
    """A mixture; its first values are the odds of each part but the last against the last one."""
    ends = np.cumsum([len(parts) - 1, *(len(part.start) for part in parts)])

    def shares(values: Floats) -> Floats:
        odds = np.append(values[: len(parts) - 1], 1.0)
        return np.asarray(odds / odds.sum(), dtype=np.float64)

    def each(values: Floats) -> list[Floats]:
        return [values[low:high] for low, high in pairwise(ends)]

    def survival(values: Floats, times: Floats) -> Floats:
        tails = [part.survival(own, times) for part, own in zip(parts, each(values), strict=True)]
        return np.asarray(shares(values) @ np.stack(tails), dtype=np.float64)

    def text(values: Floats) -> str:
        tenths = [round(1000 * float(share)) for share in shares(values)[:-1]]
        percents = [*tenths, 1000 - sum(tenths)]
        texts = (part.text(own) for part, own in zip(parts, each(values), strict=True))
        return "{mix: [" + ", ".join(f"{p / 10}% {t}" for p, t in zip(percents, texts, strict=True)) + "]}"

    def mean(values: Floats) -> float:
        means = [part.mean(own) for part, own in zip(parts, each(values), strict=True)]
        return float(shares(values) @ np.array(means))

    odds = (0.2,) * (len(parts) - 1)
    return Shape(odds + tuple(value for part in parts for value in part.start), survival, text, mean)


SHAPES = (
    _exponential(500.0),
    WEIBULL,
    _lognormal_from(500.0, 2.0),
    HYPEREXPONENTIAL,
    _mix(_exponential(20.0), _exponential(600.0)),
    _mix(_lognormal_from(12.0, 0.4), _exponential(600.0)),
    _mix(_lognormal_from(12.0, 0.4), _exponential(60.0), _exponential(600.0)),
)


def fit_patience(waits: Floats, left: NDArray[np.bool_]) -> tuple[Fit, ...]:
    """Fit every shape by maximum likelihood with censoring, the best (smallest AIC) first.

    Waits are whole seconds: leaving at t counts as leaving within half a second of t, being answered at t as
    having stayed until t. Whoever was answered at once (t = 0) says nothing of patience and changes no fit.
    """
    gone, gone_counts = np.unique(waits[left], return_counts=True)
    stayed, stayed_counts = np.unique(waits[~left], return_counts=True)
    curve = kaplan_meier(waits, left)
    near = curve.times <= FIT_RANGE

    def fit(shape: Shape) -> Fit:
        def minus_log_likelihood(logs: Floats) -> float:
            values = np.exp(logs)
            leaving = shape.survival(values, np.maximum(gone - 0.5, 0)) - shape.survival(values, gone + 0.5)
            staying = shape.survival(values, stayed)
            terms = (gone_counts, leaving), (stayed_counts, staying)
            return -float(sum((count * np.log(np.maximum(chance, 1e-300))).sum() for count, chance in terms))

        options = {"maxiter": 4_000, "xatol": 1e-6, "fatol": 1e-6}
        found = minimize(minus_log_likelihood, np.log(shape.start), method="Nelder-Mead", options=options)
        values = np.exp(np.asarray(found.x, dtype=np.float64))
        off = np.abs(shape.survival(values, curve.times[near] + 0.5) - curve.stay[near])
        aic = 2 * len(values) + 2 * float(found.fun)
        return Fit(shape.text(values), shape.mean(values), aic, float(off.max(initial=0.0)))

    return tuple(sorted((fit(shape) for shape in SHAPES), key=lambda candidate: candidate.aic))

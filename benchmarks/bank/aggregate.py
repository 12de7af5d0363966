"""What scenarios/05_bank.yaml needs, counted from the bank's log."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import polars as pl

from benchmarks.bank.agents import busy_gaps, on_duty
from benchmarks.bank.log import Floats, faults, half_hour_means, queue_waits, working_hours
from benchmarks.bank.patience import Fit, fit_patience, lognormal

LONGEST_PROMPT = 20
LONGEST_PICK_UP = 60
REDIAL_WINDOW = 3_600


class Moments(NamedTuple):
    """Mean and coefficient of variation."""

    mean: float
    cv: float


class Talk(NamedTuple):
    """Talks by their mean and cv, so that the agents' work is right; `distance` of the lognormal law to the log."""

    calls: int
    moments: Moments
    distance: float


class Prompt(NamedTuple):
    """Menu seconds of the callers who then joined the queue, by whether the menu recognised them."""

    known_share: float
    known_s: float
    unknown_s: float
    all: Moments
    outliers: float


class Redial(NamedTuple):
    """How many of those who gave up dial again, and what in the log says so."""

    known_share: float
    abandoned: int
    """Known customers who gave up."""
    again_abandoned: float
    again_answered: float
    seen_share: float
    chance: float
    delay_s: float


class Aggregates(NamedTuple):
    """The log in numbers; means are over the working days."""

    days: int
    attempts: int
    phantom: int
    faulty: tuple[tuple[str, int], ...]
    half_hours: dict[int, float]
    attempts_per_day: float
    callers_per_day: float
    day_cv: float
    menu_hang_up: float
    abandoned: float
    prompt: Prompt
    pick_up: Moments
    gap: Moments
    wrap_up_s: float
    fits: tuple[Fit, ...]
    talk: Talk
    redial: Redial
    on_duty: dict[int, float]
    """Mean number of agents by half-hour."""


def daily_totals(rows: pl.DataFrame, means: dict[int, float]) -> Floats:
    """Attempts of each working day; a faulty half-hour counts with the mean of the other days."""
    sound = rows.group_by("day").agg((~pl.col("faulty")).sum().alias("total")).sort("day")
    totals = dict(zip(sound["day"].to_list(), sound["total"].cast(pl.Float64).to_list(), strict=True))
    for day, half in faults(rows).iter_rows():
        totals[day] += means[half]
    return np.array(list(totals.values()), dtype=np.float64)


def day_factor_cv(totals: Floats) -> float:
    """Coefficient of variation of the day factor, sqrt(variance - mean) / mean of the daily totals.

    That is their spread without the part that Poisson arrivals have anyway. Weekdays' differences are in it.
    """
    mean = float(totals.mean())
    spread = float(totals.var(ddof=1)) if len(totals) > 1 else 0.0
    return math.sqrt(max(spread - mean, 0.0)) / mean


def _moments(values: Floats) -> Moments:
    mean = float(values.mean())
    return Moments(mean, float(values.std()) / mean)


def _share(flags: pl.Series) -> float:
    return int(flags.sum()) / max(len(flags), 1)


def _floats(rows: pl.DataFrame, column: str) -> Floats:
    return rows[column].cast(pl.Float64).to_numpy()


def prompt(rows: pl.DataFrame) -> Prompt:
    """Only of those who joined the queue: whoever was served at once has the pick-up in the menu time."""
    joined = rows.filter(pl.col("asked_s").is_not_null() & (pl.col("kind") != "TT"))
    sound = joined.filter(pl.col("menu_s").is_between(1, LONGEST_PROMPT))
    known = sound["customer"].is_not_null()
    return Prompt(
        known_share=_share(known),
        known_s=float(_floats(sound.filter(known), "menu_s").mean()),
        unknown_s=float(_floats(sound.filter(~known), "menu_s").mean()),
        all=_moments(_floats(sound, "menu_s")),
        outliers=1 - sound.height / joined.height,
    )


def pick_up(rows: pl.DataFrame, menu: Moments) -> Moments:
    """The excess of the menu seconds of callers served at once over the prompt: mean, and cv by variances."""
    at_once = rows.filter(
        pl.col("asked_s").is_null() & (pl.col("outcome") == "answered") & (pl.col("kind") != "TT")
        & pl.col("menu_s").is_between(1, LONGEST_PICK_UP)
    )  # fmt: skip
    seconds = _floats(at_once, "menu_s")
    mean = float(seconds.mean()) - menu.mean
    variance = max(float(seconds.var()) - (menu.mean * menu.cv) ** 2, 0.0)
    return Moments(mean, math.sqrt(variance) / mean)


def _distance(values: Floats, fitted: Moments) -> float:
    """Largest gap between the sample's and the lognormal's distribution (Kolmogorov-Smirnov)."""
    times, counts = np.unique(values, return_counts=True)
    share = np.cumsum(counts) / counts.sum()
    return float(np.abs(share - (1 - lognormal(np.array(fitted), times + 0.5))).max())


def talk(rows: pl.DataFrame) -> Talk:
    """The talks of more than 0 s."""
    seconds = _floats(rows.filter((pl.col("outcome") == "answered") & (pl.col("talk_s") > 0)), "talk_s")
    moments = _moments(seconds)
    return Talk(len(seconds), moments, _distance(seconds, moments))


def _next_dial(rows: pl.DataFrame) -> pl.DataFrame:
    """Known customers' own dials of a day with `again_s`: from the end of the call to their next dial."""
    end = pl.max_horizontal(
        pl.col("dialled_s") + pl.col("menu_s"),
        pl.col("asked_s") + pl.col("wait_s"),
        pl.col("answered_s") + pl.col("talk_s"),
    )
    own = rows.filter(pl.col("customer").is_not_null() & (pl.col("kind") != "TT")).sort("day", "customer", "dialled_s")
    return own.with_columns(again_s=pl.col("dialled_s").shift(-1).over("day", "customer") - end)


def _seen_share(rows: pl.DataFrame) -> float:
    """Chance that the log shows who redialled: it names nobody who is served at once, so it is the share of
    those who had to queue, weighted by where the abandonments were."""
    past = rows.filter((pl.col("outcome") != "abandoned_menu") & (pl.col("kind") != "TT"))
    cells = past.group_by("day", "half_hour").agg(
        queued=pl.col("asked_s").is_not_null().mean(), abandoned=(pl.col("outcome") == "abandoned").sum()
    )
    return float((cells["queued"] * cells["abandoned"]).sum()) / float(cells["abandoned"].sum())


def redial(rows: pl.DataFrame) -> Redial:
    """Redials within the hour after abandoning, above what answered callers do anyway, corrected for those
    that the log cannot show. Unknown customers (customer_id 0) are assumed to redial like the known ones."""
    dials = _next_dial(rows)
    soon = pl.col("again_s").is_between(0, REDIAL_WINDOW)
    rates: dict[str, tuple[int, float, float]] = {}
    for outcome in ("abandoned", "answered"):
        calls = dials.filter((pl.col("outcome") == outcome) & pl.col("asked_s").is_not_null())
        again = calls.filter(soon)["again_s"]
        count = max(calls.height, 1)
        rates[outcome] = calls.height, again.len() / count, float(again.sum()) / count
    (abandoned, again_abandoned, after_abandoned), (_, again_answered, after_answered) = rates.values()
    excess = max(again_abandoned - again_answered, 0.0)
    everyone = rows.filter((pl.col("outcome") == "abandoned") & (pl.col("kind") != "TT")).height
    seen = _seen_share(rows)
    delay = (after_abandoned - after_answered) / excess if excess else 0.0
    return Redial(
        abandoned / everyone, abandoned, again_abandoned, again_answered, seen, min(excess / seen, 1.0), delay
    )


def calls_per_caller(rows: pl.DataFrame, again: Redial) -> float:
    """Attempts of a caller, were everybody who gave up, in the queue or the menu, to redial by the same chance."""
    return 1 / (1 - again.chance * _share(rows["outcome"].is_in(["abandoned", "abandoned_menu"])))


def aggregate(log: pl.DataFrame) -> Aggregates:
    """Everything that the scenario needs, from what `read` returned."""
    rows = working_hours(log)
    sound = rows.filter(~pl.col("faulty"))
    means = half_hour_means(rows)
    waits, left = queue_waits(sound)
    menu, again, gap = prompt(sound), redial(sound), _moments(busy_gaps(rows))
    ring = pick_up(sound, menu.all)
    per_day = sum(means.values())
    agents = on_duty(rows).mean(axis=0)
    return Aggregates(
        days=rows["day"].n_unique(),
        attempts=rows.height,
        phantom=log.filter(pl.col("outcome") == "phantom").height,
        faulty=tuple((str(day), int(half)) for day, half in faults(rows).iter_rows()),
        half_hours=means,
        attempts_per_day=per_day,
        callers_per_day=per_day / calls_per_caller(sound, again),
        day_cv=day_factor_cv(daily_totals(rows, means)),
        menu_hang_up=_share(sound["outcome"] == "abandoned_menu"),
        abandoned=float(left.mean()),
        prompt=menu,
        pick_up=ring,
        gap=gap,
        wrap_up_s=max(gap.mean - ring.mean, 0.0),
        fits=fit_patience(waits, left),
        talk=talk(sound),
        redial=again,
        on_duty={half: float(agents[half]) for half in means},
    )

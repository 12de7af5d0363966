"""The tape holds what the scenario says: laws of durations, volumes and hours of first dials, kinds and work.

Every check is at a fixed seed. Bounds are those that a right tape would break once in a thousand times or less.
"""

from __future__ import annotations

import math
from itertools import accumulate
from typing import Any

import numpy as np
import pytest
from scipy import stats

from callsim.demand import AttemptDraws, CallerDraws, Floats, Tape, arrival_times, draw
from callsim.laws import law
from callsim.randomness import Streams
from callsim.scenario.timetable import DAY, FLAT, Profile
from callsim.scenario.vocabulary import KINDS, Scenario
from tests.script import scenario

RARE = 0.001
HOUR = 3600.0
TINY = f"0.{'0' * 200}1"


def drawn(text: str, size: int = 40_000) -> Floats:
    return draw(law(text, ring=5.0, folder=None), Streams(1, 0).at(text, 0), size)


def first_dials(of: Scenario, days: int, *, seed: int = 1, source: int = 0) -> list[Floats]:
    """A source's first dials by day, in seconds since that day's midnight."""
    tape = Tape(of, seed, 0)
    found = [tape.day(number) for number in range(days)]
    return [day.dialled[day.source == source] - number * DAY for number, day in enumerate(found)]


def volumes(of: Scenario, days: int, *, source: int = 0) -> Floats:
    return np.array([times.size for times in first_dials(of, days, source=source)], dtype=np.float64)


def ads(**changes: str) -> Scenario:
    """The plain shop with other words for its source."""
    words = ", ".join(f"{key}: {text}" for key, text in changes.items())
    return scenario(f"sources: {{ads: {{{words}}}}}")


def is_about(found: Any, expected: float, error: float) -> bool:
    """Within four standard errors."""
    return bool(abs(found - expected) < 4.0 * error)


# Laws.

HYPER = 180.0, (1.0 + math.sqrt((1.7**2 - 1.0) / (1.7**2 + 1.0))) / 2.0


def hyperexponential(x: Any) -> Any:
    """Distribution function of `hyperexponential 180 s cv 1.7`: both phases bring half of the mean."""
    mean, often = HYPER
    return sum(share * -np.expm1(-x * 2.0 * share / mean) for share in (often, 1.0 - often))


CONTINUOUS = {
    "uniform 15-24 s": (stats.uniform(15.0, 9.0).cdf, 19.5, 9.0 / math.sqrt(12.0) / 19.5),
    "exponential 3 min": (stats.expon(scale=180.0).cdf, 180.0, 1.0),
    "erlang 3 120 s": (stats.gamma(3.0, scale=40.0).cdf, 120.0, math.sqrt(1.0 / 3.0)),
    "gamma 3 min cv 0.7": (stats.gamma(1.0 / 0.49, scale=180.0 * 0.49).cdf, 180.0, 0.7),
    "gamma 3 min cv 1.5": (stats.gamma(1.0 / 2.25, scale=180.0 * 2.25).cdf, 180.0, 1.5),
    "lognormal 3 min cv 0.9": (
        stats.lognorm(math.sqrt(math.log(1.81)), scale=180.0 / math.sqrt(1.81)).cdf, 180.0, 0.9,
    ),
    "weibull 150 s shape 2": (
        stats.weibull_min(2.0, scale=150.0).cdf, 75.0 * math.sqrt(math.pi), math.sqrt(4.0 / math.pi - 1.0),
    ),
    "weibull 150 s shape 0.7": (
        stats.weibull_min(0.7, scale=150.0).cdf, 150.0 * math.gamma(1 + 1 / 0.7),
        math.sqrt(math.gamma(1 + 2 / 0.7) / math.gamma(1 + 1 / 0.7) ** 2 - 1.0),
    ),
    "hyperexponential 180 s cv 1.7": (hyperexponential, 180.0, 1.7),
}  # fmt: skip
"""Distribution function, mean and coefficient of variation."""

OTHERS = (
    "20 s",
    "never",
    "3-4 rings",
    "0-9 rings",
    "empirical of 3 s; 5 s; 5 s; 90 s",
    "{mix: [10% 0 s, 90% exponential 1000 s]}",
    "{mix: [50% hyperexponential 60 s cv 2, 20% 3-4 rings, 30% never]}",
)


@pytest.mark.parametrize("text", CONTINUOUS)
def test_draws_follow_the_distribution_function_of_their_law(text: str) -> None:
    """Kolmogorov and Smirnov find no difference between 40,000 draws and the textbook's distribution function."""
    distribution, _, _ = CONTINUOUS[text]
    assert stats.kstest(drawn(text), distribution).pvalue > RARE


@pytest.mark.parametrize("text", CONTINUOUS)
def test_draws_have_the_mean_and_variation_of_their_law(text: str) -> None:
    """Means within four standard errors, coefficients of variation within 3 %, of what the text says."""
    _, mean, cv = CONTINUOUS[text]
    values = drawn(text)
    assert is_about(values.mean(), mean, mean * cv / math.sqrt(values.size))
    assert values.std() / values.mean() == pytest.approx(cv, rel=0.03)
    assert law(text, ring=None, folder=None).mean == pytest.approx(mean)


def test_a_plain_time_is_always_that_time() -> None:
    """`20 s` is 20.0, and `never` infinity, for everybody."""
    assert set(drawn("20 s", 100).tolist()) == {20.0}
    assert set(drawn("never", 100).tolist()) == {math.inf}


@pytest.mark.parametrize(("text", "rings"), [("3-4 rings", range(3, 5)), ("0-9 rings", range(10)), ("2-2 rings", [2])])
def test_rings_are_whole_and_equally_likely(text: str, rings: Any) -> None:
    """With 5 s a ring, `3-4 rings` is 15.0 or 20.0 and nothing between, half and half."""
    values, counts = np.unique(drawn(text), return_counts=True)
    assert values.tolist() == [5.0 * number for number in rings]
    assert len(rings) == 1 or stats.chisquare(counts).pvalue > RARE


def test_an_empirical_law_gives_its_own_values_as_often_as_they_stand_there() -> None:
    """Of 3, 5, 5 and 90 s, one draw in two is 5 s."""
    values, counts = np.unique(drawn("empirical of 3 s; 5 s; 5 s; 90 s"), return_counts=True)
    assert values.tolist() == [3.0, 5.0, 90.0]
    assert stats.chisquare(counts, [10_000, 20_000, 10_000]).pvalue > RARE


def test_a_mix_takes_each_part_by_its_share() -> None:
    """A tenth hangs up at once; the patience of the others is exponential."""
    values = drawn("{mix: [10% 0 s, 90% exponential 1000 s]}")
    at_once = np.count_nonzero(values == 0.0)
    assert is_about(at_once, 4000.0, math.sqrt(40_000 * 0.1 * 0.9))
    assert stats.kstest(values[values > 0.0], stats.expon(scale=1000.0).cdf).pvalue > RARE


class Always:
    """A generator whose uniform numbers are all the same."""

    def __init__(self, number: float) -> None:
        self.number = number

    def random(self, size: int) -> Floats:
        return np.full(size, self.number)


def test_a_part_without_a_share_is_never_taken() -> None:
    """0 % in front, between and behind gives none, though 70 %, 20 % and 10 % add up to a bit less than 1."""
    of = law("{mix: [0% 1 s, 70% 70 s, 0% 2 s, 20% 20 s, 10% 10 s, 0% 3 s]}", ring=None, folder=None)
    assert set(draw(of, Streams(1, 0).at("mix", 0), 40_000).tolist()) == {10.0, 20.0, 70.0}
    largest: Any = Always(math.nextafter(1.0, 0.0))
    smallest: Any = Always(0.0)
    assert draw(of, largest, 1).tolist() == [10.0]
    assert draw(of, smallest, 1).tolist() == [70.0]


def test_a_number_on_the_border_of_two_shares_falls_into_the_second() -> None:
    """Half and half: numbers below 0.5 are the first, 0.5 itself is the second, as 50 % of all numbers are below."""
    of = law("{mix: [50% 1 s, 50% 2 s]}", ring=None, folder=None)
    border: Any = Always(0.5)
    assert draw(of, border, 1).tolist() == [2.0]


@pytest.mark.parametrize(
    "text", ["hyperexponential 3 min cv 900 000 000", f"gamma 3 min cv {TINY}", f"lognormal 3 min cv {TINY}"]
)
def test_the_most_extreme_variation_is_drawn_all_the_same(text: str) -> None:
    """Nothing divides by a square that has become 0 or a share that has become 1."""
    values = drawn(text, 1000)
    assert np.all(np.isfinite(values))
    assert np.all(values > 0.0)
    if "hyper" not in text:
        assert values == pytest.approx(180.0)


@pytest.mark.parametrize("text", [*CONTINUOUS, *OTHERS])
def test_the_first_values_do_not_depend_on_how_many_there_are(text: str) -> None:
    """A louder advertisement leaves the callers it had as they were."""
    assert drawn(text, 5000)[:1500].tolist() == drawn(text, 1500).tolist()
    assert drawn(text, 0).size == 0


# First dials.

BY_HOUR = "{09:00: 6, 10:00: 11, 12:00: 0, 13:00: 9, 14:00: 4, 18:00: 0}"
WEIGHTS = np.array([0.0] * 9 + [6.0, 11.0, 11.0, 0.0, 9.0] + [4.0] * 4 + [0.0] * 6)
"""The same, hour by hour."""
SOURCE = {"callers": "300 per day", "calls_by_hour": BY_HOUR}


def by_hour(days: list[Floats]) -> Any:
    """Counts by day and hour."""
    return np.array([np.bincount((times // HOUR).astype(int), minlength=24) for times in days])


def test_each_hour_gets_callers_in_proportion_to_its_weight() -> None:
    """Over 400 days: hourly means within four standard errors of 300 x weight / sum, and none at all where it is 0."""
    counts = by_hour(first_dials(ads(**SOURCE), 400))
    expected = 300.0 * WEIGHTS / WEIGHTS.sum()
    assert counts.sum(axis=0)[WEIGHTS == 0.0].tolist() == [0] * 16
    for hour in np.flatnonzero(WEIGHTS):
        assert is_about(counts[:, hour].mean(), expected[hour], math.sqrt(expected[hour] / 400))


def test_the_counts_of_an_hour_vary_like_poisson_counts() -> None:
    """The index of dispersion is 1: its multiple by days - 1 follows chi-square, for each hour and for the day."""
    counts = by_hour(first_dials(ads(**SOURCE), 400))
    for column in [*counts.T[WEIGHTS > 0.0], counts.sum(axis=1)]:
        dispersion = 399.0 * column.var(ddof=1) / column.mean()
        assert RARE / 2 < stats.chi2(399).cdf(dispersion) < 1.0 - RARE / 2


def test_hours_of_a_day_know_nothing_of_each_other() -> None:
    """Counts of neighbouring hours are uncorrelated over 400 days."""
    counts = by_hour(first_dials(ads(**SOURCE), 400))[:, WEIGHTS > 0.0]
    for one, other in zip(counts.T, counts.T[1:], strict=False):
        assert abs(np.corrcoef(one, other)[0, 1]) < 4.0 / math.sqrt(400)


@pytest.mark.parametrize(("start", "end"), [(9, 10), (10, 12), (13, 14), (14, 18)])
def test_callers_come_evenly_while_a_weight_holds(start: int, end: int) -> None:
    """Uniform within each piece of the profile."""
    times = np.concatenate(first_dials(ads(**SOURCE), 100))
    inside = times[(times >= start * HOUR) & (times < end * HOUR)]
    assert stats.kstest(inside, stats.uniform(start * HOUR, (end - start) * HOUR).cdf).pvalue > RARE


def test_gaps_are_exponential_once_time_is_measured_in_expected_callers() -> None:
    """Random time change: the cumulative rate turns the day into a Poisson process of rate 1."""
    passed = np.append(0.0, np.cumsum(300.0 * WEIGHTS / WEIGHTS.sum()))
    hours = np.arange(25) * HOUR
    gaps = [np.diff(np.interp(times, hours, passed), prepend=0.0) for times in first_dials(ads(**SOURCE), 100)]
    assert stats.kstest(np.concatenate(gaps), stats.expon.cdf).pvalue > RARE


def test_callers_per_hour_come_evenly_all_day() -> None:
    """`12 per hour`: 288 a day, uniform from midnight to midnight."""
    days = first_dials(ads(callers="12 per hour"), 100)
    assert is_about(np.mean([times.size for times in days]), 288.0, math.sqrt(288.0 / 100))
    assert stats.kstest(np.concatenate(days), stats.uniform(0.0, DAY).cdf).pvalue > RARE


def test_weekdays_and_holidays_have_their_factors() -> None:
    """Four weeks from a Monday, each Wednesday a holiday of factor 2; Saturday a half, Sunday nobody."""
    dates = "2026-03-04, 2026-03-11, 2026-03-18, 2026-03-25"
    week = scenario(
        f"calendar: {{days: 28, open: {{every day: 09:00-20:00, holiday: closed}}, holidays: [{dates}]}}",
        f"sources: {{ads: {{callers: 5000 per day, calls_by_hour: {BY_HOUR}, "
        "weekdays: {sat: 0.5, sun: 0, holiday: 2}}}",
    )
    found = volumes(week, 28).reshape(4, 7)
    for volume, factor in zip(found.mean(axis=0), [1, 1, 2, 1, 1, 0.5, 0], strict=True):
        assert is_about(volume, 5000.0 * factor, math.sqrt(5000.0 * factor / 4) + 1e-9)


@pytest.mark.parametrize("place", ["sources.ads", "scenario"])
def test_day_factors_are_gamma_with_the_stated_variation(place: str) -> None:
    """Of mean 1 and cv 30 %; beside 10,000 callers a day the Poisson variation of 1 % does not show."""
    varies = "day_to_day_variation: 30%"
    of = scenario(
        f"sources: {{ads: {{callers: 10000 per day, calls_by_hour: {BY_HOUR}}}}}",
        varies if place == "scenario" else f"sources: {{ads: {{{varies}}}}}",
    )
    factors = volumes(of, 300) / 10_000.0
    assert is_about(factors.mean(), 1.0, 0.3 / math.sqrt(300))
    assert factors.std() == pytest.approx(0.3, rel=0.15)
    assert stats.kstest(factors, stats.gamma(1.0 / 0.09, scale=0.09).cdf).pvalue > RARE


def two_sources(shared: str, own: str) -> Scenario:
    source = (
        f"callers: 4000 per day, calls_by_hour: {BY_HOUR}, day_to_day_variation: {own}, goes_to: queue sales, "
        "hangs_up_ringing: never, hangs_up_waiting: never, talk: 60 s"
    )
    return scenario(f"day_to_day_variation: {shared}", f"sources: {{ads: {{{source}}}, web: {{{source}}}}}")


def correlation(of: Scenario) -> float:
    return float(np.corrcoef(volumes(of, 300), volumes(of, 300, source=1))[0, 1])


def test_a_shared_day_factor_moves_all_sources_and_an_own_one_its_own() -> None:
    """Correlation of two sources' volumes over 300 days: nearly 1 if shared, 0 if own, a half if both alike."""
    assert correlation(two_sources("30%", "0%")) > 0.98
    assert abs(correlation(two_sources("0%", "30%"))) < 4.0 / math.sqrt(300)
    assert correlation(two_sources("30%", "30%")) == pytest.approx(0.5, abs=0.2)


PROFILES = {
    "one piece": FLAT,
    "nobody early": Profile((0.0, 9 * HOUR), (0.0, 1.0)),
    "nobody late": Profile((0.0, 9 * HOUR), (1.0, 0.0)),
    "nobody at noon": Profile((0.0, 12 * HOUR, 12.5 * HOUR, 18 * HOUR), (1.0, 0.0, 1e11, 2.0)),
    "one minute": Profile((0.0, 9 * HOUR, 9 * HOUR + 60.0), (0.0, 3.0, 0.0)),
    "zeros in a row": Profile((0.0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR), (0.0, 0.0, 5.0, 0.0, 0.0)),
    "weights far apart": Profile((0.0, 6 * HOUR, 12 * HOUR), (1e-300, 1.0, 1e-300)),
}


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("expected", [1e-300, 0.01, 1.0, 85.0, 1e6])
@pytest.mark.parametrize("day", [0, 3000])
def test_times_ascend_and_keep_to_the_day_and_to_pieces_with_callers(name: str, expected: float, day: int) -> None:
    """From 0.01 callers a day to a million, on the first day and after eight years."""
    profile = PROFILES[name]
    for attempt in range(20 if expected < 1e6 else 1):
        times = arrival_times(Streams(2, 0).at(name, day, attempt), expected, profile, midnight=day * DAY)
        assert np.all(np.diff(times) >= 0.0)
        since = times - day * DAY
        assert np.all((since >= 0.0) & (times < (day + 1) * DAY))
        piece = np.searchsorted(profile.starts, since, side="right") - 1
        assert np.all(np.array(profile.weights)[piece] > 0.0)
        assert abs(times.size - expected) < 5.0 * math.sqrt(expected) + 10.0


def test_a_hundredth_of_a_caller_per_day_is_a_caller_in_a_hundred_days() -> None:
    """About 30 in 3,000 days."""
    assert is_about(volumes(ads(callers="0.01 per day", calls_by_hour=BY_HOUR), 3000).sum(), 30.0, math.sqrt(30.0))


class Steps:
    """A generator whose exponential values are given."""

    def __init__(self, steps: Any) -> None:
        self.steps = iter(steps)

    def standard_exponential(self, size: int) -> Floats:
        return np.array([next(self.steps) for _ in range(size)])


def test_a_dial_just_before_closing_is_not_rounded_to_closing() -> None:
    """The last moment of a piece on day 3,000 has no float of its own: the dial stays before 18:00 all the same."""
    almost = math.nextafter(10.0, 0.0)
    given: Any = Steps([almost, *[1.0] * 100])
    times = arrival_times(given, 10.0, Profile((0.0, 18 * HOUR), (1.0, 0.0)), midnight=3000 * DAY)
    closing = 3000 * DAY + 18 * HOUR
    assert times.tolist() == [math.nextafter(closing, 0.0)]


def test_first_dials_do_not_depend_on_the_batches_they_are_drawn_in() -> None:
    """Steps of a tenth of their usual length need several batches: the sums are those of adding one by one."""
    steps = Streams(3, 0).at("steps", 0).standard_exponential(5000) / 10.0
    given: Any = Steps(steps)
    reached = [sum_ for sum_ in accumulate(steps.tolist()) if sum_ < 300.0]
    times = arrival_times(given, 300.0, FLAT)
    assert len(reached) > 2500
    assert times.tolist() == [sum_ / 300.0 * DAY for sum_ in reached]


# Callers and attempts.


def blocks(of: Scenario, day: int = 0) -> tuple[CallerDraws, AttemptDraws]:
    tape = Tape(of, 1, 0)
    born = tape.day(day)
    return tape.callers(day, born), tape.attempts(day, born, 1)


def test_ordinals_count_the_callers_of_each_source_in_the_order_of_dialling() -> None:
    """Source, day and ordinal tell every caller from every other, and numbers go on from day to day."""
    tape = Tape(two_sources("0%", "0%"), 1, 0)
    last = -1
    for number in range(3):
        day = tape.day(number)
        assert np.all(np.diff(day.dialled) >= 0.0)
        for source in (0, 1):
            ordinals = day.ordinal[day.source == source]
            assert ordinals.tolist() == list(range(ordinals.size))
        assert day.first > last
        last = day.first + day.dialled.size - 1


def test_a_day_without_callers_has_empty_columns() -> None:
    """Nobody calls on Sunday, day 6: a day like any other, of no rows."""
    of = ads(**SOURCE, weekdays="{sun: 0}", talk="{mix: [50% 1 min, 50% exponential 3 min]}")
    born = Tape(of, 1, 0).day(6)
    callers, attempts = blocks(of, day=6)
    columns = [*born[1:], callers.kind, callers.work, attempts.ring_patience, attempts.redial_chance]
    assert [column.size for column in columns] == [0] * 7


def test_where_no_leg_is_asked_for_it_is_that_before_any_transfer() -> None:
    """What a first talk needs, and what an attempt is like, are drawn under leg 0."""
    tape = Tape(ads(**SOURCE, talk="exponential 1 min", hangs_up_ringing="exponential 1 min"), 1, 0)
    day = tape.day(0)
    assert tape.callers(0, day).work.tolist() == tape.callers(0, day, 0).work.tolist()
    assert tape.attempts(0, day, 1).ring_patience.tolist() == tape.attempts(0, day, 1, 0).ring_patience.tolist()


def test_without_a_word_on_it_callers_on_hold_never_hang_up() -> None:
    """A source whose callers no machine answers needs no `hangs_up_waiting:`."""
    _, attempts = blocks(ads(**SOURCE, hangs_up_waiting="none"))
    assert attempts.hold_patience.size > 0
    assert set(attempts.hold_patience.tolist()) == {math.inf}


def test_kinds_have_their_shares() -> None:
    """60 % new, 15 % existing, 10 % service, 15 % junk; and where all are new, all are new."""
    kinds = "{new: 60%, existing: 15%, service: 10%, junk: 15%}"
    callers, _ = blocks(ads(callers="40000 per day", calls_by_hour=BY_HOUR, kinds=kinds))
    counts = np.bincount(callers.kind, minlength=len(KINDS))
    assert stats.chisquare(counts, np.array([0.6, 0.15, 0.1, 0.15]) * counts.sum()).pvalue > RARE
    callers, _ = blocks(ads(**SOURCE))
    assert set(callers.kind.tolist()) == {KINDS.index("new")}


def test_work_is_a_multiple_of_mean_one() -> None:
    """Talks lognormal with cv 0.9 make multiples of mean 1 and cv 0.9; talks of no length make ones."""
    many = {"callers": "40000 per day", "calls_by_hour": BY_HOUR}
    work = blocks(ads(**many, talk="lognormal 3 min cv 0.9"))[0].work
    assert is_about(work.mean(), 1.0, 0.9 / math.sqrt(work.size))
    assert work.std() == pytest.approx(0.9, rel=0.05)
    assert set(blocks(ads(**many, talk="0 s"))[0].work.tolist()) == {1.0}


def test_columns_follow_the_laws_of_their_owners() -> None:
    """Patience by source, prompts by menu, work by queue, wrap-up by team, each by its own law; chances uniform."""
    of = scenario(
        f"sources: {{ads: {{callers: 20000 per day, calls_by_hour: {BY_HOUR}, hangs_up_ringing: uniform 15-24 s, "
        "hangs_up_waiting: exponential 90 s, redial: {chance: 33%, after: exponential 8 min, at_most: 3}}}",
        "menus: {main: {answers_after: 0 s, prompt: uniform 5-9 s, keys: [{share: 100%, to: queue sales}]}}",
        "queues: {sales: {talk: erlang 2 120 s}}",
        "teams: {desk: {wrap_up: exponential 30 s, answers_after: exponential 4 s}}",
    )
    callers, attempts = blocks(of)
    for values, distribution in [
        (attempts.ring_patience, stats.uniform(15.0, 9.0)),
        (attempts.hold_patience, stats.expon(scale=90.0)),
        (attempts.redial_delay, stats.expon(scale=480.0)),
        (attempts.redial_chance, stats.uniform()),
        (attempts.prompt["main"], stats.uniform(5.0, 4.0)),
        (attempts.hang_up["main"], stats.uniform()),
        (attempts.wrap_up["desk"], stats.expon(scale=30.0)),
        (attempts.pick_up["desk"], stats.expon(scale=4.0)),
        (callers.work_in["sales"], stats.gamma(2.0, scale=0.5)),
        (callers.key["main"], stats.uniform()),
    ]:
        assert stats.kstest(values, distribution.cdf).pvalue > RARE


def test_columns_know_nothing_of_each_other() -> None:
    """Of 20,000 callers: those who talk long are no more patient, and redial no sooner, than others."""
    of = ads(
        callers="20000 per day", calls_by_hour=BY_HOUR, hangs_up_ringing="uniform 15-24 s",
        hangs_up_waiting="exponential 90 s", talk="lognormal 3 min cv 0.5",
        redial="{chance: 33%, after: exponential 8 min, at_most: 3}",
    )  # fmt: skip
    callers, attempts = blocks(of)
    columns = [callers.work, attempts.ring_patience, attempts.hold_patience, attempts.redial_chance]
    columns.append(attempts.redial_delay)
    for place, one in enumerate(columns, start=1):
        for other in columns[place:]:
            assert abs(np.corrcoef(one, other)[0, 1]) < 4.0 / math.sqrt(one.size)

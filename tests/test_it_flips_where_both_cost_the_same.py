"""The values at which two variants cost the same are played again: there they do."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import stdtrit

from callsim.comparison import Comparison, compare
from callsim.decisions import values
from callsim.estimate import Estimate, added, difference, interval, mean, scaled
from callsim.flips import Flip, Lever, flip, payroll_at
from callsim.replicate import run, run_scenarios
from callsim.scenario import Study, load
from callsim.whatif import with_volume

SHOP = """\
name: Shop
currency: RUB
ring: Russia
calendar: {start: 2026-03-02, days: 3, open: {mon-fri: 09:00-18:00}}
lines: 4
count_loss_as: first order
sources:
  ads:
    callers: 60 per day
    calls_by_hour: {09:00: 1, 18:00: 0}
    goes_to: queue sales
    hangs_up_ringing: exponential 20 s
    talk: exponential 4 min
    worth: buyer
queues: {sales: {target: 80% in 20 s}}
teams:
  desk: {serves: [sales], agents: 1, pay: PAY}
vendors: {night: {answers_after: exponential 9 s, quality: 90%, wrap_up: 10 s, tariff: by the minute}}
tariffs: {by the minute: {base: 900 RUB per month, per_minute: 30 RUB, bills: [talk], billed_in: {first: 1 s, then: 1 s}}}
worth:
  buyer: {lead_cost: 50 RUB, converts: 10%, first_order: 9 000 RUB, margin: 30%, orders_per_year: 2, years: 3, discount: 10%}
variants:
  today: {}
  two people: {teams: {desk: {agents: 2}}}
  all outsourced: {sources: {ads: {goes_to: vendor night}}, teams: none, queues: none}
"""
PLAIN = "{wage: 300 RUB per hour, employer_taxes: 30.2%, seat: 9 000 RUB per month}"
LIMITED = (
    "{wage: 300 RUB per hour, employer_taxes: russia 2026, overtime: 150%, turnover: {rate: 40% per year, "
    "training: 100 h}, supervisors: {one_per: 8, wage: 500 RUB per hour}, flat: 5 000 RUB per month, overhead: 5%}"
)
REPLICATIONS = 12


@cache
def shop(pay: str = PLAIN, *changes: str) -> Study:
    path = Path(mkdtemp()) / "shop.yaml"
    path.write_text(SHOP.replace("PAY", pay), encoding="utf-8")
    return load(path, changes)


@cache
def compared(pay: str = PLAIN) -> Comparison:
    return compare([shop(pay)], REPLICATIONS, engine="simpy", volumes=False)


def totals(*changes: str, pay: str = PLAIN) -> dict[str, Estimate]:
    found = run(shop(pay, *changes), REPLICATIONS, engine="simpy")
    return {variant.name: variant.money["total_cost"] for variant in found.variants}


def of(comparison: Comparison, lever: str) -> Flip:
    return next(one for one in comparison.flips if one.lever == lever)


def change(lever: str, factor: float) -> str:
    return {
        "wages": f"teams.desk.pay.wage={300 * factor:.9f} RUB per hour",
        "worth": f"worth.buyer.converts={10 * factor:.9f}%",
        "vendors": (
            f"tariffs={{by the minute: {{base: {900 * factor:.9f} RUB per month, per_minute: {30 * factor:.9f} RUB, "
            "bills: [talk], billed_in: {first: 1 s, then: 1 s}}}"
        ),
    }[lever]


@pytest.mark.parametrize("lever", ["wages", "worth", "vendors"])
def test_played_again_at_the_flip_both_cost_the_same(lever: str) -> None:
    """On the same seeds, with the value written into the file: the same total to a millionth, for every rival."""
    found = compared()
    best = found.decision.ranked[0].name
    crossings = [one for one in of(found, lever).crossings if one.at is not None]
    assert crossings
    for one in crossings:
        assert one.at is not None
        again = totals(change(lever, one.at))
        assert again[one.rival].value == pytest.approx(again[best].value, rel=1e-6)


@pytest.mark.parametrize("lever", ["wages", "worth", "vendors"])
def test_at_the_ends_of_the_interval_0_is_just_inside(lever: str) -> None:
    """There the paired interval of the difference touches 0."""
    found = compared()
    best = found.decision.ranked[0].name
    ends = [
        (one.rival, end)
        for one in of(found, lever).crossings
        if one.at is not None and one.low is not None and one.high is not None
        for end in (one.low, one.high)
        if 0.1 < end < 10.0
    ]
    for rival, end in ends:
        again = totals(change(lever, end))
        bounds = interval(difference(again[best], again[rival]))
        assert bounds.low is not None
        assert bounds.high is not None
        near = 1e-4 * (bounds.high - bounds.low)
        assert min(abs(bounds.low), abs(bounds.high)) <= near


@pytest.mark.parametrize("factor", [0.1, 1.0, 2.5, 10.0])
@pytest.mark.parametrize("pay", [PLAIN, LIMITED])
def test_payrolls_at_other_wages_are_those_of_a_run(pay: str, factor: float) -> None:
    """Taxes with a limit, agents who leave, flat sums and overtime: replication by replication."""
    study = shop(pay, "teams.desk.agents=1")
    variant = run(study, 3, engine="simpy", variants=["today"]).variants[0]
    again = run(shop(pay, change("wages", factor)), 3, engine="simpy", variants=["today"]).variants[0]
    repriced = payroll_at(study.variants["today"], variant, factor)
    assert values(repriced) == pytest.approx(values(again.money["payroll"]), rel=1e-9)


def linear(fixed: list[float], by_factor: list[float]) -> Lever:
    """A rival that costs so much more than the cheapest, in two parts, and the cheapest nothing."""
    nothing = scaled(mean(fixed), 0.0)
    return Lever(
        "worth",
        lambda factor: {"best": nothing, "rival": added(mean(fixed), scaled(mean(by_factor), factor))},
        0.1,
        10.0,
    )


def test_a_ratio_of_means_has_the_interval_of_fieller() -> None:
    """-A / B with the roots of (a + f b)^2 = t^2 var(A + f B) / R, solved as the quadratic that it is."""
    fixed, by_factor = [30.0, 34.0, 28.0, 32.0, 29.0], [-11.0, -9.0, -10.0, -12.0, -10.5]
    one = flip(linear(fixed, by_factor), "best", ["rival"]).nearest
    a, b, number = np.mean(fixed), np.mean(by_factor), len(fixed)
    (vaa, vab), (_, vbb) = np.cov(fixed, by_factor) * stdtrit(number - 1, 0.975) ** 2 / number
    low, high = sorted(np.roots([b * b - vbb, 2 * (a * b - vab), a * a - vaa]))
    assert one.at == pytest.approx(-a / b, rel=1e-8)
    assert (one.low, one.high) == pytest.approx((low, high), rel=1e-8)


amounts = st.lists(st.integers(-300, 300).map(float), min_size=5, max_size=5)


@settings(max_examples=50, deadline=None)
@given(amounts, amounts)
def test_a_crossing_is_where_the_means_meet(fixed: list[float], by_factor: list[float]) -> None:
    """At -A / B wherever that lies in the range, else nowhere; the interval holds it, and grows with no range."""
    a, b = sum(fixed) / 5, sum(by_factor) / 5
    assume(abs(b) > 1e-6)
    assume(not math.isclose(-a / b, 0.1, rel_tol=1e-6))
    assume(not math.isclose(-a / b, 10.0, rel_tol=1e-6))
    one = flip(linear(fixed, by_factor), "best", ["rival"]).nearest
    if not 0.1 < -a / b < 10.0:
        assert one.at is None
        assert one.far == math.inf
        return
    assert one.at == pytest.approx(-a / b, rel=1e-6)
    assert one.low is not None
    assert one.high is not None
    assert one.low <= one.at * (1 + 1e-9)
    assert one.high >= one.at * (1 - 1e-9)


def test_the_crossing_next_to_now_is_told() -> None:
    """A cost that meets the other's at 0.2, 1.5 and 6 times: half more is less of a change than four fifths less."""
    nothing = Estimate(0.0, np.zeros(4))

    def costs(factor: float) -> dict[str, Estimate]:
        return {"best": nothing, "rival": Estimate((factor - 0.2) * (factor - 1.5) * (factor - 6), np.zeros(4))}

    one = flip(Lever("worth", costs, 0.1, 10.0), "best", ["rival"]).nearest
    assert one.at == pytest.approx(1.5)
    assert (one.low, one.high) == pytest.approx((1.5, 1.5))


def test_one_replication_has_a_crossing_without_bounds() -> None:
    """Nothing is known of the spread."""
    one = flip(linear([30.0], [-10.0]), "best", ["rival"]).nearest
    assert one.at == pytest.approx(3)
    assert one.low is None
    assert one.high is None


def test_the_answer_depends_most_on_what_flips_it_first() -> None:
    """Levers are told by how far they must be moved, and by the first rival that overtakes."""
    far = [one.nearest.far for one in compared().flips]
    assert far == sorted(far)
    assert {one.lever for one in compared().flips} == {"worth", "vendors", "wages"}
    for one in compared().flips:
        assert one.nearest.far == min(each.far for each in one.crossings)


def test_at_other_volumes_callers_are_more_and_staff_is_the_same() -> None:
    """Twice the callers: every source has them, and the first of them are the same people."""
    scenario = shop().variants["today"]
    doubled = with_volume(scenario, 2.0)
    assert doubled.sources["ads"].volume.number == 120
    assert doubled.teams == scenario.teams
    assert scenario.sources["ads"].volume.number == 60
    assert with_volume(scenario, 1.0) == scenario


def test_played_again_at_the_volume_both_cost_about_the_same() -> None:
    """One person or two: where it flips, the difference of further runs is a tenth of what it was, or is 0 for all one
    can tell."""
    study = shop()
    found = compare([study], REPLICATIONS, engine="simpy", variants=["today", "two people"])
    lever = of(found, "volume")
    at = lever.nearest.at
    assert at is not None
    scenarios = {name: with_volume(study.variants[name], at) for name in ("today", "two people")}
    today, two = (one.money["total_cost"] for one in run_scenarios("", scenarios, 30, engine="simpy").variants)
    now = abs(found.decision.ranked[1].above.value)
    bounds = interval(difference(today, two))
    assert bounds.low is not None
    assert bounds.high is not None
    assert abs(two.value - today.value) < 0.1 * now or bounds.low <= 0.0 <= bounds.high


def test_nothing_flips_between_variants_that_are_the_same() -> None:
    """No lever is looked at."""
    study = shop()
    twins = {"a": study.variants["today"], "b": study.variants["today"]}
    found = compare([study._replace(variants=twins)], 3, engine="simpy")
    assert found.flips == ()
    assert found.decision.same == (("a", "b"),)

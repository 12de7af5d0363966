"""Two staffings whose true difference is known: intervals cover it, and chances come true as often as they say."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from reliability import off, reliability

from callsim import erlang
from callsim.comparison import Comparison, compare
from callsim.decisions import values
from callsim.estimate import Interval, difference, interval
from callsim.replicate import VariantResult, run
from callsim.scenario import Study, load

SCENARIOS = Path(__file__).parent.parent / "scenarios"

DESK = """\
name: Five or six agents day and night
currency: EUR
ring: 6 s
calendar: {start: 2026-03-02, days: 1, open: always, warm_up: 2 h}
count_loss_as: first order
sources:
  ads:
    callers: 100 per hour
    goes_to: queue sales
    hangs_up_ringing: exponential 2 min
    talk: exponential 3 min
    worth: buyer
queues: {sales: {}}
teams:
  desk: {serves: [sales], agents: 5, pay: {wage: WAGE EUR per hour}}
worth:
  buyer: {lead_cost: 1 EUR, converts: 10%, first_order: 80 EUR, margin: 50%, orders_per_year: 1, years: 1, discount: 10%}
variants:
  five: {}
  six: {teams: {desk: {agents: 6}}}
"""
LOSS = 0.1 * 80 * 0.5
HOURS = 365 / 12 * 24


def saved_by_sixth() -> float:
    """What the sixth agent saves in lost first orders, EUR a month: Erlang A with 5 and with 6 agents."""
    five, six = (
        erlang.mmnm(100 / 3600, 180, agents=agents, mean_patience=120, target=20).p_abandon for agents in (5, 6)
    )
    return 100 * HOURS * (five - six) * LOSS


def truth(wage: float) -> float:
    """Total cost with six agents less that with five."""
    return HOURS * wage - saved_by_sixth()


@cache
def desk(wage: float) -> Study:
    path = Path(mkdtemp()) / "desk.yaml"
    path.write_text(DESK.replace("WAGE", f"{wage:.9f}"), encoding="utf-8")
    return load(path)


def found(wage: float, replications: int, *, seed: int) -> Comparison:
    return compare([desk(wage)], replications, seed=seed, volumes=False)


def of_six(comparison: Comparison) -> Interval:
    """The paired interval of the difference, six less five."""
    five, six = (variant.money["total_cost"] for variant in comparison.result.variants)
    return interval(difference(five, six))


def covers(bounds: Interval, value: float) -> bool:
    return bounds.low is not None and bounds.high is not None and bounds.low <= value <= bounds.high


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_paired_interval_covers_the_exact_difference(seed: int) -> None:
    """At 12 EUR an hour the sixth agent costs 8 760 and saves about 23 000: the difference is within the interval."""
    bounds = of_six(found(12.0, 15, seed=seed))
    assert saved_by_sixth() == pytest.approx(23_000, rel=0.1)
    assert covers(bounds, truth(12.0))
    assert bounds.high is not None
    assert bounds.high < 0.0


def test_where_the_wage_flips_is_where_theory_says() -> None:
    """The sixth agent pays up to the wage that costs a month what they save; the interval holds that."""
    (flip,) = (one for one in found(12.0, 15, seed=4).flips if one.lever == "wages")
    exact = saved_by_sixth() / HOURS / 12.0
    assert flip.nearest.at == pytest.approx(exact, rel=0.1)
    assert flip.nearest.low is not None
    assert flip.nearest.high is not None
    assert flip.nearest.low <= exact <= flip.nearest.high


def test_what_a_lost_caller_must_cost_is_what_theory_says() -> None:
    """The sixth agent at 60 EUR an hour pays from a loss on that saves so much a month."""
    (flip,) = (one for one in found(60.0, 15, seed=5).flips if one.lever == "worth")
    exact = 60.0 * HOURS / saved_by_sixth()
    assert flip.now == pytest.approx((LOSS, LOSS))
    assert flip.nearest.low is not None
    assert flip.nearest.high is not None
    assert flip.nearest.low <= exact <= flip.nearest.high


@pytest.mark.long
def test_95_intervals_in_100_cover_the_exact_difference() -> None:
    """200 comparisons of ten replications: 190 are expected, and 177 or fewer once in ten thousand times."""
    covered = sum(covers(of_six(found(30.0, 10, seed=seed)), truth(30.0)) for seed in range(100, 300))
    print(f"{covered} of 200")
    assert 178 <= covered <= 199


@pytest.mark.long
def test_chances_come_true_as_often_as_they_say() -> None:
    """500 simulated comparisons, the wage drawn so that now five agents are cheaper, now six: as in docs/compare.md."""
    even = saved_by_sixth() / HOURS
    pilot = of_six(found(even, 10, seed=99))
    assert pilot.high is not None
    assert pilot.value is not None
    spread = 2.5 * (pilot.high - pilot.value) / 2.26 / HOURS
    chances, right = [], []
    for number in range(500):
        # The golden section spreads wages evenly: no generator is needed.
        wage = even + spread * (2 * ((number * 0.6180339887498949) % 1.0) - 1)
        chance = found(wage, 10, seed=1000 + number).decision.of("six").chance
        assert chance is not None
        chances.append(chance)
        right.append(truth(wage) < 0.0)
    rows = reliability(chances, right)
    for mean, hits, count in rows:
        print(f"| {mean:.2f} | {hits / count:.2f} | {hits} of {count} |")
    assert sum(count for _, _, count in rows) == 500
    assert off(rows) == []


@cache
def of_shop(*settings: str) -> dict[str, VariantResult]:
    variants = ["today", "third person at the desk", "a menu that answers at once"]
    return {one.name: one for one in run(load(SCENARIOS / "02_shop.yaml", settings), 40, variants=variants).variants}


@pytest.mark.parametrize(
    ("other", "absence", "times"),
    [("third person at the desk", "5%", 2.0), ("a menu that answers at once", "5%", 2.0),
     ("third person at the desk", "0%", 3.0)],
)  # fmt: skip
def test_paired_intervals_of_the_shop_are_much_narrower(other: str, absence: str, times: float) -> None:
    """Twice at least; three times where the third person's absence is no chance of one variant alone: docs/compare.md
    has the numbers, and why they are no better."""
    a, b = (values(of_shop(f"teams.desk.absence={absence}")[name].money["total_cost"]) for name in ("today", other))
    unpaired = (a.var(ddof=1) + b.var(ddof=1)) ** 0.5
    assert unpaired > times * (b - a).std(ddof=1)

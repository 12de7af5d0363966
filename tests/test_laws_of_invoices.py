"""What holds for every plan and all calls: steps, lengths, order, sums."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from traffic import MARCH, calendar, month, plan, traffic

from callsim.scenario.planfile import load_plans, shipped
from callsim.tariffs import Bill, MissingRate, invoice, invoices
from callsim.tariffs.breakeven import Offer, envelope
from callsim.tariffs.invoice import money
from callsim.tariffs.usage import PLAIN, Usage

TALKS = st.lists(st.integers(0, 2_000_000).map(lambda milliseconds: milliseconds / 1000), min_size=1, max_size=30)
BASE = "base: 40 USD per month, bills: [talk], "
PLANS = {
    "plain": BASE + "per_minute: 1.37 USD",
    "allowance": BASE + "included: 20 minutes, per_minute: 1.30 USD",
    "graduated": BASE + "tiers: {apply: graduated, steps: [{up_to: 5 minutes, price: 2 USD}, {price: 1 USD}]}",
    "ladder": "bills: [talk], ladder: [{includes: 10 minutes, costs: 20 USD, then: 3 USD}, "
    "{includes: 50 minutes, costs: 60 USD, then: 1 USD}]",
    "packs": BASE + "included: 3 minutes, more: {of: 5 minutes, costs: 6 USD}",
    "calls": BASE + "included: 5 calls, per_call: 4 USD",
    "minimum": "bills: [talk], per_minute: 1 USD, minimum: 30 USD per month, maximum: 50 USD per month, tax: 20%",
    "surcharge": BASE + "per_minute: 1 USD, surcharges: {weekend: {when: {sat-sun: 00:00-24:00}, times: 130%}}",
    "steps": BASE + "per_minute: 1 USD, billed_in: {first: 30 s, then: 6 s}, adds: 10 s",
}
CHOSEN = st.sampled_from(sorted(PLANS))


def total(text: str, talks: list[float], *, at: list[float] | None = None) -> Decimal:
    (found,) = month(plan(text), traffic(talks, at=at))
    return found.total


def steps(first: int, then: int) -> str:
    return BASE + f"per_minute: 1 USD, billed_in: {{first: {first} s, then: {then} s}}"


@given(TALKS, st.integers(1, 90), st.integers(1, 6))
def test_steps_that_divide_longer_ones_never_cost_more(talks: list[float], step: int, times: int) -> None:
    """By the same price, and neither less than no steps at all."""
    fine, coarse = total(steps(step, step), talks), total(steps(step * times, step * times), talks)
    assert total(BASE + "per_minute: 1 USD", talks) <= fine <= coarse


@given(CHOSEN, TALKS, st.data())
def test_a_longer_call_never_costs_less(name: str, talks: list[float], data: st.DataObject) -> None:
    """Whatever the plan (but where a tier lowers the price of all units)."""
    place = data.draw(st.integers(0, len(talks) - 1))
    longer = [*talks]
    longer[place] += data.draw(st.floats(0, 1000))
    assert total(PLANS[name], talks) <= total(PLANS[name], longer)


@given(CHOSEN, TALKS, st.randoms())
def test_the_order_of_calls_does_not_matter(name: str, talks: list[float], shuffle) -> None:
    """Of calls of the same hours, in plans without a rule that goes by it."""
    mixed = [*talks]
    shuffle.shuffle(mixed)
    assert total(PLANS[name], talks) == total(PLANS[name], mixed)


@given(st.permutations([20.0, 25.0, 200.0, 10.0, 30.0]))
def test_the_order_matters_where_the_first_short_calls_are_free(talks: list[float]) -> None:
    """Of four short calls the first two: the bill is that of the two later ones and the long call."""
    text = BASE + "per_minute: 6 USD, free_calls: {up_to: 30 s, at_most: 2}"
    later = [talk for talk in talks if talk <= 30][2:]
    assert total(text, talks) == money(Decimal(40) + Decimal(int(sum(later) + 200)) / 10)


@given(CHOSEN, TALKS)
def test_lines_add_up_to_the_total(name: str, talks: list[float]) -> None:
    """Each is its quantity times its price, and only their sum is rounded."""
    (found,) = month(plan(PLANS[name]), traffic(talks))
    assert money(sum((line.amount for line in found.lines), Decimal(0))) == found.total
    for line in found.lines:
        assert abs(line.quantity * line.price - line.amount) < Decimal("1e-8")


@given(CHOSEN, TALKS)
def test_no_calls_cost_what_is_fixed(name: str, talks: list[float]) -> None:
    """And any calls cost at least that."""
    assert total(PLANS[name], []) <= total(PLANS[name], talks)


@given(TALKS, st.integers(1, 1000))
def test_a_plain_plan_costs_so_many_times_as_much(talks: list[float], times: int) -> None:
    """Units are exact: nothing is lost in between."""
    of = plan("bills: [talk], per_minute: 0.0137 USD")
    used = Usage(units={"minute": {PLAIN: Fraction(sum(round(talk * 1000) for talk in talks), 60_000)}})
    one, many = (invoice(Bill("x", of, usage, Fraction(1))).sum for usage in (used, used.times(Fraction(times))))
    assert abs(one * times - many) <= Decimal("1e-12") * (times + 1)


@given(st.lists(st.floats(0, 59 * 86_400.0, exclude_max=True), min_size=1, max_size=20), st.integers(1, 58))
def test_what_is_split_into_periods_is_billed_once(at: list[float], days: int) -> None:
    """Every call stands on exactly one invoice, whatever the periods; fixed sums add up to their share of the days."""
    of = plan(f"base: 28 USD per period, per_call: 1 USD, period: {days} days")
    found = month(of, traffic([10] * len(at), at=at), calendar("2026-01-01", 59))
    assert sum(one.calls for one in found) == len(at)
    assert sum(one.share for one in found) == Fraction(59, days)


@settings(max_examples=20)
@given(st.integers(1, 400), st.integers(1, 400))
def test_the_envelope_is_the_cheapest_plan_everywhere(a: int, b: int) -> None:
    """And costs no less the more is used; its stretches cover all volumes."""
    one = Usage(units={"minute": {PLAIN: Fraction(1)}}, talk=Fraction(1))
    texts = {
        "a": f"base: {a} USD per month, per_minute: 1.37 USD, bills: [talk]",
        "b": f"base: {b} USD per month, included: 50 minutes, per_minute: 1.10 USD, bills: [talk]",
    }
    offers = [Offer(name, plan(text), one) for name, text in texts.items()]
    found = envelope(offers, most=Fraction(1000))
    assert [found[0].start, found[-1].end] == [0, 1000]
    assert all(before.end == after.start for before, after in pairwise(found))
    costs = []
    for volume in map(Fraction, np.linspace(1, 999, 25).round(3)):
        stretch = next(one for one in found if one.start <= volume < one.end)
        by_plan = {offer.name: offer.cost(volume) for offer in offers}
        assert by_plan[stretch.plan] == min(by_plan.values())
        costs.append(by_plan[stretch.plan])
    assert costs == sorted(costs)


def test_a_mean_month_is_the_twelfth_part_of_a_year() -> None:
    """Twelve invoices of a year of mean months are as many bases as of calendar months."""
    of = plan("base: 100 USD per month")
    year = calendar("2026-01-01", 365)
    shares = [
        sum(one.share for one in invoices("x", of, traffic([]), year, mean_months=mean)) for mean in (True, False)
    ]
    assert shares == [12, 12]
    assert MARCH.days == 31


SHIPPED = {name: tariff for file in shipped() for name, tariff in load_plans(file).items()}


@settings(max_examples=60, deadline=None)
@given(TALKS, st.integers(0, 30), st.integers(1, 70), st.booleans())
def test_every_shipped_plan_prices_any_calls(talks: list[float], first: int, days: int, machine: bool) -> None:
    """Of any hours and days, prorated or not: lines add up, rounding never helps, and only an unknown price refuses."""
    calls = traffic(
        talks, at=[3600.0 * 7 * place + 86_400 * first for place in range(len(talks))], ring=4, queue=3, wrap_up=20,
        transfer=7, menu=9, machine=[machine] * len(talks), messages=[50_000.0],
    )  # fmt: skip
    for name, tariff in SHIPPED.items():
        try:
            found = list(invoices(name, tariff, calls, calendar("2026-01-20", days)))
        except MissingRate as error:
            assert "known price" in str(error)
            continue
        for one in found:
            assert one.total == money(sum((line.amount for line in one.lines), Decimal(0)))
            assert one.total >= 0
            assert one.rounding >= 0 or "all_units" in name
            assert one.billed_minutes >= one.usage.actual - Fraction(1, 1000) or tariff.weights

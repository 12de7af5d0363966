"""What answering services charge, against bills computed by hand and published examples of rounding."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsim import economics
from callsim.calllog import Logs, tables
from callsim.economics import ledger, prices
from callsim.scenario import Scenario
from callsim.scenario.planparts import BilledIn
from callsim.sums import add_up
from callsim.tariffs import contracts
from callsim.tariffs.traffic import microseconds, stepped
from tests.byhand import logs
from tests.script import perform, scenario

SHOP = """
currency: RUB
count_loss_as: first order
queues: {sales: {target: 80% in 20 s, overflow: [{after: 15 s, to: vendor night}]}}
teams: {desk: {pay: {wage: 350 RUB per hour}}}
vendors: {night: {answers_after: exponential 11 s, wrap_up: 20 s, tariff: pay as you go}}
tariffs:
  pay as you go: {base: 3 000 RUB per month, per_minute: 28 RUB, bills: [talk, wrap_up],
                  billed_in: {first: 60 s, then: 60 s}}
sources: {ads: {worth: buyer}}
worth:
  buyer: {lead_cost: 350 RUB, converts: 14%, first_order: 18 000 RUB, margin: 30%, orders_per_year: 4, years: 10,
          discount: 15%}
"""
# Talk and wrap-up of 60, 60.5, 200 and 20 s; ads 5 hangs up at the vendor, ads 6 is answered by the desk, ads 7 by the
# vendor on the next day.
CALLS = """
who   dialled    asked      queue matched    agent  vendor answered   left         freed        outcome
ads 1 10:00:00   10:00:00   sales 10:00:15   -      night  10:00:20   10:01:00     10:01:20     outsourced
ads 2 10:10:00   10:10:00   sales 10:10:15   -      night  10:10:20   10:11:00.5   10:11:20.5   outsourced
ads 3 10:20:00   10:20:00   sales 10:20:15   -      night  10:20:20   10:23:20     10:23:40     outsourced
ads 4 10:30:00   10:30:00   sales 10:30:15   -      night  10:30:20   10:30:20     10:30:40     outsourced
ads 5 10:40:00   10:40:00   sales 10:40:15   -      night  -          10:40:20     10:40:20     abandoned_ringing
ads 6 10:50:00   10:50:00   sales 10:50:00   desk/0 -      10:50:00   10:51:00     10:51:00     answered
ads 7 23:59:50   23:59:50   sales 1+00:00:05 -      night  1+00:00:10 1+00:01:00   1+00:01:20   outsourced
"""
PEOPLE = """
who   dialled  kind resolution resolved
ads 5 10:40:00 new  lost       10:40:20
"""
DUTIES = """
agent  came     due      went
desk/0 09:00:00 17:00:00 17:00:00
"""


def kopecks(amount: float) -> Decimal:
    return Decimal(repr(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def money(of: Scenario, log: Logs, *, per_month: bool = False) -> dict[str, Decimal]:
    sums = add_up(of, log)
    found = economics.estimates([ledger(of, prices(of), log).amounts(sums)], [sums], per_month=per_month)
    return {key: kopecks(estimate.value) for key, estimate in found.items()}


def test_the_bill_of_a_day_by_hand() -> None:
    """Billed are 1, 2, 4 and 1 minutes: 8 x 28 = 224.00, and one of 365/12 days of 3,000: 98.63. A month of such days:
    224 x 365 / 12 + 3,000 = 9,813.33."""
    of = scenario(SHOP)
    log = logs(of, calls=CALLS, people=PEOPLE, duties=DUTIES)
    assert money(of, log)["invoices"] == Decimal("322.63")
    assert money(of, log, per_month=True)["invoices"] == Decimal("9813.33")


def test_the_total_is_payroll_invoices_and_loss() -> None:
    """8 h x 350 = 2,800.00, 322.63, and one lost caller of 756.00."""
    of = scenario(SHOP)
    found = money(of, logs(of, calls=CALLS, people=PEOPLE, duties=DUTIES))
    assert (found["payroll"], found["loss_first_order"]) == (Decimal("2800.00"), Decimal("756.00"))
    assert found["total_cost"] == Decimal("3878.63")


@pytest.mark.parametrize(
    ("tariff", "expected"),
    [
        ("per_minute: 30 RUB, bills: [talk]", "130.25"),  # 40 + 40.5 + 180 + 0 s, to the second and its parts
        (
            "per_minute: 30 RUB, bills: [talk], billed_in: {first: 60 s, then: 1 s}",
            "150.00",
        ),  # 60 + 60 + 180 s; what lasts 0 s is not billed
        ("per_minute: 30 RUB, bills: [talk], billed_in: {first: 30 s, then: 6 s}", "132.00"),  # 42 + 42 + 180 s
        ("per_minute: 30 RUB, bills: [ring, talk]", "140.25"),  # 5 s more for each: 280.5 s
        ("per_minute: 30 RUB, bills: [ring, talk, wrap_up]", "180.25"),  # 20 s more for each
        ("per_call: 12.50 RUB", "50.00"),
        ("per_minute: 30 RUB, per_call: 12.50 RUB, bills: [talk]", "180.25"),
        ("base: 36 500 RUB per month", "1200.00"),
    ],
)
def test_other_tariffs(tariff: str, expected: str) -> None:
    """The same calls by other plans."""
    of = scenario(SHOP, "tariffs: {pay as you go: none}", f"tariffs: {{pay as you go: {{{tariff}}}}}")
    assert money(of, logs(of, calls=CALLS))["invoices"] == Decimal(expected)


TEN_CALLS = np.arange(10.0, 101.0, 10.0)
"""Talks of 10, 20, ... 100 s, from a provider's own comparison of billing by the second and by the minute."""


def billed(talks: np.ndarray, first: float, then: float) -> np.ndarray:
    """Billed seconds."""
    return stepped(microseconds(talks), BilledIn.model_construct(first=first, then=then, each="call")) / 1e6


@pytest.mark.parametrize(
    ("talks", "first", "then", "minutes"),
    [
        (TEN_CALLS, 1, 1, 9.1667),
        (TEN_CALLS, 6, 6, 9.5),
        (TEN_CALLS, 30, 6, 9.9),
        (TEN_CALLS, 30, 30, 11),
        (TEN_CALLS, 60, 1, 11.6667),
        (TEN_CALLS, 60, 60, 14),
        (TEN_CALLS, 20, 1, 9.3333),
        (np.tile(TEN_CALLS + 20, 20), 1, 1, 250),
        (np.tile(TEN_CALLS + 20, 20), 6, 6, 256),
        (np.tile(TEN_CALLS + 20, 20), 30, 30, 280),
        (np.tile(TEN_CALLS + 20, 20), 60, 60, 320),
    ],
)
def test_published_examples_of_rounding(talks: np.ndarray, first: float, then: float, minutes: float) -> None:
    """Each call is rounded up by itself."""
    assert billed(talks, first, then).sum() / 60 == pytest.approx(minutes, abs=5e-5)


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=5), st.integers(1, 90), st.integers(1, 6))
def test_steps_that_divide_longer_ones_never_cost_more(lengths: list[float], step: int, times: int) -> None:
    """Billed seconds are at least those talked, whole steps, and no fewer in steps several times as long."""
    talks = np.array(lengths)
    fine, coarse = (billed(talks, long, long) for long in (step, step * times))
    assert np.all(fine <= coarse)
    assert np.all(fine >= talks - 1e-6)
    assert np.all(fine % step == 0)


def test_a_minute_is_a_minute_at_any_time_of_the_month() -> None:
    """Instants are floats: 60 s from the 31st day on may come out a ten-billionth longer, and are billed as one."""
    begun = 2_592_000.1 + np.arange(1000) * 0.7
    assert np.all(billed((begun + 60.0) - begun, 60.0, 60.0) == 60.0)


def test_only_vendors_that_callers_can_come_to_are_paid() -> None:
    """A vendor that another variant of the file may use costs nothing here, not even its base."""
    of = scenario(SHOP, "vendors: {spare: {answers_after: 0 s, tariff: pay as you go}}")
    assert list(contracts(of)) == ["night"]
    alone = scenario(SHOP, "queues: {sales: {overflow: none}}")
    assert contracts(alone) == {}
    assert money(alone, logs(alone, calls=CALLS))["invoices"] == 0


def test_a_vendor_that_nobody_calls_costs_its_base() -> None:
    """And two vendors of one tariff cost it twice."""
    of = scenario(SHOP)
    assert money(of, logs(of), per_month=True)["invoices"] == Decimal("3000.00")
    two = scenario(SHOP, "vendors: {spare: {answers_after: 0 s, tariff: pay as you go}}",
                   "sources: {ads: {goes_to: {50%: queue sales, 50.0%: vendor spare}}}")  # fmt: skip
    assert money(two, logs(two), per_month=True)["invoices"] == Decimal("6000.00")


def test_calls_put_through_to_a_vendor_are_billed() -> None:
    """A talk of two minutes and a wrap-up of 20 s after one with the desk: 3 x 28."""
    of = scenario(SHOP, "tariffs: {pay as you go: {base: none}}")
    calls = """
who   dialled  asked    queue matched  agent  answered transferred left     freed    outcome
ads 1 09:00:00 09:00:00 sales 09:00:00 desk/0 09:00:05 09:01:05    09:03:35 09:01:35 outsourced
"""
    legs = """
who   leg queue vendor asked    matched  answered left     freed
ads 1 1   sales night  09:01:05 09:01:25 09:01:35 09:03:35 09:03:55
"""
    assert money(of, logs(of, calls=calls, legs=legs))["invoices"] == Decimal("84.00")


def test_a_played_day_is_billed() -> None:
    """One agent, two callers: the first talks for 10 minutes, the second goes to the vendor after 15 s, is answered
    11 s later and talks for 10 minutes at half the speed: 20 minutes and 20 s, billed as 21: 588.00."""
    of = scenario(SHOP, "vendors: {night: {speed: 2, answers_after: 11 s}}")
    found = perform(of, [0, 60], work=10)
    row = found.call(1)
    assert (row.vendor, row.matched, row.answered, row.left, row.freed) == ("night", 75, 86, 1286, 1306)
    assert money(of, tables(of, found.chunks))["invoices"] == kopecks(588 + 3000 * 12 / 365)


def test_a_vendor_who_only_takes_messages_is_paid_by_the_message() -> None:
    """Four calls that it answered are four messages; another vendor's are none."""
    text = "tariffs: {pay as you go: none}", "tariffs: {pay as you go: {per_message: 15 RUB}}"
    of = scenario(SHOP, *text, "vendors: {night: {takes_message: true, speed: 0.3}}")
    assert money(of, logs(of, calls=CALLS))["invoices"] == Decimal("60.00")
    helps = scenario(SHOP, *text)
    assert money(helps, logs(helps, calls=CALLS))["invoices"] == 0


def test_every_vendor_has_an_amount_of_its_own() -> None:
    """`invoice/night`; and invoices as they come are those of whole months or their days: 1 / 31 of the base."""
    of = scenario(SHOP)
    log = logs(of, calls=CALLS, people=PEOPLE, duties=DUTIES)
    found = ledger(of, prices(of), log).amounts(add_up(of, log), per_month=False)
    assert kopecks(found["invoice/night"]) == kopecks(found["invoices"]) == Decimal("320.77")

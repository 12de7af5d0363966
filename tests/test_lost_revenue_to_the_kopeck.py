"""Payroll, lost revenue and total cost against amounts computed by hand, to the kopeck.

The shop is the plain one of tests/script.py with one buyer: a lead costs 350, one answered caller in seven becomes a
customer (14 %), who orders for 18,000 four times a year for ten years, at a margin of 30 %.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from callsim import economics
from callsim.calllog import Logs, tables
from callsim.demand import Tape
from callsim.economics import AMOUNTS, LOSS_KEYS, ledger, losses, prices
from callsim.engine import simulate
from callsim.estimate import Estimate, difference, interval
from callsim.metrics import estimates
from callsim.payroll import payroll_of, seats_of
from callsim.scenario import Scenario
from callsim.scenario.vocabulary import LOSS_VIEWS
from callsim.sums import add_up
from callsim.value import Buyer, customer_lifetime_value, loss_of_caller, naive_loss_of_call
from tests.byhand import lines, logs
from tests.script import perform, scenario

BUYER = """
currency: RUB
sources: {ads: {worth: buyer}}
worth:
  buyer: {lead_cost: 350 RUB, converts: 14%, first_order: 18 000 RUB, margin: 30%, orders_per_year: 4, years: 10,
          discount: 15%, promoters: 10%, referrals_each: 2, referred_worth: 116%}
"""
WEEK = """
currency: RUB
calendar: {days: 7, open: {mon-fri: 09:00-18:00}}
teams:
  desk:
    agents: {mon-fri: {09:00-12:00: 2, 12:00-18:00: 3}}
    pay: {wage: 350 RUB per hour, employer_taxes: 30.2%, seat: 12 000 RUB per month}
"""


def kopecks(amount: float) -> Decimal:
    """An estimate as it would be shown on an invoice."""
    return Decimal(repr(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def buyer(**changes: Any) -> Buyer:
    """The buyer, some numbers changed: years and retention take each other's place."""
    worth = scenario(BUYER).worth["buyer"]
    if "retention" in changes:
        changes["years"] = None
    return worth.model_copy(update=changes).buyer


def one_replication(of: Scenario, dials: list[Any], **given: Any) -> Logs:
    return tables(of, perform(of, dials, **given).chunks)


def total(of: Scenario, log: Logs) -> Mapping[str, float]:
    return add_up(of, log).total


def amounts_of(of: Scenario, *replications: Logs, per_month: bool = False) -> dict[str, Estimate]:
    sums = [add_up(of, log) for log in replications]
    rows = [ledger(of, prices(of), log).amounts(one) for one, log in zip(sums, replications, strict=True)]
    return economics.estimates(rows, sums, per_month=per_month)


def money(of: Scenario, *replications: Logs, per_month: bool = False) -> dict[str, Decimal]:
    """Every amount that has a price, in kopecks."""
    found = amounts_of(of, *replications, per_month=per_month)
    assert list(found) == [amount.key for amount in AMOUNTS]
    return {key: kopecks(estimate.value) for key, estimate in found.items() if not math.isnan(estimate.value)}


# What a customer is worth.


def test_the_lifetime_value_of_the_buyer() -> None:
    """A year's margin is 72,000 x 30 % = 21,600; of the customers 9 in 10 stay: 21,600 x 1.15 / 0.25."""
    assert kopecks(customer_lifetime_value(buyer())) == Decimal("99360.00")


def test_lifetime_value_is_the_sum_of_discounted_margins() -> None:
    """Ten years with survival are worth 90,796.36, the endless sum 99,360.00; without the first margin 77,760.00."""
    years = [21_600 * 0.9**year / 1.15**year for year in range(400)]
    assert kopecks(sum(years[:10])) == Decimal("90796.36")
    assert kopecks(customer_lifetime_value(buyer())) == kopecks(sum(years)) == Decimal("99360.00")
    assert kopecks(sum(years[1:])) == Decimal("77760.00")


def test_the_published_catalogue_exercise() -> None:
    """Margin 150 a year, retention 55 %, interest 10 %, acquisition 100: 200.00 with the first margin now, 50.00 with
    the first margin a year later."""
    worth = buyer(first_order=Decimal(150), orders_per_year=1.0, margin=1.0, retention=0.55, discount=0.10)
    value = customer_lifetime_value(worth)
    assert kopecks(value - 100) == Decimal("200.00")
    assert kopecks(value - 150 - 100) == Decimal("50.00")


def test_the_published_multiple_of_the_margin() -> None:
    """r / (1 + i - r) at 80 % and 10 % is 2.6667: margins after the first are worth so many of it."""
    worth = buyer(first_order=Decimal(1), orders_per_year=1.0, margin=1.0, retention=0.80, discount=0.10)
    assert customer_lifetime_value(worth) - 1 == pytest.approx(8 / 3)


def test_without_interest_a_customer_is_worth_the_margin_of_their_years() -> None:
    """720,000 of revenue in ten years at 30 %."""
    assert kopecks(customer_lifetime_value(buyer(discount=0.0))) == Decimal("216000.00")


def test_years_and_retention_say_the_same() -> None:
    """Ten years are a retention of 90 %."""
    assert kopecks(customer_lifetime_value(buyer(retention=0.9))) == Decimal("99360.00")
    assert kopecks(naive_loss_of_call(buyer(retention=0.9))) == Decimal("722500.00")


def test_a_lifetime_holds_the_first_order_of_those_who_seldom_order() -> None:
    """One order in ten years: 1,800 x 30 % a year x 1.15 / 0.25 is 2,484.00, but the first order alone brings
    5,400.00, and it is certain."""
    seldom = buyer(orders_per_year=0.1)
    assert kopecks(540 * 1.15 / 0.25) == Decimal("2484.00")
    assert kopecks(customer_lifetime_value(seldom)) == Decimal("5400.00")
    loss = loss_of_caller(seldom)
    assert loss.first_order == loss.lifetime


def test_customers_of_one_year_are_worth_one_margin() -> None:
    """Nobody stays for a second year."""
    assert kopecks(customer_lifetime_value(buyer(years=1.0))) == Decimal("21600.00")


# What a lost caller costs.


def test_the_views_of_one_lost_caller() -> None:
    """350 for the lead; 14 % of 5,400; 14 % of 99,360; that times 1 + 10 % x 2 x 1.16 = 1.232; another lead."""
    loss = loss_of_caller(buyer())
    assert [kopecks(view) for view in loss] == [
        Decimal("350.00"), Decimal("756.00"), Decimal("13910.40"), Decimal("17137.61"), Decimal("350.00"),
    ]  # fmt: skip


def test_revenue_is_multiplied_by_the_conversion() -> None:
    """At a margin of 100 % a lost caller is 14 % of 18,000, not 18,000."""
    assert kopecks(loss_of_caller(buyer(margin=1.0)).first_order) == Decimal("2520.00")


def test_the_popular_method() -> None:
    """Acquisition 350 / 14 % = 2,500 and 720,000 of revenue for each missed call."""
    assert kopecks(naive_loss_of_call(buyer())) == Decimal("722500.00")
    assert kopecks(naive_loss_of_call(buyer(converts=0.0))) == Decimal("720000.00")


def test_the_worked_chain_from_missed_calls_to_money() -> None:
    """300 missed calls, a third (33 %) of them redialled: 201 callers, 60 % of them new: 120.60; a quarter of these
    recovered: 90.45 are lost, 12.663 customers."""
    callers = 300 * (1 - 0.33) * 0.60 * (1 - 0.50 * 0.50)
    assert callers == pytest.approx(90.45)
    assert callers * buyer().converts == pytest.approx(12.663)
    of = scenario(BUYER)
    found = losses(prices(of), lost={"ads": 90.45}, missed={"ads": 300})
    assert {key: kopecks(amount) for key, amount in found.items()} == {
        "loss_acquisition": Decimal("31657.50"),
        "loss_first_order": Decimal("68380.20"),
        "loss_lifetime": Decimal("1258195.68"),
        "loss_with_referrals": Decimal("1550097.08"),
        "loss_replacement": Decimal("31657.50"),
        "loss_naive": Decimal("216750000.00"),
    }
    assert found["loss_naive"] / found["loss_with_referrals"] == pytest.approx(139.83, abs=0.005)


# Double counting. One agent talks for 600 s with a caller of no worth who came first; the buyers hang up after 15 s.

BUSY = (
    BUYER,
    """
count_loss_as: first order
sources:
  web: {callers: 1 per hour, goes_to: queue sales, hangs_up_ringing: never, talk: 600 s, kinds: {service: 100%},
        worth: buyer}
  ads: {hangs_up_ringing: 15 s, redial: {chance: 50%, after: 100 s, at_most: 3}}
""",
)


def test_callers_are_lost_not_calls() -> None:
    """Calls at 10, 125, 240 and 355 s, all missed: four missed calls, one lost caller."""
    of = scenario(*BUSY)
    log = one_replication(of, [(0, "web"), 10])
    assert (total(of, log)["missed"], total(of, log)["lost"]) == (4, 1)
    found = money(of, log)
    assert found["loss_acquisition"] == Decimal("350.00")
    assert found["loss_first_order"] == Decimal("756.00")
    assert found["loss_naive"] == Decimal("2890000.00")


def test_whoever_redials_and_gets_through_is_not_lost() -> None:
    """Calls at 400 and 515 s are missed, that at 630 s is answered."""
    of = scenario(*BUSY)
    log = one_replication(of, [(0, "web"), 400])
    assert (total(of, log)["missed"], total(of, log)["answered"]) == (2, 2)
    found = money(of, log)
    assert {key: found[key] for key in LOSS_KEYS.values()} == dict.fromkeys(LOSS_KEYS.values(), Decimal("0.00"))


def test_seats_are_those_of_the_counted_time() -> None:
    """Nine agents on the Monday of the warm-up, then one: one seat, and the agent of the warm-up's last moment counts
    as the first of the counted time."""
    agents = "teams: {desk: {agents: {mon: {00:00-24:00: 9}, tue-fri: {00:00-24:00: 1}}}}"
    assert seats_of(scenario(agents, "calendar: {days: 5, warm_up: 2 days}"), "desk") == 1
    assert seats_of(scenario(agents, "calendar: {days: 5, warm_up: 1 day}"), "desk") == 1
    assert seats_of(scenario(agents, "calendar: {days: 5, warm_up: 23 h}"), "desk") == 9


SHIFTS = """
currency: RUB
calendar: {days: 1, open: {mon: 08:00-20:00}}
teams:
  desk:
    agents: none
    shifts:
      - {days: mon, hours: 08:00-14:00, agents: 2, breaks: [{at: 10:00, lasts: 30 min}, {at: 12:00, lasts: 15 min, paid: true}]}
      - {days: mon, hours: 12:00-20:00, agents: 1}
      - {days: mon, hours: 14:00-20:00, agents: 2}
    pay: {wage: 350 RUB per hour, employer_taxes: 30.2%, seat: 12 000 RUB per month}
"""


def test_shifts_that_meet_share_their_seats() -> None:
    """Two from 8 to 14, one from 12 to 20, two from 14 to 20: never more than three at once, breaks or not."""
    assert seats_of(scenario(SHIFTS), "desk") == 3
    assert seats_of(scenario(SHIFTS, "teams: {desk: {absence: 50%}}"), "desk") == 3


def test_paid_breaks_are_paid_and_unpaid_ones_and_the_absent_are_not() -> None:
    """2 x 5.5 h and 8 h of the first three agents, 2 x 6 h of the others: 31 h x 350 x 1.302 = 14,126.70; without one
    of the others 25 h: 11,392.50; three seats for a day of 365/12: 1,183.56."""
    of = scenario(SHIFTS)
    assert money(of, one_replication(of, []))["payroll"] == Decimal("15310.26")
    sick = scenario(SHIFTS, "teams: {desk: {absence: 50%}}")
    assert money(sick, one_replication(sick, [], absence={"desk": {0: [4]}}))["payroll"] == Decimal("12576.06")


@pytest.mark.parametrize(("kind", "cost"), [(0, "756.00"), (1, "0.00"), (2, "0.00"), (3, "0.00")])
def test_only_new_callers_cost_a_first_order(kind: int, cost: str) -> None:
    """Lost callers of kind existing, service and junk cost nothing, though their source has a worth."""
    of = scenario(*BUSY, "teams: {desk: {pay: {wage: 0 RUB per hour}}}")
    log = one_replication(of, [(0, "web"), 10], kind={0: 2, 1: kind})
    assert total(of, log)["lost"] == 1
    assert money(of, log)["loss_first_order"] == money(of, log)["total_cost"] == Decimal(cost)


def test_open_callers_are_not_lost() -> None:
    """Whoever still talks, or would call again, when the simulation ends is neither lost nor saved."""
    of = scenario(*BUSY, "calendar: {cool_down: 0 s}")
    log = one_replication(of, [(86_000, "web"), 86_300])
    assert (total(of, log)["open"], total(of, log)["lost"]) == (2, 0)
    assert money(of, log)["loss_first_order"] == Decimal("0.00")


@pytest.mark.parametrize("view", LOSS_VIEWS)
def test_total_cost_is_payroll_and_the_one_loss_named(view: str) -> None:
    """The views are never added up, and the naive method is in no total."""
    pay = "teams: {desk: {pay: {wage: 350 RUB per hour, employer_taxes: 30.2%}}}"
    of = scenario(*BUSY, pay, f"count_loss_as: {view}")
    found = money(of, one_replication(of, [(0, "web"), 10]))
    assert found["payroll"] == Decimal("10936.80")  # 24 h x 350 x 1.302
    expected = {
        "acquisition": "11286.80",
        "first order": "11692.80",
        "lifetime": "24847.20",
        "with referrals": "28074.41",
        "replacement": "11286.80",
    }
    assert found["total_cost"] == Decimal(expected[view])


def test_what_has_no_price_is_missing() -> None:
    """No wage, no payroll; no worth, no loss; no loss named, or nobody paid, no total. Where there are prices at all,
    whoever has no vendor gets no invoice: that is known."""
    loss = {*LOSS_KEYS.values(), "loss_naive"}
    paid = "teams: {desk: {pay: {flat: 1 000 RUB per month}}}"
    cases = (
        ((), set()),
        (("currency: RUB", paid), {"payroll", "invoices"}),
        ((BUYER,), {"invoices", *loss}),
        ((BUYER, "count_loss_as: lifetime"), {"invoices", *loss}),
        ((BUYER, "count_loss_as: lifetime", paid), {"payroll", "invoices", *loss, "total_cost"}),
    )
    for texts, expected in cases:
        of = scenario(*texts)
        found = money(of, one_replication(of, [0]))
        assert set(found) == expected
        assert found.get("invoices", 0) == 0


def test_amounts_of_replications_are_means_and_their_differences_paired() -> None:
    """One lost caller in the first replication, three in the second: 1,512.00 on average; against none in either,
    1,512.00 more."""
    of = scenario(BUYER)
    lossy = [logs(of, people=LOST + number * (LOST.splitlines()[2] + "\n")) for number in (0, 2)]
    found = amounts_of(of, *lossy)["loss_first_order"]
    none = amounts_of(of, logs(of), logs(of))["loss_first_order"]
    assert kopecks(found.value) == Decimal("1512.00")
    assert kopecks(difference(none, found).value) == Decimal("1512.00")


LOST = """
who   dialled  kind     resolution  resolved served   first_missed
ads 1 10:00:00 new      lost        10:00:30 -        10:00:00
"""


@pytest.mark.parametrize(
    ("kind", "resolution", "expected"),
    [
        ("new", "lost", "756.00"),
        ("new", "unserved", "756.00"),  # answered by a vendor, but not helped, and nothing followed
        ("new", "served", "0.00"),
        ("new", "outsourced", "0.00"),
        ("new", "open", "0.00"),
        ("existing", "unserved", "0.00"),
        ("service", "lost", "0.00"),
        ("junk", "lost", "0.00"),
    ],
)
def test_who_costs_a_first_order(kind: str, resolution: str, expected: str) -> None:
    """Callers of kind new who were lost, or answered without being helped."""
    of = scenario(BUYER)
    log = logs(of, people=LOST.replace("new ", f"{kind} ").replace("lost ", f"{resolution} "))
    assert money(of, log)["loss_first_order"] == Decimal(expected)


CALLED_BACK = """
who   dialled  kind     resolution  resolved served   first_missed
ads 1 10:00:00 new      called_back 12:02:00 12:00:00 11:00:00
ads 2 10:00:00 new      called_back 10:12:00 10:10:00 10:00:00
ads 3 11:30:00 new      called_back 12:02:00 12:00:00 -
ads 4 10:00:00 existing called_back 12:02:00 12:00:00 11:00:00
"""


def test_a_called_back_caller_loses_what_has_cooled_once_in_every_view() -> None:
    """Interest halves in an hour. Of ads 1, missed at 11 and called at 12, half is lost; of ads 2 after 10 minutes
    1 - 2^-(1/6) = 10.91 %; ads 3, whom a vendor did not help, cooled from the dial, in half an hour 29.29 %: together
    0.901994 callers."""
    of = scenario(BUYER, "worth: {buyer: {interest_halves_in: 60 min}}")
    found = money(of, logs(of, people=CALLED_BACK))
    share = 0.5 + (1 - 2 ** (-1 / 6)) + (1 - 2**-0.5)
    assert share == pytest.approx(0.901994, abs=1e-6)
    assert found["loss_acquisition"] == Decimal("315.70")  # 350 x 0.901994
    assert found["loss_first_order"] == Decimal("681.91")
    assert found["loss_lifetime"] == Decimal("12547.10")
    assert found["loss_with_referrals"] == Decimal("15458.03")


PARTS_OF = """
who   dialled  kind     resolution  resolved served   first_missed
ads 1 10:00:00 new      called_back 12:02:00 12:00:00 11:00:00
ads 2 10:00:00 new      lost        10:12:00 -        10:00:00
ads 3 11:30:00 new      unserved    12:02:00 12:00:00 -
ads 4 10:00:00 service  lost        12:02:00 -        11:00:00
ads 5 10:00:00 existing lost        12:02:00 -        11:00:00
"""


def test_the_loss_counted_is_the_sum_of_its_parts() -> None:
    """Ads 2 was never reached and ads 3 not helped: two at 756. Ads 1 was called back when half was lost: 378. Ads 5 is
    a customer with an order of 1 000 at stake, of which 30 % are margin: 300. Ads 4 wanted to buy nothing."""
    stake = "existing: {leaves: 0%, orders: 100%, order: 1 000 RUB}"
    of = scenario(BUYER, "count_loss_as: first order", f"worth: {{buyer: {{interest_halves_in: 60 min, {stake}}}}}")
    log = logs(of, people=PARTS_OF)
    found = economics.ledger(of, prices(of), log).amounts(add_up(of, log))
    expected = {"new_gone": 2, "new_called_back": 1, "new_cooled": 0.5, "existing_lost": 1}
    assert {key: found[key] for key in expected} == pytest.approx(expected)
    parts = {"loss_gone": 1512, "loss_cooled": 378, "loss_existing": 300}
    assert {key: found[key] for key in parts} == pytest.approx(parts)
    assert found["loss_first_order"] == pytest.approx(2190)


@pytest.mark.parametrize(("minutes", "kept"), [(5, ".9439"), (10, ".8909"), (30, ".7071"), (60, ".5"), (120, ".25")])
def test_the_published_shares_of_interest(minutes: int, kept: str) -> None:
    """With a half-life of an hour 94.39 % are left after 5 minutes, a quarter after two hours."""
    of = scenario(BUYER, "worth: {buyer: {interest_halves_in: 60 min}}")
    people = lines(CALLED_BACK, "ads 1").replace("12:00:00", f"{11 + minutes // 60}:{minutes % 60}:00")
    lost = economics.ledger(of, prices(of), logs(of, people=people)).stories()["new"].lost
    assert 1 - lost["ads"] == pytest.approx(float(kept), abs=5e-5)


def test_without_a_half_life_nothing_cools() -> None:
    """A caller who was called back is not lost at all."""
    of = scenario(BUYER)
    found = money(of, logs(of, people=CALLED_BACK))
    assert all(found[key] == 0 for key in LOSS_KEYS.values())


def test_only_callers_of_the_counted_time_are_lost() -> None:
    """First dials at the end of the warm-up and of the day, and before and after."""
    of = scenario(BUYER, "calendar: {warm_up: 1 h}")
    times = ("00:59:59", "01:00:00", "23:59:59", "1+00:00:00")
    heading, row = LOST.strip().splitlines()
    people = "\n".join([heading, *(row.replace("10:00:00", time, 1) for time in times)])
    assert money(of, logs(of, people=people))["loss_acquisition"] == Decimal("700.00")


# Payroll.


def test_payroll_of_a_week_by_hand() -> None:
    """Five days of 3 x 2 + 6 x 3 = 24 h: 120 h x 350 x 1.302 = 54,684.00; three seats for 7 of 365/12 days:
    36,000 x 84 / 365 = 8,284.93. A month of such weeks: 54,684 x 365 / 84 = 237,615.00 and 36,000.00."""
    of = scenario(WEEK)
    log = one_replication(of, [9 * 3600.0])
    assert seats_of(of, "desk") == 3
    assert money(of, log)["payroll"] == Decimal("62968.93")
    assert money(of, log, per_month=True)["payroll"] == Decimal("273615.00")


@pytest.mark.parametrize("days", [1, 7, 28, 31, 365])
def test_a_monthly_fee_shows_as_itself(days: int) -> None:
    """A seat of 12,000 and a flat sum of 50,000 a month, however many days are simulated."""
    calendar = f"calendar: {{days: {days}}}"
    flat = "currency: RUB\nteams: {desk: {pay: {flat: 50 000 RUB per month}}}"
    seat = "teams: {desk: {pay: {seat: 12 000 RUB per month}}}"
    for texts, expected in (((calendar, flat), "50000.00"), ((calendar, flat, seat), "62000.00")):
        of = scenario(*texts)
        assert money(of, one_replication(of, []), per_month=True)["payroll"] == Decimal(expected)


def test_wage_seats_and_flat_sums_add_up() -> None:
    """100 h x 350 x 1.302 = 45,570.00; half a month of two seats and the flat sum: 12,000.00 + 25,000.00."""
    pay = scenario(WEEK, "teams: {desk: {pay: {flat: 50 000 RUB per month}}}").teams["desk"].pay
    assert pay is not None
    assert kopecks(payroll_of(pay, paid_hours=100.0, seats=2, months=0.5)) == Decimal("82570.00")


def test_phone_lines_are_paid_by_the_month() -> None:
    """Four lines at 500 are 2,000 a month, for a week of 168 counted hours of a month's 730: 460.27; in the total too."""
    counted = "lines: 4\ncount_loss_as: first order\n"
    changes = counted, f"{counted}line_rent: 500 RUB per month\n"
    plain, rented = (scenario(BUYER, WEEK, change) for change in changes)
    without, found = (money(of, one_replication(of, [13 * 3600.0])) for of in (plain, rented))
    assert "phone_lines" not in without
    assert found["phone_lines"] == Decimal("460.27")
    quiet = [money(of, one_replication(of, []), per_month=True) for of in (plain, rented)]
    assert quiet[1]["phone_lines"] == quiet[1]["total_cost"] - quiet[0]["total_cost"] == Decimal("2000.00")


def test_overtime_is_paid() -> None:
    """A talk of 50 minutes from 17:40 on keeps one agent until 18:30: half an hour more, 0.5 x 350 x 1.302 = 227.85."""
    of = scenario(WEEK)
    quiet = money(of, one_replication(of, [17 * 3600.0]))
    late = money(of, one_replication(of, [17 * 3600.0 + 2400], work=50.0))
    assert late["payroll"] - quiet["payroll"] == Decimal("227.85")


def test_time_outside_the_counted_window_is_not_paid() -> None:
    """A warm-up of 12 hours takes the first 6 agent-hours away: 114 h x 350 x 1.302 = 51,949.80, and seats for the
    156 counted hours of a month's 730: 36,000 x 156 / 730 = 7,693.15."""
    of = scenario(WEEK, "calendar: {warm_up: 12 h}")
    assert money(of, one_replication(of, [13 * 3600.0]))["payroll"] == Decimal("59642.95")


# Callers and calls.

MENU_ONLY = """
sources: {ads: {callers: 200 per hour, goes_to: menu main, redial: {chance: 33%, after: 5 min, at_most: never}}}
menus: {main: {answers_after: 0 s, prompt: 10 s, hangs_up: 30%, keys: [{share: 100%, to: self_service hours}]}}
self_service: {hours: {takes: 5 s, resolves: 100%}}
"""


def near(estimate: Estimate, truth: float) -> bool:
    """Whether the 99.9 % interval holds the truth."""
    found = interval(estimate, confidence=0.999)
    assert found.low is not None
    assert found.high is not None
    return found.low <= truth <= found.high


def test_the_redial_identity() -> None:
    """30 % of the calls are missed, 33 % of these redialled: 1 / (1 - 0.3 x 0.33) calls per caller, 0.3 x 0.67 / (1 -
    0.3 x 0.33) of the callers lost, and 1 / 0.67 missed calls for each lost caller. Exactly, on every log whose
    stories all begin and end in it: missed calls are lost callers and redials."""
    of = scenario(MENU_ONLY, "calendar: {cool_down: 1 day}")
    sums, ratios = [], []
    for replication in range(4):
        logs = tables(of, simulate(of, Tape(of, 1, replication), "simpy"))
        sums.append(add_up(of, logs))
        stories = logs.callers.filter(logs.callers["resolution"] != "open")
        missed = int(stories["attempts"].sum()) - int((stories["resolution"] == "self_served").sum())
        lost = int((stories["resolution"] == "lost").sum())
        assert missed == lost + int(stories["attempts"].sum()) - len(stories)
        ratios.append(missed / lost)
    found = estimates(sums)
    assert near(found["missed_rate"], 0.30)
    assert near(found["attempts_per_caller"], 1.10988)
    assert near(found["lost_caller_rate"], 0.223085)
    assert sum(ratios) / len(ratios) == pytest.approx(1.492537, rel=0.02)

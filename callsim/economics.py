"""Money that is estimated: payroll, what a caller is worth, what lost callers cost. Floats, in the currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from callsim.estimate import Estimate, mean, scaled
from callsim.metrics import MONTH, Sums
from callsim.scenario.timetable import steps
from callsim.scenario.vocabulary import LOSS_VIEWS, Pay, Scenario, Worth


class Amount(NamedTuple):
    """One row of money: its key, title and meaning."""

    key: str
    title: str
    definition: str


AMOUNTS = (
    Amount("payroll", "payroll", "paid hours x wage x (1 + employer taxes), seats, flat sums"),
    Amount("loss_acquisition", "lost: advertising", "lead cost of lost callers of kind new"),
    Amount("loss_first_order", "lost: first orders", "margin of the first orders that lost callers would have placed"),
    Amount("loss_lifetime", "lost: lifetime value", "discounted margin of the customers they would have become"),
    Amount("loss_with_referrals", "lost: with referrals", "the same and the customers these would have brought"),
    Amount("loss_naive", "naive: calls x lifetime",
           "every missed call as a lost customer's acquisition and whole revenue: not a cost"),
    Amount("total_cost", "total cost", "payroll and the loss named by `count_loss_as`"),
)  # fmt: skip
"""The four losses are alternative views of the same callers and are never added up."""

LOSS_KEYS = {view: f"loss_{view.replace(' ', '_')}" for view in LOSS_VIEWS}


def customer_lifetime_value(worth: Worth) -> float:
    """Discounted margin of one customer, the first order included, first margin now.

    m (1 + i) / (1 + i - r) with m the margin of a year, i the discount and r the retention: Gupta, Lehmann & Stuart
    2004, Journal of Marketing Research 41. Customers stay on with the same chance each year, without end.
    """
    first_order = float(worth.first_order) * worth.margin
    margin = first_order * worth.orders_per_year
    # Of a customer who orders less than once a year the formula counts less than the order that makes a customer.
    return max(first_order, margin * (1.0 + worth.discount) / (1.0 + worth.discount - worth.kept))


class Loss(NamedTuple):
    """What one lost caller of kind new costs, in four views; each contains or replaces the one before."""

    acquisition: float
    first_order: float
    lifetime: float
    with_referrals: float


def loss_of_caller(worth: Worth) -> Loss:
    """The expected loss: a caller is a customer only with the chance `converts`.

    MONEY: wasted lead cost; converts x first order x margin; converts x lifetime value; that with one generation of
    referrals, 1 + promoters x referrals each x referred worth.
    """
    lifetime = worth.converts * customer_lifetime_value(worth)
    return Loss(
        acquisition=float(worth.lead_cost),
        first_order=worth.converts * float(worth.first_order) * worth.margin,
        lifetime=lifetime,
        with_referrals=lifetime * (1.0 + worth.promoters * worth.referrals_each * worth.referred_worth),
    )


def naive_loss_of_call(worth: Worth) -> float:
    """What the popular method says a missed call costs: the acquisition and the whole revenue of a customer.

    Shown for comparison only. It takes calls for callers, callers for customers, revenue for margin, and adds an
    acquisition that the revenue would have paid for.
    """
    years = worth.years if worth.years is not None else 1.0 / (1.0 - worth.kept) if worth.kept < 1.0 else float("inf")
    acquisition = float(worth.lead_cost) / worth.converts if worth.converts else 0.0
    return acquisition + float(worth.first_order) * worth.orders_per_year * years


def payroll_of(pay: Pay, *, paid_hours: float, seats: int, months: float) -> float:
    """Cost of a team: paid hours x wage x (1 + taxes), seats and flat sums by the month of 365/12 days."""
    wage = 0.0 if pay.wage is None else float(pay.wage.amount)
    seat = 0.0 if pay.seat is None else float(pay.seat.amount)
    flat = 0.0 if pay.flat is None else float(pay.flat.amount)
    return paid_hours * wage * (1.0 + pay.employer_taxes) + (seats * seat + flat) * months


def seats_of(scenario: Scenario, team: str) -> int:
    """The highest rostered headcount of the counted time."""
    calendar, agents = scenario.calendar, scenario.teams[team].agents
    most = 0.0
    for day in range(calendar.days):
        for time, value in steps(agents, calendar, day):
            # Until counting begins only the last headcount matters: it is the first that counts.
            most = value if time <= calendar.warm_up else max(most, value)
    return int(most)


class Prices(NamedTuple):
    """What a scenario's sums are multiplied with: computed once, used for every replication."""

    pay: Mapping[str, tuple[Pay, int]]
    """Pay and seats by team."""
    losses: Mapping[str, Loss]
    """Loss of a lost caller by source."""
    naive: Mapping[str, float]
    """The naive loss of a missed call by source."""
    counted_as: str | None


def prices(scenario: Scenario) -> Prices:
    """Everything in a scenario that has a price."""
    worths = {name: scenario.worth[source.worth] for name, source in scenario.sources.items() if source.worth}
    pay = {name: (team.pay, seats_of(scenario, name)) for name, team in scenario.teams.items() if team.pay is not None}
    losses = {name: loss_of_caller(worth) for name, worth in worths.items()}
    naive = {name: naive_loss_of_call(worth) for name, worth in worths.items()}
    return Prices(pay, losses, naive, scenario.count_loss_as)


def amounts(price: Prices, sums: Sums) -> dict[str, float]:
    """The money of one replication's counted time.

    What has no price is not there: teams without pay have no payroll, and without it there is no total.
    """
    found: dict[str, float] = {}
    months = sums.total["counted_s"] / MONTH
    if price.pay or not sums.by_team:
        found["payroll"] = sum(
            payroll_of(pay, paid_hours=sums.by_team[team]["paid_s"] / 3600.0, seats=seats, months=months)
            for team, (pay, seats) in price.pay.items()
        )
    if price.losses:
        for view, key in LOSS_KEYS.items():
            field = view.replace(" ", "_")
            found[key] = sum(
                sums.by_source[source]["lost_new"] * getattr(loss, field) for source, loss in price.losses.items()
            )
        found["loss_naive"] = sum(sums.by_source[source]["missed"] * loss for source, loss in price.naive.items())
    if price.counted_as is not None and "payroll" in found:
        found["total_cost"] = found["payroll"] + found.get(LOSS_KEYS[price.counted_as], 0.0)
    return found


def estimates(scenario: Scenario, replications: Sequence[Sums], *, per_month: bool = True) -> dict[str, Estimate]:
    """Every amount over replications, for a month of 365/12 days or for the counted time; NaN where it has no price."""
    price = prices(scenario)
    rows = [amounts(price, sums) for sums in replications]
    factor = MONTH / replications[0].total["counted_s"] if per_month else 1.0
    missing = float("nan")
    return {row.key: scaled(mean([one.get(row.key, missing) for one in rows]), factor) for row in AMOUNTS}

"""Money that is estimated: payroll, what a caller is worth, what lost callers cost. Floats, in the currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import polars as pl

from callsim import calllog, tariffs
from callsim.calllog import Logs, Resolution
from callsim.estimate import Estimate, mean, scaled
from callsim.metrics import MONTH
from callsim.scenario.money import Tariff
from callsim.scenario.roster import stints
from callsim.scenario.vocabulary import KINDS, LOSS_VIEWS, Pay, Scenario, Worth
from callsim.sums import Sums


class Amount(NamedTuple):
    """One row of money: its key, title and meaning."""

    key: str
    title: str
    definition: str


AMOUNTS = (
    Amount("payroll", "payroll", "paid hours x wage x (1 + employer taxes), seats, flat sums"),
    Amount("invoices", "invoices", "what vendors charge for the calls that they answered, and their monthly base"),
    Amount("loss_acquisition", "lost: advertising",
           "lead cost of lost callers of kind new, and of those called back the share that has cooled"),
    Amount("loss_first_order", "lost: first orders", "margin of the first orders that lost callers would have placed"),
    Amount("loss_lifetime", "lost: lifetime value", "discounted margin of the customers they would have become"),
    Amount("loss_with_referrals", "lost: with referrals", "the same and the customers these would have brought"),
    Amount("loss_naive", "naive: calls x lifetime",
           "every missed call as a lost customer's acquisition and whole revenue: not a cost"),
    Amount("total_cost", "total cost", "payroll, invoices and the loss named by `count_loss_as`"),
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
    """The highest rostered headcount of the counted time: those on a break, or absent, have a seat as well."""
    calendar, rules = scenario.calendar, scenario.teams[team]
    rostered = [stint for day in range(calendar.days) for stint in stints(rules, calendar, day)]
    counted = [stint for stint in rostered if stint.end > calendar.warm_up and stint.start < calendar.end]
    comes = [(max(stint.start, calendar.warm_up), 1) for stint in counted]
    # Whoever goes makes room for whoever comes at that moment.
    changes = sorted([*comes, *((stint.end, -1) for stint in counted)])
    return max(accumulate((change for _, change in changes), initial=0))


class Prices(NamedTuple):
    """What a scenario's sums are multiplied with: computed once, used for every replication."""

    currency: str | None
    pay: Mapping[str, tuple[Pay, int]]
    """Pay and seats by team."""
    contracts: Mapping[str, Tariff]
    """By vendor that callers can come to."""
    losses: Mapping[str, Loss]
    """Loss of a lost caller by source."""
    halves_in: Mapping[str, float]
    """Half-life of a caller's interest by source, where it cools."""
    naive: Mapping[str, float]
    """The naive loss of a missed call by source."""
    counted_as: str | None


def prices(scenario: Scenario) -> Prices:
    """Everything in a scenario that has a price."""
    worths = {name: scenario.worth[source.worth] for name, source in scenario.sources.items() if source.worth}
    return Prices(
        currency=scenario.currency,
        pay={name: (team.pay, seats_of(scenario, name)) for name, team in scenario.teams.items() if team.pay},
        contracts=tariffs.contracts(scenario),
        losses={name: loss_of_caller(worth) for name, worth in worths.items()},
        halves_in={name: worth.interest_halves_in for name, worth in worths.items() if worth.interest_halves_in},
        naive={name: naive_loss_of_call(worth) for name, worth in worths.items()},
        counted_as=scenario.count_loss_as,
    )


Amounts = dict[str, float]
"""Amounts by key; what has no price is not there."""


def amounts(scenario: Scenario, price: Prices, *, sums: Sums, logs: Logs) -> Amounts:
    """The money of one replication's counted time.

    Teams without pay have no payroll, and without it there is no total. Whoever has no vendor gets no invoice.
    """
    found: Amounts = {}
    months = sums.total["counted_s"] / MONTH
    if price.pay or not sums.by_team:
        found["payroll"] = sum(
            payroll_of(pay, paid_hours=sums.by_team[team]["paid_hours"], seats=seats, months=months)
            for team, (pay, seats) in price.pay.items()
        )
    if price.currency is not None:
        found["invoices"] = invoices(scenario, price, logs, months=months)
    if price.losses:
        missed = {name: group["missed"] for name, group in sums.by_source.items()}
        found |= losses(price, lost=lost_by_source(scenario, price, logs), missed=missed)
    if price.counted_as is not None and "payroll" in found:
        loss = found.get(LOSS_KEYS[price.counted_as], 0.0)
        found["total_cost"] = found["payroll"] + found.get("invoices", 0.0) + loss
    return found


def invoices(scenario: Scenario, price: Prices, logs: Logs, *, months: float) -> float:
    """What all vendors charge for the calls, put through to them or not, whose answers lie in the counted time."""
    start, end, answered = scenario.calendar.warm_up, scenario.calendar.end, pl.col("answered")
    columns = ("vendor", "matched", "answered", "left", "freed")
    counted = pl.concat(
        log.select(columns).filter((answered >= start) & (answered < end)) for log in (logs.attempts, logs.legs)
    )
    return sum(
        tariffs.bill(tariff, counted.filter(pl.col("vendor") == vendor), months=months)
        for vendor, tariff in price.contracts.items()
    )


def lost_by_source(scenario: Scenario, price: Prices, logs: Logs) -> dict[str, float]:
    """Counted callers of kind new who were lost, and the shares of interest lost of those who were called back.

    Interest cools from the dial of the first missed call, or the first of all, to the call back: of it remains
    2^-(that time / half-life).
    """
    people = calllog.arrays(scenario, logs.callers, *_CALLER_COLUMNS)
    start, end = scenario.calendar.warm_up, scenario.calendar.end
    ours = (people["dialled"] >= start) & (people["dialled"] < end) & (people["kind"] == KINDS.index("new"))
    source, resolution, dialled, missed, served = (people[name][ours] for name in _CALLER_COLUMNS if name != "kind")
    halves_in = np.array([price.halves_in.get(name, np.inf) for name in scenario.sources])[source]
    cooled = 1.0 - 2.0 ** -((served - np.where(np.isnan(missed), dialled, missed)) / halves_in)
    lost = np.isin(resolution, (Resolution.LOST, Resolution.UNSERVED)).astype(np.float64)
    shares = np.where(resolution == Resolution.CALLED_BACK, cooled, lost)
    return dict(zip(scenario.sources, np.bincount(source, shares, len(scenario.sources)).tolist(), strict=True))


_CALLER_COLUMNS = ("kind", "source", "resolution", "dialled", "first_missed", "served")


def losses(price: Prices, *, lost: Mapping[str, float], missed: Mapping[str, float]) -> Amounts:
    """The four views of the callers lost, and the naive view of the calls missed, both by source."""
    found = {
        key: sum(lost[source] * getattr(loss, view.replace(" ", "_")) for source, loss in price.losses.items())
        for view, key in LOSS_KEYS.items()
    }
    return found | {"loss_naive": sum(missed[source] * loss for source, loss in price.naive.items())}


def estimates(replications: Sequence[Amounts], sums: Sequence[Sums], *, per_month: bool = True) -> dict[str, Estimate]:
    """Every amount over replications, for a month of 365/12 days or for the counted time; NaN where it has no price."""
    factor = MONTH / sums[0].total["counted_s"] if per_month else 1.0
    missing = float("nan")
    return {row.key: scaled(mean([one.get(row.key, missing) for one in replications]), factor) for row in AMOUNTS}

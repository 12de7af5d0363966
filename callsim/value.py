"""Formulas of what customers and missed calls are worth: the simulated loss and `callsim worth` both use these.

Amounts are floats in one currency, shares are fractions of one, `discount` is interest by the year. The formulas of
customer lifetime value are those of Gupta, Lehmann & Stuart 2004, Journal of Marketing Research 41.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import accumulate
from typing import NamedTuple, TypeVar

LOSS_VIEWS = ("acquisition", "first order", "lifetime", "with referrals", "replacement")
"""Alternative views of what a lost caller costs: they are never added up."""

MOST_DIGITS = 400
"""More than any float has before and after the point."""

Number = TypeVar("Number")


class Buyer(NamedTuple):
    """What is known of callers who may become customers."""

    lead_cost: float
    converts: float
    first_order: float
    margin: float
    orders_per_year: float
    kept: float
    """Share of customers who stay on from year to year."""
    discount: float
    promoters: float = 0.0
    referrals_each: float = 0.0
    referred_worth: float = 1.0


class Existing(NamedTuple):
    """What is at stake when a customer calls."""

    leaves: float
    """Share of lost callers who leave for good, and would not have left."""
    orders: float
    """Share of calls about an order."""
    order: float
    """Revenue of that order."""


class Loss(NamedTuple):
    """What one lost caller costs, in alternative views, one for each of LOSS_VIEWS."""

    acquisition: float
    first_order: float
    lifetime: float
    with_referrals: float
    replacement: float


def view_of(loss: Loss, view: str) -> float:
    """One of the views by its name in scenarios."""
    return float(getattr(loss, view.replace(" ", "_")))


# What a customer is worth.


def retention(years: float) -> float:
    """The share of customers who stay from year to year where they stay so many years on average."""
    return 1.0 - 1.0 / years


def years_of(kept: float) -> float:
    """The years that customers stay on average; without end where none leaves."""
    return 1.0 / (1.0 - kept) if kept < 1.0 else math.inf


def endless(margin: float, *, discount: float, kept: float) -> float:
    """Discounted margin of a customer who stays on with the same chance each year, the first year's margin now.

    m (1 + i) / (1 + i - r), m the margin of a year. Without the first margin it is m r / (1 + i - r).
    """
    return margin * (1.0 + discount) / (1.0 + discount - kept)


def cohort(margins: Sequence[float], customers: Sequence[float], *, discount: float, first: int = 0) -> float:
    """Discounted margin of the customers that are left in each year; `first` is the year of the first margin, 0 now."""
    years = zip(margins, customers, strict=True)
    return math.fsum(margin * left / (1.0 + discount) ** year for year, (margin, left) in enumerate(years, first))


def limited(margin: float, *, discount: float, years: int, kept: float = 1.0, first: int = 0) -> float:
    """The same for one customer and so many years, of which `kept` stay from year to year."""
    return cohort([margin] * years, [kept**year for year in range(years)], discount=discount, first=first)


def customer_lifetime_value(buyer: Buyer) -> float:
    """Discounted margin of one customer, the first order included, first margin now."""
    first_order = buyer.first_order * buyer.margin
    # Of a customer who orders less than once a year the formula counts less than the order that makes a customer.
    lifetime = endless(first_order * buyer.orders_per_year, discount=buyer.discount, kept=buyer.kept)
    return max(first_order, lifetime)


def lifetime_revenue(buyer: Buyer) -> float:
    """The popular lifetime value: order x orders a year x years, neither margin nor interest."""
    return buyer.first_order * buyer.orders_per_year * years_of(buyer.kept)


def referral_factor(buyer: Buyer) -> float:
    """One generation of referrals: 1 + promoters x referrals each x worth of a referred customer."""
    return 1.0 + buyer.promoters * buyer.referrals_each * buyer.referred_worth


def acquisition_cost(lead_cost: float, converts: float) -> float:
    """What a customer costs where a lead costs so much and this share of leads become customers; 0 where none does."""
    return lead_cost / converts if converts else 0.0


def payback_months(buyer: Buyer, cost: float) -> float:
    """Months until a customer whose winning has cost so much has paid it back; infinite if they never do.

    0 where the margin of the first order does. Else a year's margin comes evenly over its months, and that of later
    years is discounted and left by those who left, as in the lifetime value: it is never paid back where that is no
    more than the cost, and in the first year after cost / margin of a month.
    """
    first_order = buyer.first_order * buyer.margin
    if cost <= first_order:
        return 0.0
    year, later = first_order * buyer.orders_per_year, buyer.kept / (1.0 + buyer.discount)
    owed = cost / year if year else math.inf
    # After n years 1 + later + ... + later^(n-1) margins of a year have come.
    still = 1.0 - owed * (1.0 - later)
    if still <= 0.0 or cost >= customer_lifetime_value(buyer):
        return math.inf
    whole = math.floor(math.log(still) / math.log(later)) if later else 0
    come = (1.0 - later**whole) / (1.0 - later)
    return 12.0 * (whole + (owed - come) / later**whole)


# What the contacts of an advertising channel cost.


class Funnel(NamedTuple):
    """What contacts of one channel cost, by what its phone log tells. NaN where nothing can be divided."""

    naive: float
    """By contact, repeats, spam and missed calls among them."""
    handled: float
    """By target contact that was answered."""
    target_share: float
    """Of the callers answered."""
    gave_up: float
    """Callers behind the missed calls: without those who called again."""
    missed_target: float
    """Target contacts among them, if they are as often as among those answered."""
    delivered: float
    """By target contact that the channel brought, answered or missed."""
    wasted: float
    """What the missed ones cost."""


def funnel(budget: float, *, answered: float, repeats: float, target: float, missed: float, redial: float) -> Funnel:
    """What a channel's contacts cost, by a phone log that knows what callers wanted only where they were answered.

    Of the calls `answered`, `repeats` came from people answered before, and `target` from as many possible customers;
    after the share `redial` of the calls `missed` the caller calls again.
    """
    share = _over(target, answered - repeats)
    gave_up = missed * lost_of_missed(redial)
    missed_target = gave_up * share if gave_up else 0.0
    delivered = _over(budget, target + missed_target)
    return Funnel(
        naive=_over(budget, answered + missed),
        handled=_over(budget, target),
        target_share=share,
        gave_up=gave_up,
        missed_target=missed_target,
        delivered=delivered,
        wasted=missed_target * delivered if missed_target else 0.0,
    )


def _over(top: float, bottom: float) -> float:
    return top / bottom if bottom else math.nan


# What a lost caller costs.


def loss_of_caller(buyer: Buyer) -> Loss:
    """The expected loss of a lost caller who is no customer yet: they become one only with the chance `converts`.

    Wasted lead cost; converts x first order x margin; converts x lifetime value; that with one generation of
    referrals. Replacement, for whoever can buy as many leads as they like: a lost customer costs what another one
    costs, or what they would have brought where that is less; by the caller, the lead cost or the lifetime value.
    """
    lifetime = buyer.converts * customer_lifetime_value(buyer)
    return Loss(
        acquisition=buyer.lead_cost,
        first_order=buyer.converts * buyer.first_order * buyer.margin,
        lifetime=lifetime,
        with_referrals=lifetime * referral_factor(buyer),
        replacement=min(buyer.lead_cost, lifetime),
    )


def loss_of_existing(buyer: Buyer, existing: Existing) -> Loss:
    """The expected loss of a lost caller who is a customer: the order at stake, and the years of those who leave.

    Who leaves takes the order along: it is part of those years and counts once. No lead was paid for this call, and
    whom a customer would recommend us to has heard of us already.
    """
    order = existing.orders * existing.order * buyer.margin
    years = max(order, customer_lifetime_value(buyer)) - order
    another = acquisition_cost(buyer.lead_cost, buyer.converts) or years
    lifetime = order + existing.leaves * years
    return Loss(0.0, order, lifetime, lifetime, order + existing.leaves * min(years, another))


def naive_loss_of_call(buyer: Buyer) -> float:
    """What the popular method says a missed call costs: the acquisition and the whole revenue of a customer.

    Shown for comparison only. It takes calls for callers, callers for customers, revenue for margin, and adds an
    acquisition that the revenue would have paid for.
    """
    return acquisition_cost(buyer.lead_cost, buyer.converts) + lifetime_revenue(buyer)


# From missed calls to lost callers.


def interest_left(delay: Number, half_life: Number) -> Number:
    """The share of interest that is left after a delay: 2^-(delay / half-life). Floats or arrays, of one unit."""
    return 2.0 ** -(delay / half_life)  # type: ignore[operator, no-any-return]


def lost_of_missed(redial: float) -> float:
    """Lost callers for each missed call where this share of missed calls is followed by another call: 1 - it."""
    return 1.0 - redial


def attempts_per_caller(missed: float, redial: float) -> float:
    """Calls of a caller where each is missed, and each missed one redialled, with a chance of its own."""
    return 1.0 / (1.0 - missed * redial)


def lost_callers(missed: float, redial: float) -> float:
    """The share of callers lost, under the same chances: the last of their calls was missed and not redialled."""
    return missed * (1.0 - redial) / (1.0 - missed * redial)


def adding_up(levels: Sequence[float], decimals: int = 2) -> list[Decimal]:
    """The steps between levels, the first from nothing, rounded so that they add up exactly to the last one rounded."""
    unit = Decimal(1).scaleb(-decimals)
    with localcontext(prec=MOST_DIGITS):
        rounded = [Decimal(repr(float(level))).quantize(unit, ROUND_HALF_UP) for level in levels]
        return [level - before for before, level in zip([Decimal(0), *rounded], rounded, strict=False)]


def parts_adding_up(parts: Sequence[float], decimals: int = 2) -> list[Decimal]:
    """The parts of a sum, rounded so that they add up exactly to the sum rounded; each is off by less than a unit."""
    return adding_up(list(accumulate(parts)), decimals)

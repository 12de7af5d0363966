"""What advertising channels bring and cost, against figures computed by hand, to the kopeck.

The shop is the plain one of tests/script.py. A day has 12 / 365 of a monthly budget: of 365,000 that is 12,000. The
buyer: one lead in seven (14 %) becomes a customer, who orders for 18,000 four times a year for ten years, at a margin of
30 %: a first order brings 5,400, a year 21,600, a lifetime 99,360.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pytest

from callsim import channels
from callsim.calllog import Logs, tables
from callsim.channels import Channels, payback, ranks
from callsim.economics import ledger, prices
from callsim.estimate import Estimate, mean
from callsim.replicate import run
from callsim.scenario import Scenario, load
from callsim.sums import add_up
from callsim.value import Buyer, customer_lifetime_value, funnel, payback_months
from tests.byhand import logs
from tests.script import perform, scenario

BUYER = Buyer(0.0, 0.14, 18_000.0, 0.30, 4.0, 0.9, 0.15)
WORTH = """
currency: RUB
sources: {ads: {worth: buyer}}
worth: {buyer: {converts: 14%, first_order: 18 000 RUB, margin: 30%, orders_per_year: 4, years: 10, discount: 15%}}
"""
BUDGET = "sources: {ads: {budget: 365 000 RUB per month}}"
SHOP = (
    WORTH,
    BUDGET,
    """
sources:
  ads: {hangs_up_ringing: 15 s, redial: {chance: 50%, after: 100 s, at_most: 3}}
  web: {callers: 1 per hour, goes_to: queue sales, hangs_up_ringing: never, talk: 600 s, kinds: {service: 100%}}
""",
)
DIALS = [(0, "web"), 10, 400, 700, 800, 900, 1000]
KIND = {0: 2, 1: 0, 2: 0, 3: 3, 4: 1, 5: 2, 6: 0}
SCENARIOS = Path(__file__).parent.parent / "scenarios"


def kopecks(amount: float) -> Decimal:
    return Decimal(repr(float(amount))).quantize(Decimal("0.01"), ROUND_HALF_UP)


def found_in(of: Scenario, *replications: Logs, per_month: bool = False) -> Channels:
    """The channels of some replications."""
    sums = [add_up(of, log) for log in replications]
    counted = [
        channels.count(of, ledger(of, prices(of), log), one) for one, log in zip(sums, replications, strict=True)
    ]
    found = channels.estimates(counted, prices(of), sums, per_month=per_month)
    assert found is not None
    return found


def figures(of: Scenario, *replications: Logs, name: str = "ads", per_month: bool = False) -> dict[str, float]:
    """One channel's figures."""
    estimates = found_in(of, *replications, per_month=per_month).by_source[name].figures
    return {key: estimate.value for key, estimate in estimates.items()}


def day(of: Scenario) -> Logs:
    """The agent talks with a caller of the web until 600 s. The callers of the ads: a lead who calls at 10, 125, 240 and
    355 s in vain; a lead missed at 400 and 515 s and answered at 630 s; then spam, a customer, a question and a lead, all
    answered at once."""
    return tables(of, perform(of, DIALS, kind=KIND).chunks)


PEOPLE = "who   dialled  kind     resolution  attempts resolved served   first_missed\n"


def people(of: Scenario, *rows: str) -> Logs:
    return logs(of, people=PEOPLE + "\n".join(rows))


# What a phone log tells.


def test_the_worked_funnel() -> None:
    """100,000 for 340 calls answered and 60 missed. Of those answered 100 are repeats and 40 short ones: 200 of 240
    callers are targets, 0.8333. Of the 60 missed 33 % call again: 40.2 callers, of whom 33.5 are targets."""
    found = funnel(100_000, answered=340, repeats=100, target=200, missed=60, redial=0.33)
    assert kopecks(found.naive) == Decimal("250.00")
    assert kopecks(found.handled) == Decimal("500.00")
    assert found.target_share == pytest.approx(0.8333, abs=5e-5)
    assert kopecks(found.gave_up) == Decimal("40.20")
    assert kopecks(found.missed_target) == Decimal("33.50")
    assert found.delivered == pytest.approx(428.265525, abs=5e-7)
    assert kopecks(found.delivered) == Decimal("428.27")
    assert kopecks(found.wasted) == Decimal("14346.90")


def test_a_log_without_calls_tells_nothing() -> None:
    """No call, no cost of one; and nothing that could be wasted."""
    found = funnel(100_000, answered=0, repeats=0, target=0, missed=0, redial=0.33)
    assert all(map(math.isnan, (found.naive, found.handled, found.target_share, found.delivered)))
    assert found.missed_target == found.wasted == 0.0


def test_a_log_of_missed_calls_alone_tells_what_a_call_costs() -> None:
    """Of nobody is it known what they wanted."""
    found = funnel(100_000, answered=0, repeats=0, target=0, missed=50, redial=0.33)
    assert found.naive == 2_000.0
    assert math.isnan(found.delivered)
    assert math.isnan(found.wasted)


# A day.


def test_every_figure_of_a_day_by_hand() -> None:
    """Eleven calls of six people: three leads, of whom one is lost, a customer and a question, spam, and five repeats;
    six calls are missed. 12,000 / 11, / 2 leads handled and / 3 delivered, of which one is wasted.

    Customers: 14 % of 2 leads, 12,000 / 0.28; 99,360 x 0.28 / 12,000; of 3 leads if none were lost.
    A reader of the log knows five answered callers, two of them leads: of the six missed calls 4.02 callers are taken for
    lost ones, 1.608 leads, and 12,000 / 3.608 for the cost of one.
    """
    of = scenario(*SHOP)
    found = figures(of, day(of))
    assert {key: kopecks(value) for key, value in found.items()} == {
        "spent": Decimal("12000.00"),
        "contacts": Decimal("11.00"),
        "targets": Decimal("3.00"),
        "lost": Decimal("1.00"),
        "won": Decimal("0.28"),
        "target_share": Decimal("0.27"),
        "repeat_share": Decimal("0.45"),
        "other_share": Decimal("0.18"),
        "junk_share": Decimal("0.09"),
        "missed_share": Decimal("0.55"),
        "per_contact": Decimal("1090.91"),
        "per_handled": Decimal("6000.00"),
        "per_target": Decimal("4000.00"),
        "per_target_guessed": Decimal("3325.94"),
        "cac": Decimal("42857.14"),
        "ltv_cac": Decimal("2.32"),
        "wasted": Decimal("4000.00"),
        "wasted_share": Decimal("0.33"),
        "won_at_best": Decimal("0.42"),
        "cac_at_best": Decimal("28571.43"),
        "ltv_cac_at_best": Decimal("3.48"),
    }
    assert [found[f"{of}_share"] for of in ("target", "repeat", "other", "junk", "missed")] == pytest.approx(
        [3 / 11, 5 / 11, 2 / 11, 1 / 11, 6 / 11]
    )


def test_what_was_wasted_is_the_loss_of_advertising() -> None:
    """The lead lost costs 4,000 of the budget; what the view `replacement` buys again is the same lead. Nothing else
    depends on it: 14 % of 5,400, and of 99,360."""
    of = scenario(*SHOP)
    log = day(of)
    found = ledger(of, prices(of), log).amounts(add_up(of, log))
    assert kopecks(found["loss_acquisition"]) == kopecks(found["loss_replacement"]) == Decimal("4000.00")
    assert kopecks(found["loss_first_order"]) == Decimal("756.00")
    assert kopecks(found["loss_lifetime"]) == Decimal("13910.40")
    # Six missed calls, each for a customer: 4,000 / 14 % and 720,000 of revenue.
    assert kopecks(found["loss_naive"]) == kopecks(6 * (4_000 / 0.14 + 720_000))


def test_the_waterfall_begins_and_ends_with_the_same_lead() -> None:
    """The naive figure down to the advertising lost, where that is counted."""
    of = scenario(*SHOP, "count_loss_as: acquisition")
    log = day(of)
    levels = ledger(of, prices(of), log).waterfall_levels(add_up(of, log))
    assert kopecks(levels[0]) == kopecks(6 * (4_000 / 0.14 + 720_000))
    assert kopecks(levels[-1]) == Decimal("4000.00")


def test_a_price_of_leads_takes_the_place_of_the_lead_cost() -> None:
    """350 for each of the three leads, and for none of the other eight calls; the worth's own 99 are not counted."""
    price = "sources: {ads: {budget: none, cost_per_lead: 350 RUB}}"
    of = scenario(*SHOP, price, "worth: {buyer: {lead_cost: 99 RUB}}")
    log = day(of)
    found = figures(of, log)
    names = ("spent", "per_contact", "per_target", "per_handled", "wasted")
    assert [kopecks(found[name]) for name in names] == [
        Decimal("1050.00"), Decimal("95.45"), Decimal("350.00"), Decimal("525.00"), Decimal("350.00"),
    ]  # fmt: skip
    assert kopecks(ledger(of, prices(of), log).amounts(add_up(of, log))["loss_acquisition"]) == Decimal("350.00")


def test_other_sources_keep_the_lead_cost_of_their_worth() -> None:
    """Two lost leads: one of the ads at 12,000 for one lead, one of the web at 99."""
    web = "sources: {web: {worth: buyer}}"
    of = scenario(*SHOP, web, "worth: {buyer: {lead_cost: 99 RUB}}")
    log = people(of, "ads 1 10:00:00 new lost 1 10:00:15 - 10:00:00", "web 1 11:00:00 new lost 1 11:00:15 - 11:00:00")
    assert kopecks(ledger(of, prices(of), log).amounts(add_up(of, log))["loss_acquisition"]) == Decimal("12099.00")
    assert list(found_in(of, log).by_source) == ["ads"]


def test_amounts_are_those_of_a_month() -> None:
    """365 / 12 such days: the budget as it is written, 334.58 calls, a third of the budget wasted; what one costs does
    not change."""
    of = scenario(*SHOP)
    found = figures(of, day(of), per_month=True)
    assert [kopecks(found[name]) for name in ("spent", "contacts", "wasted", "per_target", "cac")] == [
        Decimal("365000.00"), Decimal("334.58"), Decimal("121666.67"), Decimal("4000.00"), Decimal("42857.14"),
    ]  # fmt: skip


def test_costs_over_replications_are_ratios_of_sums() -> None:
    """A day with three leads and one with a single lead, lost: 24,000 for four of them, and two handled. Wasted is
    4,000 on the first day and 12,000 on the second, 8,000 on average."""
    of = scenario(*SHOP)
    bad = people(of, "ads 1 10:00:00 new lost 1 10:00:15 - 10:00:00")
    found = figures(of, day(of), bad)
    assert [kopecks(found[name]) for name in ("per_target", "per_handled", "cac", "wasted")] == [
        Decimal("6000.00"), Decimal("12000.00"), Decimal("85714.29"), Decimal("8000.00"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("resolution", "handled", "lost", "won"),
    [
        ("served      1 10:01:00 10:00:05 -       ", 1, 0.0, 0.14),
        ("outsourced  1 10:01:00 10:00:05 -       ", 1, 0.0, 0.14),
        ("self_served 1 10:01:00 10:00:05 -       ", 1, 0.0, 0.14),
        ("unserved    1 10:01:00 -        -       ", 0, 1.0, 0.0),  # answered in vain by a vendor
        ("lost        1 10:00:15 -        10:00:00", 0, 1.0, 0.0),
        ("called_back 1 11:02:00 11:00:00 10:00:00", 1, 0.5, 0.07),  # interest halves in an hour
        ("open        1 -        -        10:00:00", 0, 0.0, 0.0),  # delivered, and nobody knows
    ],
)
def test_how_a_leads_story_ends(resolution: str, handled: int, lost: float, won: float) -> None:
    """Beside a lead who was served; whatever became of the other, the channel has brought two."""
    of = scenario(*SHOP, "worth: {buyer: {interest_halves_in: 60 min}}")
    served = "ads 1 09:00:00 new served 1 09:01:00 09:00:05 -"
    found = figures(of, people(of, served, f"ads 2 10:00:00 new {resolution}"))
    assert found["per_target"] == pytest.approx(6_000.0)
    assert found["per_handled"] == pytest.approx(12_000.0 / (1 + handled))
    assert found["lost"] == pytest.approx(lost)
    assert found["wasted"] == pytest.approx(6_000.0 * lost)
    assert found["won"] == pytest.approx(0.14 + won)
    is_open = resolution.startswith("open")
    assert found["won_at_best"] == pytest.approx(0.14 if is_open else 0.28)


# Nothing, and nobody.


def test_a_channel_that_brings_nobody() -> None:
    """All is spent, and no call, lead or customer has a cost; what customers bring is none of it."""
    of = scenario(*SHOP)
    found = figures(of, people(of))
    costs = ("per_contact", "per_handled", "per_target", "per_target_guessed", "cac", "target_share", "missed_share")
    assert all(math.isnan(found[name]) for name in costs)
    assert kopecks(found["spent"]) == Decimal("12000.00")
    assert [found[name] for name in ("contacts", "wasted", "wasted_share", "won", "ltv_cac")] == [0.0] * 5
    channel = found_in(of, people(of)).by_source["ads"]
    assert payback(channel) == (math.inf, None, None)


def test_a_channel_that_brings_no_leads() -> None:
    """Two spam calls: what a call costs is known, what a lead costs is not."""
    of = scenario(*SHOP)
    calls = "who no dialled asked joined left outcome\n" + "".join(
        f"ads {number} 1 10:0{number}:00 10:0{number}:00 10:0{number}:00 10:0{number}:15 abandoned_ringing\n"
        for number in (1, 2)
    )
    spam = [f"ads {number} 10:0{number}:00 junk lost 1 10:0{number}:15 - 10:0{number}:00" for number in (1, 2)]
    found = figures(of, logs(of, calls=calls, people=PEOPLE + "\n".join(spam)))
    assert kopecks(found["per_contact"]) == Decimal("6000.00")
    assert (found["junk_share"], found["wasted"]) == (1.0, 0.0)
    assert math.isnan(found["per_target"])
    assert math.isnan(found["cac"])


def test_advertising_that_costs_nothing() -> None:
    """Leads, customers and their cost, which is nothing; what is brought / nothing has no value."""
    of = scenario(*SHOP, "sources: {ads: {budget: 0 RUB per month}}")
    log = day(of)
    found = figures(of, log)
    names = ("spent", "per_contact", "per_target", "per_handled", "per_target_guessed", "cac", "wasted")
    assert [found[name] for name in names] == [0.0] * len(names)
    assert math.isnan(found["ltv_cac"])
    assert math.isnan(found["wasted_share"])
    assert payback(found_in(of, log).by_source["ads"]) == (0.0, None, None)
    assert payback(found_in(of, people(of)).by_source["ads"]) is None


def test_a_channel_without_a_worth() -> None:
    """What leads cost is known, what customers cost is not; there is no loss to count."""
    of = scenario(*SHOP, "sources: {ads: {worth: none}}", "worth: none")
    log = day(of)
    found = found_in(of, log)
    assert kopecks(found.by_source["ads"].figures["per_target"].value) == Decimal("4000.00")
    assert "cac" not in found.by_source["ads"].figures
    assert payback(found.by_source["ads"]) is None
    assert found.ranks["ltv_cac"] == {}
    assert "loss_acquisition" not in ledger(of, prices(of), log).amounts(add_up(of, log))


def test_without_advertising_there_are_no_channels() -> None:
    """Nothing is counted, and nothing estimated."""
    of = scenario()
    log = tables(of, perform(of, [0]).chunks)
    counted = channels.count(of, ledger(of, prices(of), log), add_up(of, log))
    assert counted == {}
    assert channels.estimates([counted], prices(of), [add_up(of, log)]) is None


# Paid back.


@pytest.mark.parametrize(
    ("cost", "months"),
    [
        (0.0, 0.0),
        (5_400.0, 0.0),  # the first order's margin
        (7_200.0, 4.0),  # 1,800 a month
        (21_600.0, 12.0),
        (28_571.43, 12 * (1 + 6_971.43 / (21_600 * 0.9 / 1.15))),
        (42_857.14, 12 * (2 + (42_857.14 - 21_600 * (1 + 0.9 / 1.15)) / (21_600 * (0.9 / 1.15) ** 2))),
        (customer_lifetime_value(BUYER), math.inf),  # all that they ever bring
        (100_000.0, math.inf),
    ],
)
def test_when_a_customer_is_paid_back(cost: float, months: float) -> None:
    """1,800 a month in the first year; of it 0.9 / 1.15 in the second, and so on, 99,360 in all."""
    assert payback_months(BUYER, cost) == pytest.approx(months, rel=1e-6)


def test_the_months_of_a_day_by_hand() -> None:
    """42,857.14 are back after 27.95 months; if nobody were lost, 28,571.43 after 16.95."""
    of = scenario(*SHOP)
    channel = found_in(of, day(of)).by_source["ads"]
    months = [payback(channel), payback(channel, "cac_at_best")]
    assert [round(one.value or 0.0, 2) for one in months if one] == [27.95, 16.95]


def test_paid_back_is_where_the_margins_of_the_lifetime_reach_the_cost() -> None:
    """Summed month by month, for customers who leave fast, slowly, never; who order often and rarely."""
    for buyer in (BUYER, BUYER._replace(kept=0.3), BUYER._replace(kept=1.0), BUYER._replace(orders_per_year=0.8)):
        first_order, whole = buyer.first_order * buyer.margin, customer_lifetime_value(buyer)
        cost = 0.5 * (first_order + whole)
        come, month = 0.0, 0
        while come < cost:
            left = (buyer.kept / (1 + buyer.discount)) ** (month // 12)
            come += first_order * buyer.orders_per_year / 12 * left
            month += 1
        assert month - 1 < payback_months(buyer, cost) <= month


def test_customers_of_one_year_pay_back_within_it_or_never() -> None:
    """Nobody stays for a second year: 21,600 in twelve months and no more."""
    buyer = BUYER._replace(kept=0.0)
    assert payback_months(buyer, 18_000.0) == 10.0
    assert payback_months(buyer, 21_600.0) == math.inf


def test_customers_without_a_margin_never_pay_back() -> None:
    """Unless they cost nothing."""
    assert payback_months(BUYER._replace(margin=0.0), 1.0) == math.inf
    assert payback_months(BUYER._replace(margin=0.0), 0.0) == 0.0


# Which channel is the best.


def estimates_of(**values: list[float]) -> Mapping[str, Estimate]:
    return {name: mean(np.array(of)) for name, of in values.items()}


def test_channels_are_told_apart_by_their_paired_differences() -> None:
    """They vary by 10 from replication to replication and stand 2 apart in every one of them."""
    found = ranks(estimates_of(a=[12, 22, 32, 42], b=[10.1, 19.9, 30.1, 39.9], c=[14, 24, 34, 44]), "per_target")
    assert {name: (rank.best, rank.worst) for name, rank in found.items()} == {"a": (2, 2), "b": (1, 1), "c": (3, 3)}
    assert found["c"].behind.value == pytest.approx(4.0)
    assert found["b"].behind.value == 0.0


def test_channels_that_chance_does_not_tell_apart_share_their_places() -> None:
    """Two of them are each ahead in some replications; the third is far behind both."""
    found = ranks(estimates_of(a=[10, 12, 10, 12], b=[12, 10, 12, 10.5], c=[50, 51, 50, 51]), "per_target")
    assert {name: (rank.best, rank.worst) for name, rank in found.items()} == {"a": (1, 2), "b": (1, 2), "c": (3, 3)}


def test_more_value_for_the_money_is_better() -> None:
    """The same numbers as lifetime value by cost: the order turns round, and others have less than the best."""
    found = ranks(estimates_of(a=[2.0, 2.1, 2.2], b=[5.0, 5.1, 5.2]), "ltv_cac")
    assert (found["b"].best, found["a"].best) == (1, 2)
    assert found["a"].behind.value == pytest.approx(-3.0)


def test_one_replication_tells_nothing_apart() -> None:
    """There is no spread to hold the difference against."""
    found = ranks(estimates_of(a=[1.0], b=[9.0]), "per_target")
    assert {(rank.best, rank.worst) for rank in found.values()} == {(1, 2)}
    assert found["b"].behind == (8.0, None, None)


def test_a_channel_without_leads_has_no_rank() -> None:
    """Its cost of a lead is missing, and the others are ranked without it."""
    found = ranks(estimates_of(a=[1.0, 2.0], b=[math.nan, math.nan]), "per_target")
    assert {name: (rank.best, rank.worst) for name, rank in found.items()} == {"a": (1, 1)}


def test_the_intervals_of_all_differences_hold_together() -> None:
    """Three channels have three differences: a one that 95 % alone would tell apart stays open."""
    gap = [0.0, 1.0, 2.0, 3.0, 4.0, 0.5, 1.5, -1.0]
    two = estimates_of(a=[0.0] * 8, b=gap)
    three = {**two, **estimates_of(c=[100.0 + one for one in range(8)])}
    assert ranks(two, "per_target")["b"].best == 2
    assert ranks(three, "per_target")["b"].best == 1


# Laws, on simulated channels.


@pytest.fixture(scope="module")
def workshop() -> Channels:
    found = run(load(SCENARIOS / "10_ad_channels.yaml"), 3, variants=["today"]).variants[0].channels
    assert found is not None
    return found


def values(found: Channels, name: str) -> dict[str, float]:
    channel = found.by_source[name] if name else found.whole
    return {key: estimate.value for key, estimate in channel.figures.items()}


@pytest.mark.parametrize("name", ["search ads", "maps", "social", ""])
def test_shares_make_up_all_calls_and_costs_stand_in_their_order(workshop: Channels, name: str) -> None:
    """A call is a lead's, a customer's or question's, spam's first one or a repeat; a lead costs more than a call, and
    one handled more than one delivered."""
    found = values(workshop, name)
    shares = [found[f"{one}_share"] for one in ("target", "repeat", "other", "junk")]
    assert sum(shares) == pytest.approx(1.0)
    assert found["per_contact"] < found["per_target"] < found["per_handled"]
    assert found["cac_at_best"] < found["cac"]
    assert found["ltv_cac"] < found["ltv_cac_at_best"]
    assert found["wasted"] < found["spent"]


def test_all_channels_are_the_sum_of_each() -> None:
    """What is spent, who comes and who is won; and what is wasted is the loss of advertising of the run."""
    variant = run(load(SCENARIOS / "10_ad_channels.yaml"), 3, variants=["today"]).variants[0]
    assert variant.channels is not None
    parts = [values(variant.channels, name) for name in variant.channels.by_source]
    whole = values(variant.channels, "")
    for key in ("spent", "contacts", "targets", "lost", "won", "won_at_best", "wasted"):
        assert whole[key] == pytest.approx(sum(part[key] for part in parts))
    assert whole["spent"] == pytest.approx(100_000.0)
    assert whole["wasted"] == pytest.approx(variant.money["loss_acquisition"].value)


def test_twice_the_budget_costs_twice_as_much_for_the_same_callers(workshop: Channels) -> None:
    """Every cost doubles, what a rouble brings is halved, and nobody calls more or less often."""
    file = SCENARIOS / "10_ad_channels.yaml"
    study = load(file, ["sources.maps.budget=40 000 RUB per month"])
    doubled = run(study, 3, variants=["today"]).variants[0].channels
    assert doubled is not None
    one, two = values(workshop, "maps"), values(doubled, "maps")
    halved = {"ltv_cac", "ltv_cac_at_best"}
    for key in one:
        times = 0.5 if key in halved else 2.0 if key in DOUBLED else 1.0
        assert two[key] == pytest.approx(times * one[key]), key
    assert values(workshop, "social") == values(doubled, "social")


DOUBLED = {"spent", "per_contact", "per_handled", "per_target", "per_target_guessed", "cac", "cac_at_best", "wasted"}


def test_a_budget_and_the_price_that_it_makes_of_a_lead_say_the_same() -> None:
    """In one replication: 20,000 a month by the leads that came."""
    file = SCENARIOS / "10_ad_channels.yaml"
    budget = run(load(file), 1, variants=["today"]).variants[0]
    assert budget.channels is not None
    each = budget.channels.by_source["maps"].figures["per_target"].value
    settings = ["sources.maps.budget=none", f"sources.maps.cost_per_lead={each:.6f} RUB"]
    price = run(load(file, settings), 1, variants=["today"]).variants[0]
    assert price.channels is not None
    assert values(price.channels, "maps") == pytest.approx(values(budget.channels, "maps"), rel=1e-6)
    assert price.money["loss_acquisition"].value == pytest.approx(budget.money["loss_acquisition"].value, rel=1e-6)

"""The ways of counting a loss twice: what the model does about each of them, or that it is named as a limit.

The numbers are those of the list in docs/worth.md. The buyer: a lead costs 350, one in seven buys for 18,000 at a
margin of 30 %, four times a year, ten years.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from callsim.calllog import Logs
from callsim.economics import LOSS_KEYS, ledger, prices
from callsim.errors import CallsimError, ScenarioError
from callsim.scenario import Scenario
from callsim.sums import add_up
from callsim.value import Buyer, Existing, customer_lifetime_value, loss_of_caller, loss_of_existing, referral_factor
from callsim.worth import QUESTIONS, ask
from tests.byhand import logs
from tests.script import scenario

SHOP = """
currency: RUB
count_loss_as: lifetime
sources: {ads: {worth: buyer}}
teams: {desk: {pay: {flat: 1 000 RUB per month}}}
worth:
  buyer: {lead_cost: 350 RUB, converts: 14%, first_order: 18 000 RUB, margin: 30%, orders_per_year: 4, years: 10,
          discount: 15%, promoters: 10%, referrals_each: 2, referred_worth: 116%, interest_halves_in: 60 min}
"""
STAKE = "worth: {buyer: {existing: {leaves: 5%, orders: 20%, order: 9 000 RUB}}}"
BUYER = Buyer(350.0, 0.14, 18_000.0, 0.30, 4.0, 0.9, 0.15, 0.10, 2.0, 1.16)
HEADING = "who   dialled  kind     resolution  attempts resolved served   first_missed\n"
MISSED_CALLS = next(question for question in QUESTIONS if question.name == "missed-calls")
ASKED = {
    "calls": "300", "lead_cost": "350 RUB", "converts": "14%", "first_order": "18 000 RUB", "margin": "30%",
    "orders_per_year": "4", "years": "10", "discount": "15%",
}  # fmt: skip


def money(of: Scenario, log: Logs) -> Mapping[str, float]:
    return ledger(of, prices(of), log).amounts(add_up(of, log))


def losses_of(*people: str, of: Scenario | None = None) -> list[float]:
    """The views of the loss of some callers."""
    of = of or scenario(SHOP)
    found = money(of, logs(of, people=HEADING + "\n".join(people)))
    return [found[key] for key in LOSS_KEYS.values()]


LOST = "ads 1 10:00:00 new      lost        1        10:00:30 -        10:00:00"


@pytest.mark.parametrize("view", LOSS_KEYS)
def test_1_acquisition_and_margins_are_alternatives(view: str) -> None:
    """The total holds the payroll, the invoices and one view of the loss: advertising is paid back by margins."""
    of = scenario(SHOP, f"count_loss_as: {view}")
    found = money(of, logs(of, people=HEADING + LOST))
    assert found["total_cost"] == found["payroll"] + found["invoices"] + found[LOSS_KEYS[view]]


def test_2_the_first_order_is_part_of_the_lifetime() -> None:
    """Of customers who order once and never again the lifetime is the first order, and never less than that."""
    once = BUYER._replace(orders_per_year=1.0, kept=0.0)
    assert customer_lifetime_value(once) == once.first_order * once.margin
    loss = loss_of_caller(BUYER)
    assert loss.lifetime == pytest.approx(0.14 * (5_400 + 3 * 5_400 + 77_760))  # the first year's four, then the rest


def test_3_years_and_retention_are_never_multiplied() -> None:
    """Both say how long customers stay: a scenario and a calculator take one of them."""
    with pytest.raises(ScenarioError, match="expected either `years:` or `retention:`"):
        scenario(SHOP, "worth: {buyer: {retention: 90%}}")
    with pytest.raises(CallsimError, match="expected either `--years` or `--retention`"):
        ask(MISSED_CALLS, ASKED | {"retention": "90%"})


def test_4_callers_are_lost_not_calls() -> None:
    """Four missed calls of one person cost what one costs."""
    assert losses_of(LOST.replace("lost        1", "lost        4")) == losses_of(LOST)


def test_5_whoever_gets_through_is_not_lost() -> None:
    """Missed at ten, answered at eleven: by a team, a vendor, or a machine."""
    for resolution in ("served     ", "outsourced ", "self_served"):
        person = f"ads 1 10:00:00 new      {resolution} 2        11:00:00 11:00:00 10:00:00"
        assert losses_of(person) == [0.0] * len(LOSS_KEYS)


def test_6_a_caller_is_recovered_once() -> None:
    """Who redialled and was called back as well has one story: an hour to the call back keeps half, not half and all.
    By formula, calls back reach only those who did not get through by themselves: 1 - (R + (1 - R) A k)."""
    person = "ads 1 10:00:00 new      called_back 3        11:00:00 11:00:00 10:00:00"
    assert losses_of(person)[0] == pytest.approx(175.0)
    for redial, reached in (("100%", "100%"), ("50%", "100%"), ("100%", "50%")):
        _, sheet = ask(MISSED_CALLS, ASKED | {"redial": redial, "reached": reached})
        lost = next((row.value for row in sheet.rows if row.key == "lost"), 0.0)
        assert lost == pytest.approx(300 * (1 - float(redial[:-1]) / 100) * (1 - float(reached[:-1]) / 100))


def test_8_existing_customers_are_not_won_again() -> None:
    """Without a stake they cost nothing, whatever a new one is worth; with one, the order and the years of those who
    leave: 20 % x 2,700 = 540, and of 99,360 years 5 % less that order: 540 + 5 % x 98,820 = 5,481. No lead is wasted."""
    person = LOST.replace("new     ", "existing")
    assert losses_of(person) == [0.0] * len(LOSS_KEYS)
    at_stake = losses_of(person, of=scenario(SHOP, STAKE))
    assert at_stake[:4] == pytest.approx([0.0, 540.0, 5481.0, 5481.0])
    assert at_stake[4] == pytest.approx(540 + 0.05 * 2500)  # another customer costs 350 / 14 %


def test_8_the_order_at_stake_is_part_of_the_years_of_who_leaves() -> None:
    """If all leave, all that is lost is their years, orders and all."""
    all_leave = loss_of_existing(BUYER, Existing(1.0, 0.5, 9_000.0))
    assert all_leave.lifetime == pytest.approx(customer_lifetime_value(BUYER))
    assert loss_of_existing(BUYER, Existing(0.0, 0.5, 9_000.0)).lifetime == pytest.approx(1350.0)


def test_8_existing_customers_have_their_own_patience() -> None:
    """Called back after an hour, they lose nothing unless their own half-life says so."""
    person = "ads 1 10:00:00 existing called_back 2        11:00:00 11:00:00 10:00:00"
    assert losses_of(person, of=scenario(SHOP, STAKE))[1] == 0.0
    slow = scenario(SHOP, STAKE, "worth: {buyer: {existing: {interest_halves_in: 2 h}}}")
    assert losses_of(person, of=slow)[1] == pytest.approx(540 * (1 - 2**-0.5))


@pytest.mark.parametrize("kind", ["service ", "junk    "])
def test_9_questions_and_spam_cost_nothing(kind: str) -> None:
    """Though their source has a worth, and existing customers something at stake."""
    assert losses_of(LOST.replace("new     ", kind), of=scenario(SHOP, STAKE)) == [0.0] * len(LOSS_KEYS)


def test_10_margins_are_lost_not_revenue() -> None:
    """There is no worth without a margin, in scenarios and calculators; at 30 % a lost order is 30 % of it."""
    with pytest.raises(ScenarioError, match="expected `margin:`"):
        scenario(SHOP, "worth: {buyer: {margin: none}}")
    with pytest.raises(CallsimError, match="expected `--margin`"):
        ask(MISSED_CALLS, {key: text for key, text in ASKED.items() if key != "margin"})
    assert loss_of_caller(BUYER).first_order == pytest.approx(0.3 * 0.14 * 18_000)


def test_12_there_is_one_uplift_for_recommending() -> None:
    """Promoters count by the customers they bring, 1 + 10 % x 2 x 1.16, and not by buying more as well."""
    loss = loss_of_caller(BUYER)
    assert loss.with_referrals / loss.lifetime == pytest.approx(referral_factor(BUYER)) == 1.232
    assert loss_of_caller(BUYER._replace(referrals_each=0.0)).with_referrals == loss.lifetime


def test_13_whoever_calls_tomorrow_is_not_lost_today() -> None:
    """A redial after midnight belongs to the story that began before it; a story without an end is not lost."""
    later = "ads 1 23:59:00 new      served      2        1+09:00:00 1+09:00:00 23:59:00"
    pending = "ads 2 23:59:00 new      open        2        -        -        23:59:00"
    assert losses_of(later, pending) == [0.0] * len(LOSS_KEYS)


def test_16_variants_are_compared_by_differences() -> None:
    """What a second agent saves is the difference of two totals: none of them holds a loss avoided."""
    of = scenario(SHOP)
    none, one = logs(of, people=HEADING), logs(of, people=HEADING + LOST)
    saved = money(of, one)["total_cost"] - money(of, none)["total_cost"]
    assert saved == pytest.approx(money(of, one)["loss_lifetime"])


def test_17_what_a_vendor_charges_recovers_no_loss() -> None:
    """Another tariff changes invoices and total by the same amount, and no loss: a credit is cash."""
    vendor = """
sources: {ads: {goes_to: vendor night}}
vendors: {night: {answers_after: 5 s, quality: 50%, tariff: t}}
"""
    calls = "who   no dialled  vendor asked    matched  answered left     freed    outcome\n"
    calls += "ads 1 1  10:00:00 night  10:00:00 10:00:00 10:00:05 10:01:05 10:01:05 outsourced"
    person = HEADING + "ads 1 10:00:00 new      unserved    1        10:01:05 -        -"
    found = []
    for price in ("10 RUB", "5 RUB"):
        of = scenario(SHOP, vendor, f"tariffs: {{t: {{per_call: {price}}}}}")
        found.append(money(of, logs(of, calls=calls, people=person)))
    dear, cheap = found
    assert dear["invoices"] - cheap["invoices"] == dear["total_cost"] - cheap["total_cost"] == 5.0
    assert all(dear[key] == cheap[key] > 0 for key in LOSS_KEYS.values())


def test_18_a_vendor_that_answers_fast_may_still_help_less() -> None:
    """Answered at once and not helped is lost; answered late and helped is not: `quality` and speed are two things."""
    fast = "ads 1 10:00:00 new      unserved    1        10:00:40 -        -"
    slow = "ads 1 10:00:00 new      outsourced  1        10:03:00 10:02:30 -"
    assert losses_of(fast) == losses_of(LOST)
    assert losses_of(slow) == [0.0] * len(LOSS_KEYS)


@pytest.mark.parametrize("number", [7, 11, 14, 15])
def test_limits_of_the_model_are_named(number: int) -> None:
    """What no call log can tell stands in the docs, under the same numbers."""
    page = Path("docs/worth.md").read_text(encoding="utf-8")
    limits = page[page.index("## Counted twice") :]
    line = next(line for line in limits.splitlines() if line.startswith(f"{number}. "))
    assert "**Limit**" in line


def test_interest_that_lasts() -> None:
    """After a day 2^-24 is left by the half-life of an hour, but a twentieth of callers waits: 95 % are lost."""
    of = scenario(SHOP, "worth: {buyer: {interest_at_least: 5%}}")
    person = "ads 1 10:00:00 new      called_back 2        1+10:00:00 1+10:00:00 10:00:00"
    assert losses_of(person, of=of)[0] == pytest.approx(0.95 * 350)
    assert ledger(of, prices(of), logs(of, people=HEADING + person)).stories()["new"].kept["ads"] == 0.05


def test_replacement_needs_a_price() -> None:
    """What is bought again costs something; and it never costs more than what is lost."""
    with pytest.raises(ScenarioError, match="expected more than 0 beside `count_loss_as: replacement`"):
        scenario(SHOP, "count_loss_as: replacement", "worth: {buyer: {lead_cost: 0 RUB}}")
    dear = BUYER._replace(lead_cost=50_000.0)
    assert loss_of_caller(dear).replacement == loss_of_caller(dear).lifetime < loss_of_caller(dear).acquisition

"""One component of a price plan at a time, against invoices computed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest
from pydantic import ValidationError
from traffic import MARCH, calendar, month, plan, traffic, units

from callsim.scenario.plans import Tariff
from callsim.tariffs import Bill, Invoice, MissingRate, invoice
from callsim.tariffs.usage import PLAIN, Usage

MINUTES = "bills: [talk], per_minute: 1 USD"


def lines(found: Invoice) -> dict[str, str]:
    return {line.code: f"{line.quantity.normalize():f} x {line.price.normalize():f}" for line in found.lines}


def of_units(of: Tariff, meter: str, number: str, **more: Mapping[str, float]) -> Invoice:
    """The invoice of so many units."""
    used = Usage(units={meter: {PLAIN: Fraction(number)}}, talk=Fraction(1), **more)
    return invoice(Bill("plan", of, used, Fraction(1)))


@pytest.mark.parametrize(
    ("step", "talk", "billed"),
    [
        (60, -5, 0), (60, 0, 0), (60, 1, 60), (60, 60, 60), (60, 61, 120),
        (30, 30, 30), (30, 31, 60), (30, 27, 30), (30, 320, 330), (30, 332, 360),
    ],
)  # fmt: skip
def test_lengths_on_the_boundary_of_a_step(step: int, talk: float, billed: int) -> None:
    """Nothing and less than nothing are not billed; a boundary belongs to the step below it."""
    of = plan(f"{MINUTES}, billed_in: {{first: {step} s, then: {step} s}}")
    assert units(of, traffic([talk])).units["minute"] == {PLAIN: Fraction(billed, 60)}


@pytest.mark.parametrize(("each", "billed"), [("call", 180), ("part", 240), ("period", 120)])
def test_what_is_rounded(each: str, billed: int) -> None:
    """Calls of 50 + 20 s and 20 + 10 s: as calls 2 and 1 minutes, as parts 1 + 1 and 1 + 1, as a sum of 100 s 2."""
    of = plan(f"per_minute: 1 USD, bills: [talk, wrap_up], billed_in: {{first: 60 s, then: 60 s, each: {each}}}")
    assert units(of, traffic([50, 20], wrap_up=[20, 10])).units["minute"] == {PLAIN: Fraction(billed, 60)}


def test_time_is_added_after_rounding_to_calls_that_last() -> None:
    """One minute more for each of two calls; the one without any talk is nothing."""
    of = plan(f"{MINUTES}, billed_in: {{first: 60 s, then: 60 s}}, adds: 60 s")
    assert units(of, traffic([10, 70, 0])).units["minute"] == {PLAIN: 5}


def test_short_calls_are_free_in_the_order_of_time() -> None:
    """Of 33 calls of 30 s the first 30 are free, in every period anew; a call of 31 s is not short."""
    of = plan(f"{MINUTES}, billed_in: {{first: 60 s, then: 60 s}}, free_calls: {{up_to: 30 s, at_most: 30}}")
    at = [3600.0 * place for place in range(34)]
    (found,) = month(of, traffic([31] + [30] * 33, at=at))
    assert (found.usage.free, found.total) == (30, Decimal("4.00"))
    two = month(of, traffic([30] * 62, at=[86_400.0 * day for day in range(62)]), calendar("2026-03-01", 62))
    assert [(one.usage.free, one.total) for one in two] == [
        (30, Decimal("1.00")), (30, Decimal("0.00")), (1, Decimal("0.00")),
    ]  # fmt: skip


@pytest.mark.parametrize(("rule", "free"), [("up_to: 3 s", 2), ("under: 3 s", 1)])
def test_up_to_holds_its_bound_and_under_does_not(rule: str, free: int) -> None:
    """Calls of 2, 3 and 4 s."""
    assert units(plan(f"per_call: 1 USD, free_calls: {{{rule}}}"), traffic([2, 3, 4])).free == free


def test_junk_is_free_where_the_plan_says_so() -> None:
    """However long."""
    of = plan("per_call: 11.50 USD, base: 300 USD per month, included: 1 calls, free_calls: {kinds: [junk]}")
    (found,) = month(of, traffic([100, 200, 300], junk=[True, False, False]))
    assert (found.usage.free, found.total) == (1, Decimal("311.50"))


def test_calls_answered_or_not_and_messages_have_meters() -> None:
    """Two answered, three that hung up, one message left."""
    of = plan("per_call: 1 USD, per_incoming_call: 0.10 USD, per_message: 5 USD")
    (found,) = month(of, traffic([10, 20], unanswered=3, messages=[40_000.0]))
    assert lines(found) == {"calls": "2 x 1", "incoming calls": "5 x 0.1", "messages": "1 x 5"}


def test_units_under_contract_and_shares_of_calls_are_counted() -> None:
    """640 agent hours, 4 full-time months, and of 200 calls 60 % resolutions and 5 % orders."""
    of = plan(
        "per_agent_hour: 13 USD, per_full_time_month: 2 000 USD, per_resolution: 0.99 USD, per_order: 2 USD, "
        "contracted: [640 agent hours, 4 full-time months], share_of_calls: {resolution: 60%, order: 5%}"
    )
    (found,) = month(of, traffic([10] * 200))
    assert lines(found) == {
        "agent hours": "640 x 13", "full-time months": "4 x 2000", "resolutions": "120 x 0.99", "orders": "10 x 2",
    }  # fmt: skip


def test_minutes_of_machines_are_weighted_before_the_allowance() -> None:
    """100 minutes of people and 150 of a machine that count half: 175, 50 of them included."""
    of = plan("base: 165 USD per month, included: 50 weighted minutes, per_weighted_minute: 3.30 USD, "
              "weights: {machine: 50%}, bills: [talk]")  # fmt: skip
    (found,) = month(of, traffic([6000, 0], menu=[60, 9000], machine=[False, True]))
    assert found.total == Decimal("577.50")


def test_parts_with_a_price_of_their_own() -> None:
    """A minute and a half put through, at 0.10; the rest at 1.54."""
    of = plan("per_minute: 1.54 USD, bills: [talk], per_minute_of: {transfer: 0.10 USD}")
    assert lines(month(of, traffic([60], transfer=90))[0]) == {
        "minutes": "1 x 1.54",
        "minutes of transfer": "1.5 x 0.1",
    }


@pytest.mark.parametrize(("seconds", "total"), [(6000, "100.00"), (6000.6, "100.02"), (600, "100.00")])
def test_an_allowance_used_up_exceeded_by_a_hundredth_or_left(seconds: float, total: str) -> None:
    """100 minutes are included; a minute more costs 1.50."""
    of = plan("base: 100 USD per month, included: 100 minutes, per_minute: 1.50 USD, bills: [talk]")
    assert month(of, traffic([seconds]))[0].total == Decimal(total)


def test_an_unknown_price_raises_when_it_is_needed() -> None:
    """Never before, and never as nothing."""
    of = plan("base: 100 USD per month, included: 100 minutes, per_minute: unknown, bills: [talk]")
    assert month(of, traffic([6000]))[0].total == Decimal("100.00")
    with pytest.raises(MissingRate, match="plan: 1 minutes have no known price; the plan does not publish it"):
        month(of, traffic([6060]))


@pytest.mark.parametrize(
    ("rollover", "totals"),
    [
        ("none", ["100.00", "100.00", "210.00"]),
        ("next period", ["100.00", "100.00", "110.00"]),
        ("always", ["100.00", "100.00", "100.00"]),
    ],
)
def test_what_becomes_of_minutes_that_were_not_used(rollover: str, totals: list[str]) -> None:
    """Used are 10, 20 and 210 of 100 minutes; what was carried over is used first, so that 100 or 170 are."""
    of = plan(f"base: 100 USD per month, included: 100 minutes, per_minute: 1 USD, bills: [talk], rollover: {rollover}")
    days = calendar("2026-01-01", 90)
    found = month(of, traffic([600, 1200, 12_600], at=[86_400.0, 40 * 86_400.0, 70 * 86_400.0]), days)
    assert [one.total for one in found] == [Decimal(total) for total in totals]


def test_packs_are_bought_whole() -> None:
    """121 minutes beyond the allowance are three packs of 50."""
    of = plan("base: 10 USD per month, included: 100 minutes, more: {of: 50 minutes, costs: 40 USD}, bills: [talk]")
    assert lines(of_units(of, "minute", "221")) == {"base": "1 x 10", "pack of 50 minutes": "3 x 40"}
    assert of_units(of, "minute", "100").total == Decimal("10.00")


STEPS = "steps: [{up_to: 1 000 minutes, price: 1.00 USD}, {up_to: 2 000 minutes, price: 0.50 USD}, {price: 0.25 USD}]"


@pytest.mark.parametrize(
    ("apply", "number", "total"),
    [
        ("graduated", "1000", "1000.00"), ("graduated", "1001", "1000.50"), ("graduated", "3000", "1750.00"),
        ("to all units", "1000", "1000.00"), ("to all units", "1001", "500.50"), ("to all units", "3000", "750.00"),
    ],
)  # fmt: skip
def test_tiers_hold_for_the_units_in_them_or_for_all(apply: str, number: str, total: str) -> None:
    """Around the first bound, and in the last tier."""
    assert of_units(plan(f"tiers: {{apply: {apply}, {STEPS}}}, bills: [talk]"), "minute", number).total == Decimal(
        total
    )


def test_beyond_the_last_tier_nobody_knows() -> None:
    """Where the last tier has an end."""
    of = plan("tiers: {apply: graduated, steps: [{up_to: 10 calls, price: 1 USD}, {up_to: 20 calls, price: 2 USD}]}")
    assert of_units(of, "call", "20").total == Decimal("30.00")
    with pytest.raises(MissingRate, match="1 calls have no known price"):
        of_units(of, "call", "21")


LADDER = ("ladder: [{includes: 100 minutes, costs: 110 USD, then: 1.10 USD}, "
          "{includes: 500 minutes, costs: 400 USD}], bills: [talk]")  # fmt: skip


@pytest.mark.parametrize(
    ("number", "total"), [("50", "110.00"), ("200", "220.00"), ("400", "400.00"), ("600", "660.00")]
)
def test_a_ladder_bills_by_the_cheapest_package(number: str, total: str) -> None:
    """300 minutes more than the small one cost 330, so that the large one is cheaper, which nothing can exceed."""
    assert of_units(plan(LADDER), "minute", number).total == Decimal(total)


def test_fees_and_their_cap_for_each_call() -> None:
    """Three fees of 3 in one call are capped at 6; one in another is not."""
    of = plan("per_call: 1 USD, fees: {add-on: 3 USD, appointment: 3 USD}, fees_at_most: 6 USD per call")
    (found,) = month(of, traffic([10, 10], events={"add-on": [2, 1], "appointment": [1, 0]}))
    assert lines(found) == {
        "calls": "2 x 1", "add-on": "3 x 3", "appointment": "1 x 3", "fees beyond the most of a call": "1 x -3",
    }  # fmt: skip


def test_fees_of_shares_of_calls_are_expected_ones() -> None:
    """Half of 100 calls bring 4, half of them another 4, independently: in a quarter of them 2 are beyond the cap."""
    of = plan("base: 1 USD per month, fees: {a: 4 USD, b: 4 USD}, fees_at_most: 6 USD per call, "
              "share_of_calls: {a: 50%, b: 50%}")  # fmt: skip
    assert month(of, traffic([10] * 100))[0].total == Decimal("351.00")


SURCHARGES = """base: 0 USD per month, bills: [talk], per_minute: 10 USD, included: 2 minutes, surcharges: {
holiday: {when: {every day: closed, holiday: 00:00-24:00}, times: 200%},
weekend: {when: {sat-sun: 00:00-24:00}, times: 130%, per_call: 1 USD}, night: {when: {every day: 22:00-08:00}, plus: 2 USD}}"""


def test_surcharges_by_hour_and_calendar() -> None:
    """A minute each on a workday, at night, after midnight, on a Saturday night and on a holiday; two more by day.

    By day three, of which two are included; at night two at 12; one at 13 and a call at 1; one at 20.
    """
    days = calendar("2026-03-02", 28, holidays=["2026-03-10"])
    at = [36_000.0, 82_800.0, 86_400.0 + 3600, 5 * 86_400.0 + 82_800, 8 * 86_400.0 + 100, 40_000.0, 41_000.0]
    of = plan(SURCHARGES.replace("base: 0 USD per month, ", "").replace("period", "") + ", period: 28 days")
    (found,) = month(of, traffic([60] * 7, at=at), days)
    assert lines(found) == {
        "minutes": "1 x 10", "minutes, night": "2 x 12", "minutes, weekend": "1 x 13", "minutes, holiday": "1 x 20",
        "calls, weekend": "1 x 1",
    }  # fmt: skip


def test_the_night_before_the_first_day_reaches_into_it() -> None:
    """A call at six in the morning of the first day is one of the night."""
    of = plan("bills: [talk], per_minute: 10 USD, surcharges: {night: {when: {every day: 22:00-08:00}, times: 120%}}")
    assert lines(month(of, traffic([60], at=[6 * 3600.0]))[0]) == {"minutes, night": "1 x 12"}


@pytest.mark.parametrize(("minutes", "total"), [("100", "150.00"), ("200", "200.00"), ("400", "300.00")])
def test_an_invoice_has_a_minimum_and_a_maximum(minutes: str, total: str) -> None:
    """Of 150 and 300."""
    of = plan(f"{MINUTES}, minimum: 150 USD per month, maximum: 300 USD per month")
    assert of_units(of, "minute", minutes).total == Decimal(total)


def test_a_discount_is_taken_off_the_minimum() -> None:
    """The minimum is one of the charges, and a fifth less and the tax come after it: 150 - 30 + 24."""
    of = plan(f"{MINUTES}, minimum: 150 USD per month, discounts: {{a year ahead: 20%}}, tax: 20%")
    assert of_units(of, "minute", "100").total == Decimal("144.00")


CORRIDOR = plan(
    "per_productive_minute: 1 USD, bills: [talk], corridor: {forecast: 10 000 productive minutes, at_least: 90%, "
    "up_to: 110%, above: 150%}"
)


@pytest.mark.parametrize(
    ("used", "total"), [("8999", "9000.00"), ("9000", "9000.00"), ("11000", "11000.00"), ("11001", "11001.50")]
)
def test_a_corridor_around_the_forecast(used: str, total: str) -> None:
    """At 89.99, 90, 110 and 110.01 per cent of it."""
    assert of_units(CORRIDOR, "productive_minute", used).total == Decimal(total)


@pytest.mark.parametrize(
    ("counts", "used", "total"),
    [
        ("the excess", "1100", "1000.00"), ("the excess", "1101", "1002.00"), ("the excess", "899", "999.00"),
        ("the whole difference", "1101", "1202.00"), ("the whole difference", "899", "899.00"),
    ],
)  # fmt: skip
def test_a_baseline_with_a_dead_band(counts: str, used: str, total: str) -> None:
    """The base pays 1,000 calls; 10 per cent more or less change nothing; the two readings of what lies outside."""
    of = plan(
        "base: 1 000 USD per month, baseline: {of: 1 000 calls, dead_band: 10%, more: 2 USD, less: 1 USD, "
        f"counts: {counts}}}"
    )
    assert of_units(of, "call", used).total == Decimal(total)


LEVELS = """per_minute: 1 USD, bills: [talk], corridor: {forecast: 1 000 minutes, at_least: 0%, up_to: 200%, above: 100%},
service_levels: {at_risk: 10%, excused_above: 110%, misses: [{up_to: 5%, credits: 50%}, {credits: 100%}], measures: {
service_level: {weight: 60%, target: 80%, within: 20 s}, abandon_rate: {weight: 40%, target: 5%}}}"""


@pytest.mark.parametrize(
    ("level", "abandoned", "used", "total"),
    [
        (0.80, 0.05, "1000", "1000.00"), (0.75, 0.05, "1000", "970.00"), (0.74, 0.05, "1000", "940.00"),
        (0.80, 0.10, "1000", "980.00"), (0.70, 0.20, "1000", "900.00"), (0.70, 0.20, "1101", "1101.00"),
    ],
)  # fmt: skip
def test_credits_for_service_below_the_promise(level: float, abandoned: float, used: str, total: str) -> None:
    """At risk x weight x share by the size of the miss; nothing where the volume excuses it."""
    measured = {"service_level": level, "abandon_rate": abandoned}
    assert of_units(plan(LEVELS), "minute", used, performance=measured).total == Decimal(total)


def test_service_is_measured_in_the_log() -> None:
    """Three of five in 20 s, one after 21 s, one hung up; of those answered three of four."""
    calls = traffic([60] * 4, waits=[5, 20, 21, 10], unanswered=1)
    assert units(plan(LEVELS), calls).performance == {"service_level": 0.6, "abandon_rate": pytest.approx(0.2)}
    answered = plan(LEVELS.replace("within: 20 s", "within: 20 s, out_of: answered calls"))
    assert units(answered, calls).performance["service_level"] == 0.75


def test_discounts_one_after_the_other_then_tax() -> None:
    """1,000 less 20 % less 100 is 700; 20 % tax on it."""
    of = plan(f"{MINUTES}, discounts: {{a year ahead: 20%, referral: 100 USD}}, tax: 20%")
    found = of_units(of, "minute", "1000")
    assert lines(found) == {
        "minutes": "1000 x 1",
        "a year ahead": "1 x -200",
        "referral": "1 x -100",
        "tax": "700 x 0.2",
    }
    assert found.total == Decimal("840.00")


def test_tax_that_is_in_the_prices_is_not_added() -> None:
    """One has to say which."""
    assert of_units(plan(f"{MINUTES}, tax: 20%, prices_include_tax: true"), "minute", "10").total == Decimal("10.00")


@pytest.mark.parametrize(("rounded", "total"), [("total", "0.01"), ("each line", "0.01"), ("each call", "0.02")])
def test_what_is_rounded_to_hundredths(rounded: str, total: str) -> None:
    """Two calls of 20 s at 0.015 a minute cost 0.005 each, which is 0.01 half up."""
    of = plan(f"bills: [talk], per_minute: 0.015 USD, rounded: {rounded}")
    assert month(of, traffic([20, 20]))[0].total == Decimal(total)


def test_lines_are_rounded_where_the_plan_says_so() -> None:
    """Two lines of half a cent."""
    text = "bills: [talk], per_minute: 0.015 USD, per_call: 0.005 USD"
    assert month(plan(text), traffic([20]))[0].total == Decimal("0.01")
    assert month(plan(f"{text}, rounded: each line"), traffic([20]))[0].total == Decimal("0.02")


def test_a_part_of_a_month_is_prorated_by_its_days() -> None:
    """1,500 from the 11th of a month of 30 days: 1,500 / 30 x 20 = 1,000.00; `prorated: never` takes it whole."""
    april = calendar("2026-04-01", 30)
    of = "base: 1 500 RUB per month, setup: 300 RUB, deposit: 50 RUB, tax: 10%, starts: 2026-04-11"
    (found,) = month(plan(of, "RUB"), traffic([10]), april)
    assert lines(found) == {
        "base": "0.666666666667 x 1500",
        "set-up": "1 x 300",
        "tax": "1300 x 0.1",
        "deposit": "1 x 50",
    }
    assert (found.total, found.whole) == (Decimal("1480.00"), False)
    assert month(plan(f"{of}, prorated: never", "RUB"), traffic([10]), april)[0].total == Decimal("2030.00")


def test_what_was_paid_before_counting_began_is_not_billed_again() -> None:
    """A contract of the 5th, counted from the 11th: 21 / 31 of the base, and no set-up."""
    of = plan("base: 310 USD per month, setup: 50 USD, starts: 2026-03-05")
    assert month(of, traffic([]), calendar("2026-03-01", 31, warm_up=10 * 86_400.0))[0].total == Decimal("210.00")
    assert month(of, traffic([]), calendar("2026-03-11", 21))[0].total == Decimal("210.00")


def test_two_part_months_are_two_invoices() -> None:
    """From the 22nd of March to the 10th of April: 10 / 31 and 10 / 30 of the base, and of what it includes."""
    of = plan("base: 930 USD per month, included: 93 minutes, per_minute: 1 USD, bills: [talk]")
    found = month(of, traffic([3600], at=[86_400.0]), calendar("2026-03-22", 20))
    assert [one.total for one in found] == [Decimal("330.00"), Decimal("310.00")]
    assert [(one.label, one.whole) for one in found] == [
        ("2026-03-22 to 2026-03-31", False), ("2026-04-01 to 2026-04-10", False),
    ]  # fmt: skip


def test_periods_of_28_days_are_thirteen_a_year() -> None:
    """365 / 28 x 100 = 1,303.57."""
    of = plan("base: 100 USD per period, period: 28 days")
    found = month(of, traffic([10]), calendar("2026-01-01", 365))
    assert sum(one.total for one in found) == Decimal("1303.57")
    assert [one.whole for one in found] == [True] * 13 + [False]


TRIAL = "base: 310 USD per month, per_minute: 1 USD, bills: [talk], starts: 2026-03-05"


def test_a_trial_ends_by_its_days() -> None:
    """14 free days from the 5th; billed from the 19th on: 13 / 31 of the base and the minute of the 19th."""
    of = plan(f"{TRIAL}, trial: {{days: 14, up_to: 500 minutes}}")
    (found,) = month(of, traffic([60, 60], at=[10 * 86_400.0, 18 * 86_400.0]))
    assert found.total == Decimal("131.00")


def test_a_trial_ends_by_its_minutes_in_the_middle_of_a_day() -> None:
    """The second call of the 7th reaches 3 minutes and is the last free one: the base from the 7th on, one call."""
    of = plan(f"{TRIAL}, trial: {{days: 14, up_to: 3 minutes}}, setup: 7 USD")
    day = 6 * 86_400.0
    (found,) = month(of, traffic([60, 150, 60], at=[day + 36_000, day + 37_000, day + 38_000]))
    assert found.total == Decimal("258.00")


def test_before_the_contract_begins_nothing_is_billed() -> None:
    """Neither base nor calls."""
    of = plan("base: 310 USD per month, per_call: 1 USD, starts: 2026-04-01")
    assert month(of, traffic([10])) == []
    two = month(of, traffic([10, 10], at=[0.0, 40 * 86_400.0]), calendar("2026-03-01", 61))
    assert [one.total for one in two] == [Decimal("311.00")]


def test_an_invoice_says_what_rounding_cost_and_what_a_minute_talked_costs() -> None:
    """Two calls of 61 s by the minute: 4 billed for 2 1/30, at 3 the minute; 12 / 2.0333 = 5.90."""
    (found,) = month(plan("bills: [talk], per_minute: 3 USD, billed_in: {first: 60 s, then: 60 s}"), traffic([61, 61]))
    assert (found.usage.actual, found.billed_minutes, found.rounding) == (Fraction(61, 30), 4, Decimal("5.9"))
    assert found.effective_rate is not None
    assert found.effective_rate.quantize(Decimal("0.01")) == Decimal("5.90")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("currency: EUR, per_call: 1 USD", "expected the currency of the scenario, `USD`, found `EUR`: currencies"),
        ("per_call: 1 EUR", "found `1 EUR`: the scenario counts in USD"),
        ("base: 1 USD per month, period: 28 days", "expected a sum `per period`, which has 28 days"),
        ("base: 1 USD per month, included: 10 calls", "expected `per_call:` beside `included:`, found nothing"),
        ("base: 1 USD per month, included: 10", "a unit is missing, as in `10 minutes`"),
        ("base: 1 USD per month, included: 10 calls, per_call: 1 USD, more: {of: 5 minutes, costs: 1 USD}",
         "expected `calls` as under `included:`, found `minutes`"),
        ("base: 1 USD per month, included: 10 minutes, per_minute: 1 USD", "expected `bills:`"),
        ("per_call: 1 USD, rounded: each call", "expected a plain `per_minute:` for `each call`"),
        ("per_call: 1 USD, fees_at_most: 6 USD per call", "expected `fees:` beside it"),
        ("per_weighted_minute: 1 USD, bills: [talk]", "expected what a minute of a machine counts"),
        ("per_minute: 1 USD, bills: [talk], per_minute_of: {talk: 1 USD}", "a part of a call that `bills:` does not"),
        ("per_call: 1 USD, share_of_calls: {ordre: 5%}", "expected `resolution`, `order`, `message` or the name"),
        ("per_call: 1 USD, free_calls: {at_most: 3}", "expected `up_to:` or `under:` beside `at_most:`"),
        ("per_call: 1 USD, surcharges: {night: {when: {mon: 22:00-24:00}}}", "expected `times:` such as"),
        ("tiers: {apply: graduated, steps: [{up_to: 10 calls, price: 1 USD}, {up_to: 5 calls, price: 1 USD}]}",
         "expected more than `10 calls`, found `5 calls`"),
        ("tiers: {apply: graduated, steps: [{price: 1 USD}, {up_to: 5 calls, price: 1 USD}]}", "more tiers follow"),
        ("ladder: [{includes: 5 calls, costs: 1 USD}], per_call: 1 USD", "expected no price of its own beside `ladder:`"),
        ("per_call: 1 USD, corridor: {forecast: 10 calls, at_least: 90%, up_to: 110%, above: 115%}, included: 3 calls",
         "expected `corridor:` alone"),
        ("per_call: 1 USD, as_of: yesterday", "expected a date such as `2026-10-07`"),
        ("per_call: 1 USD, period: 2 h", "expected `calendar month`, or days such as `28 days`"),
        ("per_call: 1 USD, service_levels: {at_risk: 10%, misses: [{credits: 100%}], measures: {service_level: "
         "{weight: 100%, target: 80%}}}", "expected `within:` such as `within: 20 s`"),
    ],
)  # fmt: skip
def test_a_plan_that_contradicts_itself_is_refused(text: str, message: str) -> None:
    """With what was expected."""
    with pytest.raises(ValidationError) as refused:
        plan(text)
    assert message in str(refused.value)


def test_march_is_whole() -> None:
    """The base of a calendar month is not prorated, be it of 31 days."""
    (found,) = month(plan("base: 3 000 USD per month"), traffic([10]), MARCH)
    assert (found.total, found.whole, found.share) == (Decimal("3000.00"), True, 1)

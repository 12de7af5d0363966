"""The plans that come with callsim, against invoices and rounding computed apart from it: tests/data/tariffs."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from traffic import MARCH, month, plan, traffic, units

from callsim.scenario.planfile import load_plans, shipped
from callsim.scenario.plans import Tariff
from callsim.tariffs import Bill, Invoice, MissingRate, invoice
from callsim.tariffs.breakeven import Offer, crossings
from callsim.tariffs.invoice import decimal, money
from callsim.tariffs.traffic import Traffic
from callsim.tariffs.usage import PLAIN, Usage

FIXTURES: Any = yaml.load(
    (Path(__file__).parent / "data/tariffs/plans.yaml").read_text(encoding="utf-8"), yaml.BaseLoader
)
"""Numbers are texts: 1.10 is not 1.1000000000000001."""

PLANS: dict[str, Tariff] = {name: tariff for file in shipped() for name, tariff in load_plans(file).items()}

OTHER_PLAN = {
    "simply66_40_chart_rule": "simply66_25_chart",
    "plivo_local_M200": "plivo_local",
    "plivo_tf_M200_answer_at_acd": "plivo_tollfree_machine_first",
    "fin_plus_10_seats": "intercom_fin_10_seats",
}
"""Invoices whose vendor has two readings, or two products: each is a plan of its own here."""

PARTS = {"ivr_min": "menu", "patched_min": "transfer", "automation_min": "menu"}
EVENTS = {"orders": "order"}
BANDS = {"night": "night", "weekend": "weekend"}
SEGMENTS = {"talk": "talk", "acw": "wrap_up", "ring": "ring", "queue": "queue"}
METERS = {"weighted_minute": "weighted_minute", "productive_minute": "productive_minute", "call": "call",
          "resolution": "resolution"}  # fmt: skip
ACTUAL = {"bpo_minus15": 170_000}
"""The units that were used where the invoice bills others: the forecast's lower end."""

CASES = [(fixture, case) for fixture in FIXTURES["plans"] for case in fixture["invoices"]]


def basket(name: str) -> Traffic:
    given = FIXTURES["baskets"][name]
    talks = [float(talk) for talk in given["talk_s"]] * int(given["copies"])
    # All on workdays: no plan's weekend or night is meant.
    at = [86_400.0 * (1 + place // 50) + 36_000 + 300.0 * (place % 50) for place in range(len(talks))]
    return traffic(
        talks, at=at, ring=float(given["ring_s"]), queue=float(given["queue_s"]), wrap_up=float(given["acw_s"])
    )


def counted(fixture: dict[str, Any], case: dict[str, Any]) -> Usage:
    """The usage of an invoice that is given in units."""
    total = Fraction(ACTUAL.get(case["id"], case["billable_units"]))
    lines = {line[0]: Fraction(line[1]) for line in case["lines"]}
    bands = {band: lines[code] for code, band in BANDS.items() if code in lines}
    bands = {PLAIN: total - sum(bands.values()), **bands}
    return Usage(
        units={METERS.get(fixture["meter"], "minute"): bands},
        parts={part: lines[code] for code, part in PARTS.items() if code in lines},
        events={event: lines[code] for code, event in EVENTS.items() if code in lines},
        talk=total,
        performance={"service_level": 0.76} if case["id"] == "bpo_sl_miss_4pts" else {},
    )


def billed(fixture: dict[str, Any], case: dict[str, Any]) -> Invoice:
    name = OTHER_PLAN.get(case["id"], fixture["id"])
    tariff = PLANS[name]
    if "basket" not in case:
        return invoice(Bill(name, tariff, counted(fixture, case), Fraction(1)))
    calls = basket(case["basket"])
    assert {SEGMENTS[segment] for segment in case["segments"]} == set(tariff.bills) - {"hold"}
    used = units(tariff, calls)
    assert sum(used.units["minute"].values()) == Fraction(case["billable_units"])
    (only,) = month(tariff, calls)
    return only


def parts_of(lines: Any) -> list[tuple[Decimal, Decimal, Decimal]]:
    return sorted((Decimal(quantity), Decimal(price), Decimal(amount)) for _, quantity, price, amount in lines)


def merged(case_id: str, lines: list[Any]) -> list[Any]:
    """The fixture writes the minutes paid without being used and those used in one line, ours are two."""
    if case_id != "bpo_minus15":
        return lines
    used, unused = lines
    return [["take_or_pay_min", used[1] + unused[1], used[2], used[3] + unused[3]]]


@pytest.mark.parametrize(("fixture", "case"), CASES, ids=[case["id"] for _, case in CASES])
def test_an_invoice_is_the_one_computed_apart(fixture: dict[str, Any], case: dict[str, Any]) -> None:
    """Every line by quantity, price and amount, and the total."""
    if "raises" in case:
        with pytest.raises(MissingRate, match="180 minutes have no known price"):
            billed(fixture, case)
        return
    found = billed(fixture, case)
    lines = merged(case["id"], [(line.code, line.quantity, line.price, line.amount) for line in found.lines])
    assert parts_of(lines) == parts_of(case["lines"])
    assert found.total == Decimal(case["total"])
    assert money(found.sum) == found.total
    if "effective_per_min" in case:
        assert found.effective_rate == Decimal(case["effective_per_min"])


@pytest.mark.parametrize("case", FIXTURES["rounding_tests"], ids=str)
def test_rounding_is_the_published_one(case: dict[str, Any]) -> None:
    """Billed minutes to four decimals."""
    first, then = case["inc"]
    bills = ", ".join(SEGMENTS[segment] for segment in case["segments"])
    of = plan(f"per_minute: 1 USD, bills: [{bills}], billed_in: {{first: {first} s, then: {then} s}}")
    minutes = sum(units(of, basket(case["basket"])).units["minute"].values())
    assert decimal(minutes).quantize(Decimal("0.0001")) == Decimal(case["minutes"]).quantize(Decimal("0.0001"))


@pytest.mark.parametrize("fixture", FIXTURES["plans"], ids=lambda fixture: fixture["id"])
def test_a_shipped_plan_says_where_it_comes_from(fixture: dict[str, Any]) -> None:
    """Vendor, date, evidence and currency of the fixture; a source unless it is invented."""
    of = PLANS[fixture["id"]]
    assert (of.evidence, of.currency) == (fixture["evidence"], fixture["currency"])
    assert of.as_of == fixture["as_of"].removesuffix(" help page")
    assert of.vendor
    assert of.source or of.evidence == "SYN"


@pytest.mark.parametrize("name", PLANS)
def test_every_shipped_plan_is_dated_and_graded(name: str) -> None:
    """And those that are invented are called so in their names."""
    of = PLANS[name]
    assert of.vendor and of.as_of and of.evidence and of.currency
    assert (of.evidence == "SYN") == name.endswith("_SYN") == (of.as_of == "synthetic")
    assert of.evidence == "SYN" or of.source


M200 = {
    "odile_prepaid": ("186.67", "46.67", "0.25"), "goanswer_100_2022": ("250", "275.00", "1.50"),
    "goanswer_payg_2022": ("250", "337.50", "1.84"), "map_business_125": ("250", "341.50", "1.86"),
    "sas_100": ("250", "375.00", "2.05"), "map_payg": ("250", "391.50", "2.14"),
    "sas_economy": ("250", "429.00", "2.34"), "patlive_50": ("250", "557.00", "3.04"),
    "posh_vogue_50": ("250", "570.00", "3.11"), "answerconnect_200": ("290", "575.00", "3.14"),
    "moneypenny_us_50": ("250", "621.00", "3.39"), "abby_starter_50": ("250", "825.00", "4.50"),
    "signpost_500": ("480", "1050.00", "5.73"), "teledirect_ladder_2022": ("250", "1100.00", "6.00"),
    "smith_human_30": (None, "2255.00", "12.30"),
}  # fmt: skip
"""One month of 200 calls, 183 1/3 minutes of talk: billed minutes, invoice, price of a minute talked."""


@pytest.mark.parametrize("name", M200)
def test_the_same_month_by_every_plan(name: str) -> None:
    """The same traffic becomes 187 to 480 billed minutes."""
    minutes, total, rate = M200[name]
    (found,) = month(PLANS[name], basket("M200"))
    assert found.total == Decimal(total)
    assert found.effective_rate is not None
    assert found.effective_rate.quantize(Decimal("0.01")) == Decimal(rate)
    if minutes is not None:
        assert decimal(found.billed_minutes).quantize(Decimal("0.01")) == Decimal(minutes).quantize(Decimal("0.01"))


@pytest.mark.parametrize(
    ("plan_a", "plan_b", "minutes"),
    [
        ("map_payg", "map_business_125", "94.8905"),
        ("goanswer_payg_2022", "goanswer_100_2022", "52.1739"),
        ("sas_economy", "sas_100", "74.6753"),
        ("patlive_payg", "patlive_50", "16.7224"),
        ("posh_chic", "posh_vogue_50", "28.2609"),
    ],
)
def test_break_evens_are_the_published_ones(plan_a: str, plan_b: str, minutes: str) -> None:
    """The volume from which the plan with the higher base is the cheaper one, in billed minutes to four decimals."""
    one = Usage(units={"minute": {PLAIN: Fraction(1)}}, talk=Fraction(1))
    offers = [Offer(name, PLANS[name], one) for name in (plan_a, plan_b)]
    found = crossings(*offers, most=Fraction(1000))
    assert [decimal(volume).quantize(Decimal("0.0001")) for volume in found] == [Decimal(minutes)]


def test_what_the_article_prints_and_what_is_right() -> None:
    """Its effective rates are right; that steps of 30 s cost much more than steps of a minute is the wrong way round."""
    for name, units_, printed in (
        ("goanswer_100_2022", 100, "1.10"), ("teledirect_ladder_2022", 1000, "1.10"),
        ("teledirect_ladder_2022", 20_000, "0.75"), ("quote_5000_minutes_2022", 5000, "0.90"),
        ("quote_5000_minutes_high_2022", 5000, "1.14"), ("quote_25000_minutes_2022", 25_000, "0.812"),
        ("quote_10000_calls_2022", 10_000, "0.92"),
    ):  # fmt: skip
        meter = PLANS[name].main or "minute"
        used = Usage(units={meter: {PLAIN: Fraction(units_)}}, talk=Fraction(units_))
        assert invoice(Bill(name, PLANS[name], used, Fraction(1))).effective_rate == Decimal(printed)
    by_steps = [
        sum(units(plan(f"per_minute: 1 USD, bills: [talk], billed_in: {{first: {step} s, then: {step} s}}"),
                  basket("X10")).units["minute"].values())
        for step in (30, 60)
    ]  # fmt: skip
    assert by_steps == [11, 14]


@pytest.mark.parametrize(("step", "more"), [(1, 0.56), (6, 3.37), (30, 17.59), (60, 37.01)])
def test_what_steps_add_to_exponential_calls(step: int, more: float) -> None:
    """Of mean m, billed is u / (1 - exp(-u/m)): for 90 s, 0.56, 3.37, 17.59 and 37.01 per cent more."""
    # The quantiles of the distribution, a hundred thousand of them: their mean is that of the law to four digits.
    number = 100_000
    talks = -90.0 * np.log1p(-(np.arange(number) + 0.5) / number)
    of = plan(f"per_minute: 1 USD, bills: [talk], billed_in: {{first: {step} s, then: {step} s}}")
    used = units(of, traffic(talks, at=np.linspace(0, MARCH.end - 1, number)))
    assert float(sum(used.units["minute"].values()) / used.actual - 1) * 100 == pytest.approx(more, abs=0.01)
    assert step / (1 - np.exp(-step / 90)) / 90 - 1 == pytest.approx(more / 100, abs=5e-5)

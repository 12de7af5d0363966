"""What pricing came to, as people and programs read it: every plan on the same calls, and single invoices."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from callsim.errors import CallsimError
from callsim.pricing import WHOSE, Even, Market, Priced, PricedCalls, Pricing
from callsim.quantities import grouped
from callsim.scenario.fields import nearest
from callsim.scenario.plans import EVIDENCE, Tariff
from callsim.tables import SCHEMA_VERSION, Table, fitted
from callsim.tariffs import Invoice
from callsim.tariffs.breakeven import Stretch
from callsim.tariffs.invoice import decimal, money

COLUMNS = ("a month", "invoice", "P5", "P95", "per talk min", "billed min", "rounding", "as of", "ev.")


def price_blocks(pricing: Pricing, width: int) -> Iterator[str | Table]:
    """A table for each variant, what is cheapest by volume, and what a reader must know."""
    yield textwrap.fill(pricing.title, width)
    yield textwrap.fill(_about(pricing), width)
    for calls in pricing.priced:
        named = f"{calls.name}: {grouped(calls.calls)} calls and {grouped(calls.minutes)} minutes talked a month"
        yield textwrap.fill(named, width)
        # Where no plan says when its prices were read, the two last columns would say nothing.
        dated = any(one.tariff.as_of for market in calls.markets for one in market.plans)
        number = len(COLUMNS) - (0 if dated else 2)
        sections = [(market.currency, [_row(one)[: number + 1] for one in market.plans]) for market in calls.markets]
        yield from fitted(COLUMNS[:number], sections, width)
        said = [line for market in calls.markets for line in _by_volume(market)]
        if said:
            yield "\n".join(textwrap.fill(line, width, subsequent_indent="  ") for line in said)
    yield "\n".join(textwrap.fill(note, width, break_on_hyphens=False) for note in _notes(pricing))


def _about(pricing: Pricing) -> str:
    played = (
        "a log" if pricing.seed is None else f"{_several(pricing.replications, 'replication')}, seed {pricing.seed}"
    )
    days = _several(pricing.days, "day")
    return f"Calls {WHOSE[pricing.whose]} of {days}; {played}. Amounts in the currency of each plan."


def _several(number: float, thing: str) -> str:
    return f"{number:g} {thing}{'' if number == 1 else 's'}"


def _row(one: Priced) -> tuple[str, ...]:
    about = (one.tariff.as_of or "-", one.tariff.evidence or "-")
    if not one.invoices:
        return (one.name, "unknown", *["-"] * (len(COLUMNS) - 3), *about)
    told, p5, p95 = _spread(one)
    bills = one.told
    talk = sum((bill.usage.talk for bill in bills), Fraction(0))
    billed = sum((bill.billed_minutes for bill in bills), Fraction(0))
    rate = f"{sum(float(bill.total) for bill in bills) / float(talk):.2f}" if talk else "-"
    rounding = float(sum(bill.rounding for bill in bills)) / len(bills)
    spread = ("-", "-") if len(bills) < 2 else (grouped(p5, 2), grouped(p95, 2))
    return (
        one.name, grouped(_month(one), 2), grouped(told, 2), *spread, rate,
        grouped(float(billed) / len(bills)), grouped(rounding, 2), *about,
    )  # fmt: skip


def _spread(one: Priced) -> tuple[float, float, float]:
    """Mean, 5 % and 95 % of the invoices."""
    totals = [float(bill.total) for bill in one.told]
    low, high = np.percentile(totals, (5, 95)).tolist()
    return float(np.mean(totals)), low, high


def _month(one: Priced) -> float:
    return float(np.mean(one.per_month))


def _by_volume(market: Market) -> Iterator[str]:
    """The cheapest plan from one volume to the next, and where others cost as much as the cheapest today."""
    if len(market.plans) < 2 or not market.envelope:
        return
    yield f"cheapest in {market.currency} by minutes talked a month: " + "; ".join(map(_stretch, market.envelope))
    evens = [_even(even) for even in market.evens if even.volumes]
    if evens:
        yield f"as dear as {market.evens[0].cheapest}: " + "; ".join(evens)


def _stretch(stretch: Stretch) -> str:
    return f"{_minutes(stretch.start)} to {_minutes(stretch.end)} {stretch.plan}"


def _even(even: Even) -> str:
    shown = even.volumes if len(even.volumes) <= 3 else (even.volumes[0], even.volumes[-1])
    times = "" if len(even.volumes) <= 3 else f", {len(even.volumes)} times between them"
    return f"{even.plan} at {' and '.join(map(_minutes, shown))}{times}"


def _minutes(volume: Fraction) -> str:
    return grouped(float(volume), 0 if volume >= 100 or volume == 0 else 1)


def _notes(pricing: Pricing) -> Iterator[str]:
    plans = [one for calls in pricing.priced for market in calls.markets for one in market.plans]
    yield from pricing.notes
    yield "a month: of 365/12 days, by which plans compare. invoice, P5, P95: of billing periods, over replications."
    yield "per talk min: what a minute talked costs. rounding: what rounding up time adds to an invoice."
    missing = {one.name: one.missing for one in reversed(plans) if one.missing}
    # How many there were differs by variant, and what lacks a price does not.
    yield from (
        f"unknown: {name}: {re.sub(r'^[0-9][0-9 .e+]* ', '', text)}" for name, text in reversed(missing.items())
    )
    grades = dict.fromkeys(one.tariff.evidence for one in plans if one.tariff.evidence)
    if grades:
        yield "ev.: " + ", ".join(f"{grade} {EVIDENCE[grade]}" for grade in sorted(grades))
    if any(one.tariff.assumed for one in plans):
        yield "Some plans rest on assumptions: `--invoice PLAN` names them."


def price_json(pricing: Pricing) -> dict[str, Any]:
    """The same as plain data, schema version 1. Invoices of whole periods count where there are any."""
    return {
        "schema_version": SCHEMA_VERSION,
        "title": pricing.title,
        "calls": WHOSE[pricing.whose],
        "days": pricing.days,
        "replications": pricing.replications,
        "seed": pricing.seed,
        "notes": list(pricing.notes),
        "variants": [_calls_json(calls) for calls in pricing.priced],
    }


def _calls_json(calls: PricedCalls) -> dict[str, Any]:
    return {
        "name": calls.name,
        "calls_per_month": calls.calls,
        "talk_minutes_per_month": calls.minutes,
        "plans": [_plan_json(one) for market in calls.markets for one in market.plans],
        "cheapest": {
            market.currency: [
                {"plan": stretch.plan, "from": float(stretch.start), "to": float(stretch.end)}
                for stretch in market.envelope
            ]
            for market in calls.markets
        },
        "break_evens": [
            {"plans": [even.cheapest, even.plan], "talk_minutes_per_month": [float(at) for at in even.volumes]}
            for market in calls.markets
            for even in market.evens
        ],
    }


def _plan_json(one: Priced) -> dict[str, Any]:
    found: dict[str, Any] = {"name": one.name, **_origin(one.tariff), "unknown": one.missing}
    if not one.invoices:
        return found | {"per_month": None, "invoice": None}
    mean, p5, p95 = _spread(one)
    bills = one.told
    talk = float(sum(bill.usage.talk for bill in bills))
    total = sum(float(bill.total) for bill in bills)
    return found | {
        "per_month": _month(one),
        "invoice": {"mean": mean, "p5": p5, "p95": p95, "number": len(bills), "whole": bills[0].whole},
        "effective_rate": total / talk if talk else None,
        "actual_minutes": float(sum(bill.usage.actual for bill in bills)) / len(bills),
        "billed_minutes": float(sum(bill.billed_minutes for bill in bills)) / len(bills),
        "rounding": float(sum(bill.rounding for bill in bills)) / len(bills),
    }


def _origin(tariff: Tariff) -> dict[str, Any]:
    return {key: getattr(tariff, key) for key in ("vendor", "as_of", "source", "evidence", "assumed", "currency")}


def chosen(pricing: Pricing, plan: str) -> list[tuple[str, Priced]]:
    """(variant, the plan on its calls) of the plan whose invoice is asked for. Raises CallsimError where it is none."""
    found = [
        (calls.name, one)
        for calls in pricing.priced
        for market in calls.markets
        for one in market.plans
        if one.name == plan
    ]
    if not found:
        names = [one.name for market in pricing.priced[0].markets for one in market.plans]
        hint = nearest(plan, names)
        raise CallsimError(f"expected a plan ({', '.join(f'`{name}`' for name in names)}), found `{plan}`{hint}")
    for name, one in found:
        if one.missing:
            raise CallsimError(f"{name}: {plan}: {one.missing}")
    return found


def invoice_blocks(pricing: Pricing, plan: str, width: int) -> Iterator[str | Table]:
    """The invoices of a plan for the first replication, one for each billing period."""
    picked = chosen(pricing, plan)
    yield textwrap.fill(pricing.title, width)
    yield "\n".join(textwrap.fill(line, width) for line in _plan_lines(plan, picked[0][1].tariff))
    for name, one in picked:
        for bill in first_invoices(pricing, one):
            prorated = "" if bill.whole else f", {float(bill.share):.4g} of a whole period: fixed sums are prorated"
            yield textwrap.fill(f"{name}, {bill.label}{prorated}", width)
            yield from fitted(("quantity", "unit", "price", "amount"), [(str(bill.currency), _lines(bill))], width)
            yield "\n".join(textwrap.fill(line, width) for line in _diagnosis(bill))


def first_invoices(pricing: Pricing, one: Priced) -> Sequence[Invoice]:
    """Those of the first replication."""
    return one.invoices[: len(one.invoices) // pricing.replications]


def _plan_lines(name: str, tariff: Tariff) -> Iterator[str]:
    yield f"{name}: {tariff.vendor}" if tariff.vendor else name
    if tariff.evidence:
        yield f"prices of {tariff.as_of or 'no date'}, evidence {tariff.evidence}: {EVIDENCE[tariff.evidence]}"
    if tariff.source:
        yield f"source: {tariff.source}"
    if tariff.assumed:
        yield f"assumed: {tariff.assumed}"


def _lines(bill: Invoice) -> list[tuple[str, ...]]:
    rows = [(one.code, _number(one.quantity), one.unit, _number(one.price), _amount(one.amount)) for one in bill.lines]
    return [*rows, ("total", "", "", "", f"{bill.total:,.2f}".replace(",", " "))]


def _number(number: Decimal) -> str:
    return f"{number.quantize(Decimal('1e-6')).normalize():,f}".replace(",", " ")


def _amount(amount: Decimal) -> str:
    """As many decimals as the amount has, two at least, so that the lines add up."""
    exact = amount.quantize(Decimal("1e-6")).normalize()
    shown = money(amount) if money(amount) == amount else exact
    # Plus nothing, for there is no less than nothing.
    return f"{shown + 0:,f}".replace(",", " ")


def _diagnosis(bill: Invoice) -> Iterator[str]:
    free = f", {grouped(bill.usage.free)} free" if bill.usage.free else ""
    yield f"calls {grouped(bill.calls)}{free}; talked {_number(decimal(bill.usage.talk))} min"
    actual, billed = decimal(bill.usage.actual), decimal(bill.billed_minutes)
    time = f"of what the plan bills {_number(actual)} min passed, and {_number(billed)} are billed"
    yield f"{time}; rounding costs {grouped(float(bill.rounding), 2)}"
    if bill.effective_rate is not None:
        yield f"a minute talked costs {bill.effective_rate:.4f} {bill.currency}"


def invoice_json(pricing: Pricing, plan: str) -> dict[str, Any]:
    """Invoices as plain data; amounts are texts, for they are exact."""
    picked = chosen(pricing, plan)
    return {
        "schema_version": SCHEMA_VERSION,
        "plan": plan,
        **_origin(picked[0][1].tariff),
        "invoices": [
            {"variant": name, **_invoice(bill)} for name, one in picked for bill in first_invoices(pricing, one)
        ],
    }


def _invoice(bill: Invoice) -> dict[str, Any]:
    return {
        "period": bill.label,
        "whole": bill.whole,
        "share": float(bill.share),
        "lines": [
            {"code": one.code, "quantity": f"{one.quantity:f}", "unit": one.unit, "price": f"{one.price:f}",
             "amount": f"{one.amount:f}"}
            for one in bill.lines
        ],
        "total": f"{bill.total:f}",
        "calls": bill.calls,
        "free_calls": bill.usage.free,
        "talk_minutes": float(bill.usage.talk),
        "actual_minutes": float(bill.usage.actual),
        "billed_minutes": float(bill.billed_minutes),
        "rounding": f"{bill.rounding:f}",
        "effective_rate": None if bill.effective_rate is None else f"{bill.effective_rate:f}",
    }  # fmt: skip

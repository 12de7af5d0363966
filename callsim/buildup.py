"""What adds up exactly, as people and programs read it: the lines of a payroll, and the waterfall of a loss."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from callsim.estimate import Estimate
from callsim.payroll import LINES
from callsim.quantities import grouped
from callsim.replicate import Result, VariantResult
from callsim.value import parts_adding_up
from callsim.waterfall import RUNGS, Step, steps

Rows = list[tuple[str, ...]]

PLAIN = {"wages", "employer_taxes", "seats", "flat"}
"""Lines that need no table of their own."""
PER = {
    "per_rostered_hour": "for an hour on the roster",
    "per_handled_minute": "for a handled minute",
    "per_talk": "for a talk",
}


def payroll_rows(result: Result) -> Rows:
    """The lines of the payroll by variant, and what it makes for an hour, a minute and a talk.

    Nothing where it is wages, taxes, seats and a flat sum alone.
    """
    every = [variant.payroll.get("", {}) for variant in result.variants]
    shown = [line for line in LINES if any(line.key in lines and lines[line.key].value for lines in every)]
    if all(line.key in PLAIN for line in shown):
        return []
    decimals = _decimals([lines["payroll"].value for lines in every if lines])
    parts = [dict(zip([line.key for line in LINES], _amounts(lines, decimals), strict=True)) for lines in every]
    rows = [(line.title, *(_shown(one[line.key]) for one in parts)) for line in shown]
    rows.append(("payroll", *(_shown(_total(list(one.values()))) for one in parts)))
    for key, title in PER.items():
        rows.append((title, *(_price(lines[key].value) if lines else "-" for lines in every)))
    return rows


def payroll_json(variant: VariantResult) -> dict[str, Any] | None:
    """The payroll of all paid teams, and of each; amounts to the hundredth, whose decimals add up to the total."""
    if not variant.payroll:
        return None
    whole, *_ = variant.payroll.values()
    teams = {team: _team_json(lines) for team, lines in variant.payroll.items() if team}
    return _team_json(whole) | {"by_team": teams}


def _team_json(lines: Mapping[str, Estimate]) -> dict[str, Any]:
    amounts = _amounts(lines, 2)
    found = [
        {"key": line.key, "title": line.title, "amount": _number(amount)}
        for line, amount in zip(LINES, amounts, strict=True)
        if amount
    ]
    per = {key: value if math.isfinite(value := lines[key].value) else None for key in PER}
    return {"lines": found, "total": _number(_total(amounts)), **per}


def waterfall_rows(result: Result) -> Rows:
    """The steps from the naive figure to the loss counted, by variant; nothing without any loss."""
    every = [variant.waterfall for variant in result.variants]
    if not any(every):
        return []
    decimals = _decimals([float(sum(step.amount for step in found)) for found in every if found])
    coarse = [_rounded(found, decimals) for found in every]
    rows: Rows = []
    for place, rung in enumerate(RUNGS):
        amounts = [found[place].amount if found else None for found in coarse]
        if any(amounts):
            rows.append((rung.title, *(_shown(amount, signed=place > 0) for amount in amounts)))
    totals = [_total([step.amount for step in found]) if found else None for found in coarse]
    return [*rows, (f"lost: {counted(result)}", *map(_shown, totals))]


def counted(result: Result) -> str:
    """The view at the foot of the waterfall."""
    return result.count_loss_as or "lifetime"


def waterfall_json(result: Result, variant: VariantResult) -> dict[str, Any] | None:
    if not variant.waterfall:
        return None
    return {
        "view": counted(result),
        "steps": [
            {"key": rung.key, "title": rung.title, "amount": _number(amount)} for rung, amount in variant.waterfall
        ],
        "total": _number(_total([step.amount for step in variant.waterfall])),
    }


def _rounded(found: Sequence[Step], decimals: int) -> tuple[Step, ...]:
    """The steps again, rounded so that they still add up."""
    levels, level = [], Decimal(0)
    for step in found:
        level += step.amount
        levels.append(float(level))
    return steps(levels, decimals)


def _amounts(lines: Mapping[str, Estimate], decimals: int) -> list[Decimal | None]:
    if not lines:
        return [None for _ in LINES]
    return list(parts_adding_up([lines[line.key].value for line in LINES], decimals))


def _total(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _decimals(sizes: Sequence[float]) -> int:
    """Whole units of the currency, or hundredths where there are few of them."""
    return 0 if max(map(abs, sizes), default=0.0) >= 1000.0 else 2


def _shown(amount: Decimal | None, *, signed: bool = False) -> str:
    if amount is None:
        return "-"
    exponent = amount.as_tuple().exponent
    assert isinstance(exponent, int)
    return grouped(float(amount), -exponent, signed=signed)


def _price(value: float) -> str:
    return grouped(value, 2) if math.isfinite(value) else "-"


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)

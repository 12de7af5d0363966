"""What a comparison came to, as people and programs read it: sentences, the ranking, what flips it, then the tables."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from callsim import comparerows, tables
from callsim.answers import answers
from callsim.comparewords import percent
from callsim.comparison import Comparison
from callsim.decisions import Decision, Ranked
from callsim.economics import PARTS
from callsim.estimate import interval
from callsim.flips import Crossing, Flip
from callsim.flipwords import amount_of, bounds, has_amount, now_of
from callsim.quantities import so_many
from callsim.replicate import Result, VariantResult, measured
from callsim.tables import Table, fitted, interval_json, lettered, shown
from callsim.yamlfile import dotted


def compare_blocks(comparison: Comparison, width: int, *, short: bool = False) -> Iterator[str | Table]:
    """Sentences and tables for a page of some width; in short without those of the measures."""
    result = comparison.result
    yield from tables.opening(result, width, about=_about(result))
    for answer in answers(comparison):
        yield _filled(answer.says, width)
    if len(result.variants) > 1:
        yield from _ranking(comparison, width)
        yield from _flip_table(comparison, width)
    if not short:
        letters = [letter for letter, _ in lettered(result)]
        yield from fitted(letters, list(comparerows.sections(result)), width)
        yield from tables.differences(result, width, keys=COMPARED)
    notes = [] if short else list(comparerows.notes(comparison))
    if len(result.variants) > 1:
        notes = [*_notes(comparison), *notes]
    if notes:
        yield "\n".join(textwrap.fill(note, width, break_on_hyphens=False) for note in notes)


COMPARED = ("missed_rate", "lost_caller_rate", "lost_callers", "payroll", "invoices", "total_cost")
"""The rows of the differences to the baseline."""


def _about(result: Result) -> str:
    spread = (
        "± is the uncertainty of that average (95 % interval); single months vary more."
        if result.replications > 1
        else "No intervals: they need more replications."
    )
    return (
        f"{so_many(result.replications, 'replication')} of {so_many(result.days, 'day')}, the "
        f"same callers in every variant. Counts and amounts are for an average month of 365/12 days. {spread}"
    )


INSIDE_NUMBERS = re.compile(r"(?<=\d) (?=\d{3}\b|±|%)")
STAYS = "\u00a0"


def _filled(text: str, width: int) -> str:
    """The paragraph in lines, no number cut in two."""
    lines = textwrap.fill(INSIDE_NUMBERS.sub(STAYS, text), width, break_on_hyphens=False)
    return lines.replace(STAYS, " ")


def _ranking(comparison: Comparison, width: int) -> Iterator[Table]:
    money = comparison.decision.key == "total_cost"
    letters = _letters(comparison)
    first = letters[comparison.decision.ranked[0].name]
    headings = ("total" if money else "lost", f"above {first}", "chance", "apart")
    unit = f"{comparison.result.currency} per month" if money else "callers per month"

    def table(title: Callable[[Ranked], str]) -> list[Table]:
        rows = [(title(one), *_ranked_cells(one)) for one in comparison.decision.ranked]
        return list(fitted(headings, [(f"ranking, {unit}", rows)], width))

    whole = table(lambda one: f"{letters[one.name]}  {one.name}")
    # Where names are too long for the page, their letters stand for them.
    yield from whole if len(whole) == 1 else table(lambda one: letters[one.name])


def _letters(comparison: Comparison) -> dict[str, str]:
    return {variant.name: letter for letter, variant in lettered(comparison.result)}


def _ranked_cells(one: Ranked) -> tuple[str, ...]:
    cost = shown(interval(one.cost), "money")
    chance = "-" if one.chance is None else percent(one.chance).replace("over ", ">").replace("under ", "<")
    if one.is_same:
        return (cost, "-", chance, "-")
    known = one.jointly.low is not None
    return (cost, shown(interval(one.above), "money"), chance, ("yes" if one.is_told_apart else "no") if known else "-")


ROWS = {
    "worth": ("a lost new caller, {}", "a lost caller, times"),
    "vendors": ("answering services, times", "answering services, times"),
    "wages": ("wage, {} an hour", "wages, times"),
    "volume": ("callers a month", "callers, times"),
}
"""What stands before the values of a lever: with its amount, and where there are only times of it."""


def _flip_table(comparison: Comparison, width: int) -> Iterator[Table]:
    """Where each of the others costs as much as the cheapest, a row for each lever."""
    if not comparison.flips:
        return
    letters = _letters(comparison)
    order = [one.name for one in comparison.decision.ranked]
    rivals = sorted((one.rival for one in comparison.flips[0].crossings), key=order.index)
    rows = []
    for flip in comparison.flips:
        by_rival = {one.rival: one for one in flip.crossings}
        with_amount, times = ROWS[flip.lever]
        title = with_amount.format(comparison.result.currency) if has_amount(flip) else times
        rows.append((title, _now(flip), *(_crossing_cell(flip, by_rival[rival]) for rival in rivals)))
    headings = ("now", *(letters[rival] for rival in rivals))
    yield from fitted(headings, [(f"as dear as {letters[comparison.best]} at", rows)], width)


def _now(flip: Flip) -> str:
    return now_of(flip) if has_amount(flip) else "1"


def _crossing_cell(flip: Flip, one: Crossing) -> str:
    if one.at is None:
        return "never"
    return amount_of(flip, one) if one.low is None else f"{amount_of(flip, one)} ({bounds(flip, one)})"


def _notes(comparison: Comparison) -> Iterator[str]:
    decision = comparison.decision
    if decision.ranked[0].chance is not None:
        yield "chance: that the variant is the first, as far as the luck of the simulated days goes"
    yield "apart: the gap to the first is real, not luck (95 % sure for all pairs at once)"
    if decision.key == "total_cost" and comparison.flips:
        volume = next((flip for flip in comparison.flips if flip.lever == "volume"), None)
        callers = "" if volume is None else f", of callers from {volume.least:g} to {volume.most:g} times"
        best = _letters(comparison)[comparison.best]
        yield (
            f"as dear as {best} at: where that variant and {best} cost the same if this one number is another, with "
            f"the 95 % interval; never: not from 0.1 to 10 times what it is{callers}"
        )
        if volume is not None:
            yield "callers: staff stays the same when callers change"


def as_json(comparison: Comparison) -> dict[str, Any]:
    """The result of a run, and what the comparison adds to it."""
    decision = comparison.decision
    return tables.as_json(comparison.result) | {
        "answers": [{"about": answer.about, "says": answer.says} for answer in answers(comparison)],
        "against": comparison.baseline,
        "ranked_by": decision.key,
        "ranking": [_ranked_json(comparison, one) for one in decision.ranked],
        "not_told_apart": [list(pair) for pair in decision.undecided],
        "the_same": [list(names) for names in decision.same],
        "flips": [_flip_json(flip) for flip in comparison.flips],
        "callers_differ": list(comparison.differing),
        "weak": [{"input": dotted(one.path), "why": one.why or None} for one in comparison.weak],
        "taken_for_granted": [*comparison.unsaid, *comparison.weak_prices],
        "views": {view: _view_json(comparison, one) for view, one in comparison.views.items()},
        "loss_parts": {variant.name: _parts_json(comparison.result, variant) for variant in comparison.result.variants},
    }


def _view_json(comparison: Comparison, decision: Decision) -> list[dict[str, Any]]:
    return [_ranked_json(comparison, one) for one in decision.ranked]


def _parts_json(result: Result, variant: VariantResult) -> dict[str, Any]:
    """What the loss counted is made of: people, and amounts."""
    amounts = tables.unit_of(result, "total_cost")
    return {
        part.key: interval_json(
            measured(part.key, variant.loss_parts[part.key]), amounts if part.key.startswith("loss_") else "per month"
        )
        for part in PARTS
        if part.key in variant.loss_parts
    }


def _ranked_json(comparison: Comparison, one: Ranked) -> dict[str, Any]:
    unit = tables.unit_of(comparison.result, comparison.decision.key)
    return {
        "name": one.name,
        "value": interval_json(interval(one.cost), unit),
        "more_than_first": interval_json(interval(one.above), unit),
        "more_than_first_jointly": interval_json(one.jointly, unit),
        "chance_to_be_best": one.chance,
        "told_apart": one.is_told_apart,
        "same_as_first": one.is_same,
    }


def _flip_json(flip: Flip) -> dict[str, Any]:
    return {
        "lever": flip.lever,
        "from": flip.least,
        "to": flip.most,
        "now": None if flip.now is None else list(flip.now),
        "crossings": [
            {"rival": one.rival, "factor": one.at, "low": _finite(one.low), "high": _finite(one.high)}
            for one in flip.crossings
        ],
    }


def _finite(bound: float | None) -> float | None:
    """Ends beyond the range are missing."""
    return None if bound is None or not math.isfinite(bound) or bound <= 0.0 else bound

"""What a comparison came to, as people and programs read it: sentences, the ranking, what flips it, then the tables."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from typing import Any

from callsim import tables
from callsim.answers import LEVERS, answers, at_value, bounds, factor_of, percent
from callsim.comparison import Comparison
from callsim.decisions import Ranked
from callsim.estimate import interval
from callsim.flips import Crossing, Flip
from callsim.tables import Table, fitted, interval_json, lettered, shown
from callsim.yamlfile import dotted

FLIP_COLUMNS = ("against", "times", "where it flips", "interval")


def compare_blocks(comparison: Comparison, width: int) -> Iterator[str | Table]:
    """Sentences and tables for a page of some width."""
    result = comparison.result
    yield from tables.opening(result, width)
    for answer in answers(comparison):
        yield textwrap.fill(answer.says, width, break_on_hyphens=False, break_long_words=False)
    if len(result.variants) > 1:
        yield from _ranking(comparison, width)
        yield from _flip_tables(comparison, width)
    yield from tables.measures(result, width)
    yield from tables.differences(result, width)
    yield from tables.closing(result, width)
    if len(result.variants) > 1:
        yield "\n".join(textwrap.fill(note, width, break_on_hyphens=False) for note in _notes(comparison))


def _ranking(comparison: Comparison, width: int) -> Iterator[Table]:
    money = comparison.decision.key == "total_cost"
    headings = ("total cost" if money else "lost callers", "more than the first", "chance to be best", "told apart")
    letters = {variant.name: letter for letter, variant in lettered(comparison.result)}
    rows = [(f"{letters[one.name]}  {one.name}", *_ranked_cells(one)) for one in comparison.decision.ranked]
    unit = f"{comparison.result.currency} per month" if money else "callers per month"
    yield from fitted(headings, [(f"ranking, {unit}", rows)], width)


def _ranked_cells(one: Ranked) -> tuple[str, ...]:
    cost = shown(interval(one.cost), "money")
    chance = "-" if one.chance is None else percent(one.chance)
    if one.is_same:
        return (cost, "-", chance, "-")
    known = one.jointly.low is not None
    return (cost, shown(interval(one.above), "money"), chance, ("yes" if one.is_told_apart else "no") if known else "-")


def _flip_tables(comparison: Comparison, width: int) -> Iterator[Table]:
    """For each lever the baseline, and each rival, and where they cost the same as the cheapest."""
    letters = {variant.name: letter for letter, variant in lettered(comparison.result)}
    sections = []
    for flip in comparison.flips:
        rows = [
            (f"as dear as {letters[one.rival]}", *_crossing_cells(comparison, flip, one))
            for one in sorted(flip.crossings, key=lambda one: one.far)
        ]
        sections.append((LEVERS[flip.lever], rows))
    yield from fitted(FLIP_COLUMNS[1:], sections, width)


def _crossing_cells(comparison: Comparison, flip: Flip, one: Crossing) -> tuple[str, ...]:
    if one.at is None:
        return ("-", f"not from {flip.least:g} to {flip.most:g} times", "-")
    sure = "-" if one.low is None else bounds(flip, one)
    return (factor_of(one), at_value(comparison, flip, one).removeprefix("at "), sure.removeprefix("95 % sure "))


def _notes(comparison: Comparison) -> Iterator[str]:
    decision = comparison.decision
    if len(decision.ranked) > 2:
        yield (
            "told apart: dearer than the first by more than chance. All pairs are judged together, so that all of it "
            "is right 95 times in 100; single intervals here are narrower than that asks for."
        )
    if comparison.flips:
        yield (
            "where it flips: everything else as in the file. Wages take along what is reckoned from them; more or "
            "fewer callers meet the same people on duty."
        )


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
        "taken_for_granted": list(comparison.unsaid),
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

"""What a comparison came to, as people and programs read it: sentences, the ranking, what flips it, then the tables."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from callsim import tables
from callsim.answers import amount_of, answers, bounds, has_amount, percent
from callsim.comparison import Comparison
from callsim.decisions import Ranked
from callsim.estimate import interval
from callsim.flips import Crossing, Flip
from callsim.quantities import grouped
from callsim.tables import Table, fitted, interval_json, lettered, shown
from callsim.yamlfile import dotted


def compare_blocks(comparison: Comparison, width: int) -> Iterator[str | Table]:
    """Sentences and tables for a page of some width."""
    result = comparison.result
    yield from tables.opening(result, width)
    for answer in answers(comparison):
        yield _filled(answer.says, width)
    if len(result.variants) > 1:
        yield from _ranking(comparison, width)
        yield from _flip_table(comparison, width)
    yield from tables.measures(result, width)
    yield from tables.differences(result, width)
    yield from tables.closing(result, width)
    if len(result.variants) > 1:
        yield "\n".join(textwrap.fill(note, width, break_on_hyphens=False) for note in _notes(comparison))


INSIDE_NUMBERS = re.compile(r"(?<=\d) (?=\d{3}\b|±|%)")
STAYS = "\u00a0"


def _filled(text: str, width: int) -> str:
    """The paragraph in lines, no number cut in two."""
    lines = textwrap.fill(INSIDE_NUMBERS.sub(STAYS, text), width, break_on_hyphens=False)
    return lines.replace(STAYS, " ")


def _ranking(comparison: Comparison, width: int) -> Iterator[Table]:
    money = comparison.decision.key == "total_cost"
    headings = ("total" if money else "lost", "dearer" if money else "more", "chance", "apart")
    letters = _letters(comparison)
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
    yield from fitted(headings, [(f"{letters[comparison.best]} costs as much at", rows)], width)


def _now(flip: Flip) -> str:
    if not has_amount(flip) or flip.now is None:
        return "1"
    return grouped(flip.now[0], 0 if flip.now[0] >= 100.0 else 2)


def _crossing_cell(flip: Flip, one: Crossing) -> str:
    if one.at is None:
        return "-"
    return amount_of(flip, one) if one.low is None else f"{amount_of(flip, one)} ({bounds(flip, one)})"


def _notes(comparison: Comparison) -> Iterator[str]:
    decision = comparison.decision
    yield "chance: that the variant is the first, as far as the luck of the simulated days goes"
    yield (
        "apart: worse than the first by more than chance explains. All pairs are judged together, so that all of it is "
        "right 95 times in 100: with several variants that asks for more than each ± alone"
    )
    if decision.key == "total_cost" and comparison.flips:
        volume = next((flip for flip in comparison.flips if flip.lever == "volume"), None)
        callers = "" if volume is None else f", of callers from {volume.least:g} to {volume.most:g} times"
        yield (
            "costs as much at: one number changed, everything else as in the file, and in brackets the 95 % interval; "
            f"-: nowhere from 0.1 to 10 times what it is now{callers}"
        )
        if volume is not None:
            yield "callers: more or fewer of them meet the same people on duty"


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

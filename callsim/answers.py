"""What a comparison says, in sentences for whoever has to decide. Each is true of whatever came out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from callsim.comparison import Comparison
from callsim.decisions import FEWEST, Ranked, enough
from callsim.economics import LOSS_KEYS
from callsim.estimate import Estimate, Interval, interval
from callsim.flips import Crossing, Flip
from callsim.quantities import grouped
from callsim.replicate import Result, VariantResult, measured
from callsim.scenario.weak import Weak
from callsim.tables import shown, unit_of
from callsim.weakwords import in_words


class Answer(NamedTuple):
    """A paragraph: what it is about, and its sentences."""

    about: str
    says: str


LOSSES = {
    "acquisition": "the advertising that had brought them",
    "first order": "the margin of the first orders that they would have placed",
    "lifetime": "the margin of all that they would have bought over the years",
    "with referrals": "the margin of all that they, and whom they would have recommended us to, would have bought",
    "replacement": "the advertising that brings as many others",
}
"""What is lost with a caller, by the view that is counted."""

LEVERS = {
    "worth": "what a lost caller costs",
    "vendors": "what answering services charge",
    "wages": "what agents earn",
    "volume": "how many people call",
}
"""What the answer may depend on, in words."""

FEEDS = {
    "worth": (("worth",), ("sources", "kinds")),
    "vendors": (("tariffs",),),
    "wages": (("teams",),),
    "volume": (("sources", "callers"), ("sources", "logged_calls")),
}
"""The inputs behind a lever: a section, or a key of its entries."""


def answers(comparison: Comparison) -> list[Answer]:
    """The sentences above the tables, in the order in which they are read."""
    found = [
        Answer("today", " ".join(_today(comparison))),
        Answer("cheapest", " ".join(_cheapest(comparison))),
        Answer("flips", " ".join(_flips(comparison))),
        Answer("callers", " ".join(_callers(comparison))),
        Answer("weak", " ".join(_weak(comparison))),
    ]
    return [answer for answer in found if answer.says]


# What is missed now, and what it costs.


def _today(comparison: Comparison) -> Iterator[str]:
    result = comparison.result
    now = result.variants[0]
    calls, share, callers, lost, back = (
        _count(result, now, key)
        for key in ("attempts", "missed_rate", "callers", "lost_callers", "called_back_callers")
    )
    if not now.measures["attempts"].value:
        yield f"Nobody calls in `{now.name}`."
        return
    ways = ["others tried again"] if now.measures["attempts_per_caller"].value > 1.0 else []
    ways += [f"{back} were called back"] if now.measures["called_back_callers"].value else []
    others = f" ({' and '.join(ways)})" if ways else ""
    yield f"In `{now.name}`, {share} of {calls} calls a month are missed; {lost} of {callers} callers are lost{others}."
    yield from _loss(result, now)
    total = now.money["total_cost"]
    if math.isfinite(total.value):
        yield f"All in all `{now.name}` costs {_amount(result, total)}: {_made_of(result, now)}."


def _count(result: Result, variant: VariantResult, key: str) -> str:
    return shown(measured(key, variant.measures[key]), unit_of(result, key))


def _amount(result: Result, estimate: Estimate) -> str:
    """`366 838 ±2 518 RUB a month`."""
    return f"{shown(interval(estimate), 'money')} {result.currency} a month"


def _loss(result: Result, now: VariantResult) -> Iterator[str]:
    view = result.count_loss_as
    known = math.isfinite(now.money["loss_lifetime"].value)
    if not known:
        yield "What that costs the file does not say: no source has a `worth:`."
    elif view is None:
        low, high = (_amount(result, now.money[f"loss_{one}"]) for one in ("first_order", "lifetime"))
        yield f"That costs {low} in first orders, or {high} over the lifetime of customers."
    else:
        late = "; whoever was called back counts with the interest that had cooled by then"
        cooled = late if now.measures["called_back_callers"].value else ""
        yield (
            f"That costs {_amount(result, now.money[LOSS_KEYS[view]])}, counted as {view}: {LOSSES[view]}{cooled}. "
            "It is an estimate from `worth:`, not money that leaves an account."
        )


def _made_of(result: Result, now: VariantResult) -> str:
    parts = [f"payroll {_plain(now.money['payroll'])}"]
    if now.money["invoices"].value:
        parts.append(f"answering services {_plain(now.money['invoices'])}")
    parts.append(f"this loss {_plain(now.money[LOSS_KEYS[str(result.count_loss_as)]])}")
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _plain(estimate: Estimate) -> str:
    return grouped(estimate.value)


# What is the cheapest, and how sure that is.


def _cheapest(comparison: Comparison) -> Iterator[str]:
    result, ranked = comparison.result, comparison.decision.ranked
    if comparison.decision.key != "total_cost":
        yield f"There is no total cost to compare: {'; '.join(_missing(result))}."
    if len(ranked) == 1:
        yield "There is one variant only, so nothing to compare it with: write others under `variants:`."
        return
    if all(one.is_same for one in ranked):
        yield f"The {len(ranked)} variants come to exactly the same, every time: there is nothing to choose between."
        return
    yield from _winner(comparison)
    yield from _mixed(comparison)
    yield from _sure(comparison)
    yield from _told_apart(comparison)


def _mixed(comparison: Comparison) -> Iterator[str]:
    """A word of warning where callers are not the same; which, and in what, is said further below."""
    if comparison.best == comparison.baseline and comparison.differing:
        yield "But not all of them have the same callers, as said below."
    elif any(f"`{comparison.best}`" in line for line in comparison.differing):
        yield f"But part of that are the callers: they are not those of `{comparison.baseline}`, as said below."


def _missing(result: Result) -> Iterator[str]:
    """What the file would have to say."""
    if result.count_loss_as is None:
        if not any(math.isfinite(variant.money["loss_lifetime"].value) for variant in result.variants):
            yield "nothing says what callers are worth (`worth:`)"
        yield "nothing says what of a lost caller is to be counted (write `count_loss_as: first order`)"
    unpaid = [f"`{one.name}`" for one in result.variants if not math.isfinite(one.money["payroll"].value)]
    if unpaid:
        where = "" if len(unpaid) == len(result.variants) else f" in {', '.join(unpaid)}"
        yield f"nothing says what the teams earn{where} (write `pay: {{wage: ...}}`)"


def _winner(comparison: Comparison) -> Iterator[str]:
    decision = comparison.decision
    best, others = comparison.best, [one for one in decision.ranked if not one.is_same]
    money = decision.key == "total_cost"
    word = "the cheapest" if money else "the one that loses the fewest callers"
    cost = f"{_size(comparison, decision.of(best).cost)}{' in total' if money else ''}"
    if best == comparison.baseline:
        lead = f"Stay as you are: `{best}` is {word}" if not decision.rivals else f"`{best}` comes out as {word}"
        yield f"{lead}, at {cost}; the next, `{others[0].name}`, comes to {_more(comparison, others[0])} more."
    else:
        against = decision.of(comparison.baseline)
        lead = f"`{best}` is {word}" if not decision.rivals else f"`{best}` comes out as {word}"
        fewer = "less" if money else "fewer"
        less = f", {_more(comparison, against)} {fewer} than `{against.name}`"
        next_ = (
            ""
            if others[0].name == against.name
            else f". The next is `{others[0].name}`, {_more(comparison, others[0])} more"
        )
        yield f"{lead}, at {cost}{less}{next_}."
    same = [f"`{one.name}`" for one in decision.ranked if one.is_same and one.name != best]
    if same:
        yield f"{_and(same)} {'comes' if len(same) == 1 else 'come'} to exactly the same as `{best}`."


def _size(comparison: Comparison, estimate: Estimate) -> str:
    if comparison.decision.key == "total_cost":
        return _amount(comparison.result, estimate)
    return f"{shown(interval(estimate, least=0.0), 'per month')} a month"


def _more(comparison: Comparison, one: Ranked) -> str:
    return _size_of(comparison, interval(one.above))


def _size_of(comparison: Comparison, found: Interval) -> str:
    unit = f"{comparison.result.currency} a month" if comparison.decision.key == "total_cost" else "callers a month"
    return f"{shown(found, 'money')} {unit}"


def _sure(comparison: Comparison) -> Iterator[str]:
    result, decision = comparison.result, comparison.decision
    first = decision.of(comparison.best)
    if first.chance is None:
        yield (
            f"How sure that is cannot be said from {_number(result.replications, 'replication')}: it takes {FEWEST} "
            "at least, and better 30 (`--replications 30`)."
        )
        return
    group = [one for one in decision.ranked if one.is_same]
    chance = percent(sum(one.chance or 0.0 for one in group))
    who = "it is" if len(group) == 1 else "one of them is"
    yield (
        f"The chance that {who} the {'cheapest' if decision.key == 'total_cost' else 'best'} is {chance}, as far as "
        "the luck of the simulated days goes: it says nothing of whether the numbers in the file are right."
    )


def percent(chance: float) -> str:
    """`97 %`; near certainty with a decimal, and never certainty itself."""
    if chance > 0.999:
        return "over 99.9 %"
    if chance < 0.001:
        return "under 0.1 %"
    return f"{100 * chance:.{0 if 0.01 <= chance <= 0.99 else 1}f} %"


def _told_apart(comparison: Comparison) -> Iterator[str]:
    decision = comparison.decision
    if comparison.result.replications < 2:
        return
    if not decision.rivals:
        others = sum(not one.is_same for one in decision.ranked)
        if others > 1:
            yield f"Each of the {others} others is worse by more than chance explains."
        else:
            yield "The difference is larger than chance explains."
        return
    names = _and([f"`{one.name}`" for one in decision.rivals])
    such = "such a difference" if len(decision.rivals) == 1 else "such differences"
    yield f"{names} cannot be told apart from it: chance alone may make {such}."
    if comparison.best != comparison.baseline and comparison.baseline in [one.name for one in decision.rivals]:
        yield f"So it is not sure that anything is gained by leaving `{comparison.baseline}`."
    number = enough(decision.rivals[0].above)
    if number is not None and comparison.result.replications < number <= MOST_ADVISED:
        rounded = math.ceil(1.5 * number / 10) * 10
        yield f"`--replications {rounded}` would probably tell."
    elif number is not None and number > MOST_ADVISED:
        yield "More replications would hardly tell them apart: take them for equally good."


MOST_ADVISED = 3000
"""Replications that are still worth while."""


# What would flip it.


def _flips(comparison: Comparison) -> Iterator[str]:
    flips = comparison.flips
    if not flips:
        return
    moved = [flip for flip in flips if flip.nearest.at is not None]
    held = [flip for flip in flips if flip.nearest.at is None]
    if not moved:
        yield f"No single number flips the answer: it holds for {_ranges(held)}."
        return
    first = moved[0]
    rival = first.nearest.rival
    yield (
        f"The answer depends most on {LEVERS[first.lever]}: {_if(comparison, first, first.nearest)}{_between(first)}, "
        f"`{rival}` would cost as much as `{comparison.best}`, and with {_beyond(first)} it would be cheaper."
    )
    if moved[1:]:
        others = [_if(comparison, flip, flip.nearest) + _of_other(flip, rival) for flip in moved[1:]]
        yield f"The same would happen, all else being as it is, {_or(others)}."
    if first.nearest.far < NEAR:
        yield "That is near: between these two let other reasons decide as well."
    if held:
        yield f"It holds for {_ranges(held)}."
    yield from _against_baseline(comparison)
    for flip in moved:
        guesses = [in_words(one) for one in comparison.weak if _feeds(one, flip.lever)]
        if guesses:
            yield f"Mind that {LEVERS[flip.lever]} rests on guesses: {_and(list(dict.fromkeys(guesses)))}."


NEAR = math.log(1.1)
"""A change of a tenth: few know their numbers so well."""


def _against_baseline(comparison: Comparison) -> Iterator[str]:
    """What it takes to do as well with the baseline, where another rival comes first."""
    base = comparison.baseline
    if base == comparison.best or all(flip.nearest.rival == base for flip in comparison.flips if flip.nearest.at):
        return
    found = [(flip, one) for flip in comparison.flips for one in flip.crossings if one.rival == base]
    met = [_if(comparison, flip, one) for flip, one in found if one.at is not None]
    if met:
        yield f"`{base}` would cost as little {_or(met)}."
    elif found:
        yield f"`{base}` is dearer for {_ranges([flip for flip, _ in found])}."


def _or(parts: Sequence[str]) -> str:
    return _and(parts).replace(" and if ", " or if ")


def _of_other(flip: Flip, rival: str) -> str:
    return "" if flip.nearest.rival == rival else f" (with `{flip.nearest.rival}`)"


def _feeds(one: Weak, lever: str) -> bool:
    return any(one.path[0] == feed[0] and (len(feed) == 1 or feed[-1] == one.path[-1]) for feed in FEEDS[lever])


def _ranges(flips: Sequence[Flip]) -> str:
    """`0.1 to 10 times what a lost caller costs and what agents earn`."""
    by_range: dict[tuple[float, float], list[str]] = {}
    for flip in flips:
        by_range.setdefault((flip.least, flip.most), []).append(LEVERS[flip.lever])
    return ", and for ".join(
        f"{least:g} to {most:g} times {_and(levers)}" for (least, most), levers in by_range.items()
    )


def _if(comparison: Comparison, flip: Flip, crossing: Crossing) -> str:
    """`if agents earned 361 RUB an hour instead of 350, 3 % more`."""
    currency = comparison.result.currency
    if not has_amount(flip):
        change = _changed(flip, crossing)
        return {
            "worth": f"if a lost caller cost {change}",
            "vendors": f"if answering services charged {change}",
            "wages": f"if agents earned {change}",
            "volume": f"if {change} people called",
        }[flip.lever]
    assert flip.now is not None
    then, now = amount_of(flip, crossing), grouped(flip.now[0], decimals(flip, crossing))
    return {
        "worth": f"if a lost new caller cost {then} {currency} instead of {now}",
        "wages": f"if agents earned {then} {currency} an hour instead of {now}",
        "volume": f"if {then} people a month called instead of {now}",
    }[flip.lever]


def _changed(flip: Flip, crossing: Crossing) -> str:
    """`5.5 % less`, or `2.3 times as much`; of people fewer, and as many."""
    assert crossing.at is not None
    people = flip.lever == "volume"
    change = crossing.at - 1.0
    if not -0.5 <= change <= 1.0:
        return f"{factor_of(crossing)} times as {'many' if people else 'much'}"
    half = _half(crossing)
    places = 1 if not half or not math.isfinite(half) else min(2, max(0, -2 - math.floor(math.log10(half))))
    word = "more" if change > 0.0 else "fewer" if people else "less"
    return f"{100 * abs(change):.{places}f} % {word}"


def _between(flip: Flip) -> str:
    """In brackets: `3 % more; 95 % sure: 355 to 367`."""
    parts = [_changed(flip, flip.nearest)] if has_amount(flip) else []
    if flip.nearest.low is not None:
        said = bounds(flip, flip.nearest)
        unit = "" if has_amount(flip) else " times"
        parts.append(f"95 % sure: {said}{unit}" if " to " in said else f"all that is sure: {said}")
    return f" ({'; '.join(parts)})" if parts else ""


def _beyond(flip: Flip) -> str:
    assert flip.nearest.at is not None
    return "more" if flip.nearest.at > 1.0 else "less" if flip.lever != "volume" else "fewer"


# The same in numbers.


def has_amount(flip: Flip) -> bool:
    """Whether one amount stands for the lever in all variants; else only times of it can be told."""
    return flip.now is not None and flip.now[0] == flip.now[1]


def amount_of(flip: Flip, crossing: Crossing) -> str:
    """The amount at which a rival costs the same, or the times of what it is now."""
    if not has_amount(flip):
        return factor_of(crossing)
    assert flip.now is not None
    assert crossing.at is not None
    return grouped(flip.now[0] * crossing.at, decimals(flip, crossing))


def factor_of(crossing: Crossing) -> str:
    """The factor with as many decimals as its interval deserves, two at least."""
    assert crossing.at is not None
    half = _half(crossing)
    places = 2 if not half or not math.isfinite(half) else min(4, max(2, 1 - math.floor(math.log10(half))))
    return f"{crossing.at:.{places}f}"


def _half(crossing: Crossing) -> float | None:
    assert crossing.at is not None
    if crossing.low is None or crossing.high is None:
        return None
    return max(crossing.high - crossing.at, crossing.at - crossing.low)


def decimals(flip: Flip, crossing: Crossing) -> int:
    """Decimals of an amount, by the width of its interval."""
    assert crossing.at is not None
    assert flip.now is not None
    half = _half(crossing)
    width = flip.now[0] * (crossing.at / 50 if half is None or not math.isfinite(half) else half)
    return min(2, max(0, -math.floor(math.log10(width)))) if width > 0.0 else 2


def bounds(flip: Flip, crossing: Crossing) -> str:
    """`355 to 367`, in the amounts of the lever, or in times where there are none."""
    assert crossing.low is not None
    assert crossing.high is not None
    unit = flip.now[0] if has_amount(flip) and flip.now is not None else 1.0
    digits = decimals(flip, crossing) if has_amount(flip) else len(factor_of(crossing).partition(".")[2])
    low, high = (grouped(unit * end, digits) for end in (crossing.low, min(crossing.high, 2 * flip.most)))
    if crossing.low < flip.least and crossing.high > flip.most:
        return "anywhere"
    if crossing.low < flip.least:
        return f"{high} or less"
    if crossing.high > flip.most:
        return f"{low} or more"
    return f"{low} to {high}"


# What all of it rests on.


def _callers(comparison: Comparison) -> Iterator[str]:
    if comparison.differing:
        yield "Mind what is compared:"
        yield "; ".join(comparison.differing) + "."


def _weak(comparison: Comparison) -> Iterator[str]:
    words = list(dict.fromkeys(map(in_words, comparison.weak)))
    if words:
        yield f"Guesses by the file's own word, on which results can hang: {_and(words)}. Put your own counts there."
    if comparison.unsaid:
        yield f"Taken for granted, or resting on weak evidence: {'; '.join(comparison.unsaid)}."


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _number(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"

"""What would make another variant the cheapest, in sentences and in numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from callsim.comparewords import LEVERS, named
from callsim.comparison import Comparison
from callsim.flips import Crossing, Flip
from callsim.quantities import grouped, listed

TIED = 1.1
"""Numbers are named together where the one has to change no more than so many times as much as the other."""
NEAR = 0.1
"""A change of a tenth: few know their numbers so well."""


def near(comparison: Comparison) -> list[tuple[Flip, Crossing]]:
    """The rivals that are practically equal to the cheapest, each with the number that has to change the least."""
    found: dict[str, tuple[Flip, Crossing]] = {}
    every = [(flip, one) for flip in comparison.flips for one in flip.crossings if one.far < NEAR]
    for flip, one in sorted(every, key=lambda each: each[1].far):
        found.setdefault(one.rival, (flip, one))
    return list(found.values())


def surely_near(crossing: Crossing) -> bool:
    """Whether all of the interval is a small change."""
    return (
        crossing.low is not None and crossing.high is not None and 1 - NEAR <= crossing.low <= crossing.high <= 1 + NEAR
    )


def turned_by(flip: Flip, crossing: Crossing) -> str:
    """`a change of 3 % in what agents earn`."""
    assert crossing.at is not None
    return f"a change of {_percent(crossing, crossing.at)} in {LEVERS[flip.lever]}"


def flips(comparison: Comparison) -> Iterator[str]:
    """The paragraph: on what the answer depends most, what else would turn it, and what would not."""
    if not comparison.flips:
        return
    best = named(comparison.best)
    moved = [flip for flip in comparison.flips if flip.nearest.at is not None]
    held = [flip for flip in comparison.flips if flip.nearest.at is None]
    if not moved:
        yield f"No single number that was tried flips the answer: {best} stays the cheapest {_ranges(held)}."
        return
    yield _most(comparison, moved)
    for rival in dict.fromkeys(flip.nearest.rival for flip in moved[1:]):
        ways = [_if(comparison, flip, flip.nearest) for flip in moved[1:] if flip.nearest.rival == rival]
        also = "also " if rival == moved[0].nearest.rival else ""
        yield f"{named(rival)} would {also}cost as much as {best} {listed(ways, 'or')}."
    yield from _against_baseline(comparison, moved)
    if held:
        yield f"{best} stays the cheapest {_ranges(held)}."
    yield from _never(comparison)
    yield "No other number was changed."


def _most(comparison: Comparison, moved: Sequence[Flip]) -> str:
    first = moved[0]
    rival, best = named(first.nearest.rival), named(comparison.best)
    tied = [LEVERS[flip.lever] for flip in moved if flip.nearest.far <= TIED * first.nearest.far]
    on = tied[0] if len(tied) == 1 else f"{listed(tied)}, about equally"
    return (
        f"The answer depends most on {on}: {_if(comparison, first, first.nearest, surely=True)}, {rival} would cost as "
        f"much as {best}, all else being as in the file, and with still {_beyond(first)} {rival} would be cheaper."
    )


def _against_baseline(comparison: Comparison, moved: Sequence[Flip]) -> Iterator[str]:
    """What it takes to do as well with the baseline, where another rival always comes first."""
    base = comparison.baseline
    if base == comparison.best or any(flip.nearest.rival == base for flip in moved):
        return
    found = [(flip, one) for flip in moved for one in flip.crossings if one.rival == base and one.at is not None]
    if found:
        ways = [_if(comparison, flip, one) for flip, one in sorted(found, key=lambda each: each[1].far)]
        yield f"{named(base)} would cost as much as {named(comparison.best)} {listed(ways, 'or')}."


def _never(comparison: Comparison) -> Iterator[str]:
    """The variants that stay dearer whatever number is changed."""
    rivals = [one.name for one in comparison.decision.ranked if one.name in _rivals(comparison)]
    crossed = {one.rival for flip in comparison.flips for one in flip.crossings if one.at is not None}
    never = [named(name) for name in rivals if name not in crossed]
    if never:
        stay = "stays" if len(never) == 1 else "stay"
        yield f"{listed(never)} {stay} dearer {_ranges(comparison.flips)}."


def _rivals(comparison: Comparison) -> list[str]:
    return [one.rival for one in comparison.flips[0].crossings]


TIMES = {0.1: "a tenth", 0.25: "a quarter", 0.5: "half", 2.0: "twice", 4.0: "four times", 10.0: "ten times"}


def _ranges(flips: Sequence[Flip]) -> str:
    """`even if what agents earn were anything from a tenth to ten times as much`, and the same of callers."""
    by_range: dict[tuple[float, float, bool], list[str]] = {}
    for flip in flips:
        # Callers are many and the rest is much, so they stand by themselves even where they have the same range.
        lever = "the callers" if flip.lever == "volume" else LEVERS[flip.lever]
        by_range.setdefault((flip.least, flip.most, flip.lever == "volume"), []).append(lever)
    return "even " + ", or ".join(
        f"if {listed(levers, 'or')} were {_range(least, most)} as {'many' if 'the callers' in levers else 'much'}"
        for (least, most, _), levers in by_range.items()
    )


def _range(least: float, most: float) -> str:
    low, high = (TIMES.get(end, f"{end:g} times") for end in (least, most))
    if most <= 1.0:
        return f"anything down to {low}"
    return f"anything up to {high}" if least >= 1.0 else f"anything from {low} to {high}"


def _if(comparison: Comparison, flip: Flip, crossing: Crossing, *, surely: bool = False) -> str:
    """`if agents earned 3 % more (361 RUB an hour instead of 350)`; surely with the interval."""
    currency, change = comparison.result.currency, changed(flip, crossing)
    said = {
        "worth": f"if a lost caller cost {change}",
        "vendors": f"if answering services charged {change}",
        "wages": f"if agents earned {change}",
        "volume": f"if {change} people called",
    }[flip.lever]
    more = []
    if has_amount(flip):
        then, now = amount_of(flip, crossing), now_of(flip)
        more.append(
            {
                "worth": f"{then} {currency} for a new one instead of {now}",
                "wages": f"{then} {currency} an hour instead of {now}",
                "volume": f"{then} a month instead of {now}",
            }[flip.lever]
        )
    if surely and crossing.low is not None:
        more.append(f"95 % sure: {_span(flip, crossing)}")
    return f"{said} ({'; '.join(more)})" if more else said


def changed(flip: Flip, crossing: Crossing) -> str:
    """`5.5 % less`, or `2.3 times as much`; of people fewer, and as many."""
    assert crossing.at is not None
    if crossing.at > 2.0:
        return f"{crossing.at:.{_places(crossing)}f} times as {'many' if flip.lever == 'volume' else 'much'}"
    return f"{_percent(crossing, crossing.at)} {_word(flip, crossing.at)}"


def _places(crossing: Crossing) -> int:
    """Decimals of times in a sentence."""
    return min(2, len(factor_of(crossing).partition(".")[2]))


def _percent(crossing: Crossing, factor: float) -> str:
    half = _half(crossing)
    places = 1 if not half or not math.isfinite(half) else min(2, max(0, -2 - math.floor(math.log10(half))))
    return f"{100 * abs(factor - 1.0):.{places}f} %"


def _word(flip: Flip, factor: float) -> str:
    return "more" if factor > 1.0 else "fewer" if flip.lever == "volume" else "less"


def _span(flip: Flip, crossing: Crossing) -> str:
    """The interval: `1.4 to 6.9 % fewer`, `0.98 to 1.01 times as much`, `at most 0.45 times as much`."""
    assert crossing.low is not None
    assert crossing.high is not None
    low, high = crossing.low, crossing.high
    if low < flip.least or high > flip.most:
        if low < flip.least and high > flip.most:
            return "it may be anywhere"
        return f"at most {_end(flip, crossing, high)}" if low < flip.least else f"at least {_end(flip, crossing, low)}"
    words = [_word(flip, end) for end in (low, high)]
    if high > 2.0 or words[0] != words[1]:
        return f"{low:.{_places(crossing)}f} to {_end(flip, crossing, high)}"
    less, more = sorted((low, high), key=lambda end: abs(end - 1.0))
    return f"{_percent(crossing, less).removesuffix(' %')} to {_percent(crossing, more)} {words[0]}"


def _end(flip: Flip, crossing: Crossing, factor: float) -> str:
    """An end of an interval that cannot be told in percent alone."""
    return f"{factor:.{_places(crossing)}f} times as {'many' if flip.lever == 'volume' else 'much'}"


def _beyond(flip: Flip) -> str:
    assert flip.nearest.at is not None
    return _word(flip, flip.nearest.at)


# The same in numbers.


def has_amount(flip: Flip) -> bool:
    """Whether one amount stands for the lever in all variants; else only times of it can be told."""
    return flip.now is not None and flip.now[0] == flip.now[1]


def now_of(flip: Flip) -> str:
    """The amount as it is: whole where it is, or large."""
    assert flip.now is not None
    amount = flip.now[0]
    return grouped(amount, 0 if amount >= 1000.0 or abs(amount - round(amount)) < 0.005 else 2)


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

"""What advertising channels bring and cost, as people and programs read it: the channels of a variant side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from callsim.channels import FIGURES, PAYBACK, Channel, Channels, Rank, payback
from callsim.estimate import Estimate, Interval, difference, interval
from callsim.quantities import grouped
from callsim.replicate import Result, VariantResult

Cell = Callable[..., str]
"""How an interval of some unit is shown: `428 ±5`."""
Section = tuple[str, list[tuple[str, ...]]]

TITLES = {figure.key: figure.title for figure in FIGURES}
UNITS = {figure.key: figure.unit for figure in FIGURES}

BRINGS = ("spent", "contacts", "targets", "lost", "won")
SHARES = ("target_share", "repeat_share", "other_share", "junk_share", "missed_share")
COSTS = ("per_contact", "per_handled", "per_target", "per_target_guessed", "cac")
WASTED = ("wasted", "wasted_share")
AT_BEST = ("won_at_best", "cac_at_best", "ltv_cac_at_best")
DIFFERENT = ("lost", "wasted", "won", "cac", "ltv_cac")
"""What is compared with the first variant."""
RANKED = {
    "per_contact": ("by cost of a call", ""),
    "per_target": ("by cost of a lead", "  above the best"),
    "ltv_cac": ("by LTV / CAC", "  below the best"),
}
TOGETHER = ("spent", "contacts", "targets", "lost", "won", "per_contact", "per_target", "cac", "ltv_cac", "wasted",
            "wasted_share")  # fmt: skip
"""What is shown of all channels together."""


def whole(result: Result, cell: Cell) -> list[Section]:
    """What all channels together come to, with a cell for each variant; nothing where there are not several."""
    every = [variant.channels for variant in result.variants]
    if not any(found and len(found.by_source) > 1 for found in every):
        return []
    columns = [found.whole if found else None for found in every]
    return [(f"all channels, {result.currency}", _rows(TOGETHER, columns, cell))]


def sections(result: Result, letters: Sequence[str], cell: Cell) -> tuple[list[str], list[Section]]:
    """The names of all channels, and sections of rows with a cell for each of them; nothing without advertising."""
    every = [(letter, one) for letter, one in zip(letters, result.variants, strict=True) if one.channels]
    names = list(dict.fromkeys(name for _, one in every if one.channels for name in one.channels.by_source))
    found: list[Section] = []
    for letter, variant in every:
        assert variant.channels is not None
        found += _of_variant(result, letter, variant.channels, names, cell)
    found += _differences(result, letters, names, cell)
    return names, found


def _of_variant(result: Result, letter: str, found: Channels, names: Sequence[str], cell: Cell) -> Iterator[Section]:
    columns = [found.by_source.get(name) for name in names]
    of = "" if len(result.variants) == 1 else f"{letter}: "
    yield f"{of}channels", _rows(BRINGS, columns, cell)
    yield f"{of}share of its calls", _rows(SHARES, columns, cell)
    yield f"{of}cost of one, {result.currency}", _rows(COSTS, columns, cell)
    worth_it = [*_rows(["ltv_cac"], columns, cell), *_payback_row(columns, "cac", cell), *_rows(WASTED, columns, cell)]
    yield f"{of}is it worth it", worth_it
    yield f"{of}if none were lost", [*_rows(AT_BEST, columns, cell), *_payback_row(columns, "cac_at_best", cell)]
    if len(names) > 1:
        yield f"{of}rank, 1 is best", list(_rank_rows(found, names, cell))


def _rows(keys: Sequence[str], columns: Sequence[Channel | None], cell: Cell) -> list[tuple[str, ...]]:
    """A row for each figure that any of the channels has."""
    known = [key for key in keys if any(column and key in column.figures for column in columns)]
    return [(TITLES[key], *(_cell(column, key, cell) for column in columns)) for key in known]


def _cell(column: Channel | None, key: str, cell: Cell) -> str:
    if column is None or key not in column.figures:
        return "-"
    return cell(_interval(key, column.figures[key]), _unit(key))


def _interval(key: str, estimate: Estimate) -> Interval:
    return interval(estimate, least=0.0, most=1.0 if UNITS[key] == "share" else None)


def _unit(key: str) -> str:
    return UNITS[key] if UNITS[key] == "share" else ""


def _payback_row(columns: Sequence[Channel | None], key: str, cell: Cell) -> list[tuple[str, ...]]:
    if not any(column and column.buyer for column in columns):
        return []
    return [(PAYBACK.title, *(_months(payback(column, key) if column else None, cell) for column in columns))]


def _months(found: Interval | None, cell: Cell) -> str:
    """`4.2 ±0.3`, `at once`, `never`, or two of them where chance leaves both open."""
    if found is None or found.value is None:
        return "-"
    ends = [bound for bound in (found.low, found.high) if bound is not None] or [found.value]
    if all(0.0 < end < math.inf for end in ends):
        return cell(found, "")
    return " to ".join(dict.fromkeys(map(_end, ends)))


def _end(months: float) -> str:
    if months == 0.0:
        return "at once"
    return grouped(months) if math.isfinite(months) else "never"


def _rank_rows(found: Channels, names: Sequence[str], cell: Cell) -> Iterator[tuple[str, ...]]:
    for key, (title, behind) in RANKED.items():
        ranks = found.ranks[key]
        if ranks:
            yield (title, *(_place(ranks.get(name)) for name in names))
            if behind:
                yield (behind, *(_behind(ranks.get(name), cell) for name in names))


def _place(rank: Rank | None) -> str:
    """`1`, or `1 to 2` where chance does not tell it apart from another."""
    if rank is None:
        return "-"
    return str(rank.best) if rank.best == rank.worst else f"{rank.best} to {rank.worst}"


def _behind(rank: Rank | None, cell: Cell) -> str:
    return "-" if rank is None or not rank.behind.value else cell(rank.behind, "", signed=True)


def _differences(result: Result, letters: Sequence[str], names: Sequence[str], cell: Cell) -> Iterator[Section]:
    """What other variants change in each channel, against the first."""
    first, *others = result.variants
    for letter, other in zip(letters[1:], others, strict=True):
        if first.channels is None or other.channels is None:
            continue
        rows = []
        for key in DIFFERENT:
            cells = [_difference(first.channels, other.channels, name, key, cell) for name in names]
            if any(one != "-" for one in cells):
                rows.append((TITLES[key], *cells))
        yield f"{letter}: difference to {letters[0]}", rows


def _difference(first: Channels, other: Channels, name: str, key: str, cell: Cell) -> str:
    pair = [found.by_source[name].figures for found in (first, other) if name in found.by_source]
    if len(pair) < 2 or any(key not in figures for figures in pair):
        return "-"
    return cell(interval(difference(pair[0][key], pair[1][key])), "", signed=True)


def notes(result: Result) -> Iterator[str]:
    """What a reader must know of these tables."""
    every = [variant.channels for variant in result.variants if variant.channels]
    if not every:
        return
    if len({round(found.whole.figures["spent"].value, 2) for found in every}) > 1 or len(every) < len(result.variants):
        yield (
            "The variants spend different sums on advertising, and no total cost holds them: compare the customers won "
            "and what they cost."
        )
    yield "lead: a target caller, of kind new, who may become a customer; answered or missed, it was paid for"
    yield "a lead handled: leaves out leads that were lost, and so blames the channel for missed calls"
    yield "guessed from a log: from what answered callers wanted; `callsim worth channel` does it for your own log"
    if any("cac" in channel.figures for found in every for channel in found.by_source.values()):
        yield (
            "LTV / CAC: lifetime value of a customer (margin, discounted) / what advertising paid to win one, the "
            "phone not counted; the trade asks for 3 or more (weak: a rule without a source)"
        )
        yield "paid back: at once where the margin of the first order pays for it, never where LTV / CAC is below 1"
    if any(len(found.by_source) > 1 for found in every):
        yield "rank: `1 to 2` where chance does not tell a channel from another, with 95 % for all channels at once"


# For programs.


def channels_json(result: Result, variant: VariantResult) -> dict[str, Any] | None:
    """The channels of a variant, what they are ranked by, and differences to the first variant."""
    found, first = variant.channels, result.variants[0].channels
    if found is None:
        return None
    return {
        "by_source": {name: _channel_json(result, one) for name, one in found.by_source.items()},
        "all": _channel_json(result, found.whole),
        "ranks": {
            key: {name: {"best": one.best, "worst": one.worst, "behind": _json(one.behind, _unit_of(result, key))}
                  for name, one in by_source.items()}
            for key, by_source in found.ranks.items()
        },
        "differences": {
            name: _differences_json(result, first.by_source[name], one)
            for name, one in found.by_source.items()
            if first is not None and name in first.by_source
        },
    }  # fmt: skip


def _channel_json(result: Result, channel: Channel) -> dict[str, Any]:
    figures = {key: _json(_interval(key, one), _unit_of(result, key)) for key, one in channel.figures.items()}
    for key, title in (("cac", "payback"), ("cac_at_best", "payback_at_best")):
        if channel.buyer is not None:
            figures[title] = _payback_json(payback(channel, key))
    return figures


def _payback_json(found: Interval | None) -> dict[str, Any]:
    """JSON has no infinity: where it is never paid back the months are null, and `paid_back` is `no` or `unsure`."""
    if found is None or found.value is None:
        return {"value": None, "low": None, "high": None, "unit": "months", "paid_back": None}
    known = [bound for bound in (found.low, found.high) if bound is not None] or [found.value]
    never = [not math.isfinite(bound) for bound in known]
    paid_back = "no" if all(never) else "unsure" if any(never) else "yes"
    finite = (None if one is None or not math.isfinite(one) else one for one in found)
    return _json(Interval(*finite), "months") | {"paid_back": paid_back}


def _differences_json(result: Result, first: Channel, other: Channel) -> dict[str, Any]:
    return {
        key: _json(interval(difference(first.figures[key], other.figures[key])), _unit_of(result, key))
        for key in other.figures
        if key in first.figures
    }


def _json(found: Interval, unit: str) -> dict[str, Any]:
    return {**found._asdict(), "unit": unit}


def _unit_of(result: Result, key: str) -> str:
    per = "per month" if result.per_month else "in the counted time"
    unit = UNITS[key].replace("per month", per)
    return unit.replace("money", str(result.currency))

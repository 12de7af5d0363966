"""Results as people and programs read them: tables on a terminal or in a pipe, and JSON."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from callsim import buildup, channeltables
from callsim.economics import AMOUNTS
from callsim.estimate import Estimate, Interval
from callsim.logged import Solved
from callsim.metrics import BY_KEY, MEASURES
from callsim.quantities import grouped, so_many
from callsim.replicate import Result, VariantResult, compared, measured

SCHEMA_VERSION = 1
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

SECTIONS = (
    ("calls and callers", ("attempts", "callers", "missed_rate", "missed_rate_open", "lost_caller_rate", "lost_callers",
                           "unserved_callers", "called_back_callers", "attempts_per_caller")),
    ("how calls end", ("answered", "outsourced", "self_served", "abandoned", "blocked", "closed", "voicemail",
                       "kept_place")),
    ("waiting", ("service_level_line", "service_level", "asa_line_s", "asa_s", "wait_mean_s", "wait_p90_s",
                 "kept_wait_s")),
    ("forms", ("forms", "form_wait_min", "forms_in_5_min", "forms_in_1_h")),
    ("agents", ("occupancy", "utilisation")),
    ("money", tuple(amount.key for amount in AMOUNTS if amount.key != "loss_naive")),
    ("not a cost", ("loss_naive",)),
)  # fmt: skip
GROUPS = (
    (
        "source",
        (
            "attempts",
            "forms",
            "callers",
            "missed_rate",
            "form_wait_min",
            "forms_in_5_min",
            "forms_in_1_h",
            "lost_caller_rate",
        ),
    ),
    ("queue", ("offered", "moved_in", "moved_out", "abandon_rate", "service_level", "asa_s", "occupancy")),
    ("team", ("talks", "paid_hours", "overtime_hours", "occupancy", "utilisation")),
    ("vendor", ("attempts", "missed_rate", "service_level_line", "asa_line_s", "vendor_minutes", "unserved_callers")),
)
"""What is shown of each source, queue and team where there are several, and of each vendor."""
COMPARED = ("missed_rate", "lost_caller_rate", "lost_callers", "service_level_line", "service_level", "payroll",
            "invoices", "total_cost")  # fmt: skip
"""The rows of the comparison with the first variant."""
SOMETIMES = (
    "outsourced", "self_served", "blocked", "closed", "voicemail", "kept_place", "called_back_callers",
    "unserved_callers", "moved_in", "moved_out", "overtime_hours", "invoices", "attempts", "forms",
)  # fmt: skip
"""What is left out of the table where no variant has any."""
OF_LINE = ("service_level_line", "asa_line_s")
"""Measures in the scope of the line, shown where a variant has vendors."""

TITLES = {row.key: row.title for row in (*MEASURES, *AMOUNTS)}
ALONE = {"missed_rate": "missed calls, share", "lost_caller_rate": "lost callers, share"}
"""Titles that would stand twice in one table."""
IN_SCOPE = {"service_level": "service level, agents", "asa_s": "mean wait, agents"}
"""Titles where the scope of the line stands beside that of the agents."""


NOTHING = Interval(None, None, None)


class Table(NamedTuple):
    """Sections of rows under one heading; the first column is a title, the others align to the right."""

    headings: tuple[str, ...]
    sections: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]


def as_json(result: Result) -> dict[str, Any]:
    """The result as plain data, schema version 1; what is missing is null."""
    first = result.variants[0]
    return {
        "schema_version": SCHEMA_VERSION,
        "scenario": result.scenario,
        "currency": result.currency,
        "count_loss_as": result.count_loss_as,
        "days": result.days,
        "replications": result.replications,
        "seed": result.seed,
        "engine": result.engine,
        "per": "month of 365/12 days" if result.per_month else "counted time",
        "remarks": list(result.remarks),
        "logged_calls": [_solved_json(solved) for solved in result.solved],
        "variants": [_variant_json(result, first, variant) for variant in result.variants],
    }


def _solved_json(solved: Solved) -> dict[str, Any]:
    logged, callers = solved.logged_calls, solved.callers
    return {
        "variant": solved.variant,
        "source": solved.source,
        "logged_calls": logged.number,
        "callers": callers.number,
        "unit": f"per {callers.per}",
    }


def _variant_json(result: Result, first: VariantResult, variant: VariantResult) -> dict[str, Any]:
    pairs = first.all, variant.all
    return {
        "name": variant.name,
        "measures": _group_json(result, variant.measures),
        "differences": {
            key: interval_json(compared(*pairs, key), unit_of(result, key)) for key in pairs[0] if key in pairs[1]
        },
        "money": _group_json(result, variant.money),
        "payroll": buildup.payroll_json(variant),
        "waterfall": buildup.waterfall_json(result, variant),
        "comes_by": dict(variant.comes_by),
        "channels": channeltables.channels_json(result, variant),
        "by_queue": {queue: _group_json(result, group) for queue, group in variant.by_queue.items()},
        "by_source": {source: _group_json(result, group) for source, group in variant.by_source.items()},
        "by_team": {team: _group_json(result, group) for team, group in variant.by_team.items()},
        "by_vendor": {vendor: _group_json(result, group) for vendor, group in variant.by_vendor.items()},
        "by_interval": [{"start": start} | _group_json(result, group) for start, group in variant.by_interval],
    }


def _group_json(result: Result, group: Mapping[str, Estimate]) -> dict[str, Any]:
    return {key: interval_json(measured(key, estimate), unit_of(result, key)) for key, estimate in group.items()}


def interval_json(found: Interval, unit: str) -> dict[str, Any]:
    """An interval as plain data."""
    return {"value": found.value, "low": found.low, "high": found.high, "unit": unit}


def unit_of(result: Result, key: str) -> str:
    """The unit of a measure or amount: `share`, `s`, `per month`, `RUB per month`."""
    if key in BY_KEY:
        unit = BY_KEY[key].unit
        return unit if result.per_month or unit != "per month" else "in the counted time"
    per = "per month" if result.per_month else "in the counted time"
    return per if result.currency is None else f"{result.currency} {per}"


def blocks(result: Result, width: int, *, waterfall: bool = False) -> Iterator[str | Table]:
    """The tables of a result, and the lines between them, for a page of some width.

    With `waterfall` also how the naive figure comes down to the loss counted, step by step.
    """
    yield from opening(result, width)
    yield from measures(result, width)
    letters = [letter for letter, _ in lettered(result)]
    money = [(_money_title(result, "payroll by line"), buildup.payroll_rows(result))]
    if waterfall:
        money.append((_money_title(result, "waterfall"), buildup.waterfall_rows(result)))
    for section in money:
        yield from fitted(letters, [section], width)
    yield from fitted(letters, list(_group_sections(result)), width)
    yield from fitted(letters, channeltables.whole(result, shown), width)
    yield from fitted(*channeltables.sections(result, letters, shown), width)
    yield from differences(result, width)
    yield from closing(result, width, waterfall=waterfall)


def opening(result: Result, width: int, *, about: str | None = None) -> Iterator[str]:
    """What was played, in other words where they are given, and the letters of the variants."""
    yield textwrap.fill(result.scenario, width)
    yield textwrap.fill(about or _about(result), width)
    yield "\n".join(
        textwrap.fill(variant.name, width, initial_indent=f" {letter}  ", subsequent_indent="    ")
        for letter, variant in lettered(result)
    )


def measures(result: Result, width: int) -> Iterator[Table]:
    """The measures and the money of all variants."""
    letters = [letter for letter, _ in lettered(result)]
    every = [variant.all for variant in result.variants]
    sections = [(_section_title(result, section), _rows(result, keys, every)) for section, keys in SECTIONS]
    yield from fitted(letters, sections, width)


def differences(result: Result, width: int, *, keys: Sequence[str] = COMPARED) -> Iterator[Table]:
    """Paired with the first variant, where there are others."""
    letters = [letter for letter, _ in lettered(result)]
    every = [variant.all for variant in result.variants]
    if len(letters) > 1:
        rows = [row for key in keys if is_shown(result, key, every) and (row := _difference_row(result, key))]
        yield from fitted(letters[1:], [(f"difference to {letters[0]}", rows)], width)


def closing(result: Result, width: int, *, waterfall: bool = False) -> Iterator[str]:
    """The notes."""
    notes = [textwrap.fill(note, width, break_on_hyphens=False) for note in _notes(result, waterfall=waterfall)]
    if notes:
        yield "\n".join(notes)


def _section_title(result: Result, section: str) -> str:
    return _money_title(result, section) if section == "money" else section


def _money_title(result: Result, section: str) -> str:
    return f"{section}, {unit_of(result, 'payroll')}"


def _about(result: Result) -> str:
    per = "per month of 365/12 days" if result.per_month else "of the counted time"
    spread = "± is the 95 % interval" if result.replications > 1 else "no intervals: they need more replications"
    counted = f"{so_many(result.days, 'day')}, {so_many(result.replications, 'replication')}, seed {result.seed}"
    return f"{counted}; counts and amounts {per}; {spread}"


def _notes(result: Result, *, waterfall: bool) -> Iterator[str]:
    """What a reader must know of the numbers above."""
    yield from map(str, result.solved)
    yield from (f"look at {remark}" for remark in result.remarks)
    if waterfall and not buildup.waterfall_rows(result):
        yield "There is no waterfall: no source has a `worth:`, or its customers never leave."
    yield from notes_on_people(result)
    yield f"missed while open: {BY_KEY['missed_rate_open'].definition}"
    scopes = ("service_level_line", "service_level", "asa_line_s", "asa_s")
    for key in scopes if has_vendors(result) else ("service_level",):
        if _known(result, key):
            yield f"{title_of(result, key)}: {BY_KEY[key].definition}"
    if _known(result, "loss_lifetime"):
        yield from _money_notes(result)
    yield from channeltables.notes(result)
    if len(result.variants) > 1:
        yield "pp: percentage points"


def notes_on_people(result: Result) -> Iterator[str]:
    """What the month is made of, and who counts as a caller."""
    if result.per_month and result.days % 7 and result.days < 28:
        yield f"The month is made of days like these alone, and {so_many(result.days, 'day')} make no whole weeks."
    if any("chat" in variant.comes_by.values() for variant in result.variants):
        yield "Chats count as calls here."
    if _any(result, "forms"):
        yield "Forms are no calls: nobody is missed with one, but whoever is never reached is lost."


def _money_notes(result: Result) -> Iterator[str]:
    yield f"{_who_costs(result)} The {_views(result)} losses are views of the same: take one, never their sum."
    if any(variant.measures["called_back_callers"].value for variant in result.variants):
        yield "Of new callers who were called back, the share of interest that had cooled by then is lost."
    yield "naive: what `missed calls x full lifetime value` would say, taking every call for a customer"
    if _known(result, "total_cost"):
        yield f"total cost: {', '.join(parts_paid(result))} and the loss counted as {result.count_loss_as}"
    elif result.count_loss_as is None:
        yield "For a total cost, name one loss in the file: `count_loss_as: first order`."
    else:
        yield "For a total cost, say what the teams are paid: `pay: {wage: ...}`."


def parts_paid(result: Result) -> list[str]:
    """Of what the money is made that leaves an account."""
    parts = (("payroll", True), ("invoices", has_vendors(result)), ("phone lines", _known(result, "phone_lines")))
    return [name for name, is_there in parts if is_there]


def _who_costs(result: Result) -> str:
    steps = [step for variant in result.variants for step in variant.waterfall]
    if any(step.amount for step in steps if step.rung.key == "stakes"):
        return "Lost callers of kind new cost money, and of kind existing what is at stake with them."
    return "Only lost callers of kind new cost money."


def _views(result: Result) -> str:
    return "five" if result.count_loss_as == "replacement" else "four"


def _any(result: Result, key: str) -> bool:
    return any(variant.all[key].value > 0.0 for variant in result.variants)


def _known(result: Result, key: str) -> bool:
    return any(math.isfinite(variant.all[key].value) for variant in result.variants)


def lettered(result: Result) -> list[tuple[str, VariantResult]]:
    """The variants with the letters that head their columns."""
    names = [LETTERS[number % 26] * (number // 26 + 1) for number in range(len(result.variants))]
    return list(zip(names, result.variants, strict=True))


def title_of(result: Result, key: str) -> str:
    """The title of a row."""
    return IN_SCOPE[key] if key in IN_SCOPE and has_vendors(result) else ALONE.get(key, TITLES[key])


def has_vendors(result: Result) -> bool:
    """Whether callers can come to a vendor in any variant."""
    return any(variant.by_vendor for variant in result.variants)


Group = Mapping[str, Estimate]
"""The measures of a variant, or of a part of it; empty where the variant has no such part."""


def _group_sections(result: Result) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """A section for each source, queue and team where there are several, and for each vendor."""
    for kind, keys in GROUPS:
        by_variant: list[Mapping[str, Group]] = [getattr(variant, f"by_{kind}") for variant in result.variants]
        names = list(dict.fromkeys(name for groups in by_variant for name in groups))
        if len(names) > 1 or kind == "vendor":
            for name in names:
                yield (
                    f"{kind} {name}{_channel(result, kind, name)}",
                    _rows(result, keys, [groups.get(name, {}) for groups in by_variant]),
                )


def _channel(result: Result, kind: str, name: str) -> str:
    """` (chat)` behind the name of a source whose people do not call."""
    found = {variant.comes_by[name] for variant in result.variants if kind == "source" and name in variant.comes_by}
    return f" ({' or '.join(sorted(found))})" if found - {"call"} else ""


def _rows(result: Result, keys: Sequence[str], groups: Sequence[Group]) -> list[tuple[str, ...]]:
    return [_row(result, key, groups) for key in keys if is_shown(result, key, groups)]


def is_shown(result: Result, key: str, groups: Sequence[Group]) -> bool:
    """Whether a row says something."""
    found = [value for group in groups if key in group and math.isfinite(value := group[key].value)]
    if key in OF_LINE and not has_vendors(result):
        return False
    if key == "loss_replacement" and result.count_loss_as != "replacement":
        return False
    if key == "utilisation" and all(group["occupancy"].value == group[key].value for group in groups if key in group):
        return False
    return any(found) if key in SOMETIMES else bool(found)


def _row(result: Result, key: str, groups: Sequence[Group]) -> tuple[str, ...]:
    """A measure of all variants."""
    found = [measured(key, group[key]) if key in group else NOTHING for group in groups]
    if key == "loss_naive":
        # Its spread would only make it look like an estimate of something.
        return (title_of(result, key), *("-" if one.value is None else grouped(one.value) for one in found))
    return (title_of(result, key), *(shown(one, unit_of(result, key)) for one in found))


def _difference_row(result: Result, key: str) -> tuple[str, ...] | None:
    first, *others = result.variants
    found = [compared(first.all, other.all, key) for other in others]
    if all(one.value is None for one in found):
        return None
    unit = "points" if BY_KEY.get(key) and BY_KEY[key].unit == "share" else unit_of(result, key)
    return (title_of(result, key), *(shown(one, unit, signed=True) for one in found))


def shown(found: Interval, unit: str, *, signed: bool = False) -> str:
    """`18.5 % ±0.6`: as many decimals as the interval's half-width deserves; `-` where it is missing."""
    if found.value is None:
        return "-"
    factor = 100.0 if unit in ("share", "points") else 1.0
    suffix = {"share": " %", "points": " pp", "s": " s", "min": " min"}.get(unit, "")
    value = found.value * factor
    if found.low is None or found.high is None:
        return f"{grouped(value, _decimals(abs(value) / 50), signed=signed)}{suffix}"
    half = max(found.high - found.value, found.value - found.low) * factor
    decimals = min(_decimals(half or abs(value) / 50), 2 if unit == "s" else 3)
    # A spread below the last digit shown is rounded up to it, never away.
    spread = max(half, 10.0**-decimals) if half else 0.0
    return f"{grouped(value, decimals, signed=signed)}{suffix} ±{grouped(spread, decimals, signed=False)}"


def _decimals(precision: float) -> int:
    """Decimals that show about one digit of a precision."""
    if precision <= 0.0:
        return 0
    return min(3, max(0, -math.floor(math.log10(precision))))


def fitted(names: Sequence[str], sections: Sequence[tuple[str, list[tuple[str, ...]]]], width: int) -> Iterator[Table]:
    """One table, or several of fewer variants each where the page is too narrow."""
    sections = [(title, rows) for title, rows in sections if rows]
    every = [row for _, rows in sections for row in rows]
    if not every:
        return
    first = max(len(title) for part, rows in sections for title in (part, *(row[0] for row in rows)))
    begin = 0
    while begin < len(names):
        end, used = begin, first
        while end < len(names):
            used += 2 + len(_aligned([names[end], *(row[end + 1] for row in every)])[0])
            if used > width and end > begin:
                break
            end += 1
        yield Table(
            tuple(names[begin:end]),
            tuple((title, tuple((row[0], *row[begin + 1 : end + 1]) for row in rows)) for title, rows in sections),
        )
        begin = end


def plain(parts: Sequence[str | Table]) -> str:
    """Plain text for a pipe or a file."""
    texts = [part if isinstance(part, str) else "\n".join(line for line, _ in _lines(part)) for part in parts]
    return "\n\n".join(texts) + "\n"


def _lines(table: Table) -> Iterator[tuple[str, bool]]:
    """The lines of a table, and whether each is a heading; a blank line before each section but the first."""
    columns = [_aligned([heading, *cells]) for heading, *cells in _columns(table)]
    titles = [title for title, rows in table.sections for title in (title, *(row[0] for row in rows))]
    width = max(map(len, titles))
    number = 0
    for section, (title, rows) in enumerate(table.sections):
        if section:
            yield "", False
        yield "  ".join([f"{title:<{width}}", *(column[0] for column in columns)]).rstrip(), True
        for row in rows:
            number += 1
            yield "  ".join([f"{row[0]:<{width}}", *(column[number] for column in columns)]).rstrip(), False


def _columns(table: Table) -> Iterator[tuple[str, ...]]:
    """Each column with its heading first."""
    rows = [row[1:] for _, rows in table.sections for row in rows]
    yield from zip(table.headings, *rows, strict=True)


def _aligned(cells: Sequence[str]) -> list[str]:
    """Cells of one width, the values to the right and their spreads below each other."""
    parts = [cell.partition(" ±") for cell in cells]
    values = max(len(value) for value, *_ in parts)
    spreads = max(len(sign + spread) for _, sign, spread in parts)
    return [f"{value:>{values}}{sign + spread:<{spreads}}" for value, sign, spread in parts]


def print_on_terminal(parts: Sequence[str | Table]) -> None:
    """The same on a terminal, headings in bold; colours as the terminal and NO_COLOR allow."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for number, part in enumerate(parts):
        if isinstance(part, str):
            console.print(Text(part, style="bold" if number == 0 else ""))
        else:
            for line, heading in _lines(part):
                console.print(Text(line, style="bold cyan" if heading else ""), soft_wrap=True)
        if number + 1 < len(parts):
            console.print()

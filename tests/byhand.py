"""Logs written by hand: tables in text, one line for each row, under headings that name the columns.

`who` stands for source and number of a caller (`ads 3`), `agent` for team and slot (`desk/0`); names (of one word)
take the place of places, clock times that of seconds (`1+09:10:00` on the second day), and `-` is what never happened,
like every column that a table leaves out. `queue` is the first queue of an attempt or caller, and the last one too
where there is no `last` behind it. Where there is no `joined`, whoever asked and has a queue joined it at that moment.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, get_type_hints

from callsim.calllog import (
    Activity,
    Attempt,
    Callback,
    CallbackCause,
    CallbackEnd,
    Caller,
    Chunk,
    Duty,
    Leg,
    Logs,
    Outcome,
    Reason,
    Resolution,
    Try,
    tables,
)
from callsim.scenario import Scenario
from callsim.scenario.timetable import DAY
from callsim.scenario.vocabulary import KINDS

ALIASES = {"no": "attempt", "last": "last_queue"}


def seconds(text: str) -> float:
    """Seconds since the first midnight; NaN for `-`."""
    if text == "-":
        return math.nan
    day, _, clock = text.rpartition("+")
    hours, minutes, rest = clock.split(":")
    return int(day or 0) * DAY + int(hours) * 3600 + int(minutes) * 60 + float(rest)


def words(numbers: type) -> list[str]:
    return [name.lower() for name in vars(numbers) if name.isupper()]


def logs(
    of: Scenario,
    *,
    calls: str = "",
    legs: str = "",
    people: str = "",
    duties: str = "",
    tries: str = "",
    jobs: str = "",
) -> Logs:
    """The tables of a log, in chunks that divide it anyhow."""
    chunks = [
        Chunk(0, rows(of, Attempt, calls), [], rows(of, Caller, people), [], [], []),
        Chunk(1, [], rows(of, Leg, legs), [], rows(of, Duty, duties), [], []),
        Chunk(2, [], [], [], [], rows(of, Try, tries), rows(of, Callback, jobs)),
    ]
    return tables(of, chunks)


def lines(table: str, who: str) -> str:
    """The heading of a table and the lines of one caller."""
    heading, *others = table.strip().splitlines()
    return "\n".join([heading, *(line for line in others if line.startswith(who))])


def rows(of: Scenario, kind: type, text: str) -> list[Any]:
    """The lines below the heading of a table as rows of its kind."""
    if not text.strip():
        return []
    heading, *lines = text.strip().splitlines()
    return [_row(of, kind, heading.split(), line.split()) for line in lines]


def _row(of: Scenario, kind: type, heading: list[str], cells: list[str]) -> Any:
    given: dict[str, str] = {}
    for name in heading:
        cell, *cells = cells
        if name == "who":
            given |= {"source": cell, "caller": cells.pop(0)}
        elif name == "agent":
            given["team"], _, slot = cell.partition("/")
            given["slot"] = slot or "-"
        elif name == "queue" and kind in (Attempt, Caller):
            given["first_queue"] = cell
            given.setdefault("last_queue", cell)
        else:
            given[ALIASES.get(name, name)] = cell
    assert not cells, f"cells without a heading: {cells}"
    if "joined" not in given:
        given["joined"] = given.get("asked", "-") if given.get("first_queue", "-") != "-" else "-"
    named = _names(of)
    types = get_type_hints(kind)
    return kind(**{name: _value(name, given.get(name, "-"), types[name], named.get(name)) for name in types})


def _names(of: Scenario) -> Mapping[str, list[str]]:
    queues = list(of.queues)
    return {
        "source": list(of.sources), "kind": list(KINDS), "first_queue": queues, "last_queue": queues, "queue": queues,
        "team": list(of.teams), "vendor": list(of.vendors), "outcome": words(Outcome), "reason": words(Reason),
        "resolution": words(Resolution), "activity": words(Activity), "cause": words(CallbackCause),
        "end": words(CallbackEnd),
    }  # fmt: skip


def _value(name: str, text: str, kind: type, names: list[str] | None) -> float:
    if names is not None:
        plain = 0 if name in ("kind", "outcome", "reason", "activity") else -1
        return plain if text == "-" else names.index(text)
    if kind is int:
        plain = -1 if name == "slot" else 0
        return plain if text == "-" else int(text)
    return seconds(text) if ":" in text or text == "-" else float(text)

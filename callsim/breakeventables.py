"""Answers about break-evens as people and programs read them: what follows from them first, then the curve."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from callsim import breakevenwords as words
from callsim.breakeven import (
    QUESTIONS,
    Asked,
    after_hours,
    forecast,
    hours,
    invoice,
    occupancy,
    overflow,
    value,
    volume,
)
from callsim.breakevenfigures import between, known, money, monthly, share_of
from callsim.estimate import Interval
from callsim.quantities import grouped, so_many
from callsim.scenario import Study
from callsim.tables import SCHEMA_VERSION, Table, fitted, shown

Rows = list[tuple[str, ...]]


class Curve(NamedTuple):
    """A table: its columns, and sections of rows."""

    columns: tuple[str, ...]
    sections: list[tuple[str, Rows]]


class Face(NamedTuple):
    """How the answers to a question are shown."""

    sentences: Callable[[Any], Iterator[str]]
    curves: Callable[[Any], Iterator[Curve]]
    notes: Callable[[Any], Iterator[str]]


def blocks(study: Study, name: str, answer: Any, *, asked: Asked, width: int) -> Iterator[str | Table]:
    """What follows, sentence by sentence, the curve below, and what a reader must know of it."""
    face = FACES[name]
    yield textwrap.fill(study.name, width)
    yield "\n".join(_filled(line, width, "  ") for line in face.sentences(answer))
    for curve in face.curves(answer):
        yield from fitted(curve.columns, curve.sections, width)
    played = f"{so_many(asked.replications, 'replication')}, seed {asked.seed}; ± and `between` are 95 % intervals."
    notes = [*face.notes(answer), played]
    yield "\n".join(_filled(note, width) for note in notes)


def _filled(text: str, width: int, indent: str = "") -> str:
    """Lines that do not part the groups of a number."""
    whole = re.sub(r"(?<=\d) (?=\d{3}\b)", "\N{NO-BREAK SPACE}", text)
    lines = textwrap.fill(whole, width, subsequent_indent=indent, break_on_hyphens=False)
    return lines.replace("\N{NO-BREAK SPACE}", " ")


def menu(study: Study, asked: Asked, width: int) -> Iterator[str]:
    """The questions in words, those that fit the file first, the others with what the file lacks."""
    lacking = {question.name: question.lacking(study, asked) for question in QUESTIONS}
    longest = max(len(question.name) for question in QUESTIONS) + 2
    yield textwrap.fill(study.name, width)
    for fits in (True, False):
        chosen = [question for question in QUESTIONS if (lacking[question.name] is None) == fits]
        texts = [
            (question.name, question.help if fits else f"{question.help} The file {lacking[question.name]}")
            for question in chosen
        ]
        lines = [
            textwrap.fill(text, width, initial_indent=f"{name:<{longest}}", subsequent_indent=" " * longest)
            for name, text in texts
        ]
        if lines:
            heading = f"callsim breakeven {study.path} QUESTION:" if fits else "Does not fit this file yet:"
            yield "\n".join([heading, *lines])


def menu_json(study: Study, asked: Asked) -> dict[str, Any]:
    """The same as plain data."""
    questions = [{"name": one.name, "question": one.help, "lacking": one.lacking(study, asked)} for one in QUESTIONS]
    return {"schema_version": SCHEMA_VERSION, "scenario": study.name, "questions": questions}


def as_json(study: Study, name: str, answer: Any, *, asked: Asked) -> dict[str, Any]:
    """An answer as plain data: intervals have `value`, `low` and `high`, what is missing is null."""
    about = {"schema_version": SCHEMA_VERSION, "scenario": study.name, "question": name}
    about |= {"replications": asked.replications, "seed": asked.seed}
    sentences = list(FACES[name].sentences(answer))
    found: dict[str, Any] = _plain(answer)
    return about | {"sentences": sentences} | found


def _plain(thing: Any) -> Any:
    """Named tuples as mappings."""
    if hasattr(thing, "_asdict"):
        return {key: _plain(part) for key, part in thing._asdict().items()}
    if isinstance(thing, Mapping):
        return {str(key): _plain(part) for key, part in thing.items()}
    if isinstance(thing, tuple | list):
        return [_plain(part) for part in thing]
    return None if isinstance(thing, float) and not math.isfinite(thing) else thing


def _cell(found: Interval, *, signed: bool = False) -> str:
    return shown(found, "", signed=signed)


# The curves.


def of_value(answer: value.Answer) -> Iterator[Curve]:
    rows: Rows = [
        (one.other, _cell(one.dearer, signed=True), _cell(one.fewer_lost, signed=True), words.limit(one))
        for one in answer.pairs
    ]
    first = answer.pairs[0].first
    yield Curve(("costs more", "callers it saves", "pays where a caller is worth"), [(f"against {first}", rows)])
    curves: list[tuple[str, Rows]] = [
        (f"{one.other}: dearer than {first}", [(f"a caller worth {money(at.value)}", _cell(at.difference, signed=True))
                                               for at in one.curve])
        for one in answer.pairs
    ]  # fmt: skip
    yield Curve((monthly(answer.currency),), curves)


def of_volume(answer: volume.Answer) -> Iterator[Curve]:
    names = ("own people", "cost of own", "outsourced", "service dearer by")
    several = len(answer.plans) > 1
    rows: Rows = [
        (
            grouped(one.callers_a_day, 0 if one.callers_a_day >= 20 else 1), str(one.staff), _cell(one.own),
            _cell(one.outsourced), _cell(one.difference, signed=True), *([one.plan] if several else []),
        )
        for one in answer.points
    ]  # fmt: skip
    yield Curve((*names, "plan") if several else names, [("callers a day", rows)])


def of_occupancy(answer: occupancy.Answer) -> Iterator[Curve]:
    names = ("a handled minute", "minutes needed", "busy, needed", "cheaper")
    verdicts = {"own": "own people", "service": "the service", "unsure": "cannot be told", "never": "the service"}
    rows: Rows = [
        (one.plan, _rounded(one.rate, 2), _rounded(one.minutes), _percent(one.occupancy), verdicts[one.verdict])
        for one in answer.points
    ]
    own = (f"own {answer.team}, as simulated", _rounded(answer.minute, 2), "-", _percent(answer.occupancy), "")
    yield Curve(names, [(f"{answer.currency}", [own, *rows])])


def _rounded(found: Interval, decimals: int = 0) -> str:
    """With so many decimals, the spread too, which is rounded up and never away."""
    if found.value is None:
        return "-"
    half = "" if found.high is None else f" ±{grouped(max(found.high - found.value, 10.0**-decimals), decimals)}"
    return f"{grouped(found.value, decimals)}{half}"


def _percent(found: Interval) -> str:
    percent = Interval(*(None if bound is None else 100.0 * bound for bound in found))
    value, sign, half = _rounded(percent, 1).partition(" ±")
    return value if percent.value is None else f"{value} %{sign}{half}"


def of_hours(answer: hours.Answer) -> Iterator[Curve]:
    rows: Rows = []
    for one in answer.points:
        more, less = (
            ("-", "-") if change is None else (_cell(change.total, signed=True), grouped(change.lost, 2, signed=True))
            for change in (one.more, one.less)
        )
        rows.append((f"{one.start}-{one.end}", one.agents, *more, *less, words.VERDICTS[one.verdict]))
    names = ("agents", "one more", "lost", "one less", "lost", "so")
    yield Curve(names, [(f"{answer.currency} for a paid hour", rows)])


def of_after_hours(answer: after_hours.Answer) -> Iterator[Curve]:
    rows: Rows = [
        (words.who_answers(answer, one.name), money(one.payroll), money(one.invoices), money(one.loss),
         _cell(one.total), "" if one.name == after_hours.NOBODY else _cell(one.difference, signed=True),
         _cell(one.lost))
        for one in answer.points
    ]  # fmt: skip
    names = ("payroll", "invoices", "lost callers", "total", "difference", "callers lost")
    yield Curve(names, [(f"while closed; {monthly(answer.currency)}", rows)])


def of_overflow(answer: overflow.Answer) -> Iterator[Curve]:
    rows: Rows = [
        (_delay(one), money(one.payroll), money(one.invoices), money(one.loss), _cell(one.total),
         "cheapest" if one.name == answer.best else _cell(one.difference, signed=True), _cell(one.lost))
        for one in answer.points
    ]  # fmt: skip
    names = ("payroll", "invoices", "lost callers", "total", "dearer by", "callers lost")
    yield Curve(names, [(f"passed on after; {monthly(answer.currency)}", rows)])


def _delay(point: overflow.Point) -> str:
    seconds = "" if point.seconds is None or "ring" not in point.name else f" ({point.seconds:g} s)"
    return f"{point.name}{seconds}"


def of_forecast(answer: forecast.Answer) -> Iterator[Curve]:
    billed = any(at.invoices for one in answer.curves for at in one.points)
    sections: list[tuple[str, Rows]] = [
        (one.variant, [
            (share_of(at.share), money(at.payroll), *([money(at.invoices)] if billed else []), money(at.loss),
             _cell(at.total), "" if at.share == 1.0 else _cell(at.change, signed=True))
            for at in one.points
        ])
        for one in answer.curves
    ]  # fmt: skip
    names = ("payroll", *(["invoices"] if billed else []), "lost callers", "total", "difference")
    yield Curve(names, sections)
    plans: list[tuple[str, Rows]] = [
        (one.plan, [(share_of(at.share), _cell(at.bill), "" if at.share == 1.0 else _cell(at.change, signed=True))
                    for at in one.points])
        for one in answer.plans
    ]  # fmt: skip
    yield Curve(("invoice a month", "difference"), plans)


def of_invoice(answer: invoice.Answer) -> Iterator[Curve]:
    sections: dict[str, Rows] = {}
    for one in answer.points:
        found = (known(one.p5), known(one.p50), known(one.p95), between(one.p95))
        sections.setdefault(one.variant, []).append((f"{one.plan}, {one.currency}", _cell(one.mean), *found))
    yield Curve(("mean", "P5", "P50", "P95", "P95 between"), list(sections.items()))


FACES: Mapping[str, Face] = {
    "value": Face(words.about_value, of_value, words.notes_on_value),
    "volume": Face(words.about_volume, of_volume, words.notes_on_volume),
    "occupancy": Face(words.about_occupancy, of_occupancy, words.notes_on_occupancy),
    "hours": Face(words.about_hours, of_hours, words.notes_on_hours),
    "after-hours": Face(words.about_after_hours, of_after_hours, words.notes_on_after_hours),
    "overflow": Face(words.about_overflow, of_overflow, words.notes_on_overflow),
    "forecast": Face(words.about_forecast, of_forecast, words.notes_on_forecast),
    "invoice": Face(words.about_invoice, of_invoice, words.notes_on_invoice),
}

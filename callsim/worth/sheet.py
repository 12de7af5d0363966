"""What a calculator asks for and what it answers: plain data, read and shown the same way for all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from callsim import quantities
from callsim.errors import CallsimError
from callsim.quantities import digits, wrong

Given = Mapping[str, Any]
"""What was asked with, by option with underscores, read; None where it was not given. `currency` is among it."""


class Option(NamedTuple):
    """One option: its name without the dashes, how its text is read, an example, and what it means."""

    name: str
    kind: str
    """`amount`, `share` (at most 100 %), `ratio` (any percentage), `number`, `count`, `time`, `text`, or `list`."""
    example: str
    help: str
    needed: bool = False
    check: Callable[[Any], str] = lambda value: ""
    """What is wrong with a value that was read, or nothing."""

    @property
    def key(self) -> str:
        return self.name.replace("-", "_")

    @property
    def quoted(self) -> str:
        """The example as it is typed."""
        return f'"{self.example}"' if " " in self.example else self.example


class Row(NamedTuple):
    """One result: the formula with the numbers put in, and its value."""

    key: str
    title: str
    formula: str
    value: float
    unit: str = ""
    """A currency, `share`, `x` (times), `months`, `points`, or nothing for numbers of things."""
    note: str = ""


class Benchmark(NamedTuple):
    """What a result is held against, and what that rests on."""

    text: str
    evidence: str


class Sheet(NamedTuple):
    """The answer of a calculator."""

    title: str
    rows: Sequence[Row]
    benchmarks: Sequence[Benchmark] = ()
    notes: Sequence[str] = ()


class Question(NamedTuple):
    """One calculator."""

    name: str
    help: str
    """One line, then, after an empty one, what else a user should know."""
    options: Sequence[Option]
    answer: Callable[[Given], Sheet]
    lacking: Callable[[Collection[str]], Iterator[str]] = lambda names: iter(())
    """What is missing or too much, judged by the options given, with underscores."""
    refused: Callable[[Given], Iterator[str]] = lambda given: iter(())
    """What contradicts itself, judged by the values once all of them are read."""


def above_zero(number: float) -> str:
    """Of an option by which something is divided."""
    return "" if number > 0 else "expected more than 0"


def ask(question: Question, texts: Mapping[str, str | None]) -> tuple[Given, Sheet]:
    """Read the texts of the options and answer. Raises CallsimError with all mistakes at once."""
    given, mistakes = _read(question, texts)
    mistakes += question.lacking([key for key, text in texts.items() if text is not None])
    if not mistakes:
        mistakes = list(question.refused(given))
    if mistakes:
        raise CallsimError("\n".join(f"callsim worth {question.name}: {mistake}" for mistake in mistakes))
    return given, question.answer(given)


def _read(question: Question, texts: Mapping[str, str | None]) -> tuple[dict[str, Any], list[str]]:
    given: dict[str, Any] = {"currency": _currency(question, texts)}
    mistakes = []
    for option in question.options:
        text = texts.get(option.key)
        given[option.key] = None
        if text is None:
            if option.needed:
                mistakes.append(f"expected `--{option.name}` such as `--{option.name} {option.quoted}`")
            continue
        try:
            given[option.key] = _value(option, text, given["currency"])
            mistake = option.check(given[option.key])
        except ValueError as error:
            mistake = str(error)
        if mistake:
            mistakes.append(f"--{option.name}: {mistake}")
    return given, mistakes


def _currency(question: Question, texts: Mapping[str, str | None]) -> str:
    """The currency of the first amount that names one; there is one for all."""
    for option in question.options:
        found = re.search(r"\b[A-Z]{3}\b", texts.get(option.key) or "") if option.kind == "amount" else None
        if found:
            return found[0]
    return "RUB"


def _value(option: Option, text: str, currency: str) -> Any:
    if option.kind == "amount":
        other = re.search(r"\b[A-Z]{3}\b", text)
        if other and other[0] != currency:
            raise wrong(f"all amounts in one currency, {currency} as in the first of them", text)
        return float(quantities.money(text, currency))
    if option.kind == "share":
        return quantities.percent(text)
    if option.kind == "ratio":
        return quantities.percent(text, most=10.0)
    if option.kind == "time":
        return quantities.duration(text, ring=None)
    if option.kind == "list":
        return [_number(part, f"numbers such as `{option.example}`") for part in re.split(r"[,;]\s*|\s+", text.strip())]
    if option.kind in ("number", "count"):
        number = _number(text, f"a number such as `{option.example}`")
        if option.kind == "count" and number % 1:
            raise wrong(f"a whole number such as `{option.example}`", text)
        return number
    return text


def _number(text: str, expected: str) -> float:
    written = quantities.text_of(text, expected)
    if not re.fullmatch(quantities.NUMBER, written):
        raise wrong(expected, text)
    return float(quantities.decimal_of(written))


# Showing.


def num(value: float, decimals: int = 6) -> str:
    """A number of a formula: `18 000`, `0.14`, `7.142857`; halves are rounded up."""
    exact = Decimal(repr(round(value, 9))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{exact:,f}".replace(",", " ")
    return text.rstrip("0").rstrip(".") if "." in text else text


def pct(share: float) -> str:
    """`14%`"""
    return f"{digits(round(share, 6), times=100)}%"


def result(row: Row) -> str:
    """The value of a row with its unit."""
    if row.unit == "share":
        return f"{num(100 * row.value, 2)} %"
    if row.unit in ("x", "points", "months"):
        return f"{num(row.value, 2)} {row.unit}"
    if row.unit:
        whole = num(row.value, 2)
        return f"{whole}{'0' if re.search('[.][0-9]$', whole) else ''} {row.unit}"
    return num(row.value)


def as_json(question: str, given: Given, sheet: Sheet) -> dict[str, Any]:
    """The sheet as plain data, schema version 1."""
    return {
        "schema_version": 1,
        "question": question,
        "title": sheet.title,
        "given": {key: value for key, value in given.items() if value is not None},
        "results": [row._asdict() for row in sheet.rows],
        "benchmarks": [benchmark._asdict() for benchmark in sheet.benchmarks],
        "notes": list(sheet.notes),
    }


def text_of(sheet: Sheet) -> Iterator[tuple[str, int]]:
    """The lines of a sheet, each with the indent of what runs over."""
    yield sheet.title, 0
    yield "", 0
    width = max((len(row.title) for row in sheet.rows), default=0)
    for row in sheet.rows:
        shown = f"{row.formula} = {result(row)}" if row.formula else result(row)
        yield f"{row.title:<{width}}  {shown}{f'   ({row.note})' if row.note else ''}", width + 2
    if sheet.benchmarks or sheet.notes:
        yield "", 0
    for benchmark in sheet.benchmarks:
        yield f"{benchmark.text} [{benchmark.evidence}]", 2
    for note in sheet.notes:
        yield note, 2

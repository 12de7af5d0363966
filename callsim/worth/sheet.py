"""What a calculator asks for and what it answers: plain data, read and shown the same way for all of them."""

from __future__ import annotations

import re
import textwrap
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
        return self.quoted_in(None)

    def quoted_in(self, currency: str | None) -> str:
        """The same in the currency of the other amounts, where that is known."""
        example = self.example
        if self.kind == "amount" and currency is not None:
            example = re.sub("[A-Z]{3}$", currency, example)
        return f'"{example}"' if " " in example else example


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
    named = _currency(question, texts)
    given: dict[str, Any] = {"currency": named}
    mistakes = []
    for option in question.options:
        text = texts.get(option.key)
        given[option.key] = None
        if text is None:
            if option.needed:
                mistakes.append(f"expected `--{option.name}` such as `--{option.name} {option.quoted_in(named)}`")
            continue
        try:
            given[option.key] = _value(option, text, named or NEUTRAL)
            mistake = option.check(given[option.key])
        except ValueError as error:
            mistake = str(error)
        if mistake:
            mistakes.append(f"--{option.name}: {mistake}")
    return given, mistakes


NEUTRAL = "USD"
"""The currency of examples where no amount names one."""
SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "₽": "RUB"}


def _currency(question: Question, texts: Mapping[str, str | None]) -> str | None:
    """The currency of the first amount that names one, by its code or else by its symbol; there is one for all."""
    amounts = [texts.get(option.key) or "" for option in question.options if option.kind == "amount"]
    amounts = [text for text in amounts if re.search(r"\d", text)]
    codes = [found[0].upper() for text in amounts if (found := re.search(CODE, text))]
    symbols = [code for text in amounts for symbol, code in SYMBOLS.items() if symbol in text]
    return next(iter([*codes, *symbols]), None)


CODE = r"(?<![^\W\d_])[A-Za-z]{3}(?![^\W\d_])"


def _value(option: Option, text: str, currency: str) -> Any:
    if option.kind == "amount":
        return _amount(text, currency)
    if option.kind == "share":
        return quantities.percent(text)
    if option.kind == "ratio":
        return quantities.percent(text, most=10.0)
    if option.kind == "time":
        return quantities.duration(text, ring=None)
    if option.kind == "list":
        return _numbers(text, f"numbers such as `{option.example}`")
    if option.kind in ("number", "count"):
        number = _number(text, f"a number such as `{option.example}`")
        if option.kind == "count" and number % 1:
            raise wrong(f"a whole number such as `{option.example}`", text)
        return number
    return text


def _amount(text: str, currency: str) -> float:
    """Money, whose currency is a code; a symbol may stand for several, so it is only ever a hint."""
    code = re.search(CODE, text) if re.search(r"\d", text) else None
    if code and code[0].upper() != currency:
        raise wrong(f"all amounts in one currency, {currency} as in the first of them", text)
    symbol = re.search("[$€£₽]", text)
    if symbol and not code:
        number = text.replace(symbol[0], "").strip()
        meant = f"{number} {SYMBOLS[symbol[0]]}"
        hint = quantities.advice(meant, lambda one: quantities.money(one, SYMBOLS[symbol[0]]))
        raise wrong(f"an amount of money such as `350 {currency}`", text, hint)
    if not code and re.search(r"\d ?[^\W\d_]+$", text):
        raise wrong(f"an amount of money such as `350 {currency}`", text, "a currency has three letters")
    return float(quantities.money(text, currency))


def _numbers(text: str, expected: str) -> list[float]:
    """A list of them; all that are none are told at once."""
    found, strange = [], []
    for part in re.split(r"[,;]\s*|\s+", text.strip()):
        try:
            found.append(_number(part, expected))
        except ValueError:
            strange.append(part)
    if strange:
        raise ValueError(f"expected {expected}, found {listed(strange)}")
    return found


def listed(parts: Sequence[str]) -> str:
    """`a`, `b` and `c`, each as it was typed."""
    return quantities.listed([f"`{quantities.shown(part)}`" for part in parts])


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


def rounded(amount: float) -> float:
    """To hundredths, halves up, as it is shown."""
    return float(num(amount, 2).replace(" ", ""))


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


FORMULA = 30
"""Columns that a formula needs beside its title; on narrower pages it stands below."""


def text_of(sheet: Sheet, width: int) -> Iterator[str]:
    """The lines of a sheet on a page of some width."""
    yield from _wrapped(sheet.title, width)
    yield ""
    beside = max((len(row.title) for row in sheet.rows), default=0) + 2
    for row in sheet.rows:
        shown = f"{row.formula} = {result(row)}" if row.formula else result(row)
        shown += f"   ({row.note})" if row.note else ""
        if width - beside >= FORMULA:
            yield from _wrapped(f"{row.title:<{beside}}{shown}", width, indent=beside)
            continue
        if row.title:
            yield from _wrapped(row.title, width)
        yield from _wrapped(f"  {shown}", width, indent=2)
    if sheet.benchmarks or sheet.notes:
        yield ""
    for benchmark in sheet.benchmarks:
        yield from _wrapped(f"{benchmark.text} [{benchmark.evidence}]", width, indent=2)
    for note in sheet.notes:
        yield from _wrapped(note, width, indent=2)


def _wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    """The lines of a text; no line ends inside a number, or between an amount and its currency."""
    held = re.sub(r"(?<=\d) (?=\d{3}(?!\d)|[A-Z]{3}\b|%|h$)", "\u00a0", text)
    lines = textwrap.wrap(held, width, subsequent_indent=" " * indent, break_on_hyphens=False, break_long_words=False)
    return [line.replace("\u00a0", " ") for line in lines]

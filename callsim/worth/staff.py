"""Calculators about those who answer: contributions by law, agency rates."""

from __future__ import annotations

from collections.abc import Iterator

from callsim import contributions, quantities
from callsim.contributions import PRESETS
from callsim.worth.sheet import Benchmark, Given, Option, Question, Row, Sheet, above_zero, num, pct, rounded


def _contributions(given: Given) -> Sheet:
    rules, gross = PRESETS[given["rules"]], given["gross"]
    # Rounded once, so that what is added is what is shown.
    month, year = rounded(contributions.of_month(rules, gross)), rounded(contributions.of_year(rules, gross))
    text = f"{num(gross)} x {pct(rules.below + rules.accidents)}"
    if gross > rules.month_limit:
        above = f"{num(gross - rules.month_limit)} x {pct(rules.favoured + rules.accidents)}"
        text = f"{num(rules.month_limit)} x {pct(rules.below + rules.accidents)} + {above}"
    currency, reached = rules.currency, 12 * gross > rules.year_limit
    whole = "" if reached else f"12 x ({text})" if "+" in text else f"12 x {text}"
    limit = f"what is above {num(rules.year_limit)} a year at {pct(rules.above)}" if reached else ""
    rows = [
        Row("month", "contributions, first month", text if gross <= rules.year_limit else "", month, currency),
        Row("total", "employer's cost of it", f"{num(gross)} + {num(month)}", gross + month, currency),
        Row("year", "contributions, year", whole, year, currency, limit),
        Row("rate", "of gross pay", f"{num(year)} / {num(12 * gross)}", year / (12 * gross), "share"),
    ]
    return Sheet(
        f"employer's contributions, {given['rules']}", rows, [Benchmark(f"Rules as of {rules.as_of}.", rules.source)]
    )


def _rules(name: str) -> str:
    if name in PRESETS:
        return ""
    hint = quantities.meant(name, PRESETS)
    known = ", ".join(f"`{preset}`" for preset in PRESETS)
    return f"expected one of {known}, found `{name}`{f': {hint}' if hint else ''}"


def _same_currency(given: Given) -> Iterator[str]:
    currency = PRESETS[given["rules"]].currency
    if currency != given["currency"]:
        yield f"--gross: expected an amount in {currency}, found {given['currency']}"


CONTRIBUTIONS = Question(
    "contributions",
    "Employer's contributions by law on a month's gross pay.",
    (
        Option("gross", "amount", "60 000 RUB", "Gross pay of a month.", needed=True, check=above_zero),
        Option("rules", "text", "russia 2025", f"Whose rules: {', '.join(PRESETS)}.", needed=True, check=_rules),
    ),
    _contributions,
    refused=_same_currency,
)


def _agency(given: Given) -> Sheet:
    wages = given["wage"], given["wage"] if given["wage_to"] is None else given["wage_to"]
    times = given["multiple"], given["multiple"] if given["multiple_to"] is None else given["multiple_to"]
    currency = given["currency"]
    low, high = wages[0] * times[0], wages[1] * times[1]
    rows = [Row("low", "billed for an hour", f"{num(wages[0])} x {num(times[0])}", low, currency)]
    if high != low:
        wage, multiple = sum(wages) / 2, sum(times) / 2
        rows.append(Row("high", "at most", f"{num(wages[1])} x {num(times[1])}", high, currency))
        rows.append(Row("mean", "on average", f"{num(wage)} x {num(multiple)}", wage * multiple, currency,
                        "if wage and multiple have nothing to do with each other"))  # fmt: skip
        rows.append(Row("printed", "as printed", f"({num(low)} + {num(high)}) / 2", (low + high) / 2, currency,
                        "the middle of the extremes is no average"))  # fmt: skip
    return Sheet(
        "agency staff", rows, [Benchmark("Multiples of 1.2 to 2.1, mostly 1.5.", "weak: agencies and trade press")]
    )


def _rising(given: Given) -> Iterator[str]:
    """A range from its lower end to its upper one."""
    for key in ("wage", "multiple"):
        low, high = given[key], given[f"{key}_to"]
        if high is not None and high < low:
            yield f"--{key}-to: expected no less than `--{key}`, {num(low)}, found {num(high)}"


AGENCY = Question(
    "agency",
    "What an agency bills for an hour: wage x multiple.",
    (
        Option("wage", "amount", "10 USD", "What they get for an hour.", needed=True),
        Option("multiple", "number", "1.65", "The agency's multiple.", needed=True),
        Option("wage-to", "amount", "30 USD", "The highest wage, where there is a range."),
        Option("multiple-to", "number", "2.1", "The highest multiple."),
    ),
    _agency,
    refused=_rising,
)

QUESTIONS = (CONTRIBUTIONS, AGENCY)

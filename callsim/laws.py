"""How durations are distributed: `exponential 3 min`, `3-4 rings`, `lognormal 3 min cv 0.8`, `never`.

Like every reader of callsim.quantities: one meaning or a ValueError.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from callsim.quantities import (
    NUMBER,
    SPAN,
    advice,
    as_float,
    closest_unit,
    decimal_of,
    digits,
    duration,
    meant,
    needed_ring,
    percent,
    shown,
    spoken,
    text_of,
    wrong,
)

_A_LAW = "a duration or a distribution such as `20 s`, `3-4 rings` or `lognormal 3 min cv 0.9`"
_NO_NUMBERS = ("nan", "inf", "infinity", "null", "none", "na")
MOST_POINTS = 200
"""Points that stand for a law: a share that is computed from them is right to half of a per cent."""


class Law(NamedTuple):
    """How a duration is distributed; `values` in seconds, by shape:

    constant (s), rings (low, high, ring), uniform (low, high), exponential (mean), erlang (k, mean),
    gamma, lognormal and hyperexponential (mean, cv), weibull (scale, shape), empirical (sorted values),
    never (), mix () with parts (share, law). A hyperexponential has two phases of balanced means.
    """

    shape: str
    values: tuple[float, ...] = ()
    parts: tuple[tuple[float, Law], ...] = ()

    @property
    def mean(self) -> float:
        """Mean in seconds, infinite where the law may never end."""
        values = self.values
        match self.shape:
            case "never":
                return math.inf
            case "mix":
                return math.fsum(share * part.mean for share, part in self.parts if share > 0)
            case "uniform":
                return (values[0] + values[1]) / 2
            case "rings":
                return (values[0] + values[1]) / 2 * values[2]
            case "weibull":
                return values[0] * math.gamma(1 + 1 / values[1])
            case "empirical":
                return math.fsum(values) / len(values)
            case "erlang":
                return values[1]
        return values[0]

    def within(self, seconds: float) -> float:
        """Chance of at most so many seconds: the distribution function, 0 before 0."""
        if seconds < 0:
            return 0.0
        if self.shape == "mix":
            return math.fsum(share * part.within(seconds) for share, part in self.parts)
        return _WITHIN[self.shape](seconds, *self.values)

    def before(self, seconds: float) -> float:
        """Chance of less than so many seconds: it differs from `within` where the law has such a value."""
        return self.within(math.nextafter(seconds, -math.inf))


def _rings_within(seconds: float, low: float, high: float, ring: float) -> float:
    rings = math.floor(seconds / ring)
    # A quotient may be rounded over a whole number; a product is what is drawn.
    rings += ((rings + 1) * ring <= seconds) - (rings * ring > seconds)
    return min(max(rings - low + 1, 0.0) / (high - low + 1), 1.0)


def _gamma_within(seconds: float, shape: float, mean: float) -> float:
    from scipy.special import gammainc

    return float(gammainc(shape, shape * seconds / mean))


def _lognormal_within(seconds: float, mean: float, cv: float) -> float:
    if seconds == 0:
        return 0.0
    # Below this the variance would be 0, and no draw could tell.
    variance = math.log1p(max(cv, 1e-9) ** 2)
    distance = math.log(seconds / mean) + variance / 2
    return math.erfc(-distance / math.sqrt(2 * variance)) / 2


def _weibull_within(seconds: float, scale: float, shape: float) -> float:
    # Bounded, as a power may overflow long after the chance is 1.
    return -math.expm1(-math.exp(min(shape * math.log(seconds / scale), 50.0))) if seconds > 0 else 0.0


def _hyperexponential_within(seconds: float, mean: float, cv: float) -> float:
    """Two phases of balanced means: each has half of the mean (Allen 1990, section 3.2.9)."""
    often = (1 + math.sqrt((cv**2 - 1) / (cv**2 + 1))) / 2
    seldom = 1 / ((cv**2 + 1) * 2 * often)
    return -math.fsum(share * math.expm1(-2 * share * seconds / mean) for share in (often, seldom))


_WITHIN: Mapping[str, Callable[..., float]] = {
    "never": lambda seconds: 0.0,
    "constant": lambda seconds, value: float(value <= seconds),
    "rings": _rings_within,
    "uniform": lambda seconds, low, high: min(max(seconds - low, 0.0) / (high - low), 1.0),
    "exponential": lambda seconds, mean: -math.expm1(-seconds / mean),
    "erlang": _gamma_within,
    "gamma": lambda seconds, mean, cv: _gamma_within(seconds, max(cv, 1e-9) ** -2, mean),
    "lognormal": _lognormal_within,
    "weibull": _weibull_within,
    "hyperexponential": _hyperexponential_within,
    "empirical": lambda seconds, *values: bisect_right(values, seconds) / len(values),
}
"""Distribution functions by shape: seconds, then the values of the law."""


@lru_cache(maxsize=256)
def points(law: Law) -> tuple[tuple[float, float], ...]:
    """(share, seconds) that stand for a law that ends: its own values where it has some, else its quantiles."""
    values = law.values
    match law.shape:
        case "mix":
            return tuple((share * inner, at) for share, part in law.parts for inner, at in points(part))
        case "constant":
            found = [values[0]]
        case "rings":
            found = _evenly(int(values[1] - values[0]) + 1, lambda place: (values[0] + place) * values[2])
        case "empirical":
            found = _evenly(len(values), lambda place: values[place])
        case _:
            shares = ((place + 0.5) / MOST_POINTS for place in range(MOST_POINTS))
            found = list(accumulate(shares, lambda last, share: _quantile(law, share, last), initial=0.0))[1:]
    return tuple((1.0 / len(found), seconds) for seconds in found)


def _evenly(count: int, value: Callable[[int], float]) -> list[float]:
    """Values by their place in order: all, or some where there are many."""
    taken = min(count, MOST_POINTS)
    return [value(int((place + 0.5) * count / taken)) for place in range(taken)]


def _quantile(law: Law, share: float, near: float) -> float:
    """The seconds within which a share ends, looked for around others: by doubling, then by halving."""
    high = near or law.mean
    while law.within(high) < share:
        high *= 2.0
    while law.within(high / 2.0) >= share:
        high /= 2.0
    low = high / 2.0
    for _ in range(20):
        middle = (low + high) / 2.0
        low, high = (middle, high) if law.within(middle) < share else (low, middle)
    return high


def law(value: object, *, ring: float | None, folder: Path | None) -> Law:
    """Return the distribution that a text or a `{mix: [...]}` stands for.

    `empirical x.csv` is looked for in `folder`; with None no file is ever opened.
    """
    if isinstance(value, dict):
        return _mix(value, ring, folder)
    text = text_of(value, _A_LAW)
    name, _, rest = text.partition(" ")
    if text == "never":
        return Law("never")
    if name == "empirical":
        return _empirical(rest, ring, folder)
    if name in _READERS:
        if not rest:
            raise wrong(_one(name), text)
        return _READERS[name](rest, ring)
    if written := re.fullmatch(r"\{ ?mix: ?\[(.*)\] ?\}", text):
        return _mix({"mix": written[1].split(",")}, ring, folder)
    if text[0].isalpha():
        raise wrong(_A_LAW, text, meant(name, (*_EXAMPLES, "never")))
    if span := SPAN.fullmatch(text):
        return _rings(text, span[1], span[2], ring)
    return Law("constant", (duration(text, ring=ring),))


def describe(law: Law) -> str:
    """Return the text from which `law` reads an equal Law, given the same ring."""
    values = [digits(number) for number in law.values]
    match law.shape:
        case "never":
            return "never"
        case "constant":
            return spoken(law.values[0])
        case "rings":
            return f"{values[0]}-{values[1]} rings"
        case "uniform":
            return f"uniform {values[0]}-{values[1]} s"
        case "exponential":
            return f"exponential {spoken(law.values[0])}"
        case "erlang":
            return f"erlang {values[0]} {spoken(law.values[1])}"
        case "empirical":
            return "empirical of " + "; ".join(f"{seconds} s" for seconds in values)
        case "mix":
            parts = (f"{digits(share, times=100)}% {describe(part)}" for share, part in law.parts)
            return f"{{mix: [{', '.join(parts)}]}}"
    second = "shape" if law.shape == "weibull" else "cv"
    return f"{law.shape} {spoken(law.values[0])} {second} {values[1]}"


def _uniform(rest: str, ring: float | None) -> Law:
    expected, text = _one("uniform"), f"uniform {rest}"
    span = SPAN.fullmatch(rest)
    if span is None:
        raise wrong(expected, text)
    low, high = span[1], span[2]
    unit = re.fullmatch(rf"{NUMBER} ?([^\W\d_]+)", high)
    if unit and re.fullmatch(NUMBER, low):
        low = f"{low} {unit[1]}"
    ends = duration(low, ring=ring), duration(high, ring=ring)
    if ends[0] >= ends[1]:
        raise wrong(expected, text, "the first end must be the smaller")
    return Law("uniform", ends)


def _exponential(rest: str, ring: float | None) -> Law:
    return Law("exponential", (_positive(rest, _one("exponential"), ring),))


def _erlang(rest: str, ring: float | None) -> Law:
    phases, _, mean = rest.partition(" ")
    if not re.fullmatch("[1-9][0-9]{0,5}", phases) or not mean[:1].isdigit():
        hint = "a whole number of phases, at least 1, then the mean"
        raise wrong(_one("erlang"), f"erlang {rest}", hint)
    return Law("erlang", (float(phases), _positive(mean, _one("erlang"), ring)))


def _with_cv(shape: str, above: float) -> Callable[[str, float | None], Law]:
    """Return the reader of a shape that is given by a mean and a coefficient of variation above a bound."""

    def read(rest: str, ring: float | None) -> Law:
        mean, cv = _two(shape, rest, "cv", ring)
        if cv <= above:
            raise wrong(_one(shape), f"{shape} {rest}", f"its cv must be above {digits(above)}")
        return Law(shape, (mean, cv))

    return read


def _weibull(rest: str, ring: float | None) -> Law:
    scale, shape = _two("weibull", rest, "shape", ring)
    # Below this the mean overflows long before any caller is so patient.
    if shape < 0.05:
        raise wrong(_one("weibull"), f"weibull {rest}", "its shape must be at least 0.05")
    return Law("weibull", (scale, shape))


_EXAMPLES = {
    "uniform": "uniform 15-24 s",
    "exponential": "exponential 3 min",
    "erlang": "erlang 2 120 s",
    "gamma": "gamma 3 min cv 0.7",
    "lognormal": "lognormal 3 min cv 0.9",
    "weibull": "weibull 150 s shape 0.7",
    "hyperexponential": "hyperexponential 180 s cv 1.7",
    "empirical": "empirical waits.csv",
}
_READERS: dict[str, Callable[[str, float | None], Law]] = {
    "uniform": _uniform,
    "exponential": _exponential,
    "erlang": _erlang,
    "gamma": _with_cv("gamma", 0.0),
    "lognormal": _with_cv("lognormal", 0.0),
    "hyperexponential": _with_cv("hyperexponential", 1.0),
    "weibull": _weibull,
}


def _one(name: str) -> str:
    return f"a distribution such as `{_EXAMPLES[name]}`"


def _positive(text: str, expected: str, ring: float | None) -> float:
    seconds = duration(text, ring=ring)
    if seconds <= 0:
        raise wrong(expected, text, "it must be more than 0")
    return seconds


def _two(name: str, rest: str, second: str, ring: float | None) -> tuple[float, float]:
    """Split `3 min cv 0.9` at its keyword; the number after it may be a percentage."""
    mean, keyword, number = rest.partition(f" {second} ")
    if not keyword:
        raise wrong(_one(name), f"{name} {rest}", f"a `{second}` is missing")
    if number.endswith("%"):
        return _positive(mean, _one(name), ring), percent(number, most=None)
    if not re.fullmatch(NUMBER, number):
        raise wrong(_one(name), f"{name} {rest}", f"`{second}` takes a number such as `0.9`")
    return _positive(mean, _one(name), ring), as_float(decimal_of(number), _one(name), number)


def _rings(text: str, low: str, high: str, ring: float | None) -> Law:
    if not re.search(r"[0-9] ?rings?$", high):
        raise wrong(_A_LAW, text, _span_hint(text, high, ring))
    most = re.sub(" ?rings?$", "", high)
    whole = all(re.fullmatch("0|[1-9][0-9]{0,5}", number) for number in (low, most))
    if not whole or int(low) > int(most):
        raise wrong("whole rings, the fewer first, such as `3-4 rings`", text)
    return Law("rings", (float(low), float(most), needed_ring(ring, text)))


def _span_hint(text: str, high: str, ring: float | None) -> str:
    """What a range without a word before it may mean: rings, or a uniform law of times."""
    unit = re.search(r"[^\W\d_]+$", high)
    if unit is None:
        return "a unit is missing, as in `3-4 rings` or `uniform 15-24 s`"
    known = closest_unit(unit[0])
    better = f"{text.removesuffix(unit[0])}{known}"
    if not known.startswith("ring"):
        better = f"uniform {better}"
    return advice(better, lambda written: law(written, ring=ring or 1.0, folder=None)) if known else ""


def _mix(value: dict[object, object], ring: float | None, folder: Path | None) -> Law:
    expected = "a mix such as `{mix: [10% 0 s, 90% exponential 1000 s]}`"
    items = value.get("mix")
    if len(value) != 1 or not isinstance(items, list | tuple) or not items:
        raise wrong(expected, value)
    parts = []
    for item in items:
        match = re.fullmatch(r"([^%]*%) (.+)", text_of(item, expected))
        if match is None:
            raise wrong("a share and a distribution such as `90% exponential 3 min`", item)
        if match[2].startswith("{"):
            raise wrong(expected, item, "a mix inside a mix: list all parts in one")
        parts.append((percent(match[1]), law(match[2], ring=ring, folder=folder)))
    total = math.fsum(share for share, _ in parts)
    if abs(total - 1) > 1e-9:
        raise wrong("shares of a mix that add up to 100%", f"{100 * total:.10g}%")
    return Law("mix", (), tuple(parts))


def _empirical(rest: str, ring: float | None, folder: Path | None) -> Law:
    """Read `empirical of 3 s; 5 s` (what describe writes) or a file of seconds, one a line."""
    if rest.startswith("of "):
        return Law("empirical", tuple(sorted(duration(part, ring=ring) for part in rest[3:].split(";"))))
    if not rest:
        raise wrong(_one("empirical"), "empirical", "a file is missing")
    if folder is None:
        raise wrong("a distribution without a file", f"empirical {rest}", "files cannot be read here")
    lines = [(row, line.strip()) for row, line in enumerate(_lines(folder / rest, rest), 1) if line.strip()]
    if lines and _is_header(lines[0][1]):
        del lines[0]
    if not lines:
        raise ValueError(f"expected a number of seconds on each line of `{shown(rest)}`, found none")
    for row, line in lines:
        if not re.fullmatch(r"[0-9]{1,15}(?:\.[0-9]+)?", line):
            raise wrong("a number of seconds such as `12.5`", line, f"line {row} of `{shown(rest)}`")
    return Law("empirical", tuple(sorted(float(line) for _, line in lines)))


def _is_header(line: str) -> bool:
    """A header begins with a letter; so does `nan`, which stands for a number that is not there."""
    word = line.strip("\"' ")
    return word[:1].isalpha() and word.lower() not in _NO_NUMBERS


def _lines(path: Path, name: str) -> list[str]:
    try:
        if not path.is_file():
            raise ValueError(f"expected a file such as `waits.csv`, found no file `{shown(name)}`")
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"expected a text file in UTF-8, found other bytes in `{shown(name)}`") from error
    except OSError as error:
        raise ValueError(f"expected a readable file, found `{shown(name)}`: {error.strerror}") from error

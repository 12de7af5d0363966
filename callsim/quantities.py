"""Read what people write: `20 s`, `4 rings`, `75%`, `18 000 RUB`, `09:00-20:00`, `mon-fri`, `queue sales`.

A text means exactly one thing or is refused. Every reader takes the text (or the number YAML made of it) and
raises ValueError: what was expected, an example, what was found, and a hint where one can be given.
Times are returned in seconds, shares as fractions of one, money as Decimal.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeVar

RINGS = {"Russia": 5.0, "USA": 6.0, "UK": 3.0}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMED_KINDS = ("queue", "vendor", "menu", "self_service")
NAMELESS_KINDS = ("voicemail", "callback", "hang up")

_DAY = 86_400
# Above this a text is a slip of the keyboard, and floats stop holding whole seconds exactly.
MOST = Decimal(10) ** 15
_SECONDS = {
    **dict.fromkeys(("week", "weeks"), Decimal(7 * _DAY)),
    **dict.fromkeys(("day", "days"), Decimal(_DAY)),
    **dict.fromkeys(("h", "hour", "hours"), Decimal(3600)),
    **dict.fromkeys(("min", "minute", "minutes"), Decimal(60)),
    **dict.fromkeys(("s", "sec", "second", "seconds"), Decimal(1)),
    "ms": Decimal("0.001"),
}
_UNITS = (*_SECONDS, "ring", "rings")
# `m` is a metre, a minute or a month to different people, so it is only ever a hint.
_UNIT_HINTS = {"m": "min", "mins": "min", "secs": "s", "msec": "ms", "hr": "h", "hrs": "h", "d": "days"}
_UNIT_HINTS |= {"мин": "min", "сек": "s", "с": "s", "ч": "h"}
_DAY_HINTS = {"weekdays": "mon-fri", "weekday": "mon-fri", "weekend": "sat-sun", "weekends": "sat-sun"}
_DAY_HINTS |= {"daily": "every day", "everyday": "every day", "all": "every day", "always": "every day"}

_DASH = "[-\u2013\u2014]"
# Thousands by spaces or commas; a comma before one or two last digits is a decimal comma. No sign, no
# exponent, no leading zero: `0,500` and the `1 050 s` of `erlang 1 050 s` would have two readings.
NUMBER = (
    r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?"
    r"|(?:0|[1-9][0-9]{0,2}(?: [0-9]{3})+|[1-9][0-9]*)(?:\.[0-9]+|,[0-9]{1,2})?)(?![0-9])"
)
_WORD = r"[^\W\d_]+"
_AMOUNT = re.compile(rf"({NUMBER}) ?({_WORD}) ?")
_PERCENT = re.compile(rf"({NUMBER}) ?%")
_MONEY = re.compile(rf"({NUMBER}) ?({_WORD}|[$\u20ac\u00a3\u20bd])")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])(?::([0-5][0-9]))?")
SPAN = re.compile(rf"([0-9][^-\u2013\u2014]*?) ?{_DASH} ?([0-9][^-\u2013\u2014]*)")
_MISTAKABLE = r"[1-9][0-9]{0,2}\.[0-9]{3}"
_UNSURE = re.compile(r"(?:\+-|\+/-|\u00b1) ?[0-9].*|^somewhere in .*")
_NUMBER_HINT = "numbers are written `18 000`, `1,234.50` or `1.5`"

_A_DURATION = "a duration such as `20 s` or `1 h 30 min`"


T = TypeVar("T")


class NotYet(ValueError):
    """A text whose meaning is known but which callsim cannot play yet."""


class Money(NamedTuple):
    amount: Decimal
    currency: str


class Rate(NamedTuple):
    """Money per 'hour', 'month', 'minute', 'call' or 'year'."""

    amount: Decimal
    per: str


class Volume(NamedTuple):
    """Callers per 'day' or 'hour'."""

    number: float
    per: str


class Reference(NamedTuple):
    """Where a caller goes next; `voicemail`, `callback` and `hang up` have an empty name."""

    kind: str
    name: str

    def __str__(self) -> str:
        """As it is written."""
        return f"{self.kind} {self.name}".strip()


def duration(value: object, *, ring: float | None) -> float:
    """Return seconds; `ring` is the length of one ring, None where the scenario has not said it.

    A bare number has no unit and is refused, except 0, which is the same in all of them.
    """
    text = text_of(value, _A_DURATION)
    if text in ("0", "0.0"):
        return 0.0
    total, last = Decimal(0), Decimal("Infinity")
    for number, unit in _amounts(text):
        seconds = _unit_seconds(number, unit, ring=ring)
        if seconds >= last:
            raise wrong(_A_DURATION, text, "write the largest unit first and each unit once")
        total, last = total + decimal_of(number) * seconds, seconds
    return as_float(total, _A_DURATION, text)


def percent(value: object, *, most: float | None = 1.0) -> float:
    """Return the fraction that a percentage stands for; `most` None allows any size."""
    expected = "a percentage such as `75%`"
    text = text_of(value, expected)
    match = _PERCENT.fullmatch(text)
    if match is None:
        raise wrong(expected, text, _percent_hint(text, lambda better: percent(better, most=most)))
    share = as_float(decimal_of(match[1]) / 100, expected, text)
    if most is not None and share > most:
        raise wrong(f"a percentage of at most {digits(most, times=100)}%", text)
    return share


def currency_code(value: object) -> str:
    """Return the currency of a scenario: three capital letters, as in ISO 4217."""
    expected = "a currency such as `RUB` or `USD`"
    text = text_of(value, expected)
    if not re.fullmatch("[A-Z]{3}", text):
        letters = re.fullmatch("[A-Za-z]{3}", text)
        raise wrong(expected, text, f"did you mean `{text.upper()}`?" if letters else "")
    return text


def money(value: object, currency: str, *, per: str = "") -> Decimal:
    """Return an amount in the currency of the scenario, exactly as written.

    `per` is what the amount is paid for where its key says so: whoever writes it again gets a hint.
    """
    expected = f"an amount of money such as `350 {currency}`"
    text = text_of(value, expected)
    match = _MONEY.fullmatch(text)
    if match is None:
        alone = per and re.fullmatch(rf"(.*?) ?(?:/| per | an? ) ?{per}", text)
        if alone:
            raise wrong(expected, text, advice(alone[1], lambda part: money(part, currency)))
        raise wrong(expected, text, _money_hint(text, currency))
    found = Money(_unmistakable(match[1], expected, text), match[2])
    if found.currency != currency:
        same = found.currency.upper() == currency.upper()
        hint = f"did you mean `{currency}`?" if same else f"the scenario counts in {currency}"
        raise wrong(expected, text, hint)
    return found.amount


def money_rate(value: object, currency: str, *, per: tuple[str, ...]) -> Rate:
    """Return an amount of money per one of the words in `per`."""
    expected = f"a rate such as `350 {currency} per {per[0]}`"
    text = text_of(value, expected)
    amount, unit = _split_per(text, expected, per, lambda part: money(part, currency))
    return Rate(amount, unit)


def volume(value: object) -> Volume:
    """Return how many callers there are per day or per hour."""
    expected = "a volume such as `85 per day` or `200 per hour`"
    text = text_of(value, expected)

    def number_of(part: str) -> float:
        if not re.fullmatch(NUMBER, part):
            word = re.fullmatch(rf"{NUMBER} .+", part)
            raise wrong(expected, text, "write the number alone" if word else _NUMBER_HINT)
        return float(_unmistakable(part, expected, text))

    return Volume(*_split_per(text, expected, ("day", "hour"), number_of))


def clock(value: object) -> int:
    """Return seconds since midnight, 86,400 for `24:00`."""
    expected = "a time of day such as `09:00`"
    text = text_of(value, expected)
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise wrong(expected, text, _clock_hint(text))
    seconds = 3600 * int(match[1]) + 60 * int(match[2]) + int(match[3] or 0)
    if seconds > _DAY:
        raise wrong(expected, text, "a day ends at `24:00`")
    return seconds


def time_range(value: object) -> tuple[int, int]:
    """Return (start, end) in seconds since midnight; a range over midnight ends above 86,400."""
    expected = "a range of time such as `09:00-20:00`"
    text = text_of(value, expected)
    match = SPAN.fullmatch(text)
    if match is None:
        raise wrong(expected, text)
    start, end = clock(match[1]), clock(match[2])
    if start == _DAY:
        raise wrong(expected, text, "a range cannot begin at `24:00`: write `00:00`")
    if start == end:
        raise wrong(expected, text, "it begins and ends at once; a whole day is `00:00-24:00`")
    return start, end if end > start else end + _DAY


def day_keys(value: object) -> tuple[str, ...]:
    """Return the days a key stands for, in the order of the range; `every day` leaves `holiday` out."""
    expected = "days such as `mon`, `mon-fri`, `every day` or `holiday`"
    text = text_of(value, expected)
    if text in (*DAYS, "holiday"):
        return (text,)
    if text == "every day":
        return DAYS
    ends = re.split(rf" ?{_DASH} ?", text)
    if len(ends) != 2 or not set(ends) <= set(DAYS):
        raise wrong(expected, text, _days_hint(text, ends))
    first, last = (DAYS.index(day) for day in ends)
    if first == last:
        raise wrong(expected, text, f"write `{ends[0]}` for one day, `every day` for all")
    return tuple(DAYS[(first + step) % 7] for step in range((last - first) % 7 + 1))


def target(value: object, *, ring: float | None) -> tuple[float, float]:
    """Return (share, seconds) of a service-level target."""
    expected = "a target such as `80% in 20 s`"
    text = text_of(value, expected)
    match = re.fullmatch(r"([^%]+%) in (.+)", text)
    if match is None:
        raise wrong(expected, text)
    return percent(match[1]), duration(match[2], ring=ring)


def reference(value: object) -> Reference:
    """Return the destination that `queue sales`, `voicemail` or the like names; names stay as written."""
    expected = "a destination such as `queue sales`, `vendor night desk`, `voicemail` or `hang up`"
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        raise wrong(expected, value or None)
    if text in NAMELESS_KINDS:
        return Reference(text, "")
    kind, *rest = text.split(maxsplit=1)
    if kind in NAMED_KINDS and rest:
        return Reference(kind, rest[0])
    if kind in NAMED_KINDS:
        raise ValueError(f"expected a name after `{kind}` such as `{kind} sales`, found `{kind}` alone")
    raise wrong(expected, text, _reference_hint(text, kind, rest))


def ring_length(value: object) -> float:
    """Return the seconds of one ring, from a country of RINGS or a duration."""
    expected = f"a country ({', '.join(RINGS)}) or the length of one ring such as `6 s`"
    text = text_of(value, expected)
    if text in RINGS:
        return RINGS[text]
    if text[0].isalpha():
        raise wrong(expected, text, meant(text, RINGS))
    seconds = duration(text, ring=None)
    if seconds <= 0:
        raise wrong(expected, text, "a ring takes time")
    return seconds


def text_of(value: object, expected: str) -> str:
    """Return the text with all kinds of spaces made one; refuse what is no text, and uncertain inputs."""
    if isinstance(value, bool) or not isinstance(value, str | int | float) or _too_large(value):
        raise wrong(expected, value)
    text = " ".join(str(value).split())
    if not text:
        raise wrong(expected, None)
    if unsure := _UNSURE.search(text):
        raise NotYet(f"`{shown(unsure[0])}` (uncertain inputs) is not supported yet")
    if text[0] in "+-\u2212":
        raise wrong(expected, text, "a sign has no place here")
    return text


def wrong(expected: str, value: object, hint: str = "") -> ValueError:
    """Return the error to raise: what was expected (with an example), what was found, what to do."""
    # A hint repeats the text, and a text of pages is not worth repeating.
    ending = f": {hint}" if 0 < len(hint) < 200 else ""
    return ValueError(f"expected {expected}, found {_found(value)}{ending}")


def _found(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if _too_large(value):
        return "a number that is too large"
    if isinstance(value, str | int | float):
        return f"`{shown(str(value))}`"
    return "a mapping" if isinstance(value, dict) else "a list"


def _too_large(value: object) -> bool:
    """Python refuses to write out an integer of thousands of digits."""
    return isinstance(value, int) and abs(value) >= MOST


def shown(text: str) -> str:
    """Return the text as its writer would recognise it, cut where it is long."""
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:77] + "..."


def meant(word: str, names: Iterable[str]) -> str:
    """Return a did-you-mean for a misspelt word, or nothing."""
    name = closest(word, names)
    return f"did you mean `{name}`?" if name else ""


def closest(word: str, names: Iterable[str]) -> str:
    """Return the name that a misspelt word stands for, or nothing."""
    lower = {name.lower(): name for name in names}
    word = word.lower()
    # `thursday` is too far from `thu` for difflib, `exp` from `exponential`.
    begun = [name for name in lower if len(word) > 2 and name.startswith(word[:3])]
    close = [word] if word in lower else difflib.get_close_matches(word, lower, 1) or begun
    return lower[close[0]] if close else ""


def closest_unit(word: str) -> str:
    """Return the unit of time that a misspelt one stands for, or nothing."""
    return word if word in _UNITS else _UNIT_HINTS.get(word.lower()) or closest(word, _UNITS)


def advice(text: str, read: Callable[[str], object]) -> str:
    """Return the hint to write a text, or nothing where that would be refused as well."""
    try:
        read(text)
    except ValueError:
        return ""
    return f"write `{text}`"


def decimal_of(number: str) -> Decimal:
    """Return the value of a text that matches NUMBER."""
    digits = number.replace(" ", "")
    if re.search(",[0-9]{1,2}$", digits):
        digits = digits.replace(",", ".")
    value = Decimal(digits.replace(",", ""))
    if value >= MOST:
        raise wrong("a number of at most 15 digits", number, "that is too large")
    return value


def as_float(number: Decimal, expected: str, text: str) -> float:
    if number >= MOST:
        raise wrong(expected, text, "that is too large")
    return float(number)


def _unmistakable(number: str, expected: str, text: str) -> Decimal:
    """Refuse `18.000`, which is eighteen thousand to half of the world."""
    if re.fullmatch(_MISTAKABLE, number):
        whole, decimals = number.split(".")
        hint = f"write `{whole} {decimals}` for thousands, `{number}0` for a fraction"
        raise wrong(expected, text, hint)
    return decimal_of(number)


def grouped(number: float, decimals: int = 0, *, signed: bool = False) -> str:
    """Write a number for people, in groups of three digits: `18 000`, `-1.5`, and `+0.3` where signed."""
    text = f"{number:{'+' if signed else ''},.{decimals}f}".replace(",", " ")
    return text.lstrip("+-") if float(text.replace(" ", "")) == 0.0 else text


def digits(number: float, *, times: int = 1) -> str:
    """Return the shortest digits that read back to the same float, without an exponent."""
    return format((Decimal(repr(float(number))) * times).normalize(), "f")


def spoken(seconds: float) -> str:
    """Return the text that `duration` reads to these seconds: `20 s`, `1 min 30 s`."""
    if seconds < 60 or seconds % 1:
        return f"{digits(seconds)} s"
    minutes, second = divmod(int(seconds), 60)
    hour, minute = divmod(minutes, 60)
    parts = ((hour, "h"), (minute, "min"), (second, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def so_many(number: float, thing: str) -> str:
    """`1 replication`, `30 replications`."""
    return f"{number:g} {thing}{'' if number == 1 else 's'}"


def listed(parts: Sequence[str], joint: str = "and") -> str:
    """`a, b and c`; nothing of nothing."""
    return "".join(parts) if len(parts) < 2 else f"{', '.join(parts[:-1])} {joint} {parts[-1]}"


def _amounts(text: str) -> list[tuple[str, str]]:
    """Split `1 h 30 min` into numbers and their units."""
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(text):
        match = _AMOUNT.match(text, place)
        if match is None:
            raise wrong(_A_DURATION, text, _duration_hint(text, text[place:], found))
        found.append((match[1], match[2]))
        place = match.end()
    return found


def _unit_seconds(number: str, unit: str, *, ring: float | None) -> Decimal:
    if unit in ("ring", "rings"):
        return Decimal(repr(needed_ring(ring, f"{number} {unit}")))
    if unit not in _SECONDS:
        known = _UNIT_HINTS.get(unit.lower())
        hint = f"write `{number} {known}`" if known else meant(unit, _UNITS)
        raise wrong(_A_DURATION, f"{number} {unit}", hint)
    return _SECONDS[unit]


def needed_ring(ring: float | None, text: str) -> float:
    """Return the length of a ring, or say that the scenario must give it."""
    if ring is None:
        raise ValueError(f"rings need `ring:` such as `ring: Russia` or `ring: 6 s`, found `{shown(text)}`")
    return float(ring)


def _duration_hint(text: str, rest: str, before: list[tuple[str, str]]) -> str:
    if re.fullmatch(NUMBER, rest):
        larger = _SECONDS.get(before[-1][1], Decimal(1)) if before else Decimal(60)
        unit = "h" if larger >= _DAY else "min" if larger >= 3600 else "s"
        return f"a unit is missing, as in `{text} {unit}`" if larger > 1 else "a unit is missing"
    if _CLOCK.fullmatch(text):
        return "that is a time of day; write `1 h 30 min` or `1 min 30 s`"
    if SPAN.fullmatch(text):
        return "a range cannot stand here"
    return _NUMBER_HINT if rest[0] in "0123456789.," else ""


def _percent_hint(text: str, read: Callable[[str], object]) -> str:
    if re.fullmatch(NUMBER, text):
        number = decimal_of(text)
        share = format((number * 100).normalize(), "f")
        return f"write `{share}%` (or `{text}%`)" if 0 < number <= 1 else advice(f"{text}%", read)
    return _NUMBER_HINT if text.endswith("%") else ""


def _money_hint(text: str, currency: str) -> str:
    turned = re.fullmatch(rf"(?:{_WORD}|[$\u20ac\u00a3\u20bd])? ?({NUMBER})", text)
    if turned and re.fullmatch(_MISTAKABLE, turned[1]):
        return f"a fraction or thousands? Write `{turned[1].replace('.', ' ')} {currency}` for thousands"
    if turned and turned[1] == text:
        return f"a currency is missing, as in `{text} {currency}`"
    if turned:
        return f"write `{turned[1]} {currency}`"
    return "" if " per " in text else _NUMBER_HINT


def _split_per(text: str, expected: str, per: tuple[str, ...], read: Callable[[str], T]) -> tuple[T, str]:
    """Split `350 RUB per hour`; `read` reads the amount before the `per`."""
    amount, keyword, unit = text.partition(" per ")
    if not keyword:
        loose = re.fullmatch(rf"([^/]*?) ?(?:/| an? ) ?({_WORD})", text)
        unit = closest(loose[2], per) if loose else ""
        hint = advice(f"{loose[1]} per {unit}", lambda _: read(loose[1])) if loose and unit else ""
        raise wrong(expected, text, hint or f"`per {per[0]}` is missing")
    if unit not in per:
        known = ", ".join(f"`per {word}`" for word in per)
        raise wrong(expected, text, meant(unit, per) or f"it can be {known}")
    return read(amount), unit


def _clock_hint(text: str) -> str:
    if loose := re.fullmatch(r"([0-9]{1,2})(?:[.h ]([0-5][0-9]))?", text):
        return advice(f"{loose[1]}:{loose[2] or '00'}", clock)
    if re.fullmatch(r"[0-9:. ]+[ap]\.?m\.?", text.lower()):
        return "hours run from 00:00 to 24:00; write `18:00` for 6 pm"
    return ""


def _days_hint(text: str, ends: list[str]) -> str:
    lower = text.lower()
    if lower != text and set(re.split(rf" ?{_DASH} ?", lower)) <= {*DAYS, "holiday"}:
        return f"did you mean `{lower}`?"
    if lower in _DAY_HINTS:
        return f"did you mean `{_DAY_HINTS[text.lower()]}`?"
    if "," in text:
        return "give each day a key of its own"
    hints = [meant(day, (*DAYS, "holiday", "every day")) for day in ends if day not in DAYS]
    return hints[0] if hints and len(ends) <= 2 else ""


def _reference_hint(text: str, kind: str, rest: list[str]) -> str:
    if re.fullmatch("hang[-_]?ups?|hang up .*|hangs up", text.lower()):
        return "did you mean `hang up`?"
    if re.fullmatch("voice[-_ ]mail", text.lower()):
        return "did you mean `voicemail`?"
    if re.fullmatch("(we )?call(s|ed)?[-_ ]?(you[-_ ])?backs?", text.lower()):
        return "did you mean `callback`?"
    if self_service := re.fullmatch(r"self[- ]?service (.+)", text.lower()):
        return f"did you mean `self_service {text[-len(self_service[1]) :]}`?"
    if not rest:
        return meant(kind, NAMELESS_KINDS) or "say what it is, as in `queue " + kind + "`"
    return meant(kind, NAMED_KINDS).replace("`?", f" {rest[0]}`?")

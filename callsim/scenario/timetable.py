"""The calendar: days, hours and headcounts, as written by weekday and as seconds since the first midnight."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema, model_validator

from callsim import quantities
from callsim.quantities import DAYS, grouped, meant, wrong
from callsim.scenario.fields import IN_KEY, Duration, Mistakes, Part, reading, schema, whole

MOST_AGENTS = 100_000
DAY = 86_400.0
"""Seconds of a day. Days are wall-clock days of this length, whatever daylight saving does."""

LONGEST_COOL_DOWN = 366
"""Days. Whoever looks up a day or an opening after the last counted day looks no further than this."""

HOLIDAY_NEEDED = "expected what happens on holidays, `holiday: closed` or `holiday:` with hours, found nothing"

Value = TypeVar("Value")


class Span(NamedTuple):
    """A value that holds over [start, end), seconds since the midnight of the day it belongs to."""

    start: float
    end: float
    value: float


Week = Mapping[str, tuple[Span, ...]]
"""Spans by day: `mon` to `sun` and `holiday`; a day that is not there has none."""


class WhileOpen(NamedTuple):
    """A number that holds during the opening hours of the calendar."""

    value: float


class _ByDay:
    """Reads a map of day keys: {mon-fri: ..., sat: ...}. A day named twice is a mistake at its second key."""

    def __init__(self, value: object, expected: str) -> None:
        if not isinstance(value, dict) or not value:
            raise wrong(expected, value or None)
        self.mistakes = Mistakes()
        self.owner: dict[str, str] = {}
        """The key under which each day stands."""
        self._value = value

    def entries(self) -> Iterator[tuple[str, tuple[str, ...], Any]]:
        """(key, days, value) of each entry."""
        for key, part in self._value.items():
            days = self.mistakes.attempt((key,), quantities.day_keys, key, kind=IN_KEY) or ()
            for day in days:
                if day in self.owner:
                    other = self.owner[day]
                    message = f"`{day}` stands already under `{other}` (a variant removes that by `{other}: none`)"
                    self.mistakes.add((key,), message, kind=IN_KEY)
                self.owner.setdefault(day, key)
            yield key, days, part

    def overlaps(self, week: Mapping[str, Any]) -> None:
        """Note every day whose last span runs past midnight into a span of the following weekday."""
        for day, following in zip(DAYS, DAYS[1:] + DAYS[:1], strict=True):
            if _meet(_fixed(week.get(day)), _fixed(week.get(following))):
                message = f"`{following}` overlaps the time range of `{day}` that runs past midnight"
                self.mistakes.add((self.owner[following],), message, kind=IN_KEY)


def _fixed(part: Any) -> Sequence[Span]:
    """Spans that do not hang on the calendar's hours."""
    return () if part is None or isinstance(part, WhileOpen) else part


def _meet(spans: Sequence[Span], following: Sequence[Span], *, day: float = DAY) -> bool:
    """Whether spans of one day run into those of the following, both counted from their own midnight."""
    spill = max((span.end - day for span in spans), default=0.0)
    return any(span.start < spill for span in following)


def _span(text: str, limits: tuple[int, int] | None, value: float | None, among: list[Span]) -> None:
    """Put the span of a text among the others of its day."""
    if limits is None or value is None:
        return
    if any(limits[0] < other.end and other.start < limits[1] for other in among):
        raise ValueError(f"`{quantities.shown(text)}` overlaps another time range of the day")
    among.append(Span(float(limits[0]), float(limits[1]), value))


def hours(value: object) -> Week:
    """`always`, or {mon-fri: 09:00-20:00, sat: [10:00-13:00, 14:00-16:00], sun: closed}."""
    if value == "always":
        return {day: (Span(0.0, DAY, 1.0),) for day in (*DAYS, "holiday")}
    table = _ByDay(value, "`always` or opening hours by day such as `{mon-fri: 09:00-20:00}`")
    week: dict[str, tuple[Span, ...]] = {}
    for key, days, part in table.entries():
        spans: list[Span] = []
        for path, item in _ranges(key, part, table.mistakes):
            limits = table.mistakes.attempt(path, quantities.time_range, item)
            table.mistakes.attempt(path, _span, item, limits, 1.0, spans)
        week.update(dict.fromkeys(days, tuple(sorted(spans))))
    table.overlaps(week)
    table.mistakes.report()
    return week


def _ranges(key: str, part: object, mistakes: Mistakes) -> list[tuple[tuple[str | int, ...], object]]:
    """(path, text) of each time range of a day."""
    if part == "closed":
        return []
    if part == []:
        mistakes.add((key,), str(wrong("opening hours such as `09:00-20:00`, or `closed`", None)))
        return []
    if isinstance(part, list):
        return [((key, place), item) for place, item in enumerate(part)]
    return [((key,), part)]


def _people(value: object) -> float:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_AGENTS:
        raise wrong(f"a whole number of agents from 0 to {grouped(MOST_AGENTS)}", value)
    return float(value)


def headcount(value: object) -> Week | WhileOpen:
    """`3` (while open), {mon-fri: 3} or {mon-fri: {09:00-12:00: 2, 12:00-20:00: 3}}."""
    if not isinstance(value, dict):
        return WhileOpen(_people(value))
    table = _ByDay(value, "agents by day such as `{mon-fri: {09:00-20:00: 2}}`")
    week: dict[str, Any] = {}
    for key, days, part in table.entries():
        if isinstance(part, dict):
            spans: Any = _people_by_time(key, part, table.mistakes)
        else:
            spans = WhileOpen(table.mistakes.attempt((key,), _people, part) or 0.0)
        week.update(dict.fromkeys(days, spans))
    table.overlaps(week)
    table.mistakes.report()
    return week


def _people_by_time(key: str, part: Mapping[str, object], mistakes: Mistakes) -> tuple[Span, ...]:
    if not part:
        mistakes.add((key,), str(wrong("agents by time such as `{09:00-20:00: 2}`, or `0`", None)))
    spans: list[Span] = []
    for text, number in part.items():
        limits = mistakes.attempt((key, text), quantities.time_range, text, kind=IN_KEY)
        people = mistakes.attempt((key, text), _people, number)
        mistakes.attempt((key, text), _span, text, limits, people, spans, kind=IN_KEY)
    return tuple(sorted(spans))


def day_factors(value: object) -> Mapping[str, float]:
    """{sat: 0.6, sun: 0.3}: how much of an ordinary day's volume a day has."""
    table = _ByDay(value, "factors by day such as `{sat: 0.6, sun: 0.3}`")
    factors: dict[str, float] = {}
    for key, days, part in table.entries():
        if isinstance(part, bool) or not isinstance(part, int | float) or not 0 <= part <= 1000:
            table.mistakes.add((key,), str(wrong("a factor from 0 to 1000 such as `0.6`", part)))
            continue
        factors.update(dict.fromkeys(days, float(part)))
    table.mistakes.report()
    return factors


class Profile(NamedTuple):
    """A day's relative rates, piecewise constant: `starts` in seconds, the first 0; `weights` hold until the next."""

    starts: tuple[float, ...]
    weights: tuple[float, ...]


FLAT = Profile((0.0,), (1.0,))
"""All hours alike."""


def profile(value: object) -> Profile:
    """{09:00: 6, 10:00: 11, 20:00: 0}: a weight holds until the next key, the last one past midnight."""
    if not isinstance(value, dict) or not value:
        raise wrong("weights by time of day such as `{09:00: 6, 20:00: 0}`", value or None)
    mistakes = Mistakes()
    starts: list[float] = []
    weights: list[float] = []
    for key, weight in value.items():
        start = mistakes.attempt((key,), _later_clock, key, starts, kind=IN_KEY)
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1e9:
            mistakes.add((key,), str(wrong("a weight, a number from 0 up", weight)))
        elif start is not None:
            starts.append(start)
            weights.append(float(weight))
    mistakes.report()
    if max(weights) < 1e-9:
        raise ValueError("expected a weight above 0, found none: nobody would ever call")
    if starts[0] > 0.0:
        starts, weights = [0.0, *starts], [weights[-1], *weights]
    return Profile(tuple(starts), tuple(weights))


def _later_clock(key: str, starts: Sequence[float]) -> float:
    start = float(quantities.clock(key))
    if start >= DAY:
        raise wrong("a time before 24:00", key, "the last weight holds until midnight anyway")
    if starts and start <= starts[-1]:
        raise wrong("times in the order of the day, each once", key)
    return start


def _holidays(value: object) -> tuple[date, ...] | str:
    if isinstance(value, str):
        _country_holidays(value, 2000, 2000)
        return value
    if not isinstance(value, list):
        raise wrong("a list of dates such as `[2026-03-08]` or a country such as `RU`", value)
    mistakes = Mistakes()
    found = tuple(mistakes.attempt((place,), _date, item) for place, item in enumerate(value))
    mistakes.report()
    return found


def _date(value: object) -> date:
    """A date of these two centuries: far enough from the ends of the computer's calendar to add years to it."""
    text = value if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII) else ""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise wrong("a date such as `2026-03-01`", value) from None
    if not 1900 <= found.year <= 2100:
        raise wrong("a date between 1900 and 2100", value)
    return found


def _cool_down(value: object, info: ValidationInfo) -> float:
    seconds = quantities.duration(value, ring=reading(info).ring)
    if seconds > LONGEST_COOL_DOWN * DAY:
        raise wrong(f"at most {LONGEST_COOL_DOWN} days", value)
    return seconds


Hours = Annotated[
    Week,
    PlainValidator(hours),
    schema(["string", "object"], "opening hours by day, or `always`", "{mon-fri: 09:00-20:00}", "always"),
]
Headcount = Annotated[
    Week | WhileOpen,
    PlainValidator(headcount),
    schema(["integer", "object"], "agents while open, or by day and time", "3", "{mon-fri: {09:00-20:00: 2}}"),
]
DayFactors = Annotated[
    Mapping[str, float], PlainValidator(day_factors), schema("object", "factors by day", "{sat: 0.6, sun: 0.3}")
]
HourProfile = Annotated[
    Profile,
    PlainValidator(profile),
    schema("object", "relative rates by time of day", "{09:00: 6, 20:00: 0}"),
]
Date = Annotated[
    date, PlainValidator(_date), WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-03-01"]})
]
Holidays = Annotated[
    tuple[date, ...] | str,
    PlainValidator(_holidays),
    schema(["array", "string"], "dates, or a country code", "[2026-03-08]", "RU"),
]
DayCount = Annotated[
    int,
    whole(1, 3660, of="days"),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 3660, "examples": [28]}),
]
CoolDown = Annotated[float, PlainValidator(_cool_down), schema(["string", "integer"], "a length of time", "1 day")]


class Calendar(Part):
    """The days that are simulated and the hours that the centre is open."""

    start: Date
    """The first day, such as `2026-03-01`."""
    days: DayCount
    """How many days are simulated; all but the warm-up is counted."""
    open: Hours
    """When callers are served."""
    holidays: Holidays = ()
    """Dates whose hours, agents and volumes stand under the day key `holiday`."""
    warm_up: Duration = 0.0
    """Simulated first and not counted."""
    cool_down: CoolDown | None = None
    """Simulated after the last day and not counted, so that stories can end."""

    @model_validator(mode="after")
    def _consistent(self) -> Calendar:
        mistakes = Mistakes()
        if self.warm_up >= self.end:
            mistakes.add(("warm_up",), f"expected less than the {self.days} days of `days:`, or nothing is counted")
        if self.holidays and "holiday" not in self.open:
            mistakes.add(("open",), HOLIDAY_NEEDED)
        mistakes.report()
        return self

    @property
    def counted_days(self) -> float:
        """Days less the warm-up."""
        return (self.end - self.warm_up) / DAY

    @property
    def end(self) -> float:
        """Counting stops here, seconds since the first midnight."""
        return self.days * DAY

    def holiday_dates(self) -> frozenset[date]:
        """The dates themselves; a country's come from the package `holidays` (extra `calendar`)."""
        if not isinstance(self.holidays, str):
            return frozenset(self.holidays)
        last = self.start + timedelta(days=self.days + LONGEST_COOL_DOWN)
        return _country_holidays(self.holidays, self.start.year, last.year)

    def day_key(self, day: int) -> str:
        """`mon` to `sun` of a day counted from 0."""
        return DAYS[(self.start + timedelta(days=day)).weekday()]

    def date_text(self, day: int) -> str:
        """`sun 2026-03-01` of a day counted from 0."""
        return f"{self.day_key(day)} {(self.start + timedelta(days=day)).isoformat()}"

    def look_up(self, table: Mapping[str, Value], day: int, default: Value) -> Value:
        """A table's entry for a day: under `holiday` on one, where there is such an entry, else by weekday."""
        if "holiday" in table and self.start + timedelta(days=day) in self.holiday_dates():
            return table["holiday"]
        return table.get(self.day_key(day), default)


@lru_cache
def _country_holidays(country: str, first: int, last: int) -> frozenset[date]:
    """A country's holidays from the package `holidays`, which is imported only where one is named."""
    try:
        import holidays as package
    except ImportError:
        raise ValueError("holidays by country need `pip install callsim[calendar]`; or list the dates") from None
    try:
        return frozenset(package.country_holidays(country, years=range(first, last + 1)))
    except NotImplementedError:
        known = package.list_supported_countries()
        raise wrong("a country such as `RU`", country, meant(country, known)) from None


def spans_of_day(week: Week | WhileOpen, calendar: Calendar, day: int) -> Sequence[Span]:
    """The spans that belong to a day, in seconds since the first midnight."""
    found: Any = week if isinstance(week, WhileOpen) else calendar.look_up(week, day, ())
    if isinstance(found, WhileOpen):
        value = found.value
        found = tuple(span._replace(value=value) for span in calendar.look_up(calendar.open, day, ()))
    midnight = day * DAY
    return [Span(midnight + span.start, midnight + span.end, span.value) for span in found]


def steps(week: Week | WhileOpen, calendar: Calendar, day: int) -> list[tuple[float, float]]:
    """(time, new value) wherever the value changes in [midnight, next midnight) of a day; before day 0 it is 0."""
    spans = [*(spans_of_day(week, calendar, day - 1) if day else ()), *spans_of_day(week, calendar, day)]
    midnight = day * DAY
    before = _value_before(week, calendar, day)
    changes: list[tuple[float, float]] = []
    for time in sorted({midnight, *(edge for span in spans for edge in span[:2])}):
        if not midnight <= time < midnight + DAY:
            continue
        value = next((span.value for span in spans if span.start <= time < span.end), 0.0)
        if value != before:
            changes.append((time, value))
            before = value
    return changes


def _value_before(week: Week | WhileOpen, calendar: Calendar, day: int) -> float:
    """The value just before a day's midnight."""
    if day == 0:
        return 0.0
    midnight = day * DAY
    evening = spans_of_day(week, calendar, day - 1)
    return next((span.value for span in evening if span.start < midnight <= span.end), 0.0)


def next_opening(week: Week, calendar: Calendar, time: float) -> float:
    """The first opening after a time, seconds; infinity where there is none within a year."""
    first = int(time // DAY)
    for day in range(first, first + LONGEST_COOL_DOWN + 1):
        for change, value in steps(week, calendar, day):
            if value and change > time:
                return change
    return float("inf")


def collision(week: Week | WhileOpen, calendar: Calendar) -> int | None:
    """The first simulated day whose spans meet those of the day before, which ran past midnight."""
    before: Sequence[Span] = ()
    for day in range(calendar.days):
        spans = spans_of_day(week, calendar, day)
        if _meet(before, spans, day=0.0):
            return day
        before = spans
    return None

"""The kinds of value a scenario holds: where quantities meet the models, and mistakes get their paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from callsim import laws, quantities
from callsim.laws import Law
from callsim.quantities import Rate, Reference, Volume, grouped, wrong

Path_ = tuple[str | int, ...]

IN_KEY = "mistake in a key"
"""Type of a mistake in the key itself, such as an unknown one; its message names the key."""

MOST_CALLERS = 10_000_000
"""People on one day: above it somebody has slipped on the keyboard, and no machine would hold them."""

DECLARED_ONCE = {
    "voicemail": "voicemail: {leaves: 25%, takes: 20 s}",
    "callback": "callbacks: {for: [missed], by: desk, ...}",
}
"""Destinations without a name, each with the entry at the top of the file that it needs."""

_T = TypeVar("_T")

UNREAD = Decimal(0)
"""Stands for amounts of a scenario that is refused because its currency is missing or no currency."""


class Reading(NamedTuple):
    """What the texts of one file are read with: its ring and currency, its folder, and the names it declares."""

    ring: float | None
    currency: str | None
    """None where it is missing or wrong: that is one mistake, not one at each amount."""
    folder: Path
    names: Mapping[str, tuple[str, ...] | None]
    """Declared names by kind: `queue`, `menu`, `self_service`, `vendor`, `team`, `worth`, `tariff`.

    None where the section cannot be read: that is one mistake, not one at each name. `voicemail` and `callback` have
    the empty name where the scenario declares them.
    """


class Mistakes:
    """Collects the mistakes inside one value, each with its path below it, to report them together."""

    def __init__(self) -> None:
        self._found: list[InitErrorDetails] = []

    def add(self, path: Path_, message: str, *, kind: str = "mistake") -> None:
        error = PydanticCustomError(kind, "{text}", {"text": message})
        self._found.append(InitErrorDetails(type=error, loc=path, input=None))

    def attempt(self, path: Path_, read: Callable[..., Any], *given: Any, kind: str = "mistake") -> Any:
        """Read one value; what is wrong in it is noted below its path, and gives None."""
        try:
            return read(*given)
        except ValidationError as error:
            for details in error.errors(include_url=False):
                if details["type"] != "missing":  # Part has said so already, with an example
                    inner = IN_KEY if details["type"] == IN_KEY else "mistake"
                    self.add((*path, *details["loc"]), message_of(details), kind=inner)
        except ValueError as error:
            self.add(path, str(error), kind=kind)
        return None

    def report(self) -> None:
        if self._found:
            raise ValidationError.from_exception_data("scenario", self._found)


def message_of(details: ErrorDetails) -> str:
    """The message of a mistake in our words."""
    if details["type"] == "value_error":
        return str(details["ctx"]["error"])
    if details["type"] == "dict_type":
        return str(wrong("entries by name", details["input"]))
    # All else is checked by our own readers.
    assert details["type"] in ("mistake", IN_KEY), details["type"]
    return details["msg"]


class Part(BaseModel):
    """A piece of a scenario: every key known, nothing converted silently, never changed once read."""

    # A validator is built when it is first needed: mostly that of the whole scenario alone.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True, defer_build=True)

    also_known: ClassVar[tuple[str, ...]] = ()
    """Keys that a person may mean but that stand elsewhere."""

    @classmethod
    def lacking(cls, given: Mapping[str, Any]) -> Iterator[str]:
        """What is missing, judged by the keys alone: for keys of which one or the other is needed."""
        yield from ()

    @classmethod
    def needed(cls, given: Mapping[str, Any]) -> tuple[str, ...]:
        """Keys that are needed beside those given, though not always."""
        return ()

    @classmethod
    def instead(cls, value: object) -> str:
        """The hint what to write in place of a value that is no mapping."""
        return ""

    @model_validator(mode="wrap")
    @classmethod
    def _all_mistakes(cls, value: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        """Unknown and missing keys together with the mistakes in the others."""
        fields = {field.alias or name: field for name, field in cls.model_fields.items()}
        if not isinstance(value, dict):
            examples = " and ".join(f"`{name}:`" for name in list(fields)[:2])
            raise wrong(f"keys such as {examples}", value, cls.instead(value))
        mistakes = Mistakes()
        for key in value:
            if key not in fields:
                hint = nearest(key, [*fields, *cls.also_known]) or f", expected one of {', '.join(fields)}"
                mistakes.add((key,), f"unknown key `{quantities.shown(key)}`{hint}", kind=IN_KEY)
        needed = cls.needed(value)
        for name, field in fields.items():
            if value.get(name) is None and (field.is_required() or name in value or name in needed):
                mistakes.add((name,), f"expected `{name}:`{_such_as(name, field)}, found nothing")
        for message in cls.lacking(value):
            mistakes.add((), message)
        given = {key: inside for key, inside in value.items() if key in fields and inside is not None}
        part: Self = mistakes.attempt((), read, given)
        mistakes.report()
        return part


def _such_as(name: str, field: FieldInfo) -> str:
    for extra in field.metadata:
        if isinstance(extra, WithJsonSchema) and extra.json_schema and "examples" in extra.json_schema:
            return f" such as `{name}: {extra.json_schema['examples'][0]}`"
    return ""


def nearest(name: str, known: Iterable[str]) -> str:
    """`, did you mean ...?` or nothing: a hint in the middle of a sentence."""
    hint = quantities.meant(name, known)
    return f", {hint}" if hint else ""


def reading(info: ValidationInfo) -> Reading:
    context = info.context
    assert isinstance(context, Reading)
    return context


def declared(kind: str, name: object, info: ValidationInfo) -> str:
    """The name, if the scenario declares it."""
    names = reading(info).names[kind]
    if isinstance(name, int) and not isinstance(name, bool):
        name = str(name)
    if not isinstance(name, str):
        raise wrong(f"the name of a {kind}", name)
    if names is not None and name not in names:
        known = ", ".join(f"`{known}`" for known in names[:8]) or "none is declared"
        raise ValueError(
            f"expected a declared {kind} ({known}), found `{quantities.shown(name)}`{nearest(name, names)}"
        )
    return name


def _name(kind: str) -> PlainValidator:
    return PlainValidator(lambda value, info: declared(kind, value, info))


def _calling_team(value: object, info: ValidationInfo) -> str:
    try:
        return declared("team", value, info)
    except ValueError as error:
        raise ValueError(f"{error} (a variant without that team says `callbacks: none`)") from None


def _law(value: object, info: ValidationInfo) -> Law:
    context = reading(info)
    return laws.law(value, ring=context.ring, folder=context.folder)


def _time(value: object, info: ValidationInfo) -> Law:
    """A law of something that ends."""
    law = _law(value, info)
    if law.mean == float("inf"):
        raise wrong("a duration or a distribution that ends, such as `exponential 3 min`", value)
    return law


def reference(value: object, info: ValidationInfo) -> Reference:
    """A destination: its kind is known, and what it names is declared."""
    found = quantities.reference(value)
    if found.name:
        declared(found.kind, found.name, info)
    elif found.kind in DECLARED_ONCE and not reading(info).names[found.kind]:
        raise ValueError(f"`{found.kind}` needs an entry such as `{DECLARED_ONCE[found.kind]}` at the top, found none")
    return found


def choice(*words: str) -> PlainValidator:
    """One of some words."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            known = " or ".join(f"`{word}`" for word in words)
            hint = quantities.meant(value, words) if isinstance(value, str) and value else ""
            raise wrong(known, value, hint)
        return value

    return PlainValidator(read, json_schema_input_type=Literal[words])


def whole(least: int, most: int, *, of: str = "") -> PlainValidator:
    """A whole number, of something, between two bounds."""
    what = f"a whole number of {of}" if of else "a whole number"

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise wrong(f"{what} from {least} to {grouped(most)}", value)
        return value

    return PlainValidator(read)


def number(least: float, most: float, example: str) -> PlainValidator:
    """A number between two bounds."""

    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise wrong(f"a number from {least:g} to {grouped(most)} such as `{example}`", value)
        return float(value)

    return PlainValidator(read)


def _items(value: object) -> tuple[object, ...]:
    if not isinstance(value, list):
        entry = ", ".join(f"{key}: ..." for key in value) if isinstance(value, dict) else ""
        raise wrong("a list", value, f"write `[{{{entry}}}]`" if entry else "")
    return tuple(value)


Items = BeforeValidator(_items)
"""A list, frozen."""


def some(what: str) -> AfterValidator:
    """At least one entry."""

    def check(entries: _T) -> _T:
        if not entries:
            raise ValueError(f"expected at least one {what}, found none")
        return entries

    return AfterValidator(check)


def listed(*words: str) -> PlainValidator:
    """A list of some of the words, each once."""

    def read(value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not value:
            hint = f"write `[{value}]`" if value in words else ""
            raise wrong(f"a list such as `[{words[0]}]`", None if value == [] else value, hint)
        mistakes = Mistakes()
        known = choice(*words).func
        found = tuple(mistakes.attempt((place,), known, item) for place, item in enumerate(value))
        for place, word in enumerate(found):
            if word is not None and word in found[:place]:
                mistakes.add((place,), f"expected each of them once, found `{word}` again")
        mistakes.report()
        return found

    return PlainValidator(read)


def texts(value: object) -> str:
    """Free text of the person who writes."""
    if not isinstance(value, str) or not value.strip():
        hint = "quote it" if isinstance(value, int | float) else ""
        raise wrong("a text such as `Furniture shop`", None if value == "" else value, hint)
    return value


def _amount(value: object, info: ValidationInfo) -> Decimal:
    currency = reading(info).currency
    return UNREAD if currency is None else quantities.money(value, currency)


def _lead_price(value: object, info: ValidationInfo) -> Decimal:
    """The same, with a hint for whoever repeats the key in it."""
    currency = reading(info).currency
    return UNREAD if currency is None else quantities.money(value, currency, per="lead")


def _rate(per: str) -> PlainValidator:
    def read(value: object, info: ValidationInfo) -> Rate:
        currency = reading(info).currency
        return Rate(UNREAD, per) if currency is None else quantities.money_rate(value, currency, per=(per,))

    return PlainValidator(read)


def _callers(value: object) -> Volume:
    found = quantities.volume(value)
    if found.number * (24 if found.per == "hour" else 1) > MOST_CALLERS:
        raise wrong(f"at most {grouped(MOST_CALLERS)} callers a day", value)
    return found


def _duration(value: object, info: ValidationInfo) -> float:
    return quantities.duration(value, ring=reading(info).ring)


def schema(kind: str | list[str], description: str, *examples: object) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, "description": description, "examples": list(examples)})


_LAW_SCHEMA = schema(
    ["string", "integer", "object"], "a length of time or its distribution", "lognormal 3 min cv 0.9", "20 s",
    "3-4 rings",
)  # fmt: skip

Text = Annotated[str, PlainValidator(texts), schema("string", "free text", "Furniture shop")]
Duration = Annotated[
    float,
    PlainValidator(_duration),
    schema(["string", "integer"], "a length of time", "20 s", "4 rings", "1 h 30 min"),
]
Percent = Annotated[float, PlainValidator(quantities.percent), schema("string", "a share from 0% to 100%", "14%")]
Spread = Annotated[
    float,
    PlainValidator(lambda value: quantities.percent(value, most=10.0)),
    schema("string", "a percentage that may exceed 100%", "20%"),
]
_AMOUNT_SCHEMA = schema("string", "an amount of money in the scenario's currency", "18 000 RUB")
Amount = Annotated[Decimal, PlainValidator(_amount), _AMOUNT_SCHEMA]
LeadPrice = Annotated[
    Decimal,
    PlainValidator(_lead_price),
    schema("string", "an amount of money in the scenario's currency", "350 RUB"),
]
HourlyRate = Annotated[Rate, _rate("hour"), schema("string", "money per hour", "350 RUB per hour")]
MonthlyRate = Annotated[Rate, _rate("month"), schema("string", "money per month", "12 000 RUB per month")]
Callers = Annotated[Volume, PlainValidator(_callers), schema("string", "people a day or an hour", "85 per day")]
Patience = Annotated[Law, PlainValidator(_law), _LAW_SCHEMA]
Time = Annotated[Law, PlainValidator(_time), _LAW_SCHEMA]
Destination = Annotated[
    Reference,
    PlainValidator(reference),
    schema("string", "where a caller goes", "queue sales", "menu main", "vendor night desk", "voicemail", "hang up"),
]
Target = Annotated[
    tuple[float, float],
    PlainValidator(lambda value, info: quantities.target(value, ring=reading(info).ring)),
    schema("string", "a service level", "80% in 20 s"),
]
CallingTeam = Annotated[str, PlainValidator(_calling_team), schema("string", "the name of a team", "desk")]
TariffName = Annotated[str, _name("tariff"), schema("string", "the name of a tariff", "pay as you go")]
WorthName = Annotated[str, _name("worth"), schema("string", "the name of an entry under `worth:`", "buyer")]

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
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from callsim import laws, quantities
from callsim.laws import Law
from callsim.quantities import NotYet, Rate, Reference, Volume, grouped, wrong

Path_ = tuple[str | int, ...]

IN_KEY = "mistake in a key"
"""Type of a mistake in the key itself, such as an unknown one; its message names the key."""

MOST_CALLERS = 10_000_000
"""People on one day: above it somebody has slipped on the keyboard, and no machine would hold them."""

NOT_PLAYED = ("vendor", "voicemail")
"""Kinds of destination that no engine plays yet."""

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

    None where the section cannot be read: that is one mistake, not one at each name.
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

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True, arbitrary_types_allowed=True
    )

    also_known: ClassVar[tuple[str, ...]] = ()
    """Keys that a person may mean but that stand elsewhere."""

    @classmethod
    def lacking(cls, given: Mapping[str, Any]) -> Iterator[str]:
        """What is missing, judged by the keys alone: for keys of which one or the other is needed."""
        yield from ()

    @model_validator(mode="wrap")
    @classmethod
    def _all_mistakes(cls, value: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        """Unknown and missing keys together with the mistakes in the others."""
        fields = {field.alias or name: field for name, field in cls.model_fields.items()}
        if not isinstance(value, dict):
            examples = " and ".join(f"`{name}:`" for name in list(fields)[:2])
            raise wrong(f"keys such as {examples}", value)
        mistakes = Mistakes()
        for key in value:
            if key not in fields:
                hint = nearest(key, [*fields, *cls.also_known]) or f", expected one of {', '.join(fields)}"
                mistakes.add((key,), f"unknown key `{quantities.shown(key)}`{hint}", kind=IN_KEY)
        for name, field in fields.items():
            if value.get(name) is None and (field.is_required() or name in value):
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
    """A destination: its kind is known, its name declared, and an engine plays it."""
    found = quantities.reference(value)
    mistakes = Mistakes()
    if found.name:
        mistakes.attempt((), declared, found.kind, found.name, info)
    if found.kind in NOT_PLAYED:
        mistakes.add((), f"`{f'{found.kind} {found.name}'.strip()}` is not supported yet")
    mistakes.report()
    return found


def choice(*words: str, later: tuple[str, ...] = ()) -> PlainValidator:
    """One of some words; those of `later` are known but not supported yet."""

    def read(value: object) -> str:
        if value in later:
            raise NotYet(f"`{value}` is not supported yet")
        if not isinstance(value, str) or value not in words:
            known = " or ".join(f"`{word}`" for word in words)
            hint = quantities.meant(value, words) if isinstance(value, str) and value else ""
            raise wrong(known, value, hint)
        return value

    return PlainValidator(read, json_schema_input_type=Literal[(*words, *later)])


def whole(least: int, most: int, *, of: str) -> PlainValidator:
    """A whole number of something between two bounds."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise wrong(f"a whole number of {of} from {least} to {grouped(most)}", value)
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
        raise wrong("a list", value)
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
    """A list of some of the words."""

    def read(value: object) -> tuple[str, ...]:
        example = f"`[{words[0]}]`"
        if not isinstance(value, list) or not value:
            raise wrong(f"a list such as {example}", value)
        mistakes = Mistakes()
        known = choice(*words).func
        found = tuple(mistakes.attempt((place,), known, item) for place, item in enumerate(value))
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
Amount = Annotated[
    Decimal,
    PlainValidator(_amount),
    schema("string", "an amount of money in the scenario's currency", "18 000 RUB"),
]
HourlyRate = Annotated[Rate, _rate("hour"), schema("string", "money per hour", "350 RUB per hour")]
MonthlyRate = Annotated[Rate, _rate("month"), schema("string", "money per month", "12 000 RUB per month")]
Callers = Annotated[Volume, PlainValidator(_callers), schema("string", "people a day or an hour", "85 per day")]
Patience = Annotated[Law, PlainValidator(_law), _LAW_SCHEMA]
Time = Annotated[Law, PlainValidator(_time), _LAW_SCHEMA]
Destination = Annotated[
    Reference,
    PlainValidator(reference),
    schema("string", "where a caller goes", "queue sales", "menu main", "hang up"),
]
Target = Annotated[
    tuple[float, float],
    PlainValidator(lambda value, info: quantities.target(value, ring=reading(info).ring)),
    schema("string", "a service level", "80% in 20 s"),
]
TeamName = Annotated[str, _name("team"), schema("string", "the name of a team", "desk")]
TariffName = Annotated[str, _name("tariff"), schema("string", "the name of a tariff", "pay as you go")]
WorthName = Annotated[str, _name("worth"), schema("string", "the name of an entry under `worth:`", "buyer")]


_T = TypeVar("_T")


def _not_yet(value: object, read: ValidatorFunctionWrapHandler) -> None:
    mistakes = Mistakes()
    mistakes.attempt((), read, value)
    mistakes.add((), "not supported yet")
    mistakes.report()


Later = Annotated[_T, WrapValidator(_not_yet)]
"""A part of the language that is read and checked, but that no engine plays yet: refused, never ignored."""

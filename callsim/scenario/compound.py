"""Values made of several: shares that add up, chances by outcome, the queues of a team, and bounded numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from callsim import quantities
from callsim.quantities import NotYet, Reference, wrong
from callsim.scenario.fields import IN_KEY, Mistakes, choice, declared, number, reading, reference, schema, whole

KINDS = ("new", "existing", "service", "junk")
REDIALLED = ("abandoned_ringing", "abandoned_queue", "abandoned_menu", "blocked", "closed")
"""Outcomes that a chance of redialling may be given for."""

HANG_UP = Reference("hang up", "")


def _kinds(value: object) -> Mapping[str, float]:
    """{kind: percent}, adding up to 100 %."""
    if not isinstance(value, dict):
        raise wrong("shares such as `{new: 60%, service: 40%}`", value)
    mistakes = Mistakes()
    for name in value:
        mistakes.attempt((name,), choice(*KINDS).func, name, kind=IN_KEY)
    shares = {name: mistakes.attempt((name,), quantities.percent, share) for name, share in value.items()}
    mistakes.report()
    add_up(shares.values())
    return shares


def add_up(shares: Iterable[float]) -> None:
    total = sum(shares)
    if abs(total - 1.0) > 1e-9:
        raise ValueError(f"expected shares that add up to 100%, found {100 * total:.10g}%")


def _chances(value: object) -> Mapping[str, tuple[float, ...]]:
    """Chance of a redial by outcome, then by attempt (the last one holds on): `33%`, `[50%, 30%]` or by outcome.

    A plain chance is for abandoned and blocked attempts; after `closed` nobody redials unless that is said.
    """
    if not isinstance(value, dict):
        chances = _by_attempt(value)
        return {outcome: chances for outcome in REDIALLED if outcome != "closed"}
    if not value:
        raise wrong(_A_CHANCE, None)
    mistakes = Mistakes()
    found: dict[str, tuple[float, ...]] = {}
    for key, part in value.items():
        outcomes = [outcome for outcome in REDIALLED if key in (outcome, outcome.partition("_")[0])]
        if not outcomes:
            mistakes.attempt((key,), choice("abandoned", *REDIALLED).func, key, kind=IN_KEY)
        chances = mistakes.attempt((key,), _by_attempt, part)
        if key == "abandoned":
            outcomes = [outcome for outcome in outcomes if outcome not in value]
        found.update(dict.fromkeys(outcomes, chances))
    mistakes.report()
    return found


_A_CHANCE = "a chance such as `33%`, `[50%, 30%]` by attempt or `{abandoned: 33%, closed: 50%}` by outcome"


def _by_attempt(value: object) -> tuple[float, ...]:
    if not isinstance(value, list):
        if isinstance(value, dict):
            raise wrong("a chance such as `33%`, or a list by attempt such as `[50%, 30%]`", value)
        return (quantities.percent(value),)
    if not value:
        raise wrong(_A_CHANCE, None)
    mistakes = Mistakes()
    found = tuple(mistakes.attempt((place,), quantities.percent, item) for place, item in enumerate(value))
    mistakes.report()
    return found


def _at_most(value: object) -> int | None:
    if value == "never":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1000:
        raise wrong("a number of redials such as `3`, or `never` for no bound", value)
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise wrong("`true` or `false`", value)
    return value


Kinds = Annotated[
    Mapping[str, float],
    PlainValidator(_kinds),
    WithJsonSchema({"type": "object", "propertyNames": {"enum": list(KINDS)}}),
]
Chances = Annotated[
    Mapping[str, tuple[float, ...]],
    PlainValidator(_chances),
    schema(["string", "array", "object"], "a chance, a list by attempt, or chances by outcome", "33%", "[50%, 30%]"),
]
AtMost = Annotated[
    int | None,
    PlainValidator(_at_most),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"const": "never"}], "examples": [3, "never"]}),
]


def _serves(value: object, info: ValidationInfo) -> tuple[str, ...]:
    """The one queue of a team; the names of several, nested by preference, are read and then refused."""
    if not isinstance(value, list) or not value:
        known = reading(info).names["queue"] or ()
        meant = quantities.closest(value.removeprefix("queue "), known) if isinstance(value, str) else ""
        raise wrong("a list with the name of a queue such as `[sales]`", value or None, meant and f"write `[{meant}]`")
    mistakes = Mistakes()
    names = []
    for place, item in enumerate(value):
        inner = enumerate(item) if isinstance(item, list) else [(None, item)]
        for below, name in inner:
            path = (place,) if below is None else (place, below)
            names.append(mistakes.attempt(path, declared, "queue", name, info))
    if len(names) > 1 or isinstance(value[0], list):
        mistakes.add((), "a team that serves several queues is not supported yet")
    mistakes.report()
    return tuple(names)


def _arrival(value: object, info: ValidationInfo) -> Reference:
    if not isinstance(value, dict):
        return reference(value, info)
    mistakes = Mistakes()
    shares = [mistakes.attempt((share,), quantities.percent, share, kind=IN_KEY) for share in value]
    for share, to in value.items():
        mistakes.attempt((share,), reference, to, info)
    if None not in shares:
        mistakes.attempt((), add_up, shares)
    mistakes.attempt((), _refuse_split)
    mistakes.report()
    return HANG_UP


def _refuse_split() -> None:
    raise NotYet("a split by percentages is not supported yet")


Serves = Annotated[
    tuple[str, ...],
    PlainValidator(_serves),
    WithJsonSchema({"type": "array", "minItems": 1, "examples": ["[sales]"]}),
]
Arrival = Annotated[
    Reference,
    PlainValidator(_arrival),
    schema(["string", "object"], "where callers arrive", "queue sales", "menu main", "hang up"),
]
Lines = Annotated[
    int, whole(1, 1_000_000, of="lines"), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 1_000_000})
]
Room = Annotated[
    int, whole(0, 1_000_000, of="callers"), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 1_000_000})
]
Rank = Annotated[int, whole(0, 1000, of="priority"), WithJsonSchema({"type": "integer", "minimum": 0})]
TryCount = Annotated[
    int, whole(1, 1000, of="tries"), WithJsonSchema({"type": "integer", "minimum": 1, "examples": [3]})
]
Operators = Annotated[
    int, whole(1, 100_000, of="operators"), WithJsonSchema({"type": "integer", "minimum": 1, "examples": [3]})
]
Factor = Annotated[float, number(0.01, 100, "1.2"), WithJsonSchema({"type": "number", "minimum": 0.01, "maximum": 100})]
Switch = Annotated[bool, PlainValidator(_truth), WithJsonSchema({"type": "boolean"})]

"""Values made of several: shares that add up, chances by outcome, the queues of a team, and bounded numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, NamedTuple

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from callsim import quantities
from callsim.quantities import Reference, wrong
from callsim.scenario.fields import (
    IN_KEY,
    Destination,
    Mistakes,
    Part,
    Path_,
    Percent,
    choice,
    declared,
    number,
    reading,
    reference,
    schema,
    whole,
)

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


class Way(NamedTuple):
    """Where a share of a source's callers goes."""

    share: float
    to: Reference


class Branch(Part):
    """One way of a split that is written as a list."""

    share: Percent
    """Share of the callers."""
    to: Destination
    """Where they go."""


def _ways(value: object, info: ValidationInfo) -> tuple[Way, ...]:
    """`queue sales`, {60%: queue sales, 40%: vendor night desk}, or a list of {share, to} where shares are equal."""
    if isinstance(value, list):
        return _listed_ways(value, info)
    if not isinstance(value, dict):
        return (Way(1.0, reference(value, info)),)
    _refuse_turned(value)
    mistakes = Mistakes()
    shares = [mistakes.attempt((text,), quantities.percent, text, kind=IN_KEY) for text in value]
    places = [mistakes.attempt((text,), reference, to, info) for text, to in value.items()]
    if None not in shares:
        mistakes.attempt((), add_up, shares)
    mistakes.report()
    return tuple(map(Way, shares, places))


def _refuse_turned(value: Mapping[object, object]) -> None:
    """`{queue sales: 60%}` is one mistake, and what is meant is plain."""
    for key, share in value.items():
        if _is_share(share) and not _is_share(key):
            expected = "shares before destinations such as `{60%: queue sales, 40%: vendor night desk}`"
            better = f"{share}: {quantities.shown(str(key))}"
            raise ValueError(f"expected {expected}, found them turned round: write `{better}`")


def _is_share(value: object) -> bool:
    try:
        quantities.percent(value)
    except ValueError:
        return False
    return True


def _listed_ways(value: list[object], info: ValidationInfo) -> tuple[Way, ...]:
    if not value:
        raise wrong("a destination, or a list such as `[{share: 50%, to: queue a}, {share: 50%, to: queue b}]`", None)
    mistakes = Mistakes()
    branches = [
        mistakes.attempt((place,), lambda one: Branch.model_validate(one, context=info.context), item)
        for place, item in enumerate(value)
    ]
    if None not in branches:
        mistakes.attempt((), add_up, [branch.share for branch in branches])
    mistakes.report()
    return tuple(Way(branch.share, branch.to) for branch in branches)


Levels = tuple[tuple[str, ...], ...]
"""Names by preference, the best first; those in one level are alike."""


def _levels(kind: str, example: str) -> PlainValidator:
    """Names of declared things by preference: `[a, b]` is a before b, `[[a, b], c]` a and b alike, then c."""

    def read(value: object, info: ValidationInfo) -> Levels:
        if not isinstance(value, list) or not value:
            known = reading(info).names[kind] or ()
            meant = quantities.closest(value.removeprefix(f"{kind} "), known) if isinstance(value, str) else ""
            raise wrong(f"a list of {kind}s such as `{example}`", value or None, meant and f"write `[{meant}]`")
        mistakes = Mistakes()
        seen: list[str] = []
        levels = []
        for place, item in enumerate(value):
            if item == []:
                mistakes.add((place,), str(wrong(f"the names of {kind}s", None)))
            inner: list[tuple[Path_, object]] = [((place,), item)]
            if isinstance(item, list):
                inner = [((place, below), name) for below, name in enumerate(item)]
            levels.append(tuple(mistakes.attempt(path, _once, kind, name, seen, info) for path, name in inner))
        mistakes.report()
        return tuple(levels)

    return PlainValidator(read)


def _once(kind: str, name: object, seen: list[str], info: ValidationInfo) -> str:
    """The name, if it is declared and not among those seen before."""
    known = declared(kind, name, info)
    if known in seen:
        raise ValueError(f"expected each {kind} once, found `{quantities.shown(known)}` again")
    seen.append(known)
    return known


def _queue_only(value: object, info: ValidationInfo) -> Reference:
    """A destination that is a queue."""
    found = reference(value, info)
    if found.kind != "queue":
        raise wrong("a queue such as `queue sales`", value)
    return found


Ways = Annotated[
    tuple[Way, ...],
    PlainValidator(_ways),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}},
                {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "properties": {"share": {"type": "string"}, "to": {"type": "string"}},
                        "required": ["share", "to"],
                        "additionalProperties": False,
                    },
                },
            ],
            "examples": ["queue sales", "{60%: queue sales, 40%: vendor night desk}"],
        }
    ),
]
_NESTED_NAMES = {
    "type": "array",
    "minItems": 1,
    "items": {"anyOf": [{"type": ["string", "integer"]}, {"type": "array", "minItems": 1}]},
}
Serves = Annotated[
    Levels,
    _levels("queue", "[sales]"),
    WithJsonSchema({**_NESTED_NAMES, "examples": ["[sales]", "[[sales, orders], service]"]}),
]
TeamLevels = Annotated[
    Levels,
    _levels("team", "[desk, night]"),
    WithJsonSchema({**_NESTED_NAMES, "examples": ["[desk, night]"]}),
]
QueueOnly = Annotated[
    Reference,
    PlainValidator(_queue_only),
    schema("string", "a queue", "queue sales"),
]
Lines = Annotated[
    int, whole(1, 1_000_000, of="lines"), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 1_000_000})
]
Room = Annotated[
    int, whole(0, 1_000_000, of="callers"), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 1_000_000})
]
MOST_CHATS = 20
ChatCount = Annotated[
    int,
    whole(1, MOST_CHATS, of="chats"),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_CHATS, "examples": [3]}),
]
Rank = Annotated[int, whole(0, 1000), WithJsonSchema({"type": "integer", "minimum": 0})]
TryCount = Annotated[
    int, whole(1, 1000, of="tries"), WithJsonSchema({"type": "integer", "minimum": 1, "examples": [3]})
]
Operators = Annotated[
    int, whole(1, 100_000, of="operators"), WithJsonSchema({"type": "integer", "minimum": 1, "examples": [3]})
]
Factor = Annotated[float, number(0.01, 100, "1.2"), WithJsonSchema({"type": "number", "minimum": 0.01, "maximum": 100})]
Switch = Annotated[bool, PlainValidator(_truth), WithJsonSchema({"type": "boolean"})]

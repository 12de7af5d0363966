"""Who answers: teams with their shifts, and outsourced answering services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema, model_validator

from callsim import quantities
from callsim.scenario.compound import ChatCount, Factor, Lines, Operators, Serves, Switch
from callsim.scenario.fields import (
    Duration,
    Items,
    Mistakes,
    Part,
    Percent,
    TariffName,
    Time,
    schema,
    some,
    whole,
)
from callsim.scenario.pay import Pay
from callsim.scenario.timetable import DAY, MOST_AGENTS, Headcount

SHORTEST = 1.0
"""Seconds that what may follow itself without end must take, or the clock would stand still."""


def _clock(value: object) -> float:
    return float(quantities.clock(value))


def _hours(value: object) -> tuple[float, float]:
    start, end = quantities.time_range(value)
    return float(start), float(end)


class Break(Part):
    """A break of a shift, taken by all who work it."""

    at: Annotated[float, PlainValidator(_clock), schema("string", "a time of day", "12:00")]
    """When it begins."""
    lasts: Duration
    """How long it lasts."""
    paid: Switch = False
    """Whether it is paid."""


class Shift(Part):
    """Agents who come and go together."""

    days: Annotated[
        tuple[str, ...],
        PlainValidator(quantities.day_keys),
        schema("string", "days", "mon-fri", "holiday"),
    ]
    """The days on which it begins: `mon-fri`; where a shift of the team names `holiday`, no other begins on one."""
    hours: Annotated[tuple[float, float], PlainValidator(_hours), schema("string", "a range of time", "08:00-16:30")]
    """From when to when; `22:00-06:00` belongs to its first day."""
    agents: Annotated[
        int,
        whole(1, MOST_AGENTS, of="agents"),
        WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_AGENTS, "examples": [2]}),
    ]
    """How many work it."""
    breaks: Annotated[tuple[Break, ...], Items] = ()
    """Its breaks, such as `[{at: 12:00, lasts: 30 min}]`."""

    @property
    def pauses(self) -> tuple[tuple[float, Break], ...]:
        """Its breaks in order, each with its beginning in seconds since the midnight of the shift's day."""
        begun = [(pause.at + (DAY if pause.at < self.hours[0] else 0.0), pause) for pause in self.breaks]
        return tuple(sorted(begun, key=lambda one: one[0]))

    @model_validator(mode="after")
    def _breaks_fit(self) -> Shift:
        """Breaks take time, lie inside the shift, and one after another."""
        mistakes = Mistakes()
        before = self.hours[0]
        for start, pause in self.pauses:
            path = ("breaks", self.breaks.index(pause))
            end = start + pause.lasts
            if not pause.lasts:
                mistakes.add((*path, "lasts"), "expected more than 0 s, found none: a break takes time")
            if end > self.hours[1]:
                mistakes.add(path, "expected a break inside the hours of the shift, found one that is not")
            elif start < before:
                mistakes.add(path, "expected a break that begins when the one before it is over, found an earlier one")
            before = max(before, end)
        mistakes.report()
        return self


class Team(Part):
    """Interchangeable agents."""

    serves: Serves
    """The queues the team serves by preference: `[sales]`, `[sales, service]`, `[[sales, orders], service]`."""
    agents: Headcount | None = None
    """Agents on duty: `3` while open, or by day and time."""
    shifts: Annotated[
        tuple[Shift, ...], Items, some("shift such as `{days: mon-fri, hours: 08:00-16:30, agents: 2}`")
    ] = ()
    """Shifts with breaks, instead of `agents`."""
    answers_after: Time | None = None
    """Pick-up delay, from the match to the answer; without it a call is answered at once."""
    no_answer_after: Duration | None = None
    """When a call that the agent has not picked up goes back to its place in the queue; without it, never."""
    unavailable_for: Duration = 0.0
    """How long the agent who did not pick up gets no calls."""
    speed: Factor = 1.0
    """Factor on the length of conversations: 1.2 talks a fifth longer."""
    wrap_up: Time | None = None
    """After-call work; without it an agent is free when the talk ends."""
    chats_at_once: ChatCount = 1
    """Chats that an agent holds at the same time; with more than one the team serves chats only."""
    absence: Percent = 0.0
    """Share of agents who do not come, drawn by day and slot; nobody stands in for them."""
    resolves: Percent = 1.0
    """Share of served callers whose need is met; the others call again."""
    comes_back_after: Time | None = None
    """When the others call again, from the end of the talk."""
    pay: Pay | None = None
    """What the team costs; without it nothing is counted."""

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues the team serves, the preferred first."""
        return tuple(queue for level in self.serves for queue in level)

    @classmethod
    def lacking(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if "agents" not in given and "shifts" not in given:
            yield "expected `agents:` such as `agents: 2`, or `shifts:`, found neither"
        if "agents" in given and "shifts" in given:
            yield "expected either `agents:` or `shifts:` (a variant removes the other by `none`), found both"
        if ("no_answer_after" in given) != ("unavailable_for" in given):
            yield "expected `no_answer_after:` and `unavailable_for:` together, found one of them"
        if "no_answer_after" in given and "answers_after" not in given:
            yield "expected `answers_after:` beside `no_answer_after:`, found nothing: every call is answered at once"
        if "comes_back_after" in given and "resolves" not in given:
            yield "expected `resolves:` such as `resolves: 90%` beside `comes_back_after:`, found nothing"

    @model_validator(mode="after")
    def _moves_on(self) -> Team:
        """Who rings in vain, or comes back with the same need, lets the clock move on."""
        mistakes = Mistakes()
        if self.no_answer_after is not None:
            for key in ("no_answer_after", "unavailable_for"):
                if getattr(self, key) < SHORTEST:
                    mistakes.add((key,), "expected at least 1 s, found less")
        if not self.resolves:
            mistakes.add(("resolves",), "expected more than 0%, found 0%: nobody would ever be done")
        if self.resolves < 1.0 and self.comes_back_after is None:
            message = "expected `comes_back_after:` such as `exponential 1 day` beside `resolves:`, found nothing"
            mistakes.add((), message)
        if self.comes_back_after is not None and self.comes_back_after.mean < SHORTEST:
            mistakes.add(("comes_back_after",), "expected at least 1 s on average, found less")
        mistakes.report()
        return self


class Vendor(Part):
    """An outsourced answering service."""

    answers_after: Time
    """Delay until an operator answers."""
    operators: Operators | None = None
    """Operators who take our calls; without it there is no bound."""
    lines: Lines | None = None
    """Calls that the service takes at once, waiting ones among them; without it there is no bound."""
    speed: Factor = 1.0
    """Factor on the length of conversations."""
    wrap_up: Time | None = None
    """After-call work of an operator."""
    quality: Percent = 1.0
    """Share of callers whose need is met."""
    takes_message: Switch = False
    """Whether an operator only takes a message, so that no need is met."""
    releases_line: Switch = False
    """Whether an overflowed call leaves our line."""
    tariff: TariffName
    """What it charges: an entry under `tariffs:`."""

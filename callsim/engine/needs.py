"""The columns of the tape by number, and whose calls may need which of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from callsim.engine.records import ATTEMPTS, CALLERS, MOST_TRANSFERS, TRIES, WORK_OF_LEG
from callsim.quantities import Reference
from callsim.scenario.routes import steps_from
from callsim.scenario.vocabulary import Queue, Scenario, Source


class Reach(NamedTuple):
    """Where the callers of a source may come in the course of time."""

    source: Source
    places: frozenset[Reference]
    teams: frozenset[str]
    """Who may talk to them, called back or not."""
    meets_machines: bool
    """Whether they may come to wait under hold patience."""
    comes_back: bool
    """Whether a team may not meet their need."""

    def needs(self, kind: str, name: str) -> bool:
        return name in self.teams if kind == "team" else Reference(kind, name) in self.places


def reach(scenario: Scenario, source: Source) -> Reach:
    """Follows all ways from a source, whatever their chances."""
    ahead = [way.to for way in source.goes_to]
    places = set(ahead)
    while ahead:
        fresh = {step.to for step in steps_from(scenario, ahead.pop())} - places
        places |= fresh
        ahead.extend(fresh)
    queues = {name: queue for name, queue in scenario.queues.items() if Reference("queue", name) in places}
    teams = {team for name in queues for team in scenario.teams_of(name)}
    teams |= {team for name in queues for rank in scenario.ranks(name) for team in rank}
    if scenario.callbacks is not None:
        teams.add(scenario.callbacks.by)
    return Reach(
        source,
        frozenset(places),
        frozenset(teams),
        source.channel == "chat"
        or any(to.kind in ("menu", "self_service") for to in places)
        or any(_holds(queue) for queue in queues.values()),
        any(scenario.teams[name].resolves < 1.0 for name in teams),
    )


def _holds(queue: Queue) -> bool:
    """Whether some caller of a queue may come to wait under hold patience."""
    return queue.answers_after is not None or queue.offer_callback is not None or queue.transfer is not None


class Field(NamedTuple):
    """A column of a table of the tape."""

    of: str
    """The attribute of a block of the tape."""
    owner: str
    """The name in it, where the attribute is a map."""
    is_needed: Callable[[Reach, int], bool]
    """Whether the callers of a source may need it, on their attempt of a number."""
    legs: bool = False
    """Whether a further leg of a call has its own; that is another table for what is drawn once for a caller."""
    offers: bool = False
    """Whether an offer to a further agent has."""

    def get(self, block: Any) -> Any:
        """The column of a block."""
        column = getattr(block, self.of)
        return column[self.owner] if self.owner else column

    def stands_in(self, table: int, leg: int) -> bool:
        """Whether blocks of a table have it: those of legs and offers have few."""
        if table == WORK_OF_LEG:
            return self.legs
        if table == ATTEMPTS and leg:
            return self.legs if leg <= MOST_TRANSFERS else self.offers
        return True


class Columns:
    """The columns of a scenario by table, numbered as they are asked for; those that all scenarios have come first."""

    def __init__(self, scenario: Scenario) -> None:
        self.reaches = [reach(scenario, source) for source in scenario.sources.values()]
        self.of: dict[int, list[Field]] = {CALLERS: [], ATTEMPTS: [], TRIES: []}
        self.of[WORK_OF_LEG] = self.of[CALLERS]
        has_desk, has_voicemail = scenario.callbacks is not None, scenario.voicemail is not None
        # In the order of the numbers in records.py.
        self.add(CALLERS, "work", lambda of, _: True, legs=True)
        self.add(CALLERS, "number_known", lambda of, _: has_desk)
        self.add(CALLERS, "kind", lambda of, _: True)
        self.add(ATTEMPTS, "ring_patience", lambda of, _: True)
        self.add(ATTEMPTS, "hold_patience", lambda of, _: of.meets_machines, legs=True)
        self.add(ATTEMPTS, "redial_chance", may_redial)
        self.add(ATTEMPTS, "redial_delay", may_redial)
        self.add(ATTEMPTS, "split", lambda of, _: len(of.source.goes_to) > 1)
        self.add(ATTEMPTS, "message", lambda of, _: has_voicemail, legs=True)
        self.add(ATTEMPTS, "resolved", lambda of, _: of.comes_back)
        self.add(TRIES, "reached", lambda of, _: has_desk)

    def add(
        self, table: int, of: str, is_needed: Callable[[Reach, int], bool], *, owner: str = "", legs: bool = False,
        offers: bool = False,
    ) -> int:  # fmt: skip
        """Number a column of a table."""
        self.of[table].append(Field(of, owner, is_needed, legs, offers))
        return len(self.of[table]) - 1

    def of_caller(self, of: str, kind: str, name: str, *, legs: bool = False) -> int:
        """Number a column of what is drawn once, of a menu or the like: whoever may come there may need it."""
        return self.add(CALLERS, of, lambda reach, _: reach.needs(kind, name), owner=name, legs=legs)

    def of_attempt(self, of: str, kind: str, name: str, *, legs: bool = True, offers: bool = False) -> int:
        """The same of what is drawn for each attempt."""
        return self.add(ATTEMPTS, of, lambda reach, _: reach.needs(kind, name), owner=name, legs=legs, offers=offers)

    def needed(self, table: int, number: int, leg: int, reach: Reach) -> list[Field | None]:
        """The columns of a block, None for those that the callers of a source cannot need."""
        return [
            field if field.stands_in(table, leg) and field.is_needed(reach, number) else None
            for field in self.of[table]
        ]

    def needed_by_any(self, table: int, number: int, leg: int) -> list[Field | None]:
        """Those that the callers of some source may need."""
        by_source = [self.needed(table, number, leg, reach) for reach in self.reaches]
        return [next((field for field in fields if field), None) for fields in zip(*by_source, strict=True)]


def may_redial(reach: Reach, attempt: int) -> bool:
    """Whether this attempt may be followed by a redial."""
    redial = reach.source.redial
    # An attempt after an unmet need is no redial: then there may be more attempts than redials.
    return redial is not None and (redial.at_most is None or reach.comes_back or attempt <= redial.at_most)

"""Where callers may go: the ways from one destination to the next, and the time that is gone by then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from callsim.quantities import Reference
from callsim.scenario.fields import Path_
from callsim.scenario.vocabulary import Overflow, Scenario, Source


class Step(NamedTuple):
    """A way on from a destination: the path of the entry that says so, and where it leads."""

    path: Path_
    to: Reference
    rule: Overflow | None = None
    """The overflow rule that is the way."""
    after_talk: bool = False
    """The caller is put through."""

    @property
    def at_once(self) -> bool:
        """Whether callers may go this way again and again while no time passes, or the same keys and draws decide."""
        return not self.after_talk and not (self.rule and self.rule.after)


class Visit(NamedTuple):
    """A destination as a caller may come to it."""

    place: Reference
    ringing: bool
    """Nothing and nobody has answered yet: ring patience counts."""
    spent: float
    """The least seconds of the patience that counts which are gone by then."""


def steps_from(scenario: Scenario, place: Reference) -> list[Step]:
    """Where a caller may be sent on from a destination."""
    match place.kind:
        case "menu" if place.name in scenario.menus:
            keys = scenario.menus[place.name].keys
            return [Step(("menus", place.name, "keys", number, "to"), key.to) for number, key in enumerate(keys)]
        case "self_service" if place.name in scenario.self_service:
            otherwise = scenario.self_service[place.name].otherwise
            return [Step(("self_service", place.name, "otherwise"), otherwise)]
        case "queue" if place.name in scenario.queues:
            return list(_from_queue(scenario, place.name))
        case _:
            return []


def _from_queue(scenario: Scenario, name: str) -> Iterator[Step]:
    queue = scenario.queues[name]
    yield Step(("queues", name, "closed"), queue.closed)
    yield Step(("queues", name, "full"), queue.full)
    for number, rule in enumerate(queue.overflow):
        to = rule.to or rule.also
        assert to is not None
        yield Step(("queues", name, "overflow", number, "to" if rule.to else "also"), to, rule)
    if queue.transfer is not None:
        yield Step(("queues", name, "transfer", "to"), queue.transfer.to, after_talk=True)


def returns(scenario: Scenario, step: Step, start: Reference) -> bool:
    """Whether a step may lead back to its start without any time passing."""
    found = {step.to}
    ahead = [step.to]
    while ahead:
        fresh = {one.to for one in steps_from(scenario, ahead.pop()) if one.at_once} - found
        found |= fresh
        ahead.extend(fresh)
    return step.at_once and start in found


def answers_after(scenario: Scenario, place: Reference) -> float | None:
    """Ringing before a machine answers there, so that callers wait under hold patience afterwards; None: none does."""
    match place.kind:
        case "queue" if place.name in scenario.queues:
            return scenario.queues[place.name].answers_after
        case "menu" if place.name in scenario.menus:
            return scenario.menus[place.name].answers_after
        case "menu" | "self_service" | "voicemail" | "callback":
            return 0.0
        case _:
            return None


def when_closed(scenario: Scenario, source: Source) -> list[Reference]:
    """All destinations the callers of a source may come to while every queue is closed."""
    found = list(dict.fromkeys(way.to for way in source.goes_to))
    for place in found:
        steps = steps_from(scenario, place)
        ahead = [step.to for step in steps if place.kind != "queue" or step.path[-1] == "closed"]
        found.extend(to for to in dict.fromkeys(ahead) if to not in found)
    return found


def visits(scenario: Scenario, source: Source) -> list[Visit]:
    """All destinations the callers of a source may come to, in the order of the ways, ringing and not told apart."""
    least: dict[tuple[Reference, bool], float] = {}
    # Whoever chats has been greeted by the site.
    ahead = [Visit(way.to, source.channel == "call", 0.0) for way in source.goes_to]
    for visit in ahead:
        known = least.get((visit.place, visit.ringing))
        if known is not None and known <= visit.spent:
            continue
        least[visit.place, visit.ringing] = visit.spent
        ahead.extend(_onward(scenario, visit, step) for step in steps_from(scenario, visit.place))
    return [Visit(place, ringing, spent) for (place, ringing), spent in least.items()]


def _onward(scenario: Scenario, visit: Visit, step: Step) -> Visit:
    """The next destination. Hold patience runs from a queue's greeting, or from the first queue behind a machine."""
    if step.after_talk:
        return Visit(step.to, False, 0.0)
    if visit.place.kind != "queue":
        return Visit(step.to, False, 0.0 if visit.ringing else visit.spent)
    wait = (step.rule.after or 0.0) if step.rule else 0.0
    greeting = answers_after(scenario, visit.place) if visit.ringing and step.rule and step.rule.after else None
    # A greeting at the very moment of the rule comes first.
    if greeting is not None and greeting <= wait:
        return Visit(step.to, False, wait - greeting)
    return Visit(step.to, visit.ringing, visit.spent + wait)


def vendors_met(scenario: Scenario) -> list[str]:
    """The vendors that callers can come to: others may be there for other variants of the file."""
    places = {visit.place for source in scenario.sources.values() for visit in visits(scenario, source)}
    return [name for name in scenario.vendors if Reference("vendor", name) in places]

"""What comes when many have hung up already: greetings, overflow rules, offers, vendors and agents that are slow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from callsim.laws import Law, points
from callsim.quantities import spoken
from callsim.scenario.checks import Found
from callsim.scenario.fields import Path_
from callsim.scenario.presence import OFTEN
from callsim.scenario.routes import Visit, answers_after, visits
from callsim.scenario.vocabulary import Scenario, Source


class Help(NamedTuple):
    """What a caller may wait for at a destination."""

    path: Path_
    too_late: str
    """What those do who are gone by then."""
    after: Law
    answers: bool
    """Whoever would leave at the very moment is still answered, but is not moved on or asked any more."""


def remarks_on_patience(scenario: Scenario) -> Iterator[Found]:
    """Where a quarter or more of those who come hang up before they are helped."""
    found: dict[tuple[Path_, str, str], float] = {}
    for name, source in scenario.sources.items():
        met = visits(scenario, source)
        for visit in met:
            who = f"`{name}`{_which(visit, met)}"
            for help_ in _help(scenario, visit):
                key = (help_.path, who, help_.too_late)
                found[key] = max(_gone(scenario, source, visit, help_), found.get(key, 0.0))
    for (path, who, too_late), share in found.items():
        if share >= OFTEN:
            yield path, f"{share:.0%} of the callers of {who} {too_late}"
    yield from _greetings(scenario)
    yield from _in_vain(scenario)


def _which(visit: Visit, met: list[Visit]) -> str:
    """Those who come ringing and those who do not are told apart where there are both."""
    if not any(other.place == visit.place and other.ringing != visit.ringing for other in met):
        return ""
    return " whom nothing has answered yet" if visit.ringing else " whom a machine has answered"


def _help(scenario: Scenario, visit: Visit) -> Iterator[Help]:
    """What a caller may wait for at a destination, from coming there on."""
    kind, name = visit.place
    if kind == "vendor" and name in scenario.vendors:
        law = scenario.vendors[name].answers_after
        yield Help(
            ("vendors", name), f"hang up before its operators answer (who take {_taking(law)})", law, answers=True
        )
    if kind != "queue" or name not in scenario.queues:
        return
    queue = scenario.queues[name]
    for number, rule in enumerate(queue.overflow):
        if rule.after:
            path = ("queues", name, "overflow", number)
            yield _moved_on(path, rule.after, "until it fires")
    if queue.offer_callback is not None:
        yield _moved_on(("queues", name, "offer_callback"), queue.offer_callback.after, "until it is made")
    for team in scenario.teams_of(name):
        pick_up = scenario.teams[team].answers_after
        if pick_up is not None:
            too_late = f"hang up before its agents pick up (who take {_taking(pick_up)})"
            yield Help(("teams", team), too_late, pick_up, answers=True)


def _moved_on(path: Path_, seconds: float, until: str) -> Help:
    too_late = f"wait no longer than the {spoken(seconds)} {until}"
    return Help(path, too_late, Law("constant", (seconds,)), answers=False)


def _taking(law: Law) -> str:
    if law.shape == "constant":
        return spoken(law.mean)
    return f"{spoken(round(law.mean, 1))} on average"


def _gone(scenario: Scenario, source: Source, visit: Visit, help_: Help) -> float:
    """Share of the callers who come to a destination whose patience ends before they are helped there."""
    waits = points(help_.after)
    return sum(share * _gone_by(scenario, source, visit, after, answers=help_.answers) for share, after in waits)


def _gone_by(scenario: Scenario, source: Source, visit: Visit, after: float, *, answers: bool) -> float:
    """The same for help that comes after so many seconds at the destination."""
    ring, hold = source.hangs_up_ringing, source.hangs_up_waiting
    greeting = answers_after(scenario, visit.place) if visit.ringing else 0.0
    if greeting is None or after < greeting:
        return _ended(ring, visit.spent, after, answers=answers)
    assert hold is not None, "a machine answers, or they are put through: cross_check asks for it"
    early = _ended(ring, visit.spent, greeting, answers=True) if visit.ringing else 0.0
    spent = 0.0 if visit.ringing else visit.spent
    return early + (1.0 - early) * _ended(hold, spent, after - greeting, answers=answers)


def _ended(patience: Law, spent: float, more: float, *, answers: bool) -> float:
    """Chance that a patience which has lasted for some seconds ends within some more.

    Answering beats leaving, and leaving beats moving: the order of ties in engine/order.py.
    """
    before = patience.within(spent) if spent else 0.0
    by_then = patience.before(spent + more) if answers else patience.within(spent + more)
    return max(by_then - before, 0.0) / (1.0 - before) if before < 1.0 else 0.0


def _greetings(scenario: Scenario) -> Iterator[Found]:
    """Machines that answer when many have hung up."""
    for name, source in scenario.sources.items():
        for visit in visits(scenario, source):
            after = answers_after(scenario, visit.place)
            if after is None or not visit.ringing:
                continue
            gone = _ended(source.hangs_up_ringing, visit.spent, after, answers=True)
            if gone >= OFTEN:
                late = f"hang up before `{visit.place}` answers (after {spoken(after)})"
                yield ("sources", name), f"{gone:.0%} of its callers {late}"


def _in_vain(scenario: Scenario) -> Iterator[Found]:
    """Teams whose agents often need longer to pick up than a call is left with them."""
    for name, team in scenario.teams.items():
        if team.no_answer_after is None or team.answers_after is None:
            continue
        late = 1.0 - team.answers_after.within(team.no_answer_after)
        if late >= OFTEN:
            limit = f"the {spoken(team.no_answer_after)} of `no_answer_after`"
            yield ("teams", name), f"{late:.0%} of its pick-ups would take longer than {limit}: those calls go back"

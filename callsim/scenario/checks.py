"""What must hold between the parts of a scenario."""

from __future__ import annotations

from collections.abc import Iterator

from callsim.quantities import Reference
from callsim.scenario.fields import Path_
from callsim.scenario.routes import answers_after, returns, steps_from, visits
from callsim.scenario.timetable import HOLIDAY_NEEDED, Week, WhileOpen, collision
from callsim.scenario.vocabulary import Queue, Scenario, Source

Found = tuple[Path_, str]
"""Path of the entry and what is wrong with it."""


def cross_check(scenario: Scenario, *, broken: frozenset[Path_] = frozenset()) -> Iterator[Found]:
    """Every contradiction between parts that are each fine in themselves.

    Of a scenario with mistakes only the sound parts are here; `broken` holds the paths of the others, such as
    `("teams", "desk")`, which may be all that a sound part seems to miss.
    """
    yield from _circles(scenario)
    yield from _patience(scenario)
    yield from _channels(scenario)
    yield from _lines_of_vendors(scenario)
    yield from _waits_at_vendors(scenario)
    if not any(path[:1] == ("sources",) for path in broken):
        yield from _lead_costs(scenario)
    yield from _worth(scenario)
    if not any(path[:1] == ("teams",) for path in broken):
        yield from _unserved(scenario)
        yield from _preferences(scenario)
        yield from _chats_at_once(scenario)
    if ("calendar",) not in broken:
        yield from _timetables(scenario)


def _circles(scenario: Scenario) -> Iterator[Found]:
    """Rules that could send a caller round for ever: keys and draws stay the same on the next round."""
    starts = [Reference("menu", name) for name in scenario.menus]
    starts += [Reference("self_service", name) for name in scenario.self_service]
    starts += [Reference("queue", name) for name in scenario.queues]
    for start in starts:
        for step in steps_from(scenario, start):
            if step.rule and step.to == start:
                yield step.path, f"expected another place than `{start}` itself, where the caller waits already"
            elif returns(scenario, step, start):
                yield step.path, f"callers could be sent in a circle: `{step.to}` leads back here"


def _unserved(scenario: Scenario) -> Iterator[Found]:
    """Queues that nobody serves, unless a rule takes the callers away."""
    for name, queue in scenario.queues.items():
        if not scenario.teams_of(name) and not queue.overflow:
            yield ("queues", name), f"expected a team with `serves: [{name}]`, or `overflow:`, found neither"


def _preferences(scenario: Scenario) -> Iterator[Found]:
    """A queue that ranks its teams names each of them and no other."""
    for name, queue in scenario.queues.items():
        ranked = [team for level in queue.teams or () for team in level]
        serving = scenario.teams_of(name)
        strangers = [team for team in ranked if team not in serving]
        missing = [team for team in serving if team not in ranked] if ranked else []
        if strangers:
            yield ("queues", name, "teams"), f"expected teams with `serves: [{name}]`, found {_names(strangers)}"
        if missing:
            yield ("queues", name, "teams"), f"expected every team that serves `{name}`, found no {_names(missing)}"


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _patience(scenario: Scenario) -> Iterator[Found]:
    for name, source in scenario.sources.items():
        reason = next(_held(scenario, source), None)
        if source.hangs_up_waiting is None and reason is not None:
            yield (
                ("sources", name),
                f"expected `hangs_up_waiting:` such as `exponential 90 s`, found nothing: {reason}",
            )


def _held(scenario: Scenario, source: Source) -> Iterator[str]:
    """Why callers of a source may come to wait under hold patience."""
    if source.channel == "chat":
        yield "chats wait from their beginning, and nothing says how long"
    for place, _, _ in visits(scenario, source):
        if answers_after(scenario, place) is not None:
            yield f"`{place}` answers callers of this source, and nothing says how long they wait then"
        queue = scenario.queues.get(place.name) if place.kind == "queue" else None
        if queue is not None and (talked := _talked_to(queue)):
            yield f"`{place}` {talked}, and nothing says how long they wait then"


def _talked_to(queue: Queue) -> str:
    """What a queue does to callers who have rung only, so that they know somebody has heard them."""
    if queue.transfer is not None:
        return "puts callers of this source through"
    return "offers callers of this source a call back" if queue.offer_callback is not None else ""


def _channels(scenario: Scenario) -> Iterator[Found]:
    """Places that are only for calls, and forms that nobody answers."""
    for name, source in scenario.sources.items():
        if source.channel == "chat":
            for message in dict.fromkeys(_not_for_chats(scenario, source)):
                yield ("sources", name, "channel"), message
        if source.channel == "form" and (scenario.callbacks is None or "form" not in scenario.callbacks.for_):
            message = "expected `callbacks:` with `for: [form]`, found none: nobody would answer these forms"
            yield ("sources", name, "channel"), message


def _not_for_chats(scenario: Scenario, source: Source) -> Iterator[str]:
    """What chats may come to that has a meaning for calls alone."""
    for place, _, _ in visits(scenario, source):
        queue = scenario.queues.get(place.name) if place.kind == "queue" else None
        if place.kind == "voicemail":
            yield "chats of this source may come to `voicemail`, which records calls: `callback` is for both"
        if queue is not None and queue.offer_callback is not None:
            yield f"chats of this source may come to `{place}`, whose `offer_callback` is for calls"


def _chats_at_once(scenario: Scenario) -> Iterator[Found]:
    """Teams whose agents hold several chats at once talk to nobody on the telephone."""
    for name, team in scenario.teams.items():
        if team.chats_at_once == 1:
            continue
        path = ("teams", name, "chats_at_once")
        for of, source in scenario.sources.items():
            met = [place.name for place, _, _ in visits(scenario, source) if place.kind == "queue"]
            called = [queue for queue in dict.fromkeys(met) if queue in team.queues and source.channel == "call"]
            if called:
                yield path, f"expected queues to which only chats come, found {_names(called)}: callers of `{of}` come"
        if scenario.callbacks is not None and scenario.callbacks.by == name:
            yield ("callbacks", "by"), f"expected a team without `chats_at_once`, found `{name}`: it only chats"


def _lines_of_vendors(scenario: Scenario) -> Iterator[Found]:
    for name, source in scenario.sources.items():
        straight = any(way.to.kind == "vendor" for way in source.goes_to)
        if "uses_line" in source.model_fields_set and not straight:
            message = "expected only where `goes_to` names a vendor: other calls always use a line (`none` removes it)"
            yield ("sources", name, "uses_line"), message


def _waits_at_vendors(scenario: Scenario) -> Iterator[Found]:
    """Tariffs that bill a wait which no log tells apart from the wait before the call was passed on."""
    passed_on = {rule.to for queue in scenario.queues.values() for rule in queue.overflow}
    for name, vendor in scenario.vendors.items():
        tariff = scenario.tariffs.get(vendor.tariff)
        billed = tariff is not None and "queue" in (*tariff.bills, *tariff.per_minute_of)
        if billed and vendor.operators is not None and Reference("vendor", name) in passed_on:
            message = (
                f"expected a tariff that does not bill `queue`, found `{vendor.tariff}`: of calls passed on, the wait "
                "for one of its `operators` is not logged"
            )
            yield ("vendors", name, "tariff"), message


def _lead_costs(scenario: Scenario) -> Iterator[Found]:
    """A worth without a lead cost, where some source does not say it either."""
    for name, worth in scenario.worth.items():
        sources = {of: source for of, source in scenario.sources.items() if source.worth == name}
        silent = [of for of, source in sources.items() if not source.is_advertised]
        if worth.lead_cost is None and (silent or not sources):
            why = f": {_names(silent)} has neither `budget:` nor `cost_per_lead:`" if silent else ""
            yield ("worth", name), f"expected `lead_cost:` such as `lead_cost: 350 RUB`, found nothing{why}"


def _price_of_leads(scenario: Scenario, name: str) -> tuple[Path_, object]:
    """Where a source's leads get their price, and that price."""
    source = scenario.sources[name]
    if source.budget is not None:
        return ("sources", name, "budget"), source.budget.amount
    if source.cost_per_lead is not None:
        return ("sources", name, "cost_per_lead"), source.cost_per_lead
    return ("worth", str(source.worth), "lead_cost"), scenario.worth[str(source.worth)].lead_cost


def _worth(scenario: Scenario) -> Iterator[Found]:
    if scenario.count_loss_as is None:
        return
    for name, source in scenario.sources.items():
        if scenario.count_loss_as == "replacement" and source.worth in scenario.worth:
            path, price = _price_of_leads(scenario, name)
            message = "expected more than 0 beside `count_loss_as: replacement`: it is another lead that is bought"
            if price is not None and not price:
                yield path, message
        if source.worth is None and source.kinds.get("new"):
            yield (
                ("sources", name),
                (
                    "expected `worth:` such as `worth: buyer`, found nothing: `count_loss_as` puts the lost callers "
                    "of this source into the total cost"
                ),
            )


def _timetables(scenario: Scenario) -> Iterator[Found]:
    """Hours and headcounts against the days on which they are played."""
    tables: dict[Path_, Week | WhileOpen] = {("calendar", "open"): scenario.calendar.open}
    for name, queue in scenario.queues.items():
        if queue.open is not None:
            tables["queues", name, "open"] = queue.open
            if scenario.calendar.holidays and "holiday" not in queue.open:
                yield ("queues", name, "open"), HOLIDAY_NEEDED
    rosters = {("teams", name, "agents"): team.agents for name, team in scenario.teams.items()}
    tables |= {path: agents for path, agents in rosters.items() if agents is not None}
    for path, table in tables.items():
        day = collision(table, scenario.calendar)
        if day is not None:
            yield path, f"the times of {scenario.calendar.date_text(day)} overlap those that began the day before"

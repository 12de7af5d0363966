"""The call centre as the SimPy engine builds it from a scenario: its parts, its days, its horizon and its logs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any

from callsim.calllog import Activity, CallbackEnd, Chunk, Outcome, Reason, Resolution
from callsim.demand import Floats, Tape
from callsim.engine.clock import Clock
from callsim.engine.garbage import no_collection
from callsim.engine.horizon import horizon
from callsim.engine.order import DIAL, HOURS_CHANGE, ROSTER_CHANGE
from callsim.engine.rows import attempt_row, callback_row, caller_row, duty_row, leg_row, try_row
from callsim.engine.state import (
    DIALLING,
    NEVER,
    VOID,
    Born,
    Call,
    CallbackDesk,
    Caller,
    Go,
    HoursChange,
    Job,
    Leg,
    MenuState,
    QueueState,
    RosterChange,
    Rule,
    Slot,
    SourceState,
    TeamState,
    VendorState,
    build_pools,
)
from callsim.quantities import Reference
from callsim.scenario.roster import Pause, stints_of_places
from callsim.scenario.timetable import DAY, steps
from callsim.scenario.vocabulary import Overflow, Scenario


class Callbacks:
    """One list of callbacks for each kind of event, shared by all events of the kind."""

    def __init__(self, centre: Centre) -> None:
        for name in dir(type(centre)):
            if name[:3] == "on_":
                setattr(self, name[3:], [getattr(centre, name)])


class Centre(Clock):
    """The centre as built, without what happens in it: that is the engine's, which fills in `go` and the handlers."""

    def __init__(self, scenario: Scenario, tape: Tape) -> None:
        super().__init__()
        self.scenario = scenario
        self.tape = tape
        self.lines = math.inf if scenario.lines is None else scenario.lines
        self.lines_busy = 0
        self.line_wanted = False
        """Whether an agent would call somebody back if there were a line."""
        self.end, self.stop, self.runs_out = horizon(scenario)
        self.unended: list[Call] = []
        """Attempts under way at the end of counting, without the last of them if those have ended since."""
        self.asked = 0
        """Askings so far: the rank of the next one."""
        self.begin_chunk(0)
        self.on: Any = Callbacks(self)
        self._build()

    def _build(self) -> None:
        """The scenario's parts as the engine needs them, each destination turned into the step that it means."""
        scenario = self.scenario
        self.menus = {name: MenuState(scenario, name) for name in scenario.menus}
        self.vendors = {name: VendorState(place, scenario, name) for place, name in enumerate(scenario.vendors)}
        self.queues = {name: QueueState(place, scenario, name) for place, name in enumerate(scenario.queues)}
        self.queue_at = list(self.queues.values())
        self.teams = {name: TeamState(place, scenario, name, self.queues) for place, name in enumerate(scenario.teams)}
        for name, menu in self.menus.items():
            menu.goes = [self.go(key.to) for key in scenario.menus[name].keys]
        self.otherwise = {
            name: self.go(service.otherwise, Outcome.ABANDONED_MENU, Reason.SELF_SERVICE_FAILED)
            for name, service in scenario.self_service.items()
        }
        for queue in self.queue_at:
            self._build_rules(queue)
        self.sources = [
            SourceState(place, scenario, name, [self.go(way.to) for way in source.goes_to])
            for place, (name, source) in enumerate(scenario.sources.items())
        ]
        self.desk = None
        if scenario.callbacks is not None:
            self.desk = CallbackDesk(scenario.callbacks, self.teams[scenario.callbacks.by])
        build_pools(scenario, self.queues, self.teams, self.desk)

    def _build_rules(self, queue: QueueState) -> None:
        rules = self.scenario.queues[queue.name]
        queue.closed = None if rules.closed.kind == "hang up" else self.go(rules.closed)
        queue.full = None if rules.full.kind == "hang up" else self.go(rules.full)
        queue.rules = [self._rule(rule) for rule in rules.overflow]
        queue.has_rules = bool(queue.rules or queue.offer)
        if rules.transfer is not None:
            queue.transfers_to = self.queues[rules.transfer.to.name]

    def _rule(self, rule: Overflow) -> Rule:
        to = rule.to or rule.also
        assert to is not None
        return Rule(
            after=rule.after or 0.0,
            unstaffed=rule.when is not None,
            queue=self.queues[to.name] if to.kind == "queue" else None,
            vendor=self.vendors[to.name] if to.kind == "vendor" else None,
            also=rule.also is not None,
            go=self.go(to, Outcome.ABANDONED_QUEUE, Reason.SENT_AWAY),
        )

    def go(self, to: Reference, outcome: int = Outcome.ABANDONED_MENU, reason: int = Reason.SENT_AWAY) -> Go:
        """The step that a destination means; outcome and reason are those of being cut off."""
        raise NotImplementedError

    # Days.

    def days(self) -> Iterator[Chunk]:
        """Play day by day. The cool-down is full traffic, uncounted, so that stories can end."""
        day = 0
        while True:
            self.begin_day(day)
            with no_collection():
                if self.runs_out and day * DAY >= self.end:
                    self.play_out(min(self.stop, (day + 1) * DAY))
                else:
                    self.play(min(self.stop, (day + 1) * DAY))
            day += 1
            if self.runs_out and day * DAY == self.end:
                self.unended = self.calls_under_way(self.known_calls())
            if self.is_over(day * DAY):
                break
            yield self.chunk
            self.begin_chunk(day)
        self.break_off()
        yield self.chunk

    def begin_chunk(self, day: int) -> None:
        """An empty log of a day, with its two busy lists at hand."""
        self.chunk = Chunk(day, [], [], [], [], [], [])
        self.attempts = self.chunk.attempts
        self.callers = self.chunk.callers

    def is_over(self, midnight: float) -> bool:
        return midnight >= self.stop or (self.runs_out and midnight >= self.end and not self.unended)

    def begin_day(self, number: int) -> None:
        """Put the day's openings, stints and first dial on the schedule."""
        calendar = self.scenario.calendar
        for queue in self.queue_at:
            queue.begin_day()
            for time, value in steps(queue.hours, calendar, number):
                change = HoursChange(self.on.hours_change, queue, opens=value > 0)
                self.post(change, time, HOURS_CHANGE, queue.place)
        if self.desk is not None:
            for time, value in steps(calendar.open, calendar, number):
                change = HoursChange(self.on.callback_hours, None, opens=value > 0)
                self.post(change, time, HOURS_CHANGE, 2 * len(self.queue_at))
        absence = self.tape.absence(number)
        for team in self.teams.values():
            self.begin_roster(team, absence.get(team.name), number)
        self.born = Born(self.tape, number)
        self.coming = zip(count(), self.born.dialled, map(self.sources.__getitem__, self.born.source))
        """Row, time and source of the first dials to come."""
        self.post_next_dial()

    def begin_roster(self, team: TeamState, absence: Floats | None, day: int) -> None:
        """Put the stints of those who come on the schedule."""
        for slot in team.slots:
            slot.handled = 0.0
        for pool in team.pools:
            pool.begin_day()
        for number, start, end, breaks in stints_of_places(team.rules, self.scenario.calendar, day):
            while len(team.slots) <= number:
                team.slots.append(Slot(team, len(team.slots)))
            if absence is None or absence[number % team.agents] >= team.rules.absence:
                self.post_stint(team.slots[number], start, end, breaks)

    def post_stint(self, slot: Slot, start: float, end: float, breaks: Sequence[Pause]) -> None:
        """Who is due to leave at the moment of coming stays: there is no change."""
        if slot.departure is not None and slot.rostered_until == start:
            slot.departure.is_void = True
        else:
            self.post(RosterChange(self.on.arrival, slot), start, ROSTER_CHANGE, slot.number)
        slot.rostered_until = end
        slot.departure = RosterChange(self.on.departure, slot)
        self.post(slot.departure, end, ROSTER_CHANGE, slot.number)
        for due, lasts, paid in breaks:
            activity = Activity.PAID_BREAK if paid else Activity.UNPAID_BREAK
            change = RosterChange(self.on.break_due, slot, lasts=lasts, activity=activity)
            self.post(change, due, ROSTER_CHANGE, slot.number)

    def post_next_dial(self) -> None:
        """Only the next first dial stands on the schedule: they come in order."""
        coming = next(self.coming, None)
        if coming is not None:
            row, dials, source = coming
            call = Call(self.on.dial, Caller(self.born, row, source), 1, dials)
            self.post(call, dials, DIAL, call.number)

    def play_out(self, until: float) -> None:
        """Let everything happen until the counted attempts have ended, or to a time."""
        queue, unended = self._queue, self.unended
        while unended and queue and queue[0][0] < until:
            self.step()
            while unended and is_written(unended[-1]):
                unended.pop()
        if unended:
            self._now = until

    # The logs.

    def tell_on(self, call: Call) -> None:
        """Add an ended attempt to its caller's story."""
        caller = call.caller
        if caller.first_queue < 0:
            caller.first_queue = call.first_queue
        if call.asked is not NEVER:
            caller.times_asked += 1
            if call.kept is not NEVER and call.leg is None:
                stopped = call.kept
            elif call.answered is not NEVER:
                stopped = call.answered
            else:
                # Who still waits at the horizon has waited until then.
                stopped = call.left if call.left is not NEVER else self._now
            caller.waited += stopped - call.asked

    def write_duty(self, slot: Slot) -> None:
        """The agent goes home or does something else from now on."""
        self.chunk.duties.append(duty_row(slot, self._now))

    def break_off(self) -> None:
        """The horizon ends: what is under way is unfinished, whoever would have called again is open."""
        known = self.known_calls()
        callers = self.callers_under_way(known)
        self.chunk.legs.extend(map(leg_row, self.legs_under_way(known)))
        for call in self.calls_under_way(known):
            if call.left is NEVER:
                call.outcome = Outcome.UNFINISHED
                self.tell_on(call)
            self.attempts.append(attempt_row(call))
        for slot in self.slots():
            if isinstance(slot.work, Job):
                self.chunk.tries.append(try_row(slot.work, slot, NEVER))
            if slot.came is not NEVER:
                self.write_duty(slot)
        for caller in callers:
            if caller.job is not None:
                self.chunk.callbacks.append(callback_row(caller.job, NEVER, CallbackEnd.OPEN))
            self.callers.append(caller_row(caller, Resolution.OPEN, NEVER, NEVER))

    def slots(self) -> Iterator[Slot]:
        return (slot for team in self.teams.values() for slot in team.slots)

    def known_calls(self) -> dict[Call, None]:
        """The calls that something is due for, that somebody works on, or that wait; some have ended."""
        calls: dict[Call, None] = {}
        for event in (*self.scheduled(), *(slot.work for slot in self.slots())):
            if isinstance(event, Call):
                calls[event] = None
            elif isinstance(event, Leg):
                calls[event.call] = None
        for queue in self.queue_at:
            calls |= dict.fromkeys(call for _, call in (*queue.waiting, *queue.kept))
        for vendor in self.vendors.values():
            calls |= dict.fromkeys(vendor.waiting)
        return calls

    def calls_under_way(self, known: Iterable[Call]) -> list[Call]:
        """Those that have begun and whose row is not written, in the order of dialling."""
        begun = (call for call in known if call.state not in (DIALLING, VOID) and not is_written(call))
        return sorted(begun, key=lambda call: (call.number, call.attempt))

    def legs_under_way(self, known: Iterable[Call]) -> list[Leg]:
        """Those whose row is not written: of an earlier one the agent may still wrap up."""
        legs = {call.leg for call in known if call.leg is not None}
        legs |= {slot.work for slot in self.slots() if isinstance(slot.work, Leg)}
        return sorted(filter(is_under_way, legs), key=lambda leg: (leg.call.number, leg.call.attempt, leg.number))

    def callers_under_way(self, known: Iterable[Call]) -> list[Caller]:
        """Those whose story has not ended, in the order of dialling."""
        jobs = [job for _, job in self.desk.due] if self.desk else []
        jobs += [job for job in (*self.scheduled(), *(slot.work for slot in self.slots())) if isinstance(job, Job)]
        callers = {call.caller for call in known} | {job.caller for job in jobs}
        begun = (caller for caller in callers if caller.attempts and not caller.has_ended)
        return sorted(begun, key=lambda caller: caller.number)


def is_under_way(leg: Leg) -> bool:
    """Whether its row is not written: nobody has left, or somebody still wraps up."""
    return leg.left is NEVER or (leg.matched is not NEVER and leg.freed is NEVER)


def is_written(call: Call) -> bool:
    """Whether the caller has left, and nobody wraps up."""
    return call.left is not NEVER and (call.matched is NEVER or call.freed is not NEVER)

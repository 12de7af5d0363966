"""The SimPy engine: what happens in the call centre. This file is the specification.

One handler for each kind of event, hung as a callback on SimPy events, in the order of a call: it dials, enters,
asks for a queue, waits, is matched and talks, and a caller who was missed redials. No process per caller: its ties
would fall where SimPy puts them. Who goes first at equal times stands in order.py.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from heapq import heappop, heappush
from typing import Any

import simpy

from callsim.calllog import Chunk, Outcome, Reason, Resolution
from callsim.demand import AttemptDraws, CallerDraws, Day, Tape
from callsim.engine.order import (
    DIAL,
    HOURS_CHANGE,
    MACHINE_ANSWER,
    MENU_END,
    PATIENCE_END,
    PICK_UP,
    ROSTER_CHANGE,
    TALK_END,
    WRAP_UP_END,
)
from callsim.quantities import Reference
from callsim.scenario.timetable import DAY, next_opening, steps
from callsim.scenario.vocabulary import Scenario

NEVER = math.nan
LONGEST_COOL_DOWN = 30 * DAY

# What a call is doing.
DIALLING, RINGING_MENU, IN_MENU, WAITING, PICKING_UP, TALKING, GONE = range(7)

Go = Callable[["Call"], None]
"""Sends a call to a place of the scenario."""
Handlers = list[Callable[[Any], None]]
"""What SimPy calls when an event happens."""


def simulate(scenario: Scenario, tape: Tape) -> Iterator[Chunk]:
    """Play a scenario on a tape, yielding what ended on each day."""
    return CallCentre(scenario, tape).days()


class Columns:
    """Columns of the tape as lists, each turned into one when first needed: single values of a list come faster."""

    def __init__(self, draws: CallerDraws | AttemptDraws) -> None:
        self._draws = draws

    def __getattr__(self, name: str) -> Any:
        column = getattr(self._draws, name)
        lists = {of: part.tolist() for of, part in column.items()} if isinstance(column, Mapping) else column.tolist()
        setattr(self, name, lists)
        return lists


class Born:
    """The callers born on one day and their part of the tape."""

    def __init__(self, tape: Tape, number: int) -> None:
        self._tape = tape
        self._day: Day = tape.day(number)
        self.attempts: list[Columns] = []
        self.number = number
        self.first = self._day.first
        self.dialled: list[float] = self._day.dialled.tolist()
        self.source: list[int] = self._day.source.tolist()
        self.ordinal: list[int] = self._day.ordinal.tolist()
        draws = tape.callers(number, self._day)
        self.kind: list[int] = draws.kind.tolist()
        self.draws = Columns(draws)

    def attempt(self, number: int) -> Columns:
        """The block of the callers' attempts of a number, from 1."""
        while len(self.attempts) < number:
            draws = self._tape.attempts(self.number, self._day, len(self.attempts) + 1)
            self.attempts.append(Columns(draws))
        return self.attempts[number - 1]


class Event(simpy.Event):
    """A SimPy event that is posted at a time, not triggered: it needs no environment and no value."""

    _ok = True
    _value = None

    def __init__(self, callbacks: Handlers) -> None:
        self.callbacks = callbacks


class Call(Event):
    """One attempt of a caller; as an event, the step it is due for next."""

    # Slots, and everything set at once: Python's fast attributes end at thirty, or where one comes late.
    __slots__ = (
        "answered", "asked", "attempt", "born", "callbacks", "dialled", "draws", "first_queue", "freed", "greeted",
        "greeting", "hold_ends", "holds_line", "last_queue", "left", "matched", "menu", "missed", "number", "outcome",
        "patience", "place", "queue", "reason", "refusal", "refused_by", "row", "self_service", "slot", "source",
        "state", "story_queue", "team", "times_asked", "waited",
    )  # fmt: skip
    menu: MenuState
    self_service: str

    def __init__(self, born: Born, row: int, source: SourceState, attempt: int, dials: float) -> None:
        self.born = born
        self.row = row
        self.number = born.first + row
        self.source = source
        self.attempt = attempt
        self.draws = born.attempts[attempt - 1] if attempt <= len(born.attempts) else born.attempt(attempt)
        self.dialled = dials
        self.state = DIALLING
        self.holds_line = False
        self.greeted = self.asked = self.matched = self.answered = self.left = self.freed = NEVER
        self.first_queue = self.last_queue = self.team = self.place = -1
        self.outcome = self.reason = 0
        self.queue: QueueState | None = None
        self.slot: Slot | None = None
        self.patience: Deadline | None = None
        self.greeting: Deadline | None = None
        self.hold_ends = NEVER
        self.refused_by = -1
        self.refusal: tuple[int, int] | None = None
        # The story so far, carried from attempt to attempt.
        self.story_queue = -1
        self.times_asked = 0
        self.waited = 0.0
        self.missed = NEVER


class Deadline(Event):
    """Something that will happen to a call unless it becomes void: the end of its patience, a greeting."""

    def __init__(self, callbacks: Handlers, call: Call) -> None:
        self.callbacks = callbacks
        self.call = call


class Slot(Event):
    """A place in a team's roster and the agent in it; as an event, the end of the wrap-up."""

    def __init__(self, team: TeamState, place: int) -> None:
        super().__init__([])
        self.team = team
        self.place = place
        self.number = team.place << 20 | place
        self.on_duty = False
        self.takes_calls = False
        """On duty, or staying after closing until those who waited are gone."""
        self.call: Call | None = None
        self.came = self.due = self.idle_since = NEVER


class RosterChange(Event):
    """A slot comes on duty, or is due to leave."""

    def __init__(self, callbacks: Handlers, slot: Slot, comes: bool) -> None:
        self.callbacks = callbacks
        self.slot = slot
        self.comes = comes


class HoursChange(Event):
    """A queue opens or closes, or, after it has closed, those who wait in it are sent away."""

    def __init__(self, callbacks: Handlers, queue: QueueState, opens: bool) -> None:
        self.callbacks = callbacks
        self.queue = queue
        self.opens = opens


class SourceState:
    """A source as the engine needs it."""

    def __init__(self, place: int, scenario: Scenario, name: str, go: Go) -> None:
        source = scenario.sources[name]
        self.place = place
        self.mean_talk = source.talk.mean
        self.go = go
        redial = source.redial
        at_most = redial.at_most if redial else 0
        self.redials_at_most = math.inf if at_most is None else at_most
        self.redial_chances = {
            getattr(Outcome, outcome.upper()): chances for outcome, chances in (redial.chance if redial else {}).items()
        }


class MenuState:
    """A menu: how long it rings, who hangs up, and the keys as limits of the caller's draw."""

    def __init__(self, scenario: Scenario, name: str) -> None:
        menu = scenario.menus[name]
        self.name = name
        self.answers_after = menu.answers_after
        self.hangs_up = menu.hangs_up
        self.limits: list[float] = []
        total = 0.0
        for key in menu.keys[:-1]:
            total += key.share
            self.limits.append(total)
        self.goes: list[Go] = []


class QueueState:
    """A queue: who waits, and which agents are idle."""

    def __init__(self, place: int, scenario: Scenario, name: str) -> None:
        queue = scenario.queues[name]
        self.place = place
        self.name = name
        self.hours = scenario.open_hours(name)
        self.room = math.inf if queue.room_for is None else queue.room_for
        self.answers_after = queue.answers_after
        self.mean_talk = None if queue.talk is None else queue.talk.mean
        self.serves_at_closing = queue.at_closing == "serve"
        self.closed: Go | None = None
        self.full: Go | None = None
        self.open = False
        self.closed_at = NEVER
        self.next_open = -math.inf
        self.waiting: deque[Call] = deque()
        self.length = 0
        self.idle: list[tuple[float, int, Slot]] = []
        self.staff = 0
        """Slots that take calls."""

    def join(self, call: Call) -> None:
        """Put a caller into the row by the time of first asking: who was sent over may rank before others."""
        waiting = self.waiting
        place = len(waiting)
        while place and waiting[place - 1].asked > call.asked:
            place -= 1
        waiting.insert(place, call)
        self.length += 1

    def next_waiting(self, before: float = math.inf) -> Call | None:
        """Take out the caller who has waited longest, if they asked before a time.

        Those who left are still in the row and are passed over.
        """
        waiting = self.waiting
        while waiting:
            call = waiting[0]
            here = call.state == WAITING and call.queue is self
            if here and call.asked >= before:
                return None
            waiting.popleft()
            if here:
                self.length -= 1
                return call
        return None

    def longest_idle(self) -> Slot | None:
        """Take out the agent idle longest; ties by team, then slot. Agents who went home are passed over."""
        idle = self.idle
        while idle:
            since, _, slot = heappop(idle)
            if slot.idle_since == since:
                slot.idle_since = NEVER
                return slot
        return None


class TeamState:
    """A team and its slots."""

    def __init__(self, place: int, scenario: Scenario, name: str, queue: QueueState) -> None:
        team = scenario.teams[name]
        self.place = place
        self.name = name
        self.queue = queue
        self.agents = team.agents
        self.picks_up = team.answers_after is not None
        self.wraps_up = team.wrap_up is not None
        self.headcount = 0
        self.slots: list[Slot] = []


class CallbackLists:
    """One list of callbacks for each kind of event, shared by all events of the kind.

    Apart from the centre, which is slow with more than thirty attributes.
    """

    def __init__(self, centre: CallCentre) -> None:
        self.dial: Handlers = [centre.on_dial]
        self.menu_answer: Handlers = [centre.on_menu_answer]
        self.menu_end: Handlers = [centre.on_menu_end]
        self.menu_hang_up: Handlers = [centre.on_menu_hang_up]
        self.self_service_end: Handlers = [centre.on_self_service_end]
        self.greeting: Handlers = [centre.on_greeting]
        self.patience_end: Handlers = [centre.on_patience_end]
        self.pick_up: Handlers = [centre.on_pick_up]
        self.talk_end: Handlers = [centre.on_talk_end]
        self.wrap_up_end: Handlers = [centre.on_wrap_up_end]
        self.roster_change: Handlers = [centre.on_roster_change]
        self.hours_change: Handlers = [centre.on_hours_change]
        self.dismissal: Handlers = [centre.on_dismissal]


class CallCentre(simpy.Environment):
    """The call centre: SimPy's environment, with our order of events, and what happens in it."""

    def __init__(self, scenario: Scenario, tape: Tape) -> None:
        super().__init__()
        self.scenario = scenario
        self.tape = tape
        self.lines = math.inf if scenario.lines is None else scenario.lines
        self.lines_busy = 0
        self.end = scenario.calendar.end
        cool_down = scenario.calendar.cool_down
        if cool_down is None and any(source.redial for source in scenario.sources.values()):
            cool_down = DAY
        self.runs_out = cool_down is None
        """Whether the cool-down lasts until the counted attempts have ended."""
        self.stop = self.end + (LONGEST_COOL_DOWN if cool_down is None else cool_down)
        self.unended = 0
        """Attempts dialled before the end of counting that have not ended."""
        self.begin_chunk(0)
        self.on = CallbackLists(self)
        self._build()

    def _build(self) -> None:
        """The scenario's parts as the engine needs them, each destination turned into the step that it means."""
        scenario = self.scenario
        self.menus = {name: MenuState(scenario, name) for name in scenario.menus}
        self.queues = {name: QueueState(place, scenario, name) for place, name in enumerate(scenario.queues)}
        self.queue_at = list(self.queues.values())
        for name, menu in self.menus.items():
            menu.goes = [self._go(key.to, Reason.SENT_AWAY) for key in scenario.menus[name].keys]
        self.otherwise = {
            name: self._go(service.otherwise, Reason.SELF_SERVICE_FAILED)
            for name, service in scenario.self_service.items()
        }
        for name, queue in self.queues.items():
            rules = scenario.queues[name]
            queue.closed = self._go(rules.closed) if rules.closed.name else None
            queue.full = self._go(rules.full) if rules.full.name else None
        self.sources = [
            SourceState(place, scenario, name, self._go(source.goes_to))
            for place, (name, source) in enumerate(scenario.sources.items())
        ]
        self.teams = [
            TeamState(place, scenario, name, self.queues[team.serves[0]])
            for place, (name, team) in enumerate(scenario.teams.items())
        ]

    def _go(self, to: Reference, reason: int = Reason.SENT_AWAY) -> Go:
        """The step that a destination means."""
        match to.kind:
            case "queue":
                return partial(self.ask, self.queues[to.name])
            case "menu":
                return partial(self.enter_menu, self.menus[to.name])
            case "self_service":
                return partial(self.enter_self_service, to.name)
            case "hang up":
                return partial(self.leave, outcome=Outcome.ABANDONED_MENU, reason=reason)
            case kind:
                raise AssertionError(f"no engine plays `{kind}`")

    # SimPy's clock, with an order of simultaneous events that is written down.

    def post(self, event: Event, time: float, kind: int, subject: int) -> None:
        """Put an event on the schedule at an absolute time."""
        heappush(self._queue, (time, kind, subject, next(self._eid), event))  # type: ignore[misc]

    def step(self) -> None:
        """Let the next event happen."""
        self._now, _, _, _, event = heappop(self._queue)  # type: ignore[misc]
        for callback in event.callbacks:
            callback(event)

    def play(self, until: float) -> None:
        """Let everything before a time happen; SimPy's own run, without its checks at each step."""
        queue = self._queue
        while queue and queue[0][0] < until:
            self._now, _, _, _, event = heappop(queue)  # type: ignore[misc]
            for callback in event.callbacks:
                callback(event)
        self._now = until

    def play_out(self, until: float) -> None:
        """Let everything happen until the counted attempts have ended, or to a time."""
        queue = self._queue
        while self.unended and queue and queue[0][0] < until:
            self.step()
        if self.unended:
            self._now = until

    # Days.

    def days(self) -> Iterator[Chunk]:
        """Play day by day. The cool-down is full traffic, uncounted, so that stories can end."""
        day = 0
        while True:
            self.begin_day(day)
            if self.runs_out and day * DAY >= self.end:
                self.play_out(min(self.stop, (day + 1) * DAY))
            else:
                self.play(min(self.stop, (day + 1) * DAY))
            day += 1
            if self.is_over(day * DAY):
                break
            yield self.chunk
            self.begin_chunk(day)
        self.break_off()
        yield self.chunk

    def begin_chunk(self, day: int) -> None:
        """An empty log of a day, with its two busy lists at hand."""
        self.chunk = Chunk(day, [], [], [])
        self.log_attempt = self.chunk.attempts.append
        self.log_caller = self.chunk.callers.append

    def is_over(self, midnight: float) -> bool:
        return midnight >= self.stop or (self.runs_out and midnight >= self.end and not self.unended)

    def begin_day(self, number: int) -> None:
        """Put the day's roster changes, openings and first dial on the schedule."""
        calendar = self.scenario.calendar
        for queue in self.queues.values():
            for time, value in steps(queue.hours, calendar, number):
                self.post(HoursChange(self.on.hours_change, queue, value > 0), time, HOURS_CHANGE, queue.place)
        for team in self.teams:
            for time, value in steps(team.agents, calendar, number):
                self.post_roster(team, time, int(value))
        self.born = Born(self.tape, number)
        self.next_row = 0
        self.post_next_dial()

    def post_roster(self, team: TeamState, time: float, headcount: int) -> None:
        """Slot k, counted from 0, is on duty whenever the headcount is above k."""
        while len(team.slots) < headcount:
            team.slots.append(Slot(team, len(team.slots)))
        comes = headcount > team.headcount
        for slot in team.slots[min(headcount, team.headcount) : max(headcount, team.headcount)]:
            self.post(RosterChange(self.on.roster_change, slot, comes), time, ROSTER_CHANGE, slot.number)
        team.headcount = headcount

    def post_next_dial(self) -> None:
        """Only the next first dial stands on the schedule: they come in order."""
        row, born = self.next_row, self.born
        if row == len(born.dialled):
            return
        self.next_row = row + 1
        dials = born.dialled[row]
        call = Call(born, row, self.sources[born.source[row]], 1, dials)
        call.callbacks = self.on.dial
        self.post(call, dials, DIAL, call.number)

    # 1. A caller dials.

    def on_dial(self, call: Call) -> None:
        """A first attempt or a redial: a line is taken, or the caller hears busy."""
        if call.attempt == 1:
            self.post_next_dial()
        if call.dialled < self.end:
            self.unended += 1
        if self.lines_busy >= self.lines:
            self.leave(call, Outcome.BLOCKED, Reason.NO_LINE)
            return
        self.lines_busy += 1
        call.holds_line = True
        call.source.go(call)

    # 2. Menus and self-service.

    def enter_menu(self, menu: MenuState, call: Call) -> None:
        """It rings until the menu answers, unless a machine has answered before."""
        call.menu = menu
        if call.greeted == call.greeted:
            self.begin_prompt(call)
            return
        call.state = RINGING_MENU
        call.callbacks = self.on.menu_answer
        self.post(call, self._now + menu.answers_after, MACHINE_ANSWER, call.number)
        self.start_patience(call)

    def on_menu_answer(self, call: Call) -> None:
        if call.state == RINGING_MENU:
            self.greet(call)
            self.begin_prompt(call)

    def greet(self, call: Call) -> None:
        """A machine answers: ring patience is over for good."""
        call.greeted = self._now
        call.patience = None

    def begin_prompt(self, call: Call) -> None:
        """The caller stays to the end of the prompt, or hangs up at a moment of it, all moments alike."""
        menu, row = call.menu, call.row
        call.state = IN_MENU
        call.patience = None
        length = call.draws.prompt[menu.name][row]
        chance = call.draws.hang_up[menu.name][row]
        if chance < menu.hangs_up:
            call.callbacks = self.on.menu_hang_up
            length *= chance / menu.hangs_up
        else:
            call.callbacks = self.on.menu_end
        self.post(call, self._now + length, MENU_END, call.number)

    def on_menu_hang_up(self, call: Call) -> None:
        self.leave(call, Outcome.ABANDONED_MENU, Reason.HUNG_UP_IN_PROMPT)

    def on_menu_end(self, call: Call) -> None:
        """The caller presses the key that is theirs in this menu, on every attempt the same."""
        menu = call.menu
        pressed = call.born.draws.key[menu.name][call.row]
        key = 0
        for limit in menu.limits:
            if pressed < limit:
                break
            key += 1
        menu.goes[key](call)

    def enter_self_service(self, name: str, call: Call) -> None:
        if call.greeted != call.greeted:
            self.greet(call)
        call.state = IN_MENU
        call.patience = None
        call.self_service = name
        call.callbacks = self.on.self_service_end
        self.post(call, self._now + call.draws.takes[name][call.row], MENU_END, call.number)

    def on_self_service_end(self, call: Call) -> None:
        name = call.self_service
        if call.born.draws.solved[name][call.row] < self.scenario.self_service[name].resolves:
            self.leave(call, Outcome.SELF_SERVED)
        else:
            self.otherwise[name](call)

    # 3. The caller asks for a queue.

    def ask(self, queue: QueueState, call: Call) -> None:
        """Closed, full, or joined: then a free agent takes the call, or the caller waits."""
        if not queue.open:
            self.turn_away(queue, call, queue.closed, Outcome.CLOSED, Reason.ASKED_WHILE_CLOSED)
            return
        slot = queue.longest_idle()
        if slot is None and queue.length >= queue.room:
            self.turn_away(queue, call, queue.full, Outcome.BLOCKED, Reason.QUEUE_FULL)
            return
        if call.first_queue < 0:
            call.first_queue = queue.place
            call.asked = self._now
        call.last_queue = queue.place
        call.refusal = None
        call.queue = queue
        if slot is None:
            self.wait(queue, call)
        else:
            self.match(call, slot)

    def turn_away(self, queue: QueueState, call: Call, rule: Go | None, outcome: int, reason: int) -> None:
        """Send the caller where the queue's rule says, or away."""
        call.last_queue = queue.place
        if call.refused_by < 0:
            call.refused_by = queue.place
        call.refusal = outcome, reason
        if rule is None:
            self.leave(call, outcome, reason)
        else:
            rule(call)

    # 4. The caller waits.

    def wait(self, queue: QueueState, call: Call) -> None:
        call.state = WAITING
        queue.join(call)
        self.start_patience(call)
        self.start_greeting(queue, call)

    def start_patience(self, call: Call) -> None:
        """Ring patience runs from the dial. Hold patience runs from the first join where a machine answered before,
        and goes on from there in every further queue."""
        if call.patience is not None:
            return
        if call.greeted != call.greeted:
            self.post_patience(call, call.dialled + call.draws.ring_patience[call.row])
            return
        if call.hold_ends != call.hold_ends:
            call.hold_ends = self._now + call.draws.hold_patience[call.row]
        self.post_patience(call, max(call.hold_ends, self._now))

    def post_patience(self, call: Call, ends: float) -> None:
        if ends < math.inf:
            call.patience = Deadline(self.on.patience_end, call)
            self.post(call.patience, ends, PATIENCE_END, call.number)

    def start_greeting(self, queue: QueueState, call: Call) -> None:
        """A queue that answers by itself does so some time after the join, unless a machine has answered before."""
        if queue.answers_after is not None and call.greeted != call.greeted:
            call.greeting = Deadline(self.on.greeting, call)
            self.post(call.greeting, self._now + queue.answers_after, MACHINE_ANSWER, call.number)

    def on_greeting(self, greeting: Deadline) -> None:
        """The queue answers: hold patience takes the place of ring patience. During the pick-up as well."""
        call = greeting.call
        if call.greeting is not greeting:
            return
        call.greeting = None
        self.greet(call)
        self.start_patience(call)

    def on_patience_end(self, patience: Deadline) -> None:
        """The caller hangs up: ringing, on hold, or while an agent was about to pick up."""
        call = patience.call
        if call.patience is not patience:
            return
        slot = call.slot
        if call.state == WAITING:
            assert call.queue is not None
            call.queue.length -= 1
        elif call.state == PICKING_UP:
            call.freed = self._now
        ringing = call.greeted != call.greeted
        self.leave(call, Outcome.ABANDONED_RINGING if ringing else Outcome.ABANDONED_QUEUE)
        if slot is not None:
            self.release(slot)

    # 5. Caller and agent are matched.

    def match(self, call: Call, slot: Slot) -> None:
        """From now on the agent is taken and the caller no longer waits, though patience runs on to the pick-up."""
        team = slot.team
        call.slot = slot
        call.team = team.place
        call.place = slot.place
        call.matched = self._now
        slot.call = call
        if not team.picks_up:
            self.answer(call)
            return
        waited = call.state == WAITING
        call.state = PICKING_UP
        call.callbacks = self.on.pick_up
        self.post(call, self._now + call.draws.pick_up[team.name][call.row], PICK_UP, call.number)
        if not waited:
            assert call.queue is not None
            self.start_patience(call)
            self.start_greeting(call.queue, call)

    def on_pick_up(self, call: Call) -> None:
        if call.state == PICKING_UP:
            self.answer(call)

    # 6. Caller and agent talk; the agent wraps up and is free.

    def answer(self, call: Call) -> None:
        now = self._now
        call.answered = now
        call.state = TALKING
        call.patience = None
        call.greeting = None
        queue = call.queue
        assert queue is not None
        if queue.mean_talk is None:
            talk = call.source.mean_talk * call.born.draws.work[call.row]
        else:
            talk = queue.mean_talk * call.born.draws.work_in[queue.name][call.row]
        call.callbacks = self.on.talk_end
        self.post(call, now + talk, TALK_END, call.number)

    def on_talk_end(self, call: Call) -> None:
        now = self._now
        slot = call.slot
        assert slot is not None
        call.left = now
        call.outcome = Outcome.ANSWERED
        self.lines_busy -= 1
        self.resolve(call, Resolution.SERVED)
        team = slot.team
        if team.wraps_up:
            slot.callbacks = self.on.wrap_up_end
            self.post(slot, now + call.draws.wrap_up[team.name][call.row], WRAP_UP_END, slot.number)
            return
        call.freed = now
        self.write(call)
        self.release(slot)

    def on_wrap_up_end(self, slot: Slot) -> None:
        call = slot.call
        assert call is not None
        call.freed = self._now
        self.write(call)
        self.release(slot)

    def release(self, slot: Slot) -> None:
        """A free agent takes who has waited longest, else idles; who is due and has nobody left to serve, leaves."""
        slot.call = None
        queue = slot.team.queue
        if slot.takes_calls:
            # Who stays after closing stays only for those who asked before it.
            call = queue.next_waiting() if slot.on_duty else queue.next_waiting(before=slot.due)
            if call is not None:
                self.match(call, slot)
                return
        if slot.on_duty:
            slot.idle_since = self._now
            heappush(queue.idle, (self._now, slot.number, slot))
        else:
            self.go_home(slot)

    def on_roster_change(self, change: RosterChange) -> None:
        """Arriving agents look for work in slot order; a busy agent who is due leaves after the wrap-up."""
        slot = change.slot
        queue = slot.team.queue
        slot.on_duty = change.comes
        if change.comes:
            self.begin_duty(slot)
        elif slot.call is None:
            slot.due = self._now
            self.go_home(slot)
        else:
            slot.due = self._now
            # At closing, agents due at that moment stay until those who waited are gone.
            if not (queue.closed_at == self._now and queue.serves_at_closing):
                self.stop_taking_calls(slot)

    def begin_duty(self, slot: Slot) -> None:
        overtime = slot.call is not None
        if overtime:
            self.write_duty(slot)
        slot.came = self._now
        slot.due = NEVER
        if not slot.takes_calls:
            slot.takes_calls = True
            slot.team.queue.staff += 1
        if not overtime:
            self.release(slot)

    def go_home(self, slot: Slot) -> None:
        slot.idle_since = NEVER
        self.write_duty(slot)
        slot.came = NEVER
        if slot.takes_calls:
            self.stop_taking_calls(slot)

    def stop_taking_calls(self, slot: Slot) -> None:
        """When nobody is left to serve them after closing, those who wait meet the rule for a closed queue."""
        queue = slot.team.queue
        slot.takes_calls = False
        queue.staff -= 1
        if not queue.open and not queue.staff:
            self.dismiss(queue)

    def on_hours_change(self, change: HoursChange) -> None:
        """At closing those who joined earlier are served, or meet the rule for a closed queue."""
        queue = change.queue
        queue.open = change.opens
        if not change.opens:
            queue.closed_at = self._now
            if not queue.serves_at_closing or not queue.staff:
                # After all queues that open or close at this moment: one of them may be where the callers are sent.
                dismissal = HoursChange(self.on.dismissal, queue, opens=False)
                self.post(dismissal, self._now, HOURS_CHANGE, len(self.queues) + queue.place)

    def on_dismissal(self, dismissal: HoursChange) -> None:
        self.dismiss(dismissal.queue)

    def dismiss(self, queue: QueueState) -> None:
        """Send everyone who waits where the rule for a closed queue says."""
        while (call := queue.next_waiting()) is not None:
            call.state = GONE
            call.greeting = None
            self.turn_away(queue, call, queue.closed, Outcome.CLOSED, Reason.CLOSED_WHILE_WAITING)

    # 10. The caller redials, or is lost.

    def leave(self, call: Call, outcome: int, reason: int = Reason.NONE) -> None:
        """The caller leaves without having talked to anyone.

        What a machine says after a queue's refusal only explains it: unless it helped, closed stays closed.
        """
        if call.refusal is not None and outcome != Outcome.SELF_SERVED:
            outcome, reason = call.refusal
        call.left = self._now
        call.state = GONE
        call.outcome = outcome
        call.reason = reason
        call.patience = None
        call.greeting = None
        if call.first_queue < 0:
            call.first_queue = call.refused_by
        if call.holds_line:
            self.lines_busy -= 1
        self.write(call)
        if outcome == Outcome.SELF_SERVED:
            self.resolve(call, Resolution.SELF_SERVED)
        else:
            call.missed = self._now
            self.redial(call)

    def redial(self, call: Call) -> None:
        """The caller's next attempt, which carries the story so far; without one the story ends here."""
        dials = self.redials_at(call)
        if dials == math.inf:
            self.resolve(call, Resolution.LOST)
            return
        again = Call(call.born, call.row, call.source, call.attempt + 1, dials)
        self.tell_on(call)
        again.story_queue, again.times_asked = call.story_queue, call.times_asked
        again.waited, again.missed = call.waited, call.missed
        again.callbacks = self.on.dial
        self.post(again, dials, DIAL, again.number)

    def redials_at(self, call: Call) -> float:
        """With the chance that outcome and attempt have; after `closed`, from the next opening. Infinity: never."""
        chances = call.source.redial_chances.get(call.outcome)
        if chances is None or call.attempt > call.source.redials_at_most:
            return math.inf
        chance = chances[min(call.attempt, len(chances)) - 1]
        if call.draws.redial_chance[call.row] >= chance:
            return math.inf
        since = self.next_open(call) if call.outcome == Outcome.CLOSED else self._now
        delay: float = call.draws.redial_delay[call.row]
        return since + delay

    def next_open(self, call: Call) -> float:
        """When the queue that refused the call first opens again; now, if it has opened meanwhile."""
        queue = self.queue_at[call.refused_by]
        if queue.open:
            return self._now
        if queue.next_open <= self._now:
            queue.next_open = next_opening(queue.hours, self.scenario.calendar, self._now)
        return queue.next_open

    # The log.

    def tell_on(self, call: Call) -> None:
        """Add an ended attempt to its caller's story."""
        if call.story_queue < 0:
            call.story_queue = call.first_queue
        if call.asked == call.asked:
            call.times_asked += 1
            stopped = call.answered if call.answered == call.answered else call.left
            # Who still waits at the horizon has waited until then.
            call.waited += (stopped if stopped == stopped else self._now) - call.asked

    def resolve(self, call: Call, resolution: int) -> None:
        """The caller's story has ended."""
        self.tell_on(call)
        self.write_caller(call, call.attempt, resolution, self._now)

    def write_caller(self, call: Call, attempts: int, resolution: int, resolved: float) -> None:
        born, row = call.born, call.row
        self.log_caller(
            (call.source.place, born.number, born.ordinal[row], born.kind[row], born.dialled[row],
             call.story_queue, attempts, call.times_asked, call.waited, resolution, resolved, call.missed)
        )  # fmt: skip

    def write(self, call: Call) -> None:
        """The attempt and its wrap-up have ended."""
        if call.dialled < self.end:
            self.unended -= 1
        born, row = call.born, call.row
        self.log_attempt(
            (call.source.place, born.number, born.ordinal[row], call.attempt, born.kind[row], call.dialled,
             call.greeted, call.asked, call.first_queue, call.last_queue, call.matched, call.team, call.place,
             call.answered, call.left, call.freed, call.outcome, call.reason)
        )  # fmt: skip

    def write_duty(self, slot: Slot) -> None:
        due = slot.due if slot.due == slot.due else self._now
        self.chunk.duties.append((slot.team.place, slot.place, slot.came, due, self._now))

    def break_off(self) -> None:
        """The horizon ends: what is under way is unfinished, whoever would have called again is open."""
        pending = [event for *_, event in self._queue if isinstance(event, Call)]
        calls = [call for call in pending if call.state not in (GONE, WAITING)]
        for queue in self.queues.values():
            calls += [call for call in queue.waiting if call.state == WAITING and call.queue is queue]
        for call in sorted(calls, key=lambda call: call.number):
            if call.state != DIALLING:
                call.outcome = Outcome.UNFINISHED
                self.tell_on(call)
                self.write(call)
                self.write_caller(call, call.attempt, Resolution.OPEN, NEVER)
            elif call.attempt > 1:
                self.write_caller(call, call.attempt - 1, Resolution.OPEN, NEVER)
        for slot in (slot for team in self.teams for slot in team.slots):
            if slot.call is not None and slot.call.left == slot.call.left:
                self.write(slot.call)
            if slot.came == slot.came:
                self.write_duty(slot)

"""What the SimPy engine remembers: callers and calls, queues and agents, vendors and callbacks.

What happens to them, and why, stands in reference.py.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import accumulate
from typing import Any, NamedTuple

from callsim.calllog import Activity, CallbackCause, Outcome
from callsim.demand import AttemptDraws, CallerDraws, Day, Tape, TryDraws
from callsim.engine.clock import Event, Handlers
from callsim.scenario.roster import slots_of
from callsim.scenario.timetable import DAY
from callsim.scenario.vocabulary import Callbacks, Scenario

NEVER = math.nan
MOST_TRANSFERS = 5
"""Legs of a call after its first."""
AFTER_ALL_SLOTS = 1 << 62
"""The subject of what follows all roster changes of a moment."""
"""The time of what has not happened: this one number, so that `is` tells."""

# What a call is doing.
DIALLING, RINGING_MENU, IN_MENU, WAITING, PICKING_UP, TALKING, AT_VENDOR, CONNECTING, KEPT, MOVING, GONE, VOID = range(
    12
)

Go = Callable[["Call"], None]
"""Sends a call to a place of the scenario."""


class Columns:
    """Columns of the tape, each drawn when first needed, as views: single values come as Python's own numbers."""

    def __init__(self, draws: CallerDraws | AttemptDraws | TryDraws) -> None:
        self._draws = draws

    def __getattr__(self, name: str) -> Any:
        column = getattr(self._draws, name)
        of = isinstance(column, Mapping)
        views = {name: memoryview(part) for name, part in column.items()} if of else memoryview(column)
        setattr(self, name, views)
        return views


class Blocks(dict[int, Columns]):
    """Blocks of the tape by number, each made when first needed."""

    def __init__(self, draw: Callable[[int], Columns]) -> None:
        super().__init__()
        self._draw = draw

    def __missing__(self, number: int) -> Columns:
        self[number] = block = self._draw(number)
        return block


class Born:
    """The callers born on one day and their part of the tape."""

    def __init__(self, tape: Tape, number: int) -> None:
        self._tape = tape
        self._day: Day = tape.day(number)
        self._further: dict[tuple[str, int, int], Columns] = {}
        self.attempts = Blocks(lambda attempt: Columns(tape.attempts(number, self._day, attempt)))
        """The block of the callers' attempts of a number, from 1."""
        self.number = number
        self.first = self._day.first
        self.dialled: list[float] = self._day.dialled.tolist()
        self.source: list[int] = self._day.source.tolist()
        self.ordinal: list[int] = self._day.ordinal.tolist()
        draws = tape.callers(number, self._day)
        self.kind: list[int] = draws.kind.tolist()
        self.work: list[float] = draws.work.tolist()
        self.draws = Columns(draws)

    def leg(self, attempt: int, leg: int) -> Columns:
        """What is drawn anew for a further leg of an attempt: after a transfer, or a call that was not answered."""
        return self._block("attempt", attempt, leg, lambda: self._tape.attempts(self.number, self._day, attempt, leg))

    def further_work(self, leg: int) -> Columns:
        """What is drawn once for the callers' talks after a transfer of a number, from 1."""
        return self._block("work", 0, leg, lambda: self._tape.callers(self.number, self._day, leg))

    def tried(self, number: int) -> Columns:
        """The block of the tries to call back of a number, from 1."""
        return self._block("try", number, 0, lambda: self._tape.tries(self.number, self._day, number))

    def _block(
        self, name: str, number: int, leg: int, draw: Callable[[], CallerDraws | AttemptDraws | TryDraws]
    ) -> Columns:
        key = name, number, leg
        if key not in self._further:
            self._further[key] = Columns(draw())
        return self._further[key]


class Caller:
    """A person with one need, and the story so far."""

    __slots__ = (
        "attempts", "born", "call", "first_missed", "first_queue", "has_ended", "job", "missed", "number",
        "outlook", "redial", "redials", "row", "source", "times_asked", "tries", "waited",
    )  # fmt: skip
    call: Call | None
    """The attempt under way: the caller is in the system."""
    outlook: int
    """How the story of a missed caller ends if nothing follows."""

    def __init__(self, born: Born, row: int, source: SourceState) -> None:
        self.born = born
        self.row = row
        self.number = born.first + row
        self.source = source
        self.attempts = self.redials = self.times_asked = self.tries = 0
        self.first_queue = -1
        self.waited = 0.0
        self.first_missed = self.missed = NEVER
        self.redial: Call | None = None
        """The attempt that is due later."""
        self.job: Job | None = None
        self.has_ended = False


class Call(Event):
    """One attempt of a caller; as an event, the step it is due for next."""

    # In slots what every call needs: Python's own quick attributes end at thirty, or where one comes late.
    __slots__ = (
        "answered", "asked", "attempt", "callbacks", "caller", "dialled", "draws", "first_queue", "freed", "greeted",
        "greeting", "holds_line", "joined", "kept", "last_queue", "left", "leg", "matched", "number", "offers",
        "others", "outcome", "patience", "place", "queue", "rank", "reason", "refusal", "rings", "row", "slot",
        "state", "team", "transferred", "vendor_place",
    )  # fmt: skip
    outcome: int
    """Set when the caller leaves."""
    slot: Slot
    """The agent of the last match."""
    stay = 0
    """Number of the stay in a queue: timers of earlier ones are void."""
    hold_ends = NEVER
    refused_by = closed_by = -1
    """The queues that refused the call first, and first because they were closed."""
    menu: MenuState
    self_service: str
    vendor: VendorState
    entered: float
    """When the caller joined this queue, if it has rules."""
    offered_since: float
    """The same for the match since which one agent after the other has left the call unanswered."""

    def __init__(self, callbacks: Handlers, caller: Caller, attempt: int, dials: float) -> None:
        self.callbacks = callbacks
        self.caller = caller
        self.row = caller.row
        self.number = caller.number
        self.attempt = attempt
        self.draws = caller.born.attempts[attempt]
        self.dialled = dials
        self.state = DIALLING
        self.rings = True
        """Neither a machine nor a person has answered."""
        self.holds_line = False
        self.greeted = self.asked = self.joined = self.kept = self.matched = NEVER
        self.answered = self.transferred = self.left = self.freed = NEVER
        self.first_queue = self.last_queue = self.team = self.place = self.vendor_place = -1
        self.reason = 0
        self.queue: QueueState | None = None
        self.others: tuple[QueueState, ...] = ()
        """Queues in which the caller waits as well."""
        self.rank = -1
        """Place in the order of asking."""
        self.offers = 0
        """How often agents have not answered it on this leg."""
        self.leg: Leg | None = None
        """After a transfer: the way since then."""
        self.patience: Deadline | None = None
        self.greeting: Deadline | None = None
        self.refusal: tuple[int, int] | None = None

    def offer_draws(self) -> Columns:
        """Pick-up and wrap-up are drawn anew for each offer to an agent, and for nothing else."""
        leg = 0 if self.leg is None else self.leg.number
        return self.caller.born.leg(self.attempt, leg + (MOST_TRANSFERS + 1) * self.offers)

    def see(self, queue: QueueState) -> None:
        """This is the last queue so far."""
        self.last_queue = queue.place
        if self.leg is not None:
            self.leg.queue_place = queue.place


class Leg:
    """The way of a call after a transfer; what a call without one notes itself."""

    __slots__ = (
        "answered", "asked", "call", "freed", "left", "matched", "number", "place", "queue_place", "team",
        "vendor_place",
    )  # fmt: skip

    def __init__(self, call: Call, number: int, asked: float) -> None:
        self.call = call
        self.number = number
        self.asked = asked
        self.queue_place = self.team = self.place = self.vendor_place = -1
        self.matched = self.answered = self.left = self.freed = NEVER


class Deadline(Event):
    """Something that will happen to a call unless it becomes void: the end of its patience, a greeting."""

    def __init__(self, callbacks: Handlers, call: Call) -> None:
        self.callbacks = callbacks
        self.call = call


class Timer(Deadline):
    """A rule of a queue that is due for a waiting call."""

    def __init__(self, callbacks: Handlers, call: Call, rule: Rule | None) -> None:
        super().__init__(callbacks, call)
        self.stay = call.stay
        self.rule = rule


class Job(Event):
    """A callback; as an event, its next try, or the end of the one under way."""

    def __init__(self, callbacks: Handlers, caller: Caller, number: int, cause: int, opened: float) -> None:
        super().__init__(callbacks)
        self.caller = caller
        self.number = number
        self.cause = cause
        self.opened = opened
        self.tries = 0
        self.is_open = True
        self.is_set_aside = False
        """It is due, and the caller is in the system."""
        # Of the try under way.
        self.try_number = 0
        self.slot: Slot | None = None
        self.dialled = self.answered = self.left = NEVER
        self.draws: Any = None


class Slot(Event):
    """A place in a team's roster and the agent in it; as an event, the end of the wrap-up.

    An agent who holds several chats at once has as many places.
    """

    def __init__(self, team: TeamState, place: int) -> None:
        super().__init__([])
        self.team = team
        self.place = place
        self.number = team.place << 20 | place
        self.on_duty = False
        self.takes: tuple[QueueState, ...] = ()
        """Queues whose calls the agent takes: all of the team's on duty, those that have closed after it, or none."""
        self.work: Call | Leg | Job | None = None
        self.is_idle = False
        self.idles = 0
        self.activity = Activity.DUTY
        first = place < team.agents
        self.breaks: deque[RosterChange] = deque() if first else team.slots[place % team.agents].breaks
        """Breaks that were due while there was work: the agent's, at each of the places."""
        self.pause: RosterChange | None = None
        """The end of the break under way."""
        self.departure: RosterChange | None = None
        """The end of the last stint on the schedule."""
        self.rostered_until = -math.inf
        self.came = self.due = self.idle_since = self.busy_since = NEVER
        self.handled = 0.0
        """Seconds of handling on the day so far."""

    def places(self) -> list[Slot]:
        """All places of its agent."""
        return self.team.slots[self.place % self.team.agents :: self.team.agents]

    def count_handling(self, now: float) -> None:
        """Add the work that ends now, as far as it was today's."""
        self.handled += now - max(self.busy_since, now // DAY * DAY)


class RosterChange(Event):
    """A slot comes on duty or is due to leave; a break is due or over."""

    def __init__(self, callbacks: Handlers, slot: Slot, *, lasts: float = 0.0, activity: int = 0) -> None:
        self.callbacks = callbacks
        self.slot = slot
        self.lasts = lasts
        self.activity = activity
        self.is_void = False


class HoursChange(Event):
    """A queue, or for callbacks the calendar, opens or closes; or those who wait after closing are sent away."""

    def __init__(self, callbacks: Handlers, queue: QueueState | None, *, opens: bool) -> None:
        self.callbacks = callbacks
        self.queue = queue
        self.opens = opens


class SourceState:
    """A source as the engine needs it."""

    def __init__(self, place: int, scenario: Scenario, name: str, goes: list[Go]) -> None:
        source = scenario.sources[name]
        self.place = place
        self.channel = source.channel
        self.mean_talk = source.talk.mean
        # Nobody counts lines that have no limit. Straight to a vendor, a call uses no line of ours.
        has_lines = scenario.lines is not None and source.channel == "call"
        uses_line = [has_lines and (way.to.kind != "vendor" or source.uses_line) for way in source.goes_to]
        self.ways = list(zip(goes, uses_line, strict=True))
        self.only_way = self.ways[0] if len(self.ways) == 1 else None
        self.limits = _limits([way.share for way in source.goes_to])
        redial = source.redial
        at_most = redial.at_most if redial else 0
        self.redials_at_most = math.inf if at_most is None else at_most
        self.redial_chances = {
            getattr(Outcome, outcome.upper()): chances for outcome, chances in (redial.chance if redial else {}).items()
        }

    def way(self, call: Call) -> tuple[Go, bool]:
        """Where the call goes, and whether it uses a line of ours on the way."""
        return self.ways[bisect_right(self.limits, call.draws.split[call.row])]


def _limits(shares: Sequence[float]) -> list[float]:
    """Shares as upper limits of a draw from [0, 1), all but the last."""
    return list(accumulate(shares[:-1]))


class MenuState:
    """A menu: how long it rings, who hangs up, and where the keys lead."""

    def __init__(self, scenario: Scenario, name: str) -> None:
        menu = scenario.menus[name]
        self.name = name
        self.answers_after = menu.answers_after
        self.hangs_up = menu.hangs_up
        self.limits = _limits([key.share for key in menu.keys])
        self.goes: list[Go] = []


class Rule(NamedTuple):
    """A rule of a queue that moves callers on."""

    after: float
    """Seconds since joining; 0 for a rule that waits for nobody to be on duty."""
    unstaffed: bool
    queue: QueueState | None
    """Where it leads, if to a queue; `go` otherwise."""
    vendor: VendorState | None
    also: bool
    go: Go


class QueueState:
    """A queue: who waits, and who may answer."""

    def __init__(self, place: int, scenario: Scenario, name: str) -> None:
        queue = scenario.queues[name]
        self.place = place
        self.name = name
        self.hours = scenario.open_hours(name)
        self.room = math.inf if queue.room_for is None else queue.room_for
        self.answers_after = queue.answers_after
        self.mean_talk = None if queue.talk is None else queue.talk.mean
        self.serves_at_closing = queue.at_closing == "serve"
        self.offer = queue.offer_callback
        self.transfer_chance = 0.0 if queue.transfer is None else queue.transfer.chance
        self.transfers_to: QueueState | None = None
        self.closed: Go | None = None
        self.full: Go | None = None
        self.rules: list[Rule] = []
        self.has_rules = False
        self.open = False
        self.closed_at = NEVER
        self.next_open = -math.inf
        self.waiting: deque[tuple[int, Call]] = deque()
        """By rank. Who has left or moved is still in the row and is passed over."""
        self.kept: deque[tuple[int, Call]] = deque()
        """Callers who were promised a call back with their place kept."""
        self.length = 0
        """Callers waiting on the line."""
        self.pools: list[Pool] = []
        """Idle agents, the teams that the queue likes best first."""
        self.staff = 0
        """Agents who take calls of the queue, busy ones among them."""

    def line_up(self, call: Call) -> None:
        """Put a caller into the row by the time of first asking: who was sent over may rank before others."""
        waiting, rank = self.waiting, call.rank
        if waiting and waiting[-1][0] > rank:
            _insert(waiting, call)
        else:
            waiting.append((rank, call))
        self.length += 1

    def keep(self, call: Call) -> None:
        """The same for a caller who waits at home."""
        _insert(self.kept, call)

    def first_waiting(self) -> Call | None:
        """Who has waited longest on the line."""
        waiting = self.waiting
        while waiting:
            rank, call = waiting[0]
            if call.state == WAITING and call.rank == rank and (call.queue is self or self in call.others):
                return call
            waiting.popleft()
        return None

    def first_kept(self) -> Call | None:
        """Who has waited longest for a call back with the place kept."""
        kept = self.kept
        while kept:
            rank, call = kept[0]
            if call.state == KEPT and call.rank == rank and (call.queue is self or self in call.others):
                return call
            kept.popleft()
        return None

    def begin_day(self) -> None:
        """Forget who no longer waits: a queue without agents would never pass them over."""
        self.waiting = deque(entry for entry in self.waiting if entry[1].state == WAITING)

    def free_agent(self) -> Slot | None:
        """Take an idle agent of the team that the queue likes best."""
        for pool in self.pools:
            if pool.idle and (slot := pool.take()):
                return slot
        return None

    def is_full(self) -> bool:
        return self.length >= self.room


def _insert(row: deque[tuple[int, Call]], call: Call) -> None:
    rank = call.rank
    place = len(row)
    while place and row[place - 1][0] > rank:
        place -= 1
    row.insert(place, (rank, call))


class Pool:
    """Idle agents of the teams that a queue likes alike, in the order in which its rule picks them.

    This one by `longest idle`. Ties go by team, then slot. Who is no longer idle is still in it and is passed over.
    """

    def __init__(self) -> None:
        self.idle: list[tuple[float, int, int, Slot]] = []

    def add(self, slot: Slot) -> None:
        heappush(self.idle, (slot.idle_since, slot.number, slot.idles, slot))

    def take(self) -> Slot | None:
        idle = self.idle
        while idle:
            _, _, idles, slot = heappop(idle)
            if slot.is_idle and slot.idles == idles:
                slot.is_idle = False
                return slot
        return None

    def begin_day(self) -> None:
        """Forget who is no longer idle: nobody may ever look for them here."""
        self.idle = [entry for entry in self.idle if entry[3].is_idle and entry[3].idles == entry[2]]
        heapify(self.idle)


class HuntPool(Pool):
    """`in order`: always the first who is idle."""

    def add(self, slot: Slot) -> None:
        heappush(self.idle, (0.0, slot.number, slot.idles, slot))


class LeastBusyPool(Pool):
    """`least busy`: who has handled calls for the shortest time on the day so far."""

    def add(self, slot: Slot) -> None:
        heappush(self.idle, (slot.handled, slot.number, slot.idles, slot))

    def begin_day(self) -> None:
        super().begin_day()
        idle, self.idle = self.idle, []
        for *_, slot in idle:
            self.add(slot)


class RoundRobinPool(Pool):
    """`round robin`: all have their turn once in each round."""

    def __init__(self) -> None:
        super().__init__()
        self.round = 0
        self.last = -1

    def add(self, slot: Slot) -> None:
        turn = self.round if slot.number > self.last else self.round + 1
        heappush(self.idle, (turn, slot.number, slot.idles, slot))

    def take(self) -> Slot | None:
        slot = super().take()
        if slot is not None:
            if slot.number <= self.last:
                self.round += 1
            self.last = slot.number
        return slot


POOLS = {"longest idle": Pool, "least busy": LeastBusyPool, "in order": HuntPool, "round robin": RoundRobinPool}


class TeamState:
    """A team, its slots, and where its agents look for work."""

    def __init__(self, place: int, scenario: Scenario, name: str, queues: Mapping[str, QueueState]) -> None:
        team = scenario.teams[name]
        self.place = place
        self.name = name
        self.rules = team
        self.queues = tuple(queues[queue] for queue in team.queues)
        self.looks_at: list[list[QueueState]] = []
        """Groups of queues between which the longest wait decides, the best group first."""
        for level in team.serves:
            priorities = {scenario.queues[queue].priority for queue in level}
            for priority in sorted(priorities, reverse=True):
                self.looks_at.append([queues[queue] for queue in level if scenario.queues[queue].priority == priority])
        self.speed = team.speed
        self.picks_up = team.answers_after is not None
        self.gives_up_after = math.inf if team.no_answer_after is None else team.no_answer_after
        self.wraps_up = team.wrap_up is not None
        self.resolves = team.resolves
        self.pools: list[Pool] = []
        self.counts_handling = False
        """Whether some queue asks who has been least busy."""
        self.agents = slots_of(team)
        """Agents rostered at the most."""
        self.slots: list[Slot] = []
        """By place: where an agent holds several chats at once, each of them has one."""


class VendorState:
    """An answering service: its operators, and who waits for one."""

    def __init__(self, place: int, scenario: Scenario, name: str) -> None:
        vendor = scenario.vendors[name]
        self.place = place
        self.name = name
        self.operators = math.inf if vendor.operators is None else vendor.operators
        self.lines = math.inf if vendor.lines is None else vendor.lines
        self.speed = vendor.speed
        self.wraps_up = vendor.wrap_up is not None
        self.meets = 0.0 if vendor.takes_message else vendor.quality
        """Share of callers whose need is met."""
        self.releases_line = vendor.releases_line
        self.busy = 0
        self.calls = 0
        self.waiting: deque[Call] = deque()

    def is_full(self) -> bool:
        return self.calls >= self.lines

    def next_waiting(self) -> Call | None:
        """Take out who came first; who hung up is passed over."""
        waiting = self.waiting
        while waiting:
            call = waiting.popleft()
            if call.state == AT_VENDOR and call.vendor is self:
                return call
        return None


class CallbackDesk:
    """The callbacks: by whom, and what is due."""

    def __init__(self, rules: Callbacks, team: TeamState) -> None:
        self.rules = rules
        self.for_ = frozenset(rules.for_)
        self.team = team
        self.pool = Pool()
        """Its idle agents."""
        self.opened = 0
        self.is_open = False
        """Within hours."""
        self.due: list[tuple[int, Job]] = []

    def takes(self, caller: Caller, cause: int) -> bool:
        """Whether somebody is to be called back."""
        match cause:
            case CallbackCause.MISSED:
                known: float = caller.born.draws.number_known[caller.row]
                has_number = caller.source.channel == "call"
                return "missed" in self.for_ and has_number and known < self.rules.number_known
            case CallbackCause.VOICEMAIL:
                return "voicemail" in self.for_
            case CallbackCause.UNSERVED:
                return "unserved" in self.for_
            case CallbackCause.FORM:
                return "form" in self.for_
            case _:
                return True

    def first_due(self) -> Job | None:
        """The oldest callback that is due and whose caller is not in the system."""
        due = self.due
        while due:
            job = due[0][1]
            if job.is_open and job.caller.call is None:
                return job
            if job.is_open:
                job.is_set_aside = True
            heappop(due)
        return None


def build_pools(
    scenario: Scenario, queues: Mapping[str, QueueState], teams: Mapping[str, TeamState], desk: CallbackDesk | None
) -> None:
    """Tell every team where its idle agents are looked for.

    Queues that like the same teams alike, and pick by the same rule, share a pool; but whose turn it is in a round is
    a matter of each queue.
    """
    pools: dict[tuple[str | tuple[str, ...], ...], Pool] = {}
    for name, queue in queues.items():
        pick = scenario.queues[name].pick
        for liked in scenario.ranks(name):
            key = (liked, pick, name if pick == "round robin" else "")
            if key not in pools:
                pools[key] = POOLS[pick]()
                for team in liked:
                    teams[team].pools.append(pools[key])
                    teams[team].counts_handling |= pick == "least busy"
            queue.pools.append(pools[key])
    if desk is not None:
        desk.team.pools.append(desk.pool)

"""The SimPy engine: what happens in the call centre. This file is the specification.

One handler for each kind of event, hung as a callback on SimPy events, in the order of a call: it dials, enters,
asks for a queue, waits, is matched and talks; or it overflows, goes to a vendor, is called back; and a caller who was
missed redials. No process per caller: its ties would fall where SimPy puts them. Who goes first at equal times stands
in order.py, what the parts of the centre remember in state.py.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from functools import partial
from heapq import heappop, heappush

from callsim.calllog import Activity, CallbackCause, CallbackEnd, Chunk, Outcome, Reason, Resolution
from callsim.demand import Tape
from callsim.engine.centre import Centre
from callsim.engine.clock import Event
from callsim.engine.order import (
    CALLBACK_CHECK,
    DIAL,
    HOURS_CHANGE,
    MACHINE_ANSWER,
    MENU_END,
    OVERFLOW,
    PATIENCE_END,
    PICK_UP,
    ROSTER_CHANGE,
    TALK_END,
    VENDOR_ANSWER,
    WRAP_UP_END,
)
from callsim.engine.rows import attempt_row, callback_row, caller_row, leg_row, offer_row, try_row
from callsim.engine.state import (
    AFTER_ALL_SLOTS,
    AT_VENDOR,
    CONNECTING,
    DIALLING,
    GONE,
    IN_MENU,
    KEPT,
    MOST_TRANSFERS,
    MOVING,
    NEVER,
    PICKING_UP,
    RINGING_MENU,
    TALKING,
    VOID,
    WAITING,
    Call,
    CallbackDesk,
    Caller,
    Deadline,
    Go,
    HoursChange,
    Job,
    Leg,
    MenuState,
    QueueState,
    RosterChange,
    Rule,
    Slot,
    TeamState,
    Timer,
    VendorState,
)
from callsim.quantities import Reference
from callsim.scenario.timetable import next_opening
from callsim.scenario.vocabulary import Scenario


def simulate(scenario: Scenario, tape: Tape) -> Iterator[Chunk]:
    """Play a scenario on a tape, yielding what ended on each day."""
    return CallCentre(scenario, tape).days()


class CallCentre(Centre):
    """The call centre and what happens in it."""

    def go(self, to: Reference, outcome: int = Outcome.ABANDONED_MENU, reason: int = Reason.SENT_AWAY) -> Go:
        """The step that a destination means; outcome and reason are those of being cut off."""
        match to.kind:
            case "queue":
                return partial(self.ask, self.queues[to.name])
            case "menu":
                return partial(self.enter_menu, self.menus[to.name])
            case "self_service":
                return partial(self.enter_self_service, to.name)
            case "vendor":
                return partial(self.enter_vendor, self.vendors[to.name])
            case "voicemail":
                return self.enter_voicemail
            case "callback":
                return self.promise_callback
            case kind:
                assert kind == "hang up", f"no engine plays `{kind}`"
                return partial(self.leave, outcome=outcome, reason=reason)

    # 1. A caller dials.

    def on_dial(self, call: Call) -> None:
        """A first attempt or a later one: a line is taken, or the caller hears busy."""
        caller = call.caller
        if call.attempt == 1:
            self.post_next_dial()
        elif call.state == VOID:
            # Called back before redialling.
            return
        else:
            caller.redial = None
        caller.call = call
        caller.attempts = call.attempt
        source = caller.source
        if source.channel == "form":
            self.write_down(call)
            return
        if source.channel == "chat":
            # The site has answered.
            self.greet(call)
        go, uses_line = source.only_way or source.way(call)
        if uses_line:
            if self.lines_busy >= self.lines:
                self.leave(call, Outcome.BLOCKED, Reason.NO_LINE)
                return
            self.lines_busy += 1
            call.holds_line = True
        go(call)

    def write_down(self, call: Call) -> None:
        """A form: it takes no time, nobody waits, and somebody is to call back."""
        caller = call.caller
        call.left = self._now
        call.state = GONE
        call.outcome = Outcome.FORM
        self.attempts.append(attempt_row(call))
        self.tell_on(call)
        caller.call = None
        caller.outlook = Resolution.LOST
        self.open_job(caller, CallbackCause.FORM)
        self.go_on(caller)

    def free_line(self, call: Call) -> None:
        """The call no longer uses a line of ours; an agent may be waiting for one, to call back."""
        call.holds_line = False
        self.lines_busy -= 1
        if self.line_wanted:
            self.check_callbacks()

    # 2. Menus and self-service.

    def enter_menu(self, menu: MenuState, call: Call) -> None:
        """It rings until the menu answers, unless a machine has answered before."""
        call.menu = menu
        if not call.rings:
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
        call.rings = False
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
        key = bisect_right(menu.limits, call.caller.born.draws.key[menu.name][call.row])
        menu.goes[key](call)

    def enter_self_service(self, name: str, call: Call) -> None:
        if call.rings:
            self.greet(call)
        call.state = IN_MENU
        call.patience = None
        call.self_service = name
        call.callbacks = self.on.self_service_end
        self.post(call, self._now + call.draws.takes[name][call.row], MENU_END, call.number)

    def on_self_service_end(self, call: Call) -> None:
        name = call.self_service
        if call.caller.born.draws.solved[name][call.row] < self.scenario.self_service[name].resolves:
            self.leave(call, Outcome.SELF_SERVED)
        else:
            self.otherwise[name](call)

    # 3. The caller asks for a queue.

    def ask(self, queue: QueueState, call: Call) -> None:
        """Closed, full, or joined: then a free agent takes the call, or the caller waits."""
        if not queue.open:
            self.turn_away(queue, call, queue.closed, Outcome.CLOSED, Reason.ASKED_WHILE_CLOSED)
            return
        slot = queue.free_agent()
        if slot is None and queue.length >= queue.room:
            self.turn_away(queue, call, queue.full, Outcome.BLOCKED, Reason.QUEUE_FULL)
            return
        if call.rank < 0:
            self.asked += 1
            call.rank = self.asked
            if call.leg is None:
                call.first_queue = queue.place
                call.joined = call.asked = self._now
        self.join(queue, call, slot)

    def turn_away(self, queue: QueueState, call: Call, rule: Go | None, outcome: int, reason: int) -> None:
        """Send the caller where the queue's rule says, or away."""
        call.see(queue)
        if call.refused_by < 0:
            call.refused_by = queue.place
        if call.closed_by < 0 and outcome == Outcome.CLOSED:
            call.closed_by = queue.place
        call.refusal = outcome, reason
        if rule is None:
            self.leave(call, outcome, reason)
        else:
            call.state = MOVING
            rule(call)

    def join(self, queue: QueueState, call: Call, slot: Slot | None) -> None:
        call.queue = queue
        call.see(queue)
        call.refusal = None
        if queue.has_rules:
            call.entered = self._now
            call.offered_since = NEVER
        if slot is not None:
            self.match(call, slot)
            return
        call.state = WAITING
        queue.line_up(call)
        self.start_patience(call)
        if queue.answers_after is not None:
            self.start_greeting(queue, call)
        if queue.has_rules:
            self.start_timers(queue, call, since=self._now)

    # 4. The caller waits.

    def start_patience(self, call: Call) -> None:
        """Ring patience runs from the dial. Hold patience runs from the greeting, or from the first join where a
        machine answered before, and goes on from there in every further queue."""
        if call.patience is not None:
            return
        if call.rings:
            ends = call.dialled + call.draws.ring_patience[call.row]
        else:
            if call.hold_ends is NEVER:
                call.hold_ends = self._now + call.draws.hold_patience[call.row]
            ends = max(call.hold_ends, self._now)
        if ends < math.inf:
            call.patience = Deadline(self.on.patience_end, call)
            self.post(call.patience, ends, PATIENCE_END, call.number)

    def start_greeting(self, queue: QueueState, call: Call) -> None:
        """A queue that answers by itself does so some time after the join, unless a machine has answered before."""
        if queue.answers_after is not None and call.rings:
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
        """The caller hangs up: ringing, on hold, or while an agent or operator was about to pick up."""
        call = patience.call
        if call.patience is not patience:
            return
        state = call.state
        if state == WAITING:
            self.leave_queues(call)
        elif state in (PICKING_UP, CONNECTING):
            (call.leg or call).freed = self._now
        if state in (AT_VENDOR, CONNECTING):
            call.vendor.calls -= 1
        self.leave(call, Outcome.ABANDONED_RINGING if call.rings else Outcome.ABANDONED_QUEUE)
        if state == PICKING_UP:
            self.release(call.slot)
        elif state == CONNECTING:
            self.free_operator(call.vendor)

    def leave_queues(self, call: Call) -> None:
        """The caller no longer waits on the line, in any queue."""
        assert call.queue is not None
        call.queue.length -= 1
        if call.others:
            for queue in call.others:
                queue.length -= 1
            call.others = ()

    # 5. Caller and agent are matched.

    def match(self, call: Call, slot: Slot) -> None:
        """From now on the agent is taken and the caller no longer waits, though patience runs on to the pick-up."""
        now = self._now
        team = slot.team
        stage = call.leg or call
        stage.matched = now
        stage.team = team.place
        stage.place = slot.place
        call.slot = slot
        slot.work = stage
        slot.busy_since = now
        if not team.picks_up or call.state == KEPT:
            self.answer(call)
        else:
            self.ring_agent(call, team)

    def ring_agent(self, call: Call, team: TeamState) -> None:
        """The agent's phone rings until it is picked up or for as long as the team lets it."""
        waited = call.state == WAITING
        call.state = PICKING_UP
        takes = (call.offer_draws() if call.offers else call.draws).pick_up[team.name][call.row]
        if takes <= team.gives_up_after:
            call.callbacks = self.on.pick_up
        else:
            call.callbacks = self.on.no_answer
            takes = team.gives_up_after
        self.post(call, self._now + takes, PICK_UP, call.number)
        if not waited:
            assert call.queue is not None
            self.start_patience(call)
            self.start_greeting(call.queue, call)

    def on_pick_up(self, call: Call) -> None:
        if call.state == PICKING_UP:
            self.answer(call)

    def on_no_answer(self, call: Call) -> None:
        """The call returns to its rank, and the agent is out of reach for a while."""
        if call.state != PICKING_UP:
            return
        slot, queue = call.slot, call.queue
        assert queue is not None
        self.chunk.legs.append(offer_row(call, self._now))
        stage = call.leg or call
        matched, stage.matched = stage.matched, NEVER
        stage.team = stage.place = -1
        call.stay += 1
        call.state = WAITING
        slot.count_handling(self._now)
        call.offers += 1
        queue.line_up(call)
        self.pause(slot, slot.team.rules.unavailable_for, Activity.UNAVAILABLE)
        if call.state != WAITING:
            return
        if not queue.open and not (queue.staff and queue.serves_at_closing):
            self.move_on(call)
            self.turn_away(queue, call, queue.closed, Outcome.CLOSED, Reason.CLOSED_WHILE_WAITING)
            return
        if queue.has_rules and call.offered_since is NEVER:
            call.offered_since = matched
        another = queue.free_agent()
        if another is not None:
            self.leave_queues(call)
            self.match(call, another)
        elif queue.has_rules:
            self.start_timers(queue, call, since=call.offered_since)
            call.offered_since = NEVER

    # 6. Caller and agent talk; the agent wraps up and is free.

    def answer(self, call: Call) -> None:
        now, leg = self._now, call.leg
        (leg or call).answered = now
        call.state = TALKING
        call.rings = False
        call.patience = None
        call.greeting = None
        talk = self.talk(call.caller, call.queue, leg) * call.slot.team.speed
        call.callbacks = self.on.talk_end
        self.post(call, now + talk, TALK_END, call.number)

    def talk(self, caller: Caller, queue: QueueState | None, leg: Leg | None) -> float:
        """Seconds of the talk that a caller needs, before the factor of whoever answers: mean x multiplier."""
        born = caller.born
        if queue is None or queue.mean_talk is None:
            mean = caller.source.mean_talk
            work = born.work if leg is None else born.further_work(leg.number).work
        else:
            mean = queue.mean_talk
            work = (born.draws if leg is None else born.further_work(leg.number)).work_in[queue.name]
        multiplier: float = work[caller.row]
        return mean * multiplier

    def on_talk_end(self, call: Call) -> None:
        slot, queue = call.slot, call.queue
        assert queue is not None
        team = slot.team
        draws = call.offer_draws() if call.offers else call.draws
        to = queue.transfers_to
        if to is not None and self.needs_another(call, queue):
            self.put_through(call, to)
        else:
            self.end_talk(call, team)
        if team.wraps_up:
            slot.callbacks = self.on.wrap_up_end
            self.post(slot, self._now + draws.wrap_up[team.name][call.row], WRAP_UP_END, slot.number)
        else:
            self.on_wrap_up_end(slot)

    def needs_another(self, call: Call, queue: QueueState) -> bool:
        """Whether the caller is put through to where the queue transfers to."""
        legs = 0 if call.leg is None else call.leg.number
        chance: float = call.draws.transfer[queue.name][call.row]
        return legs < MOST_TRANSFERS and chance < queue.transfer_chance

    def end_talk(self, call: Call, team: TeamState) -> None:
        """The caller leaves, helped; or the need comes back later."""
        caller, leg = call.caller, call.leg
        began = call.answered
        call.left = self._now
        call.state = GONE
        # Whoever had talked to someone before keeping a place has been answered.
        call.outcome = Outcome.KEPT_PLACE if call.kept <= began else Outcome.ANSWERED
        if leg is not None:
            began = leg.answered
            leg.left = self._now
            if call.freed is not NEVER:
                # Whoever talked first has wrapped up long ago.
                self.attempts.append(attempt_row(call))
        if call.holds_line:
            self.free_line(call)
        self.tell_on(call)
        caller.call = None
        if team.resolves == 1.0 or self.is_helped(caller, team):
            self.resolve(caller, Resolution.SERVED, began)

    def is_helped(self, caller: Caller, team: TeamState) -> bool:
        """Whether the team has met the caller's need, which comes back as a new attempt otherwise."""
        draws = caller.born.attempts[caller.attempts]
        if draws.resolved[caller.row] < team.resolves:
            return True
        self.close_job(caller, CallbackEnd.NOT_NEEDED)
        self.dial_again(caller, self._now + draws.comes_back[team.name][caller.row])
        return False

    def on_wrap_up_end(self, slot: Slot) -> None:
        """What the agent has worked on is written down, if the caller has left."""
        stage = slot.work
        if isinstance(stage, Call):
            stage.freed = self._now
            if stage.left is not NEVER:
                self.attempts.append(attempt_row(stage))
        else:
            assert isinstance(stage, Leg)
            stage.freed = self._now
            self.chunk.legs.append(leg_row(stage))
        self.release(slot)

    def put_through(self, call: Call, queue: QueueState) -> None:
        """The caller asks for another queue, under hold patience; all draws of the new leg are its own."""
        number = 1
        if call.leg is None:
            call.transferred = self._now
        else:
            call.leg.left = self._now
            number = call.leg.number + 1
        call.leg = Leg(call, number, self._now)
        call.stay += 1
        call.offers = 0
        call.draws = call.caller.born.leg(call.attempt, number)
        call.rank = -1
        call.hold_ends = NEVER
        self.ask(queue, call)

    def release(self, slot: Slot) -> None:
        """The agent is free."""
        if slot.team.counts_handling:
            slot.count_handling(self._now)
        if slot.breaks and slot.on_duty:
            self.rest(slot)
        else:
            self.look_for_work(slot)

    def look_for_work(self, slot: Slot) -> None:
        """A free agent takes whoever has waited longest, else calls somebody back, else idles."""
        call = self.next_call(slot)
        if call is not None:
            self.match(call, slot)
            return
        slot.work = None
        if not slot.on_duty:
            self.go_home(slot)
            return
        desk = self.desk
        if desk is not None and desk.team is slot.team and (job := self.next_job(desk)):
            self.begin_try(slot, job)
            return
        slot.is_idle = True
        slot.idles += 1
        slot.idle_since = self._now
        for pool in slot.team.pools:
            pool.add(slot)

    def next_call(self, slot: Slot) -> Call | None:
        """Take out who has waited longest in the best group of the agent's queues in which anybody waits."""
        for group in slot.team.looks_at:
            found: Call | None = None
            for queue in group:
                if not queue.waiting and not queue.kept:
                    continue
                call = self.first_of(queue) if queue.kept else queue.first_waiting()
                if call is None or (found is not None and found.rank <= call.rank):
                    continue
                # Who stays after closing stays only for those who asked before it.
                if slot.on_duty or (queue in slot.takes and asked_at(call) < slot.due):
                    found, place = call, queue
            if found is not None:
                self.take_out(found, place)
                return found
        return None

    def first_of(self, queue: QueueState) -> Call | None:
        """Who has waited longest, on the line or for a call back with the place kept."""
        waiting, kept = queue.first_waiting(), self.first_kept(queue)
        return min((call for call in (waiting, kept) if call), key=lambda call: call.rank, default=None)

    def take_out(self, call: Call, queue: QueueState) -> None:
        """The caller no longer waits, or is dialled: this queue's agent has been found."""
        if call.state == WAITING:
            queue.waiting.popleft()
            self.leave_queues(call)
        else:
            self.dial_kept(call)
        call.queue = queue
        call.see(queue)

    def on_arrival(self, change: RosterChange) -> None:
        """Arriving agents look for work in slot order."""
        slot = change.slot
        slot.on_duty = True
        overtime = slot.work is not None
        if overtime:
            self.write_duty(slot)
        self.begin_duty(slot)
        if not overtime:
            self.look_for_work(slot)

    def begin_duty(self, slot: Slot) -> None:
        slot.activity = Activity.DUTY
        slot.came = self._now
        slot.due = NEVER
        self.serve_only(slot, slot.team.queues)

    def on_departure(self, change: RosterChange) -> None:
        """A busy agent who is due leaves after the wrap-up; a break does not go on after the end of the stint."""
        slot = change.slot
        if change.is_void:
            return
        slot.on_duty = False
        slot.due = self._now
        slot.breaks.clear()
        if slot.work is None:
            self.go_home(slot)
            return
        # At closing, agents due at that moment stay until those who waited are gone.
        closing = [queue for queue in slot.takes if queue.closed_at == self._now and queue.serves_at_closing]
        self.serve_only(slot, tuple(closing))

    def go_home(self, slot: Slot) -> None:
        slot.is_idle = False
        slot.pause = None
        self.write_duty(slot)
        slot.came = NEVER
        self.serve_only(slot, ())

    def on_break_due(self, change: RosterChange) -> None:
        """A break due while there is work is taken late, in full."""
        slot = change.slot
        if not slot.on_duty:
            return
        slot.breaks.append(change)
        for place in slot.places():
            if place.work is None and place.pause is None:
                place.is_idle = False
                self.rest(place)

    def rest(self, slot: Slot) -> None:
        """The agent's break begins; or another chat has to end before, and nothing new is taken until then."""
        slot.work = None
        places = slot.places()
        for place in places:
            if place is not slot and (place.work is not None or place.activity == Activity.UNAVAILABLE):
                self.pause(slot, math.inf, slot.breaks[0].activity)
                return
        due = slot.breaks.popleft()
        for place in places:
            place.is_idle = False
            self.pause(place, due.lasts, due.activity)

    def pause(self, slot: Slot, lasts: float, activity: int) -> None:
        """The agent takes no calls for a while: a break, or a call was not answered."""
        slot.work = None
        if not slot.on_duty:
            self.go_home(slot)
            return
        self.write_duty(slot)
        slot.came = self._now
        slot.activity = activity
        slot.pause = RosterChange(self.on.pause_end, slot)
        if lasts < math.inf:
            self.post(slot.pause, self._now + lasts, ROSTER_CHANGE, slot.number)
        self.serve_only(slot, ())

    def on_pause_end(self, change: RosterChange) -> None:
        slot = change.slot
        if slot.pause is not change:
            return
        slot.pause = None
        if slot.breaks:
            self.rest(slot)
        else:
            self.write_duty(slot)
            self.begin_duty(slot)
            self.look_for_work(slot)

    def serve_only(self, slot: Slot, queues: tuple[QueueState, ...]) -> None:
        """From now on the agent takes calls of these queues. Whose last agent this was has nobody."""
        before, slot.takes = slot.takes, queues
        for queue in queues:
            if queue not in before:
                queue.staff += 1
        for queue in before:
            if queue not in queues:
                queue.staff -= 1
                if not queue.staff:
                    self.lose_staff(queue)

    def lose_staff(self, queue: QueueState) -> None:
        """After closing, those who wait meet the rule for a closed queue; before it, the rules for nobody on duty."""
        if not queue.open:
            # After all agents who come or leave at this moment: one of them may serve those who wait.
            dismissal = HoursChange(self.on.dismissal, queue, opens=False)
            self.post(dismissal, self._now, ROSTER_CHANGE, AFTER_ALL_SLOTS)
            return
        for rule in queue.rules:
            for _, call in queue.waiting if rule.unstaffed else ():
                if call.state == WAITING and call.queue is queue:
                    self.start_unstaffed(queue, call, rule)

    def on_hours_change(self, change: HoursChange) -> None:
        """At closing those who joined earlier are served, or meet the rule for a closed queue."""
        queue = change.queue
        assert queue is not None
        queue.open = change.opens
        if change.opens:
            if queue.kept:
                self.check_callbacks()
            return
        queue.closed_at = self._now
        if not queue.serves_at_closing or not queue.staff:
            # After all queues that open or close at this moment: one of them may be where the callers are sent.
            dismissal = HoursChange(self.on.dismissal, queue, opens=False)
            self.post(dismissal, self._now, HOURS_CHANGE, len(self.queue_at) + queue.place)

    def on_dismissal(self, dismissal: HoursChange) -> None:
        queue = dismissal.queue
        assert queue is not None
        if not queue.open and not (queue.staff and queue.serves_at_closing):
            self.dismiss(queue)

    def dismiss(self, queue: QueueState) -> None:
        """Send everyone who waits where the rule for a closed queue says; kept places stay for the next opening."""
        while (call := queue.first_waiting()) is not None:
            remaining = [other for other in (call.queue, *call.others) if other is not queue and other is not None]
            if remaining:
                queue.length -= 1
                if call.queue is queue:
                    # Its rules, offer and greeting are no longer the caller's.
                    call.stay += 1
                    call.greeting = None
                call.queue, *others = remaining
                call.others = tuple(others)
                continue
            self.move_on(call)
            self.turn_away(queue, call, queue.closed, Outcome.CLOSED, Reason.CLOSED_WHILE_WAITING)

    def move_on(self, call: Call) -> None:
        """The caller goes elsewhere. Whichever patience is running runs on."""
        self.leave_queues(call)
        call.stay += 1
        call.state = MOVING
        call.greeting = None

    # 7. The caller overflows.

    def start_timers(self, queue: QueueState, call: Call, *, since: float) -> None:
        """The queue's rules, counted from joining it: those that have been due since a time, and those to come.

        Since the match, for a call that comes back to the queue because the agent did not answer.
        """
        for rule in queue.rules:
            if rule.unstaffed:
                self.start_unstaffed(queue, call, rule)
            else:
                self.start_timer(Timer(self.on.overflow, call, rule), call.entered + rule.after, since)
        if queue.offer is not None:
            self.start_timer(Timer(self.on.callback_offer, call, None), call.entered + queue.offer.after, since)

    def start_timer(self, timer: Timer, due: float, since: float) -> None:
        if due >= since:
            self.post(timer, max(due, self._now), OVERFLOW, timer.call.number)

    def start_unstaffed(self, queue: QueueState, call: Call, rule: Rule) -> None:
        """A rule for nobody on duty is due at once where nobody is."""
        if not queue.staff:
            self.post(Timer(self.on.overflow, call, rule), self._now, OVERFLOW, call.number)

    def on_overflow(self, timer: Timer) -> None:
        """The caller moves on, or waits in another queue as well. Into a closed or full one the rule does not fire."""
        call, rule = timer.call, timer.rule
        if call.state != WAITING or call.stay != timer.stay:
            return
        assert rule is not None
        assert call.queue is not None
        if rule.unstaffed and call.queue.staff:
            return
        if rule.vendor is not None and rule.vendor.is_full():
            return
        if rule.queue is None:
            self.move_on(call)
            rule.go(call)
            return
        if rule.queue.open:
            slot = rule.queue.free_agent()
            if slot is not None or not rule.queue.is_full():
                self.overflow(call, rule.queue, slot, also=rule.also)

    def overflow(self, call: Call, queue: QueueState, slot: Slot | None, *, also: bool) -> None:
        """Move to a queue, keeping the rank of first asking; or join it as well, where the first match counts."""
        if also and slot is None:
            if queue is not call.queue and queue not in call.others:
                call.others = (*call.others, queue)
                queue.line_up(call)
            return
        self.move_on(call)
        self.join(queue, call, slot)

    # 8. The caller is at a vendor.

    def enter_vendor(self, vendor: VendorState, call: Call) -> None:
        """An operator is taken, or waited for, under whichever patience is running."""
        (call.leg or call).vendor_place = vendor.place
        if vendor.is_full():
            self.leave(call, Outcome.BLOCKED, Reason.VENDOR_FULL)
            return
        if call.asked is NEVER:
            call.asked = self._now
        if call.first_queue < 0:
            call.first_queue = call.refused_by
        if vendor.releases_line and call.holds_line and call.state != DIALLING:
            self.free_line(call)
        call.vendor = vendor
        call.refusal = None
        call.state = AT_VENDOR
        vendor.calls += 1
        self.start_patience(call)
        if vendor.busy < vendor.operators:
            self.connect(call)
        else:
            vendor.waiting.append(call)

    def connect(self, call: Call) -> None:
        """From now on the operator is occupied, through delay, talk and wrap-up."""
        vendor = call.vendor
        vendor.busy += 1
        (call.leg or call).matched = self._now
        call.state = CONNECTING
        call.callbacks = self.on.vendor_answer
        delay = call.draws.vendor_answer[vendor.name][call.row]
        self.post(call, self._now + delay, VENDOR_ANSWER, call.number)

    def on_vendor_answer(self, call: Call) -> None:
        if call.state != CONNECTING:
            return
        (call.leg or call).answered = self._now
        call.state = TALKING
        call.rings = False
        call.patience = None
        call.callbacks = self.on.vendor_talk_end
        talk = self.talk(call.caller, call.queue, call.leg) * call.vendor.speed
        self.post(call, self._now + talk, TALK_END, call.number)

    def on_vendor_talk_end(self, call: Call) -> None:
        """The caller leaves, and the operator wraps up."""
        vendor = call.vendor
        call.left = self._now
        call.state = GONE
        call.outcome = Outcome.OUTSOURCED
        vendor.calls -= 1
        if call.holds_line:
            self.free_line(call)
        self.tell_on(call)
        call.caller.call = None
        if call.leg is not None:
            call.leg.left = self._now
            if call.freed is not NEVER:
                self.attempts.append(attempt_row(call))
        self.leave_vendor(call)
        call.callbacks = self.on.vendor_wrap_up_end
        if vendor.wraps_up:
            wrap_up = call.draws.vendor_wrap_up[vendor.name][call.row]
            self.post(call, self._now + wrap_up, WRAP_UP_END, call.number)
        else:
            self.on_vendor_wrap_up_end(call)

    def leave_vendor(self, call: Call) -> None:
        """The need is met, or not: a poor answer, or only a message was taken."""
        caller, vendor = call.caller, call.vendor
        if call.draws.quality[vendor.name][call.row] < vendor.meets:
            self.resolve(caller, Resolution.OUTSOURCED, (call.leg or call).answered)
        else:
            caller.outlook = Resolution.UNSERVED
            self.open_job(caller, CallbackCause.UNSERVED)
            self.go_on(caller)

    def on_vendor_wrap_up_end(self, call: Call) -> None:
        if call.leg is None:
            call.freed = self._now
            self.attempts.append(attempt_row(call))
        else:
            call.leg.freed = self._now
            self.chunk.legs.append(leg_row(call.leg))
        self.free_operator(call.vendor)

    def free_operator(self, vendor: VendorState) -> None:
        vendor.busy -= 1
        call = vendor.next_waiting()
        if call is not None:
            self.connect(call)

    # 9. The caller leaves a message, is called back, or keeps a place.

    def enter_voicemail(self, call: Call) -> None:
        """A machine answers. Who leaves no message keeps the outcome there was."""
        rang, waited = call.rings, call.asked is not NEVER
        if rang:
            self.greet(call)
        call.patience = None
        voicemail = self.scenario.voicemail
        assert voicemail is not None
        if call.draws.message[call.row] < voicemail.leaves:
            call.state = IN_MENU
            call.callbacks = self.on.message_end
            self.post(call, self._now + voicemail.takes, MENU_END, call.number)
            return
        gave_up = Outcome.ABANDONED_RINGING if rang else Outcome.ABANDONED_QUEUE
        self.leave(call, gave_up if waited else Outcome.ABANDONED_MENU, Reason.LEFT_NO_MESSAGE)

    def on_message_end(self, call: Call) -> None:
        self.leave(call, Outcome.VOICEMAIL)

    def promise_callback(self, call: Call) -> None:
        """A machine says that somebody will call back."""
        if call.rings:
            self.greet(call)
        self.leave(call, Outcome.VOICEMAIL, Reason.CALLBACK_PROMISED)

    def on_callback_offer(self, timer: Timer) -> None:
        """A machine offers to call back with the place kept; whoever declines waits on."""
        call, queue = timer.call, timer.call.queue
        if call.state != WAITING or call.stay != timer.stay:
            return
        assert queue is not None
        assert queue.offer is not None
        if call.draws.accepts[queue.name][call.row] < queue.offer.accepts:
            self.keep_place(call)
        elif call.rings:
            call.greeting = None
            self.greet(call)
            self.start_patience(call)

    def keep_place(self, call: Call) -> None:
        """The caller hangs up and keeps queue and rank, without patience, overflow or line."""
        assert call.queue is not None
        queues = (call.queue, *call.others)
        self.leave_queues(call)
        if call.rings:
            self.greet(call)
        call.kept = self._now
        call.state = KEPT
        call.patience = None
        call.greeting = None
        call.others = queues[1:]
        for queue in queues:
            queue.keep(call)
        if call.holds_line:
            self.free_line(call)

    def first_kept(self, queue: QueueState) -> Call | None:
        """Whom an agent of an open queue would call now, if there is a line."""
        call = queue.first_kept() if queue.open else None
        if call is not None and self.lines_busy >= self.lines:
            self.line_wanted = True
            return None
        return call

    def dial_kept(self, call: Call) -> None:
        """The agent calls; the caller was waiting for that."""
        self.lines_busy += 1
        call.holds_line = True
        call.others = ()

    def open_job(self, caller: Caller, cause: int) -> None:
        """A callback, if the scenario has such and there is none yet."""
        desk = self.desk
        if desk is None or caller.job is not None or not desk.takes(caller, cause):
            return
        desk.opened += 1
        caller.job = Job(self.on.try_due, caller, desk.opened, cause, self._now)
        self.post(caller.job, self._now, CALLBACK_CHECK, caller.number)

    def on_try_due(self, job: Job) -> None:
        desk = self.desk
        assert desk is not None
        if job.is_open:
            heappush(desk.due, (job.number, job))
            self.work_off(desk)

    def on_callback_hours(self, change: HoursChange) -> None:
        assert self.desk is not None
        self.desk.is_open = change.opens
        if change.opens:
            self.check_callbacks()

    def check_callbacks(self) -> None:
        """See, after all else that happens at this moment, whether an idle agent may dial."""
        self.line_wanted = False
        self.post(Event(self.on.callback_check), self._now, CALLBACK_CHECK, 0)

    def on_callback_check(self, _: Event) -> None:
        for queue in self.queue_at:
            while (call := self.first_kept(queue)) is not None:
                slot = queue.free_agent()
                if slot is None:
                    break
                self.take_out(call, queue)
                self.match(call, slot)
        if self.desk is not None:
            self.work_off(self.desk)

    def work_off(self, desk: CallbackDesk) -> None:
        """Idle agents take what is due."""
        while (job := self.next_job(desk)) is not None:
            slot = desk.pool.take()
            if slot is None:
                return
            self.begin_try(slot, job)

    def next_job(self, desk: CallbackDesk) -> Job | None:
        """The oldest callback that is due, within hours and if there is a line for it."""
        job = desk.first_due() if desk.is_open else None
        if job is not None and self.lines_busy >= self.lines:
            self.line_wanted = True
            return None
        return job

    def begin_try(self, slot: Slot, job: Job) -> None:
        """An agent dials the first callback that is due. Whoever is reached need not redial."""
        now, caller, desk = self._now, job.caller, self.desk
        assert desk is not None
        heappop(desk.due)
        job.tries += 1
        caller.tries += 1
        job.try_number = caller.tries
        self.lines_busy += 1
        slot.work = job
        slot.busy_since = now
        job.slot = slot
        job.dialled = now
        job.answered = job.left = NEVER
        job.draws = caller.born.tried(caller.tries)
        if job.draws.reached[caller.row] < desk.rules.reaches:
            job.answered = now
            if caller.redial is not None:
                caller.redial.state = VOID
                caller.redial = None
            queue = self.queue_at[caller.first_queue] if caller.first_queue >= 0 else None
            job.callbacks = self.on.callback_talk_end
            lasts = self.talk(caller, queue, None) * slot.team.speed
        else:
            job.callbacks = self.on.try_end
            lasts = desk.rules.no_answer_takes
        self.post(job, now + lasts, TALK_END, caller.number)

    def on_try_end(self, job: Job) -> None:
        """Nobody was reached: once more later, or the callback is given up."""
        caller, desk, slot = job.caller, self.desk, job.slot
        assert desk is not None
        assert slot is not None
        self.hang_up(job)
        self.chunk.tries.append(try_row(job, slot, self._now))
        if job.is_open and job.tries < desk.rules.tries.at_most:
            job.callbacks = self.on.try_due
            self.post(job, self._now + desk.rules.tries.every, CALLBACK_CHECK, caller.number)
        elif job.is_open:
            self.close_job(caller, CallbackEnd.GIVEN_UP)
            self.go_on(caller)
        self.release(slot)

    def on_callback_talk_end(self, job: Job) -> None:
        caller, slot = job.caller, job.slot
        assert slot is not None
        team = slot.team
        self.hang_up(job)
        self.close_job(caller, CallbackEnd.REACHED)
        if team.resolves == 1.0 or self.is_helped(caller, team):
            self.resolve(caller, Resolution.CALLED_BACK, job.answered)
        if team.wraps_up:
            slot.callbacks = self.on.callback_wrap_up_end
            wrap_up = job.draws.wrap_up[team.name][caller.row]
            self.post(slot, self._now + wrap_up, WRAP_UP_END, slot.number)
        else:
            self.on_callback_wrap_up_end(slot)

    def on_callback_wrap_up_end(self, slot: Slot) -> None:
        job = slot.work
        assert isinstance(job, Job)
        self.chunk.tries.append(try_row(job, slot, self._now))
        self.release(slot)

    def hang_up(self, job: Job) -> None:
        job.left = self._now
        self.lines_busy -= 1
        if self.line_wanted:
            self.check_callbacks()

    def close_job(self, caller: Caller, end: int) -> None:
        job = caller.job
        if job is not None:
            job.is_open = False
            caller.job = None
            self.chunk.callbacks.append(callback_row(job, self._now, end))

    # 10. The caller redials, or is lost.

    def leave(self, call: Call, outcome: int, reason: int = Reason.NONE) -> None:
        """The caller leaves without having talked to anyone on this leg.

        What a machine says after a queue's refusal only explains it: unless it helped, closed stays closed.
        """
        now, leg = self._now, call.leg
        if call.refusal is not None and outcome != Outcome.SELF_SERVED:
            was, why = call.refusal
            if outcome != Outcome.VOICEMAIL:
                outcome, reason = was, why
            reason = reason or why
        call.left = now
        call.state = GONE
        call.outcome = outcome
        call.reason = reason
        call.patience = None
        call.greeting = None
        if leg is not None:
            leg.left = now
            call.reason = reason or Reason.WHILE_PUT_THROUGH
            self.chunk.legs.append(leg_row(leg))
        if call.first_queue < 0:
            call.first_queue = call.refused_by
        if call.holds_line:
            self.free_line(call)
        if call.matched is NEVER or call.freed is not NEVER:
            self.attempts.append(attempt_row(call))
        self.tell_on(call)
        call.caller.call = None
        if outcome == Outcome.SELF_SERVED:
            self.resolve(call.caller, Resolution.SELF_SERVED)
        else:
            self.miss(call)

    def miss(self, call: Call) -> None:
        """A missed caller may be called back, may redial, or is lost."""
        caller = call.caller
        caller.outlook = Resolution.LOST
        caller.missed = self._now
        if caller.first_missed is NEVER:
            caller.first_missed = call.dialled
        if call.outcome != Outcome.VOICEMAIL:
            self.open_job(caller, CallbackCause.MISSED)
            self.redial(call)
        else:
            promised = call.reason == Reason.CALLBACK_PROMISED
            self.open_job(caller, CallbackCause.PROMISED if promised else CallbackCause.VOICEMAIL)
        self.go_on(caller)

    def redial(self, call: Call) -> None:
        """The caller's next attempt, if there is one."""
        dials = self.redials_at(call)
        if dials < math.inf:
            call.caller.redials += 1
            self.dial_again(call.caller, dials)

    def dial_again(self, caller: Caller, dials: float) -> None:
        again = Call(self.on.dial, caller, caller.attempts + 1, dials)
        caller.redial = again
        self.post(again, dials, DIAL, again.number)

    def redials_at(self, call: Call) -> float:
        """With the chance that outcome and attempt have; after `closed`, from the next opening. Infinity: never."""
        caller = call.caller
        chances = caller.source.redial_chances.get(call.outcome)
        if chances is None or caller.redials >= caller.source.redials_at_most:
            return math.inf
        chance = chances[min(call.attempt, len(chances)) - 1]
        # Those of the attempt itself, whatever happened on it.
        draws = caller.born.attempts[call.attempt]
        if draws.redial_chance[call.row] >= chance:
            return math.inf
        since = self.next_open(call) if call.outcome == Outcome.CLOSED else self._now
        delay: float = draws.redial_delay[call.row]
        return since + delay

    def next_open(self, call: Call) -> float:
        """When the closed queue that refused the call first opens again; now, if it has opened meanwhile."""
        queue = self.queue_at[call.closed_by]
        if queue.open:
            return self._now
        if queue.next_open <= self._now:
            queue.next_open = next_opening(queue.hours, self.scenario.calendar, self._now)
        return queue.next_open

    def go_on(self, caller: Caller) -> None:
        """The caller has left the system: a callback that was set aside is due now, or the story is over."""
        job = caller.job
        if job is not None and job.is_set_aside:
            job.is_set_aside = False
            self.post(job, self._now, CALLBACK_CHECK, caller.number)
        if caller.call is None and caller.redial is None and job is None:
            self.resolve(caller, caller.outlook)

    def resolve(self, caller: Caller, resolution: int, served: float = NEVER) -> None:
        """The caller's story has ended."""
        if caller.job is not None:
            self.close_job(caller, CallbackEnd.NOT_NEEDED)
        caller.has_ended = True
        self.callers.append(caller_row(caller, resolution, self._now, served))


def asked_at(call: Call) -> float:
    """When the caller asked for the queue or, after a transfer, for the next one."""
    return call.joined if call.leg is None else call.leg.asked

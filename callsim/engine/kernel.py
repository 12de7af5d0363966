"""The compiled engine: reference.py handler by handler, in the same order under the same names, on plain memory.

What happens, and why, is said there. Here a call is a record in a table (records.py) and stands for itself by its
number; a handler is named by a number on the schedule; a destination that refuses a caller returns the next one; and
whoever is no longer needed is put back into the table of free records. Nothing here draws, allocates or fails: before
an event for which the tape has no values yet, or the memory no room, the loop returns to compiled.py and is called
again.
"""

from __future__ import annotations

import math

from callsim.engine.book import (
    begin_day,
    break_off,
    end_story,
    lacks_room,
    new_call,
    post_next_dial,
    tell_on,
    write,
    write_callback,
    write_duty,
    write_leg,
    write_offer,
    write_try,
)
from callsim.engine.memory import (
    NEVER,
    NONE,
    PAGE_SIZE,
    Activity,
    CallbackCause,
    CallbackEnd,
    Outcome,
    Reason,
    Resolution,
    begin_stay,
    block_of,
    call_at,
    caller_at,
    centre_record,
    change_at,
    close_gap,
    compiled,
    day_of,
    destination_at,
    draw,
    draws_of,
    drop_first,
    drop_others,
    end_patience,
    entry_at,
    event_at,
    float_at,
    forget_call,
    forget_change,
    forget_job,
    forget_node,
    group_at,
    job_at,
    lasting_draws,
    leg_at,
    listed,
    menu_at,
    node_at,
    page_record,
    part_of,
    place_at,
    pool_at,
    post,
    post_call,
    queue_at,
    rule_at,
    service_at,
    set_place,
    slot_at,
    source_at,
    take_job,
    take_leg,
    take_node,
    team_at,
    vendor_at,
    way_at,
)
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
from callsim.engine.records import (
    AFTER_ALL_SLOTS,
    AT_VENDOR,
    ATTEMPTS,
    BREAK_OFF,
    BY_CALL,
    BY_CHAT,
    BY_FORM,
    CALL_WORK,
    CONNECTING,
    DIALLING,
    GONE,
    HANDLER,
    HOLD_PATIENCE,
    IN_MENU,
    INDEX,
    JOB_WORK,
    KEPT,
    LEG_WORK,
    MESSAGE,
    MOST_TRANSFERS,
    MOVING,
    NO_WORK,
    NUMBER_KNOWN,
    ON_ARRIVAL,
    ON_BREAK_DUE,
    ON_CALLBACK_CHECK,
    ON_CALLBACK_HOURS,
    ON_CALLBACK_OFFER,
    ON_CALLBACK_TALK_END,
    ON_CALLBACK_WRAP_UP_END,
    ON_DEPARTURE,
    ON_DIAL,
    ON_DISMISSAL,
    ON_GREETING,
    ON_HOURS_CHANGE,
    ON_MENU_ANSWER,
    ON_MENU_END,
    ON_MENU_HANG_UP,
    ON_MESSAGE_END,
    ON_NO_ANSWER,
    ON_OVERFLOW,
    ON_PATIENCE_END,
    ON_PAUSE_END,
    ON_PICK_UP,
    ON_SELF_SERVICE_END,
    ON_TALK_END,
    ON_TRY_DUE,
    ON_TRY_END,
    ON_VENDOR_ANSWER,
    ON_VENDOR_TALK_END,
    ON_VENDOR_WRAP_UP_END,
    ON_WRAP_UP_END,
    PICKING_UP,
    PLAYED,
    REACHED,
    REDIAL_CHANCE,
    REDIAL_DELAY,
    RESOLVED,
    RING_PATIENCE,
    RINGING_MENU,
    SPLIT,
    TALKING,
    TIGHT,
    TO_CALLBACK,
    TO_MENU,
    TO_QUEUE,
    TO_SELF_SERVICE,
    TO_VENDOR,
    TO_VOICEMAIL,
    TRIES,
    VOID,
    WAITING,
    WANTS,
    WORK,
    WORK_OF_LEG,
)
from callsim.engine.waiting import (
    add_idle,
    add_other,
    drop_other,
    drop_waiting,
    first_due,
    first_head,
    first_kept_of,
    first_waiting,
    free_agent,
    keep,
    line_up,
    meld,
    next_waiting,
    take_idle,
    waits_also,
    without_first,
)
from callsim.scenario.timetable import DAY, LONGEST_COOL_DOWN


@compiled
def go(centre, call, to):
    """Send the call to a destination; from where it is refused, to the next."""
    while to >= 0:
        destination = destination_at(centre, to)
        kind, place, to = destination.kind, destination.place, NONE
        if kind == TO_QUEUE:
            to = ask(centre, queue_at(centre, place), call)
        elif kind == TO_MENU:
            enter_menu(centre, menu_at(centre, place), place, call)
        elif kind == TO_SELF_SERVICE:
            enter_self_service(centre, service_at(centre, place), place, call)
        elif kind == TO_VENDOR:
            enter_vendor(centre, vendor_at(centre, place), call)
        elif kind == TO_VOICEMAIL:
            enter_voicemail(centre, call)
        elif kind == TO_CALLBACK:
            promise_callback(centre, call)
        else:
            leave(centre, call, destination.outcome, destination.reason)


# 1. A caller dials.


@compiled
def on_dial(centre, call):
    """A first attempt or a later one: a line is taken, or the caller hears busy."""
    if call.state == VOID:
        # Called back before redialling.
        forget_call(centre, call)
        return
    caller = caller_at(centre, call.caller)
    caller.call = call.index
    caller.attempts = call.attempt
    if call.attempt == 1:
        call.draws = part_of(centre, day_of(centre, caller).attempts, caller)
        post_next_dial(centre)
    else:
        call.draws = draws_of(centre, caller, ATTEMPTS, call.attempt, 0)
        caller.redial = NONE
    call.first_draws = call.draws
    if call.dialled < centre.end:
        centre.unended += 1
    source = source_at(centre, call.source)
    if source.channel == BY_FORM:
        write_down(centre, call)
        return
    if source.channel == BY_CHAT:
        # The site has answered.
        greet(centre, call)
    way = way_of(centre, source, call)
    if way.uses_line:
        if centre.lines_busy >= centre.lines:
            leave(centre, call, Outcome.BLOCKED, Reason.NO_LINE)
            return
        centre.lines_busy += 1
        call.holds_line = 1
    go(centre, call, way.to)


@compiled
def write_down(centre, call):
    """A form: it takes no time, nobody waits, and somebody is to call back."""
    caller = caller_at(centre, call.caller)
    call.left = centre.now
    call.state = GONE
    call.outcome = Outcome.FORM
    write(centre, call)
    tell_on(centre, call)
    caller.call = NONE
    caller.outlook = Resolution.LOST
    open_job(centre, caller, CallbackCause.FORM)
    go_on(centre, caller)
    forget_call(centre, call)


@compiled
def way_of(centre, source, call):
    """Where the call goes, and whether it uses a line of ours on the way."""
    index = source.first_way
    if source.ways > 1:
        split = draw(call.draws, SPLIT, call.row)
        while index < source.first_way + source.ways - 1 and way_at(centre, index).limit <= split:
            index += 1
    return way_at(centre, index)


@compiled
def free_line(centre, call):
    """The call no longer uses a line of ours; an agent may be waiting for one, to call back."""
    if call.holds_line:
        call.holds_line = 0
        centre.lines_busy -= 1
        if centre.line_wanted:
            check_callbacks(centre)


# 2. Menus and self-service.


@compiled
def enter_menu(centre, menu, place, call):
    """It rings until the menu answers, unless a machine has answered before."""
    call.menu = place
    if not call.rings:
        begin_prompt(centre, call)
        return
    call.state = RINGING_MENU
    post_call(centre, call, centre.now + menu.answers_after, MACHINE_ANSWER, ON_MENU_ANSWER)
    start_patience(centre, call)


@compiled
def on_menu_answer(centre, call):
    if call.state == RINGING_MENU:
        greet(centre, call)
        begin_prompt(centre, call)


@compiled
def greet(centre, call):
    """A machine answers: ring patience is over for good."""
    call.greeted = centre.now
    call.rings = 0
    end_patience(centre, call)


@compiled
def begin_prompt(centre, call):
    """The caller stays to the end of the prompt, or hangs up at a moment of it, all moments alike."""
    menu = menu_at(centre, call.menu)
    call.state = IN_MENU
    end_patience(centre, call)
    length = draw(call.draws, menu.prompt_column, call.row)
    chance = draw(call.draws, menu.hang_up_column, call.row)
    if chance < menu.hangs_up:
        handler = ON_MENU_HANG_UP
        length *= chance / menu.hangs_up
    else:
        handler = ON_MENU_END
    post_call(centre, call, centre.now + length, MENU_END, handler)


@compiled
def on_menu_hang_up(centre, call):
    leave(centre, call, Outcome.ABANDONED_MENU, Reason.HUNG_UP_IN_PROMPT)


@compiled
def on_menu_end(centre, call):
    """The caller presses the key that is theirs in this menu, on every attempt the same."""
    menu = menu_at(centre, call.menu)
    chances = lasting_draws(centre, caller_at(centre, call.caller))
    pressed = draw(chances, menu.key_column, call.row)
    index = menu.first_key
    while index < menu.first_key + menu.keys - 1 and way_at(centre, index).limit <= pressed:
        index += 1
    go(centre, call, way_at(centre, index).to)


@compiled
def enter_self_service(centre, service, place, call):
    if call.rings:
        greet(centre, call)
    call.state = IN_MENU
    end_patience(centre, call)
    call.service = place
    takes = draw(call.draws, service.takes_column, call.row)
    post_call(centre, call, centre.now + takes, MENU_END, ON_SELF_SERVICE_END)


@compiled
def on_self_service_end(centre, call):
    service = service_at(centre, call.service)
    chances = lasting_draws(centre, caller_at(centre, call.caller))
    if draw(chances, service.solved_column, call.row) < service.resolves:
        leave(centre, call, Outcome.SELF_SERVED, Reason.NONE)
    else:
        go(centre, call, service.otherwise)


# 3. The caller asks for a queue.


@compiled
def ask(centre, queue, call):
    """Closed, full, or joined: then a free agent takes the call, or the caller waits. Returns where a refusal leads."""
    if not queue.open:
        return turn_away(centre, queue, call, queue.closed_to, Outcome.CLOSED, Reason.ASKED_WHILE_CLOSED)
    slot = free_agent(centre, queue)
    if slot < 0 and queue.length >= queue.room:
        return turn_away(centre, queue, call, queue.full_to, Outcome.BLOCKED, Reason.QUEUE_FULL)
    if call.rank < 0:
        centre.asked += 1
        call.rank = centre.asked
    if call.leg < 0 and call.first_queue < 0:
        call.first_queue = queue.place
        call.joined = centre.now
        if math.isnan(call.asked):
            call.asked = centre.now
    join(centre, queue, call, slot)
    return NONE


@compiled
def turn_away(centre, queue, call, rule, outcome, reason):  # noqa: PLR0917  as in reference.py
    """The caller is to go where the queue's rule says, which is returned, or away."""
    see(centre, queue, call)
    if call.refused_by < 0:
        call.refused_by = queue.place
    if call.closed_by < 0 and outcome == Outcome.CLOSED:
        call.closed_by = queue.place
    call.refusal = outcome
    call.refusal_reason = reason
    if rule < 0:
        leave(centre, call, outcome, reason)
    else:
        call.state = MOVING
    return rule


@compiled
def see(centre, queue, call):
    """This is the last queue so far."""
    call.last_queue = queue.place
    if call.leg >= 0:
        leg_at(centre, call.leg).queue_place = queue.place


@compiled
def join(centre, queue, call, slot):
    call.queue = queue.place
    see(centre, queue, call)
    call.refusal = NONE
    if queue.has_rules:
        call.entered = centre.now
        call.offered_since = NEVER
    if slot < 0:
        call.state = WAITING
        line_up(centre, queue, call)
        start_patience(centre, call)
        start_greeting(centre, queue, call)
        if queue.has_rules:
            start_timers(centre, queue, call, centre.now)
    else:
        match(centre, call, slot_at(centre, slot))


# 4. The caller waits.


@compiled
def start_patience(centre, call):
    """Ring patience runs from the dial. Hold patience runs from the greeting, or from the first join where a machine
    answered before, and goes on from there in every further queue."""
    if call.patience >= 0:
        return
    if call.rings:
        ends = call.dialled + draw(call.draws, RING_PATIENCE, call.row)
    else:
        if math.isnan(call.hold_ends):
            call.hold_ends = centre.now + draw(call.draws, HOLD_PATIENCE, call.row)
        ends = max(call.hold_ends, centre.now)
    if ends < math.inf:
        call.patience = post(centre, ends, PATIENCE_END, call.number, ON_PATIENCE_END | call.index)


@compiled
def start_greeting(centre, queue, call):
    """A queue that answers by itself does so some time after the join, unless a machine has answered before."""
    if not math.isnan(queue.answers_after) and call.rings:
        due = centre.now + queue.answers_after
        post(centre, due, MACHINE_ANSWER, call.number, ON_GREETING | call.index)
        call.greeting = centre.sequence


@compiled
def on_greeting(centre, call, sequence):
    """The queue answers: hold patience takes the place of ring patience. During the pick-up as well."""
    if call.greeting != sequence:
        return
    call.greeting = NONE
    greet(centre, call)
    start_patience(centre, call)


@compiled
def on_patience_end(centre, call):
    """The caller hangs up: ringing, on hold, or while an agent or operator was about to pick up."""
    call.patience = NONE
    state, slot, vendor = call.state, call.slot, call.vendor
    if state == WAITING:
        leave_queues(centre, call)
    elif state in (PICKING_UP, CONNECTING):
        if call.leg >= 0:
            leg_at(centre, call.leg).freed = centre.now
        else:
            call.freed = centre.now
    if state in (AT_VENDOR, CONNECTING):
        vendor_at(centre, vendor).calls -= 1
    leave(centre, call, Outcome.ABANDONED_RINGING if call.rings else Outcome.ABANDONED_QUEUE, Reason.NONE)
    if state == PICKING_UP:
        release(centre, slot_at(centre, slot))
    elif state == CONNECTING:
        free_operator(centre, vendor_at(centre, vendor))


@compiled
def leave_queues(centre, call):
    """The caller no longer waits on the line, in any queue."""
    queue_at(centre, call.queue).length -= 1
    while call.others >= 0:
        other = call.others
        queue_at(centre, node_at(centre, other).what).length -= 1
        call.others = node_at(centre, other).after
        forget_node(centre, other)


# 5. Caller and agent are matched.


@compiled
def match(centre, call, slot):
    """From now on the agent is taken and the caller no longer waits, though patience runs on to the pick-up."""
    now = centre.now
    team = team_at(centre, slot.team)
    if call.leg >= 0:
        leg = leg_at(centre, call.leg)
        leg.matched = now
        leg.team = slot.team
        leg.place = slot.place
        slot.work = LEG_WORK
        slot.work_index = call.leg
    else:
        call.matched = now
        call.team = slot.team
        call.place = slot.place
        slot.work = CALL_WORK
        slot.work_index = call.index
    call.slot = slot.index
    slot.busy_since = now
    if not team.picks_up or call.state == KEPT:
        answer(centre, call)
    else:
        ring_agent(centre, call, team)


@compiled
def ring_agent(centre, call, team):
    """The agent's phone rings until it is picked up or for as long as the team lets it."""
    waited = call.state == WAITING
    call.state = PICKING_UP
    draws = offer_draws(centre, call) if call.offers else call.draws
    takes = draw(draws, team.pick_up_column, call.row)
    if takes <= team.gives_up_after:
        handler = ON_PICK_UP
    else:
        handler = ON_NO_ANSWER
        takes = team.gives_up_after
    post_call(centre, call, centre.now + takes, PICK_UP, handler)
    if not waited:
        start_patience(centre, call)
        start_greeting(centre, queue_at(centre, call.queue), call)


@compiled
def offer_draws(centre, call):
    """Pick-up and wrap-up are drawn anew for each offer to an agent, and for nothing else."""
    leg = leg_number(centre, call) + (MOST_TRANSFERS + 1) * call.offers
    return draws_of(centre, caller_at(centre, call.caller), ATTEMPTS, call.attempt, leg)


@compiled
def leg_number(centre, call):
    return leg_at(centre, call.leg).number if call.leg >= 0 else 0


@compiled
def on_pick_up(centre, call):
    if call.state == PICKING_UP:
        answer(centre, call)


@compiled
def on_no_answer(centre, call):
    """The call returns to its rank, and the agent is out of reach for a while."""
    if call.state != PICKING_UP:
        return
    slot, queue = slot_at(centre, call.slot), queue_at(centre, call.queue)
    write_offer(centre, call)
    matched = take_back(centre, call)
    call.slot = NONE
    begin_stay(centre, call)
    call.state = WAITING
    count_handling(centre, slot)
    call.offers += 1
    line_up(centre, queue, call)
    pause(centre, slot, team_at(centre, slot.team).unavailable_for, Activity.UNAVAILABLE)
    if not queue.open and not (queue.staff and queue.serves_at_closing):
        move_on(centre, call)
        to = turn_away(centre, queue, call, queue.closed_to, Outcome.CLOSED, Reason.CLOSED_WHILE_WAITING)
        go(centre, call, to)
        return
    if queue.has_rules and math.isnan(call.offered_since):
        call.offered_since = matched
    another = free_agent(centre, queue)
    if another >= 0:
        leave_queues(centre, call)
        match(centre, call, slot_at(centre, another))
    elif queue.has_rules:
        start_timers(centre, queue, call, call.offered_since)
        call.offered_since = NEVER


@compiled
def take_back(centre, call):
    """Nobody has been matched; returns when somebody was."""
    if call.leg >= 0:
        leg = leg_at(centre, call.leg)
        matched, leg.matched = leg.matched, NEVER
        leg.team = leg.place = NONE
        return matched
    matched, call.matched = call.matched, NEVER
    call.team = call.place = NONE
    return matched


# 6. Caller and agent talk; the agent wraps up and is free.


@compiled
def answer(centre, call):
    slot = slot_at(centre, call.slot)
    note_answer(centre, call)
    call.greeting = NONE
    length = talk(centre, caller_at(centre, call.caller), call.queue, leg_number(centre, call))
    length *= team_at(centre, slot.team).speed
    post_call(centre, call, centre.now + length, TALK_END, ON_TALK_END)


@compiled
def note_answer(centre, call):
    """Somebody speaks with the caller, an agent or an operator."""
    if call.leg >= 0:
        leg_at(centre, call.leg).answered = centre.now
    else:
        call.answered = centre.now
    call.state = TALKING
    call.rings = 0
    if call.patience >= 0:
        # Many are answered before any begins.
        end_patience(centre, call)


@compiled
def talk(centre, caller, queue, leg):
    """Seconds of the talk that a caller needs, before the factor of whoever answers: mean x multiplier."""
    work = draws_of(centre, caller, WORK_OF_LEG, 0, leg) if leg else lasting_draws(centre, caller)
    if queue < 0 or math.isnan(queue_at(centre, queue).mean_talk):
        return source_at(centre, caller.source).mean_talk * draw(work, WORK, caller.row)
    asked = queue_at(centre, queue)
    return asked.mean_talk * draw(work, asked.work_column, caller.row)


@compiled
def on_talk_end(centre, call):
    slot, queue = slot_at(centre, call.slot), queue_at(centre, call.queue)
    team = team_at(centre, slot.team)
    draws, row = offer_draws(centre, call) if call.offers else call.draws, call.row
    if queue.transfers_to >= 0 and needs_another(centre, call, queue):
        put_through(centre, call, queue_at(centre, queue.transfers_to))
    else:
        end_talk(centre, call, team)
    if team.wraps_up:
        ends = centre.now + draw(draws, team.wrap_up_column, row)
        post(centre, ends, WRAP_UP_END, slot.number, ON_WRAP_UP_END | slot.index)
    else:
        on_wrap_up_end(centre, slot)


@compiled
def needs_another(centre, call, queue):
    """Whether the caller is put through to where the queue transfers to."""
    chance = draw(call.draws, queue.transfer_column, call.row)
    return leg_number(centre, call) < MOST_TRANSFERS and chance < queue.transfer_chance


@compiled
def end_talk(centre, call, team):
    """The caller leaves, helped; or the need comes back later."""
    caller = caller_at(centre, call.caller)
    began = call.answered
    call.left = centre.now
    call.state = GONE
    # Whoever had talked to someone before keeping a place has been answered.
    call.outcome = Outcome.KEPT_PLACE if call.kept <= began else Outcome.ANSWERED
    if call.leg >= 0:
        leg = leg_at(centre, call.leg)
        began = leg.answered
        leg.left = centre.now
        if not math.isnan(call.freed):
            # Whoever talked first has wrapped up long ago.
            write(centre, call)
    if call.holds_line:
        free_line(centre, call)
    tell_on(centre, call)
    caller.call = NONE
    if team.resolves == 1.0 or is_helped(centre, caller, team):
        resolve(centre, caller, Resolution.SERVED, began)
    if call.is_written:
        forget_call(centre, call)


@compiled
def is_helped(centre, caller, team):
    """Whether the team has met the caller's need, which comes back as a new attempt otherwise."""
    draws = draws_of(centre, caller, ATTEMPTS, caller.attempts, 0)
    if draw(draws, RESOLVED, caller.row) < team.resolves:
        return True
    close_job(centre, caller, CallbackEnd.NOT_NEEDED)
    dial_again(centre, caller, centre.now + draw(draws, team.comes_back_column, caller.row))
    return False


@compiled
def on_wrap_up_end(centre, slot):
    """What the agent has worked on is written down, if the caller has left."""
    if slot.work == CALL_WORK:
        call = call_at(centre, slot.work_index)
        call.freed = centre.now
        if not math.isnan(call.left):
            write(centre, call)
            forget_call(centre, call)
    else:
        leg = leg_at(centre, slot.work_index)
        leg.freed = centre.now
        write_leg(centre, leg)
    release(centre, slot)


@compiled
def put_through(centre, call, queue):
    """The caller asks for another queue, under hold patience; all draws of the new leg are its own."""
    number = 1
    if call.leg < 0:
        call.transferred = centre.now
    else:
        before = leg_at(centre, call.leg)
        before.left = centre.now
        number = before.number + 1
    caller = caller_at(centre, call.caller)
    leg = take_leg(centre)
    leg.call = call.index
    leg.source, leg.day, leg.caller = caller.source, caller.day_number, caller.ordinal
    leg.who = call.number
    leg.attempt = call.attempt
    leg.number = number
    leg.asked = centre.now
    call.slot = NONE
    call.leg = leg.index
    begin_stay(centre, call)
    call.offers = 0
    call.draws = draws_of(centre, caller, ATTEMPTS, call.attempt, number)
    call.rank = NONE
    call.hold_ends = NEVER
    go(centre, call, ask(centre, queue, call))


@compiled
def release(centre, slot):
    """The agent is free."""
    if team_at(centre, slot.team).counts_handling:
        count_handling(centre, slot)
    if slot_at(centre, slot.first).first_break >= 0 and slot.on_duty:
        rest(centre, slot)
    else:
        look_for_work(centre, slot)


@compiled
def count_handling(centre, slot):
    """Add the work that ends now, as far as it was today's."""
    slot.handled += centre.now - max(slot.busy_since, centre.now // DAY * DAY)


@compiled
def look_for_work(centre, slot):
    """A free agent takes whoever has waited longest, else calls somebody back, else idles."""
    call = next_call(centre, slot)
    if call >= 0:
        match(centre, call_at(centre, call), slot)
        return
    slot.work = NO_WORK
    if not slot.on_duty:
        go_home(centre, slot)
        return
    if centre.has_desk and centre.desk_team == slot.team:
        job = next_job(centre)
        if job >= 0:
            begin_try(centre, slot, job_at(centre, job))
            return
    slot.is_idle = 1
    slot.idles += 1
    slot.idle_since = centre.now
    team = team_at(centre, slot.team)
    for index in range(team.first_pool, team.first_pool + team.pools):
        add_idle(centre, pool_at(centre, listed(centre, index)), slot)


@compiled
def next_call(centre, slot):
    """Take out who has waited longest in the best group of the agent's queues in which anybody waits, or -1."""
    team = team_at(centre, slot.team)
    if team.heads and slot.on_duty:
        place = first_head(centre, team)
        if place < 0:
            return NONE
        queue = queue_at(centre, place)
        found = first_waiting(centre, queue)
        take_out(centre, call_at(centre, found), queue)
        return found
    for number in range(team.first_group, team.first_group + team.groups):
        group = group_at(centre, number)
        found, place, best = NONE, NONE, 0
        for index in range(group.first_queue, group.first_queue + group.queues):
            queue = queue_at(centre, listed(centre, index))
            if queue.row_first < 0 and queue.early < 0 and queue.kept < 0:
                continue
            first = first_of(centre, queue)
            if first < 0:
                continue
            call = call_at(centre, first)
            if found >= 0 and best <= call.rank:
                continue
            # Who stays after closing stays only for those who asked before it.
            if slot.on_duty or (takes(centre, slot, queue) and asked_at(centre, call) < slot.due):
                found, place, best = first, queue.place, call.rank
        if found >= 0:
            take_out(centre, call_at(centre, found), queue_at(centre, place))
            return found
    return NONE


@compiled
def first_of(centre, queue):
    """Who has waited longest, on the line or for a call back with the place kept, or -1."""
    waiting = first_waiting(centre, queue)
    if queue.kept < 0:
        return waiting
    kept = first_kept(centre, queue)
    if waiting < 0 or kept < 0:
        return max(waiting, kept)
    return waiting if call_at(centre, waiting).rank < call_at(centre, kept).rank else kept


@compiled
def take_out(centre, call, queue):
    """The caller no longer waits, or is dialled: this queue's agent has been found."""
    if call.state == WAITING:
        drop_waiting(centre, queue, call)
        leave_queues(centre, call)
    else:
        dial_kept(centre, call)
    call.queue = queue.place
    see(centre, queue, call)


@compiled
def on_arrival(centre, slot):
    """Arriving agents look for work in slot order."""
    slot.on_duty = 1
    overtime = slot.work != NO_WORK
    if overtime:
        write_duty(centre, slot)
    begin_duty(centre, slot)
    if not overtime:
        look_for_work(centre, slot)


@compiled
def begin_duty(centre, slot):
    slot.activity = Activity.DUTY
    slot.came = centre.now
    slot.due = NEVER
    serve_only(centre, slot, ALL_QUEUES)


@compiled
def on_departure(centre, change):
    """A busy agent who is due leaves after the wrap-up; a break does not go on after the end of the stint."""
    slot = slot_at(centre, change.slot)
    is_void = change.is_void
    if slot.departure == change.index:
        slot.departure = NONE
    forget_change(centre, change)
    if is_void:
        return
    slot.on_duty = 0
    slot.due = centre.now
    first = slot_at(centre, slot.first)
    while first.first_break >= 0:
        forget_change(centre, next_break(centre, first))
    if slot.work == NO_WORK:
        go_home(centre, slot)
    else:
        # At closing, agents due at that moment stay until those who waited are gone.
        serve_only(centre, slot, CLOSING_QUEUES)


@compiled
def next_break(centre, slot):
    """Take the first break that was due while there was work."""
    due = change_at(centre, slot.first_break)
    slot.first_break = due.after
    if slot.first_break < 0:
        slot.last_break = NONE
    return due


@compiled
def go_home(centre, slot):
    slot.is_idle = 0
    slot.pause = NONE
    write_duty(centre, slot)
    slot.came = NEVER
    serve_only(centre, slot, NO_QUEUES)


@compiled
def on_break_due(centre, change):
    """A break due while there is work is taken late, in full."""
    slot = slot_at(centre, change.slot)
    if not slot.on_duty:
        forget_change(centre, change)
        return
    team, first = team_at(centre, slot.team), slot_at(centre, slot.first)
    if first.last_break >= 0:
        change_at(centre, first.last_break).after = change.index
    else:
        first.first_break = change.index
    first.last_break = change.index
    for number in range(first.place, team.slots, team.agents):
        place = slot_at(centre, team.first_slot + number)
        if place.work == NO_WORK and place.pause < 0:
            place.is_idle = 0
            rest(centre, place)


@compiled
def rest(centre, slot):
    """The agent's break begins; or another chat has to end before, and nothing new is taken until then."""
    slot.work = NO_WORK
    team, first = team_at(centre, slot.team), slot_at(centre, slot.first)
    for number in range(first.place, team.slots, team.agents):
        place = slot_at(centre, team.first_slot + number)
        if number != slot.place and (place.work != NO_WORK or place.activity == Activity.UNAVAILABLE):
            pause(centre, slot, math.inf, change_at(centre, first.first_break).activity)
            return
    due = next_break(centre, first)
    lasts, activity = due.lasts, due.activity
    forget_change(centre, due)
    for number in range(first.place, team.slots, team.agents):
        place = slot_at(centre, team.first_slot + number)
        place.is_idle = 0
        pause(centre, place, lasts, activity)


@compiled
def pause(centre, slot, lasts, activity):
    """The agent takes no calls for a while: a break, or a call was not answered."""
    slot.work = NO_WORK
    if not slot.on_duty:
        go_home(centre, slot)
        return
    write_duty(centre, slot)
    slot.came = centre.now
    slot.activity = activity
    slot.pause = HELD
    if lasts < math.inf:
        post(centre, centre.now + lasts, ROSTER_CHANGE, slot.number, ON_PAUSE_END | slot.index)
        slot.pause = centre.sequence
    serve_only(centre, slot, NO_QUEUES)


@compiled
def on_pause_end(centre, slot, sequence):
    if slot.pause != sequence:
        return
    slot.pause = NONE
    if slot_at(centre, slot.first).first_break >= 0:
        rest(centre, slot)
    else:
        write_duty(centre, slot)
        begin_duty(centre, slot)
        look_for_work(centre, slot)


HELD = 0
"""A pause of which nobody knows yet when it ends: no event has this number."""
NO_QUEUES, ALL_QUEUES, CLOSING_QUEUES = range(3)


@compiled
def takes(centre, slot, queue):
    """Whether the agent takes calls of a queue."""
    return place_at(centre.takes + 8 * (slot.index * centre.queue_count + queue.place)) > 0


@compiled
def serve_only(centre, slot, which):
    """From now on the agent takes calls of these queues. Whose last agent this was has nobody."""
    team = team_at(centre, slot.team)
    for index in range(team.first_queue, team.first_queue + team.queues):
        queue = queue_at(centre, listed(centre, index))
        address = centre.takes + 8 * (slot.index * centre.queue_count + queue.place)
        if will_serve(centre, slot, queue, which) and not place_at(address):
            set_place(address, 1)
            queue.staff += 1
    for index in range(team.first_queue, team.first_queue + team.queues):
        queue = queue_at(centre, listed(centre, index))
        address = centre.takes + 8 * (slot.index * centre.queue_count + queue.place)
        if place_at(address) and not will_serve(centre, slot, queue, which):
            set_place(address, 0)
            queue.staff -= 1
            if not queue.staff:
                lose_staff(centre, queue)


@compiled
def will_serve(centre, slot, queue, which):
    if which == CLOSING_QUEUES:
        return takes(centre, slot, queue) and queue.closed_at == centre.now and queue.serves_at_closing > 0
    return which == ALL_QUEUES


@compiled
def lose_staff(centre, queue):
    """After closing, those who wait meet the rule for a closed queue; before it, the rules for nobody on duty."""
    if not queue.open:
        # After all agents who come or leave at this moment: one of them may serve those who wait.
        post(centre, centre.now, ROSTER_CHANGE, AFTER_ALL_SLOTS, ON_DISMISSAL | queue.place)
        return
    for index in range(queue.first_rule, queue.first_rule + queue.rules):
        if rule_at(centre, index).unstaffed:
            node = queue.row_first
            while node >= 0:
                start_unstaffed_for(centre, queue, node, index)
                node = node_at(centre, node).after
            start_unstaffed_below(centre, queue, queue.early, index)


@compiled
def start_unstaffed_for(centre, queue, node, rule):
    """The rule is due for whoever waits in the queue as their first."""
    call = call_at(centre, node_at(centre, node).what)
    if call.state == WAITING and call.queue == queue.place and call.rank == node_at(centre, node).rank:
        start_unstaffed(centre, queue, call, rule)


@compiled
def start_unstaffed_below(centre, queue, heap, rule):
    """The same for a whole heap, which is walked through node by node and put together again."""
    again = -1
    while heap >= 0:
        start_unstaffed_for(centre, queue, heap, rule)
        top = node_at(centre, heap)
        kept = take_node(centre, top.rank, top.what)
        heap = without_first(centre, heap)
        again = meld(centre, again, kept)
    queue.early = again


@compiled
def on_hours_change(centre, queue, opens):
    """At closing those who joined earlier are served, or meet the rule for a closed queue."""
    queue.open = opens
    if opens:
        if queue.kept >= 0:
            check_callbacks(centre)
        return
    queue.closed_at = centre.now
    if not queue.serves_at_closing or not queue.staff:
        # After all queues that open or close at this moment: one of them may be where the callers are sent.
        subject = centre.queue_count + queue.place
        post(centre, centre.now, HOURS_CHANGE, subject, ON_DISMISSAL | queue.place)


@compiled
def on_dismissal(centre, queue):
    if not queue.open and not (queue.staff and queue.serves_at_closing):
        dismiss(centre, queue)


@compiled
def dismiss(centre, queue):
    """Send everyone who waits where the rule for a closed queue says; kept places stay for the next opening."""
    while True:
        found = first_waiting(centre, queue)
        if found < 0:
            return
        call = call_at(centre, found)
        if call.others >= 0:
            stay_elsewhere(centre, queue, call)
            continue
        move_on(centre, call)
        to = turn_away(centre, queue, call, queue.closed_to, Outcome.CLOSED, Reason.CLOSED_WHILE_WAITING)
        go(centre, call, to)


@compiled
def stay_elsewhere(centre, queue, call):
    """The caller goes on waiting in the other queues."""
    queue.length -= 1
    if call.queue == queue.place:
        # Its rules, offer and greeting are no longer the caller's.
        begin_stay(centre, call)
        call.greeting = NONE
        call.queue = node_at(centre, call.others).what
        drop_other(centre, call, call.queue)
    else:
        drop_other(centre, call, queue.place)


@compiled
def move_on(centre, call):
    """The caller goes elsewhere. Whichever patience is running runs on."""
    leave_queues(centre, call)
    begin_stay(centre, call)
    call.state = MOVING
    call.greeting = NONE


# 7. The caller overflows.


@compiled
def start_timers(centre, queue, call, since):
    """The queue's rules, counted from joining it: those that have been due since a time, and those to come.

    Since the match, for a call that comes back to the queue because the agent did not answer.
    """
    for index in range(queue.first_rule, queue.first_rule + queue.rules):
        rule = rule_at(centre, index)
        if rule.unstaffed:
            start_unstaffed(centre, queue, call, index)
        else:
            start_timer(centre, call, call.entered + rule.after, since, ON_OVERFLOW | (index << 32))
    if queue.has_offer:
        start_timer(centre, call, call.entered + queue.offer_after, since, ON_CALLBACK_OFFER)


@compiled
def start_timer(centre, call, due, since, handler):
    if due >= since:
        post(centre, max(due, centre.now), OVERFLOW, call.number, handler | call.index)


@compiled
def start_unstaffed(centre, queue, call, rule):
    """A rule for nobody on duty is due at once where nobody is."""
    if not queue.staff:
        post(centre, centre.now, OVERFLOW, call.number, ON_OVERFLOW | (rule << 32) | call.index)


@compiled
def on_overflow(centre, call, sequence, rule):
    """The caller moves on, or waits in another queue as well. Into a closed or full one the rule does not fire."""
    if call.state != WAITING or sequence <= call.stay:
        return
    if rule.unstaffed and queue_at(centre, call.queue).staff:
        return
    if rule.vendor >= 0 and is_full(vendor_at(centre, rule.vendor)):
        return
    if rule.queue < 0:
        move_on(centre, call)
        go(centre, call, rule.to)
        return
    queue = queue_at(centre, rule.queue)
    if queue.open:
        slot = free_agent(centre, queue)
        if slot >= 0 or queue.length < queue.room:
            overflow(centre, call, queue, slot, rule.also)


@compiled
def overflow(centre, call, queue, slot, also):
    """Move to a queue, keeping the rank of first asking; or join it as well, where the first match counts."""
    if also and slot < 0:
        if queue.place != call.queue and not waits_also(centre, call, queue):
            add_other(centre, call, queue)
            line_up(centre, queue, call)
        return
    move_on(centre, call)
    join(centre, queue, call, slot)


# 8. The caller is at a vendor.


@compiled
def enter_vendor(centre, vendor, call):
    """An operator is taken, or waited for, under whichever patience is running."""
    if call.leg >= 0:
        leg_at(centre, call.leg).vendor_place = vendor.place
    else:
        call.vendor_place = vendor.place
    if is_full(vendor):
        leave(centre, call, Outcome.BLOCKED, Reason.VENDOR_FULL)
        return
    if math.isnan(call.asked):
        call.asked = centre.now
    if call.first_queue < 0:
        call.first_queue = call.refused_by
    if vendor.releases_line and call.state != DIALLING:
        free_line(centre, call)
    call.vendor = vendor.place
    call.refusal = NONE
    call.state = AT_VENDOR
    vendor.calls += 1
    start_patience(centre, call)
    if vendor.busy < vendor.operators:
        connect(centre, call)
        return
    node = take_node(centre, call.stay, call.index)
    if vendor.row_last >= 0:
        node_at(centre, vendor.row_last).after = node
    else:
        vendor.row_first = node
    vendor.row_last = node


@compiled
def is_full(vendor):
    return vendor.calls >= vendor.lines


@compiled
def connect(centre, call):
    """From now on the operator is occupied, through delay, talk and wrap-up."""
    vendor = vendor_at(centre, call.vendor)
    vendor.busy += 1
    if call.leg >= 0:
        leg_at(centre, call.leg).matched = centre.now
    else:
        call.matched = centre.now
    call.state = CONNECTING
    delay = draw(call.draws, vendor.answer_column, call.row)
    post_call(centre, call, centre.now + delay, VENDOR_ANSWER, ON_VENDOR_ANSWER)


@compiled
def on_vendor_answer(centre, call):
    if call.state != CONNECTING:
        return
    note_answer(centre, call)
    length = talk(centre, caller_at(centre, call.caller), call.queue, leg_number(centre, call))
    length *= vendor_at(centre, call.vendor).speed
    post_call(centre, call, centre.now + length, TALK_END, ON_VENDOR_TALK_END)


@compiled
def on_vendor_talk_end(centre, call):
    """The caller leaves, and the operator wraps up."""
    vendor = vendor_at(centre, call.vendor)
    caller = caller_at(centre, call.caller)
    call.left = centre.now
    call.state = GONE
    call.outcome = Outcome.OUTSOURCED
    call.at_operator = 1
    vendor.calls -= 1
    free_line(centre, call)
    tell_on(centre, call)
    caller.call = NONE
    if call.leg >= 0:
        leg_at(centre, call.leg).left = centre.now
        if not math.isnan(call.freed):
            write(centre, call)
    leave_vendor(centre, call)
    if vendor.wraps_up:
        wrap_up = draw(call.draws, vendor.wrap_up_column, call.row)
        post_call(centre, call, centre.now + wrap_up, WRAP_UP_END, ON_VENDOR_WRAP_UP_END)
    else:
        on_vendor_wrap_up_end(centre, call)


@compiled
def leave_vendor(centre, call):
    """The need is met, or not: a poor answer, or only a message was taken."""
    caller, vendor = caller_at(centre, call.caller), vendor_at(centre, call.vendor)
    if draw(call.draws, vendor.quality_column, call.row) < vendor.meets:
        answered = leg_at(centre, call.leg).answered if call.leg >= 0 else call.answered
        resolve(centre, caller, Resolution.OUTSOURCED, answered)
    else:
        caller.outlook = Resolution.UNSERVED
        open_job(centre, caller, CallbackCause.UNSERVED)
        go_on(centre, caller)


@compiled
def on_vendor_wrap_up_end(centre, call):
    vendor = vendor_at(centre, call.vendor)
    call.at_operator = 0
    if call.leg < 0:
        call.freed = centre.now
        write(centre, call)
    else:
        leg = leg_at(centre, call.leg)
        leg.freed = centre.now
        write_leg(centre, leg)
    if call.is_written:
        forget_call(centre, call)
    free_operator(centre, vendor)


@compiled
def free_operator(centre, vendor):
    vendor.busy -= 1
    call = next_waiting(centre, vendor)
    if call >= 0:
        connect(centre, call_at(centre, call))


# 9. The caller leaves a message, is called back, or keeps a place.


@compiled
def enter_voicemail(centre, call):
    """A machine answers. Who leaves no message keeps the outcome there was."""
    rang, waited = call.rings, not math.isnan(call.asked)
    if rang:
        greet(centre, call)
    end_patience(centre, call)
    if draw(call.draws, MESSAGE, call.row) < centre.leaves:
        call.state = IN_MENU
        post_call(centre, call, centre.now + centre.message_takes, MENU_END, ON_MESSAGE_END)
        return
    outcome = Outcome.ABANDONED_MENU
    if waited:
        outcome = Outcome.ABANDONED_RINGING if rang else Outcome.ABANDONED_QUEUE
    leave(centre, call, outcome, Reason.LEFT_NO_MESSAGE)


@compiled
def on_message_end(centre, call):
    leave(centre, call, Outcome.VOICEMAIL, Reason.NONE)


@compiled
def promise_callback(centre, call):
    """A machine says that somebody will call back."""
    if call.rings:
        greet(centre, call)
    leave(centre, call, Outcome.VOICEMAIL, Reason.CALLBACK_PROMISED)


@compiled
def on_callback_offer(centre, call, sequence):
    """A machine offers to call back with the place kept; whoever declines waits on."""
    if call.state != WAITING or sequence <= call.stay:
        return
    queue = queue_at(centre, call.queue)
    if draw(call.draws, queue.accepts_column, call.row) < queue.offer_accepts:
        keep_place(centre, call)
    elif call.rings:
        call.greeting = NONE
        greet(centre, call)
        start_patience(centre, call)


@compiled
def keep_place(centre, call):
    """The caller hangs up and keeps queue and rank, without patience, overflow or line."""
    queue = queue_at(centre, call.queue)
    queue.length -= 1
    keep(centre, queue, call)
    other = call.others
    while other >= 0:
        also = queue_at(centre, node_at(centre, other).what)
        also.length -= 1
        keep(centre, also, call)
        other = node_at(centre, other).after
    if call.rings:
        greet(centre, call)
    call.kept = centre.now
    call.state = KEPT
    end_patience(centre, call)
    call.greeting = NONE
    free_line(centre, call)


@compiled
def first_kept(centre, queue):
    """Whom an agent of an open queue would call now, if there is a line."""
    call = first_kept_of(centre, queue) if queue.open else NONE
    if call >= 0 and centre.lines_busy >= centre.lines:
        centre.line_wanted = 1
        return NONE
    return call


@compiled
def dial_kept(centre, call):
    """The agent calls; the caller was waiting for that."""
    centre.lines_busy += 1
    call.holds_line = 1
    drop_others(centre, call)


@compiled
def open_job(centre, caller, cause):
    """A callback, if the scenario has such and there is none yet."""
    if not centre.has_desk or caller.job >= 0 or not desk_takes(centre, caller, cause):
        return
    centre.opened += 1
    caller.uses += 1
    job = take_job(centre)
    job.caller = caller.index
    job.number = centre.opened
    job.cause = cause
    job.opened = centre.now
    job.tries = job.try_number = job.is_set_aside = 0
    job.is_open = 1
    caller.job = job.index
    due_now(centre, caller, job)


@compiled
def due_now(centre, caller, job):
    post(centre, centre.now, CALLBACK_CHECK, caller.number, ON_TRY_DUE | job.index)
    job.step = centre.sequence


@compiled
def desk_takes(centre, caller, cause):
    """Whether somebody is to be called back."""
    if cause == CallbackCause.MISSED:
        known = draw(lasting_draws(centre, caller), NUMBER_KNOWN, caller.row)
        has_number = source_at(centre, caller.source).channel == BY_CALL
        return centre.for_missed > 0 and has_number and known < centre.number_known
    if cause == CallbackCause.VOICEMAIL:
        return centre.for_voicemail > 0
    if cause == CallbackCause.UNSERVED:
        return centre.for_unserved > 0
    if cause == CallbackCause.FORM:
        return centre.for_form > 0
    return True


@compiled
def on_try_due(centre, job, sequence):
    if job.step == sequence and job.is_open:
        centre.desk_due = meld(centre, centre.desk_due, take_node(centre, job.number, job.index))
    work_off(centre)


@compiled
def on_callback_hours(centre, opens):
    centre.desk_is_open = opens
    if opens:
        check_callbacks(centre)


@compiled
def check_callbacks(centre):
    """See, after all else that happens at this moment, whether an idle agent may dial."""
    centre.line_wanted = 0
    post(centre, centre.now, CALLBACK_CHECK, 0, ON_CALLBACK_CHECK)


@compiled
def on_callback_check(centre):
    for place in range(centre.queue_count):
        queue = queue_at(centre, place)
        kept = first_kept(centre, queue)
        while kept >= 0:
            slot = free_agent(centre, queue)
            if slot < 0:
                break
            call = call_at(centre, kept)
            take_out(centre, call, queue)
            match(centre, call, slot_at(centre, slot))
            kept = first_kept(centre, queue)
    if centre.has_desk:
        work_off(centre)


@compiled
def work_off(centre):
    """Idle agents take what is due."""
    while True:
        job = next_job(centre)
        if job < 0:
            return
        slot = take_idle(centre, pool_at(centre, centre.desk_pool))
        if slot < 0:
            return
        begin_try(centre, slot_at(centre, slot), job_at(centre, job))


@compiled
def next_job(centre):
    """The oldest callback that is due, within hours and if there is a line for it, or -1."""
    job = first_due(centre) if centre.desk_is_open else NONE
    if job >= 0 and centre.lines_busy >= centre.lines:
        centre.line_wanted = 1
        return NONE
    return job


@compiled
def begin_try(centre, slot, job):
    """An agent dials the first callback that is due. Whoever is reached need not redial."""
    now = centre.now
    caller = caller_at(centre, job.caller)
    centre.desk_due = without_first(centre, centre.desk_due)
    job.tries += 1
    caller.tries += 1
    job.try_number = caller.tries
    centre.lines_busy += 1
    slot.work = JOB_WORK
    slot.work_index = job.index
    slot.busy_since = now
    job.slot = slot.index
    job.dialled = now
    job.answered = job.left = NEVER
    job.draws = draws_of(centre, caller, TRIES, caller.tries, 0)
    if draw(job.draws, REACHED, caller.row) < centre.reaches:
        job.answered = now
        if caller.redial >= 0:
            call_at(centre, caller.redial).state = VOID
            caller.redial = NONE
        handler = ON_CALLBACK_TALK_END
        lasts = talk(centre, caller, caller.first_queue, 0) * team_at(centre, slot.team).speed
    else:
        handler = ON_TRY_END
        lasts = centre.no_answer_takes
    post(centre, now + lasts, TALK_END, caller.number, handler | job.index)
    job.step = centre.sequence


@compiled
def on_try_end(centre, job):
    """Nobody was reached: once more later, or the callback is given up."""
    caller, slot = caller_at(centre, job.caller), slot_at(centre, job.slot)
    hang_up(centre, job)
    write_try(centre, job, slot, centre.now)
    if job.is_open and job.tries < centre.tries_at_most:
        due = centre.now + centre.tries_every
        post(centre, due, CALLBACK_CHECK, caller.number, ON_TRY_DUE | job.index)
        job.step = centre.sequence
    elif job.is_open:
        close_job(centre, caller, CallbackEnd.GIVEN_UP)
        go_on(centre, caller)
    job.slot = NONE
    if not job.is_open:
        forget_job(centre, job)
    release(centre, slot)


@compiled
def on_callback_talk_end(centre, job):
    caller, slot = caller_at(centre, job.caller), slot_at(centre, job.slot)
    team = team_at(centre, slot.team)
    hang_up(centre, job)
    close_job(centre, caller, CallbackEnd.REACHED)
    if team.resolves == 1.0 or is_helped(centre, caller, team):
        resolve(centre, caller, Resolution.CALLED_BACK, job.answered)
    if team.wraps_up:
        wrap_up = draw(job.draws, team.try_wrap_up_column, caller.row)
        post(centre, centre.now + wrap_up, WRAP_UP_END, slot.number, ON_CALLBACK_WRAP_UP_END | slot.index)
    else:
        on_callback_wrap_up_end(centre, slot)


@compiled
def on_callback_wrap_up_end(centre, slot):
    job = job_at(centre, slot.work_index)
    write_try(centre, job, slot, centre.now)
    job.slot = NONE
    forget_job(centre, job)
    release(centre, slot)


@compiled
def hang_up(centre, job):
    job.left = centre.now
    centre.lines_busy -= 1
    if centre.line_wanted:
        check_callbacks(centre)


@compiled
def close_job(centre, caller, end):
    if caller.job < 0:
        return
    job = job_at(centre, caller.job)
    job.is_open = 0
    caller.job = NONE
    write_callback(centre, job, centre.now, end)
    if job.slot < 0:
        forget_job(centre, job)


# 10. The caller redials, or is lost.


@compiled
def leave(centre, call, outcome, reason):
    """The caller leaves without having talked to anyone on this leg.

    What a machine says after a queue's refusal only explains it: unless it helped, closed stays closed.
    """
    caller = caller_at(centre, call.caller)
    if call.refusal >= 0 and outcome != Outcome.SELF_SERVED:
        if outcome != Outcome.VOICEMAIL:
            outcome, reason = call.refusal, call.refusal_reason
        elif not reason:
            reason = call.refusal_reason
    call.left = centre.now
    call.state = GONE
    call.outcome = outcome
    call.reason = reason
    end_patience(centre, call)
    call.greeting = NONE
    if call.leg >= 0:
        leg = leg_at(centre, call.leg)
        leg.left = centre.now
        call.reason = reason or Reason.WHILE_PUT_THROUGH
        write_leg(centre, leg)
    if call.first_queue < 0:
        call.first_queue = call.refused_by
    free_line(centre, call)
    if math.isnan(call.matched) or not math.isnan(call.freed):
        write(centre, call)
    tell_on(centre, call)
    caller.call = NONE
    if outcome == Outcome.SELF_SERVED:
        resolve(centre, caller, Resolution.SELF_SERVED, NEVER)
    else:
        miss(centre, call)
    if call.is_written:
        forget_call(centre, call)


@compiled
def miss(centre, call):
    """A missed caller may be called back, may redial, or is lost."""
    caller = caller_at(centre, call.caller)
    caller.outlook = Resolution.LOST
    caller.missed = centre.now
    if math.isnan(caller.first_missed):
        caller.first_missed = call.dialled
    if call.outcome != Outcome.VOICEMAIL:
        open_job(centre, caller, CallbackCause.MISSED)
        redial(centre, call)
    else:
        promised = call.reason == Reason.CALLBACK_PROMISED
        open_job(centre, caller, CallbackCause.PROMISED if promised else CallbackCause.VOICEMAIL)
    go_on(centre, caller)


@compiled
def redial(centre, call):
    """The caller's next attempt, if there is one."""
    dials = redials_at(centre, call)
    if dials < math.inf:
        caller = caller_at(centre, call.caller)
        caller.redials += 1
        dial_again(centre, caller, dials)


@compiled
def dial_again(centre, caller, dials):
    again = new_call(centre, caller, caller.attempts + 1, dials)
    caller.redial = again.index
    post_call(centre, again, dials, DIAL, ON_DIAL)


@compiled
def redials_at(centre, call):
    """With the chance that outcome and attempt have; after `closed`, from the next opening. Infinity: never."""
    source = source_at(centre, call.source)
    chances = source.first_chance + 2 * call.outcome
    first, count = listed(centre, chances), listed(centre, chances + 1)
    if not count or caller_at(centre, call.caller).redials >= source.redials_at_most:
        return math.inf
    chance = float_at(centre.chances + 8 * (first + min(call.attempt, count) - 1))
    # Those of the attempt itself, whatever happened on it.
    if draw(call.first_draws, REDIAL_CHANCE, call.row) >= chance:
        return math.inf
    since = next_open(centre, call) if call.outcome == Outcome.CLOSED else centre.now
    return since + draw(call.first_draws, REDIAL_DELAY, call.row)


@compiled
def next_open(centre, call):
    """When the closed queue that refused the call first opens again; now, if it has opened meanwhile."""
    queue = queue_at(centre, call.closed_by)
    if queue.open:
        return centre.now
    low, high = 0, queue.opening_count
    while low < high:
        middle = (low + high) // 2
        if float_at(queue.openings + 8 * middle) <= centre.now:
            low = middle + 1
        else:
            high = middle
    opens = float_at(queue.openings + 8 * low) if low < queue.opening_count else math.inf
    # Nobody looks further ahead than that.
    return opens if opens < (centre.now // DAY + LONGEST_COOL_DOWN + 1) * DAY else math.inf


@compiled
def go_on(centre, caller):
    """The caller has left the system: a callback that was set aside is due now, or the story is over."""
    if caller.job >= 0 and job_at(centre, caller.job).is_set_aside:
        job = job_at(centre, caller.job)
        job.is_set_aside = 0
        due_now(centre, caller, job)
    if caller.call < 0 and caller.redial < 0 and caller.job < 0:
        resolve(centre, caller, caller.outlook, NEVER)


@compiled
def resolve(centre, caller, resolution, served):
    """The caller's story has ended."""
    close_job(centre, caller, CallbackEnd.NOT_NEEDED)
    end_story(centre, caller, resolution, centre.now, served)


@compiled
def asked_at(centre, call):
    """When the caller asked for the queue or, after a transfer, for the next one."""
    return leg_at(centre, call.leg).asked if call.leg >= 0 else call.joined


# The loop.


@compiled
def lacks(centre, day, table, number, leg):
    """Whether a block of the tape has not been drawn; which one is noted."""
    if block_of(centre, day, table, number, leg):
        return False
    centre.wanted_portion = day.portion
    centre.wanted_table = table
    centre.wanted_number = number
    centre.wanted_leg = leg
    return True


@compiled
def lacks_block(centre, what, sequence):
    """Whether an event may need a block of the tape that has not been drawn: then it has to wait."""
    handler, index = what & HANDLER, what & INDEX
    if handler == ON_TRY_DUE:
        job = job_at(centre, index)
        if job.step != sequence:
            return False
        caller = caller_at(centre, job.caller)
        return lacks(centre, day_of(centre, caller), TRIES, caller.tries + 1, 0)
    call = call_at(centre, index)
    if call.step != sequence:
        return False
    day, leg = day_of(centre, caller_at(centre, call.caller)), leg_number(centre, call)
    if handler == ON_DIAL:
        return call.attempt > 1 and lacks(centre, day, ATTEMPTS, call.attempt, 0)
    if handler == ON_NO_ANSWER:
        return lacks(centre, day, ATTEMPTS, call.attempt, leg + (MOST_TRANSFERS + 1) * (call.offers + 1))
    if queue_at(centre, call.queue).transfers_to < 0 or leg == MOST_TRANSFERS:
        return False
    return lacks(centre, day, ATTEMPTS, call.attempt, leg + 1) or lacks(centre, day, WORK_OF_LEG, 0, leg + 1)


@compiled
def play(centre_at: int, mode: int) -> int:
    """Let happen what happens on the days that are open, or end all.

    Returns PLAYED, or why the next event has to wait: WANTS a block of the tape, or TIGHT memory.
    """
    centre = centre_record(centre_at)
    if mode == BREAK_OFF:
        break_off(centre)
        return PLAYED
    while True:
        page = page_record(centre.page)
        if centre.is_midnight:
            if lacks_room(centre, page):
                return TIGHT
            begin_day(centre, page)
            centre.is_midnight = 0
        why: int = play_day(centre)
        if why != PLAYED:
            return why
        centre.pages_left -= 1
        centre.is_over = page.is_last or (page.may_be_last and not centre.unended)
        if centre.is_over or not centre.pages_left:
            return PLAYED
        centre.page += PAGE_SIZE
        centre.is_midnight = 1


@compiled
def play_day(centre):
    """Let happen what happens until centre.until. Returns as `play` does."""
    while not (centre.runs_out and not centre.unended):
        if centre.gap:
            close_gap(centre)
        if centre.is_tight:
            return TIGHT
        first = entry_at(centre, 1)
        time, event = first.time, event_at(centre, first.event)
        # Of dials at the same time none is another's.
        if centre.next_time < time or (centre.next_time == time and centre.next_key < event.key):
            if centre.next_time >= centre.until:
                break
            centre.now = centre.next_time
            on_dial(centre, call_at(centre, centre.next_call))
            continue
        if time >= centre.until:
            break
        what, sequence = event.what, event.sequence
        if what >= centre.may_lack and lacks_block(centre, what, sequence):
            return WANTS
        drop_first(centre)
        centre.now = time
        happen(centre, what, sequence)
    if not centre.runs_out or centre.unended:
        centre.now = centre.until
    return PLAYED


@compiled
def happen(centre, what, sequence):
    """One event: the handler's number stands above the number of what it happens to."""
    handler, index = what & HANDLER, what & INDEX
    if handler == ON_TALK_END:
        on_talk_end(centre, call_at(centre, index))
    elif handler == ON_WRAP_UP_END:
        on_wrap_up_end(centre, slot_at(centre, index))
    elif handler == ON_PATIENCE_END:
        on_patience_end(centre, call_at(centre, index))
    elif handler == ON_GREETING:
        on_greeting(centre, call_at(centre, index), sequence)
    elif handler == ON_OVERFLOW:
        on_overflow(centre, call_at(centre, index), sequence, rule_at(centre, (what >> 32) & 0xFFFF))
    elif handler == ON_CALLBACK_OFFER:
        on_callback_offer(centre, call_at(centre, index), sequence)
    elif ON_ARRIVAL <= handler <= ON_CALLBACK_WRAP_UP_END or handler == ON_TRY_DUE:
        happen_to_staff(centre, what, sequence)
    elif call_at(centre, index).step == sequence:
        happen_to_call(centre, handler, call_at(centre, index))


@compiled
def happen_to_call(centre, handler, call):  # noqa: C901  one branch for each handler
    """The next step of a call, unless it has left."""
    if handler == ON_DIAL:
        on_dial(centre, call)
    elif handler == ON_PICK_UP:
        on_pick_up(centre, call)
    elif handler == ON_NO_ANSWER:
        on_no_answer(centre, call)
    elif handler == ON_MENU_ANSWER:
        on_menu_answer(centre, call)
    elif handler == ON_MENU_END:
        on_menu_end(centre, call)
    elif handler == ON_MENU_HANG_UP:
        on_menu_hang_up(centre, call)
    elif handler == ON_SELF_SERVICE_END:
        on_self_service_end(centre, call)
    elif handler == ON_VENDOR_ANSWER:
        on_vendor_answer(centre, call)
    elif handler == ON_VENDOR_TALK_END:
        on_vendor_talk_end(centre, call)
    elif handler == ON_VENDOR_WRAP_UP_END:
        on_vendor_wrap_up_end(centre, call)
    elif handler == ON_MESSAGE_END:
        on_message_end(centre, call)


@compiled
def happen_to_staff(centre, what, sequence):  # noqa: C901  one branch for each handler
    """What happens to agents, hours and callbacks."""
    handler, index, opens = what & HANDLER, what & INDEX, (what >> 32) & 1
    if handler == ON_ARRIVAL:
        on_arrival(centre, slot_at(centre, index))
    elif handler == ON_DEPARTURE:
        on_departure(centre, change_at(centre, index))
    elif handler == ON_BREAK_DUE:
        on_break_due(centre, change_at(centre, index))
    elif handler == ON_PAUSE_END:
        on_pause_end(centre, slot_at(centre, index), sequence)
    elif handler == ON_HOURS_CHANGE:
        on_hours_change(centre, queue_at(centre, index), opens)
    elif handler == ON_DISMISSAL:
        on_dismissal(centre, queue_at(centre, index))
    elif handler == ON_TRY_DUE:
        on_try_due(centre, job_at(centre, index), sequence)
    elif handler == ON_CALLBACK_HOURS:
        on_callback_hours(centre, opens)
    elif handler == ON_CALLBACK_CHECK:
        on_callback_check(centre)
    elif handler == ON_TRY_END:
        on_try_end(centre, job_at(centre, index))
    elif handler == ON_CALLBACK_TALK_END:
        on_callback_talk_end(centre, job_at(centre, index))
    elif handler == ON_CALLBACK_WRAP_UP_END:
        on_callback_wrap_up_end(centre, slot_at(centre, index))

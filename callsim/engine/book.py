"""What the compiled engine puts on the schedule at midnight and what it writes down: twin of centre.py and rows.py."""

from __future__ import annotations

import math

from callsim.engine.memory import (
    ATTEMPT_SIZE,
    CALL_SIZE,
    CALLBACK_SIZE,
    CALLER_ROW_SIZE,
    CALLER_SIZE,
    DUTY_SIZE,
    HOURS_SIZE,
    LEG_ROW_SIZE,
    NEVER,
    NONE,
    PAUSE_SIZE,
    STINT_SIZE,
    TRY_SIZE,
    CallbackEnd,
    Outcome,
    Resolution,
    begin_stay,
    call_at,
    callback_record,
    caller_at,
    change_at,
    compiled,
    copy,
    day_at,
    draw,
    duty_record,
    float_at,
    forget_leg,
    forget_node,
    hours_record,
    job_at,
    lasting_draws,
    leg_at,
    leg_row_record,
    node_at,
    pause_record,
    place_at,
    pool_at,
    post,
    queue_at,
    slot_at,
    stint_record,
    take_call,
    take_caller,
    take_change,
    take_node,
    try_record,
)
from callsim.engine.order import (
    DIAL,
    HOURS_CHANGE,
    ROSTER_CHANGE,
)
from callsim.engine.records import (
    JOB_WORK,
    KIND,
    ON_ARRIVAL,
    ON_BREAK_DUE,
    ON_CALLBACK_HOURS,
    ON_DEPARTURE,
    ON_HOURS_CHANGE,
)
from callsim.engine.waiting import (
    begin_pool,
    meld,
    waits_in,
    without_first,
)


@compiled
def begin_day(centre, page):
    """Put the day's openings, stints and first dial on the schedule."""
    centre.today = page.today
    centre.until = page.until
    centre.runs_out = page.runs_out
    for place in range(centre.queue_count):
        drop_gone(centre, queue_at(centre, place))
    for number in range(page.hours_count):
        change = hours_record(page.hours + number * HOURS_SIZE)
        if change.queue >= 0:
            what = ON_HOURS_CHANGE | (change.opens << 32) | change.queue
            post(centre, change.time, HOURS_CHANGE, change.queue, what)
        else:
            what = ON_CALLBACK_HOURS | (change.opens << 32)
            post(centre, change.time, HOURS_CHANGE, 2 * centre.queue_count, what)
    for index in range(centre.slot_count):
        slot_at(centre, index).handled = 0.0
    for index in range(centre.pool_count):
        begin_pool(centre, pool_at(centre, index))
    for number in range(page.stint_count):
        post_stint(centre, stint_record(page.stints + number * STINT_SIZE))
    centre.next_row = 0
    post_next_dial(centre)


@compiled
def lacks_room(centre, page):
    """Whether a day would find too little room for what begin_day does."""
    posts = page.hours_count + page.stint_count + page.changes
    return centre.events_used + posts > centre.events_mark or centre.changes_used + page.changes > centre.changes_mark


@compiled
def drop_gone(centre, queue):
    """Forget who no longer waits: a queue without agents would never pass them over."""
    node = queue.row_first
    queue.row_first = queue.row_last = NONE
    while node >= 0:
        further = node_at(centre, node).after
        if waits_in(centre, queue, node_at(centre, node)):
            node_at(centre, node).after = NONE
            if queue.row_last >= 0:
                node_at(centre, queue.row_last).after = node
            else:
                queue.row_first = node
            queue.row_last = node
        else:
            forget_node(centre, node)
        node = further
    heap = -1
    while queue.early >= 0:
        top = node_at(centre, queue.early)
        if waits_in(centre, queue, top):
            heap = meld(centre, heap, take_node(centre, top.rank, top.what))
        queue.early = without_first(centre, queue.early)
    queue.early = heap


@compiled
def post_stint(centre, stint):
    """Who is due to leave at the moment of coming stays: there is no change."""
    slot = slot_at(centre, stint.slot)
    if slot.departure >= 0 and slot.rostered_until == stint.start:
        change_at(centre, slot.departure).is_void = 1
    else:
        post(centre, stint.start, ROSTER_CHANGE, slot.number, ON_ARRIVAL | slot.index)
    slot.rostered_until = stint.end
    departure = take_change(centre)
    departure.slot = slot.index
    slot.departure = departure.index
    post(centre, stint.end, ROSTER_CHANGE, slot.number, ON_DEPARTURE | departure.index)
    for number in range(stint.first_pause, stint.first_pause + stint.pauses):
        due = pause_record(centre.pauses + number * PAUSE_SIZE)
        change = take_change(centre)
        change.slot = slot.index
        change.lasts = due.lasts
        change.activity = due.activity
        post(centre, due.start, ROSTER_CHANGE, slot.number, ON_BREAK_DUE | change.index)


@compiled
def post_next_dial(centre):
    """First dials come in order: the next one stands beside the schedule."""
    day = day_at(centre, centre.today)
    row = centre.next_row
    if row == day.size:
        centre.next_time = math.inf
        return
    centre.next_row = row + 1
    caller = take_caller(centre)
    caller.day = day.index
    caller.day_number = day.number
    caller.row = place_at(day.row + 8 * row)
    caller.number = day.first + row
    caller.dialled = float_at(day.dialled + 8 * row)
    caller.source = place_at(day.source + 8 * row)
    caller.ordinal = place_at(day.ordinal + 8 * row)
    caller.kind = int(draw(lasting_draws(centre, caller), KIND, caller.row))
    call = new_call(centre, caller, 1, caller.dialled)
    centre.sequence += 1
    call.step = centre.sequence
    centre.next_time = caller.dialled
    centre.next_key = (DIAL << 56) | caller.number
    centre.next_call = call.index


@compiled
def new_call(centre, caller, attempt, dials):
    caller.uses += 1
    call = take_call(centre)
    call.caller = caller.index
    call.number = caller.number
    call.row = caller.row
    call.source = caller.source
    call.day_number = caller.day_number
    call.ordinal = caller.ordinal
    call.kind = caller.kind
    call.attempt = attempt
    call.dialled = dials
    begin_stay(centre, call)
    return call


@compiled
def tell_on(centre, call):
    """Add an ended attempt to its caller's story."""
    caller = caller_at(centre, call.caller)
    if caller.first_queue < 0:
        caller.first_queue = call.first_queue
    if not math.isnan(call.asked):
        caller.times_asked += 1
        stopped = call.left if math.isnan(call.answered) else call.answered
        if not math.isnan(call.kept) and call.leg < 0:
            stopped = call.kept
        # Who still waits at the horizon has waited until then.
        caller.waited += (centre.now if math.isnan(stopped) else stopped) - call.asked


@compiled
def end_story(centre, caller, resolution, resolved, served):
    caller.has_ended = 1
    caller.resolution = resolution
    caller.resolved = resolved
    caller.served = served
    row = centre.caller_log + centre.caller_rows * CALLER_ROW_SIZE
    centre.caller_rows += 1
    centre.is_tight |= centre.caller_rows > centre.caller_mark
    copy(centre.callers + caller.index * CALLER_SIZE, row, CALLER_ROW_SIZE)


@compiled
def write(centre, call):
    """The attempt and its wrap-up have ended: its record begins with the row."""
    if call.dialled < centre.end:
        centre.unended -= 1
    call.is_written = 1
    row = centre.attempt_log + centre.attempt_rows * ATTEMPT_SIZE
    centre.attempt_rows += 1
    centre.is_tight |= centre.attempt_rows > centre.attempt_mark
    copy(centre.calls + call.index * CALL_SIZE, row, ATTEMPT_SIZE)


@compiled
def write_leg(centre, leg):
    """The way of a call after a transfer, which is over."""
    row = leg_row_record(centre.leg_log + centre.leg_rows * LEG_ROW_SIZE)
    centre.leg_rows += 1
    centre.is_tight |= centre.leg_rows > centre.leg_mark
    row.source, row.day, row.caller = leg.source, leg.day, leg.caller
    row.attempt = leg.attempt
    row.leg = leg.number
    row.queue = leg.queue_place
    row.vendor = leg.vendor_place
    row.asked = leg.asked
    row.matched = leg.matched
    row.team = leg.team
    row.slot = leg.place
    row.answered = leg.answered
    row.left = leg.left
    row.freed = leg.freed
    forget_leg(centre, leg)


@compiled
def write_offer(centre, call):
    """A match with an agent who has not answered until now."""
    caller = caller_at(centre, call.caller)
    row = leg_row_record(centre.leg_log + centre.leg_rows * LEG_ROW_SIZE)
    centre.leg_rows += 1
    centre.is_tight |= centre.leg_rows > centre.leg_mark
    row.source, row.day, row.caller = caller.source, caller.day_number, caller.ordinal
    row.attempt = call.attempt
    row.leg = 0
    row.queue = call.last_queue
    row.vendor = NONE
    row.asked, row.matched, row.team, row.slot = call.asked, call.matched, call.team, call.place
    if call.leg >= 0:
        leg = leg_at(centre, call.leg)
        row.leg = leg.number
        row.asked, row.matched, row.team, row.slot = leg.asked, leg.matched, leg.team, leg.place
    row.answered = NEVER
    row.left = centre.now
    row.freed = centre.now


@compiled
def write_duty(centre, slot):
    """The agent goes home or does something else from now on."""
    row = duty_record(centre.duty_log + centre.duty_rows * DUTY_SIZE)
    centre.duty_rows += 1
    centre.is_tight |= centre.duty_rows > centre.duty_mark
    row.team = slot.team
    row.slot = slot.place
    row.activity = slot.activity
    row.came = slot.came
    row.due = centre.now if math.isnan(slot.due) else slot.due
    row.went = centre.now


@compiled
def write_try(centre, job, slot, freed):
    """A try to call somebody back."""
    caller = caller_at(centre, job.caller)
    row = try_record(centre.try_log + centre.try_rows * TRY_SIZE)
    centre.try_rows += 1
    centre.is_tight |= centre.try_rows > centre.try_mark
    row.source, row.day, row.caller = caller.source, caller.day_number, caller.ordinal
    row.number = job.try_number
    row.queue = caller.first_queue
    row.team = slot.team
    row.slot = slot.place
    row.dialled = job.dialled
    row.answered = job.answered
    row.left = job.left
    row.freed = freed


@compiled
def write_callback(centre, job, closed, end):
    """The whole callback."""
    caller = caller_at(centre, job.caller)
    row = callback_record(centre.callback_log + centre.callback_rows * CALLBACK_SIZE)
    centre.callback_rows += 1
    centre.is_tight |= centre.callback_rows > centre.callback_mark
    row.source, row.day, row.caller = caller.source, caller.day_number, caller.ordinal
    row.cause = job.cause
    row.opened = job.opened
    row.tries = job.tries
    row.reached = job.answered
    row.closed = closed
    row.end = end


@compiled
def break_off(centre):
    """The horizon ends: what is under way is unfinished, whoever would have called again is open."""
    for number in range(centre.last_leg_count):
        write_leg(centre, leg_at(centre, place_at(centre.last_legs + 8 * number)))
    for number in range(centre.last_call_count):
        call = call_at(centre, place_at(centre.last_calls + 8 * number))
        if math.isnan(call.left):
            call.outcome = Outcome.UNFINISHED
            tell_on(centre, call)
        write(centre, call)
    for index in range(centre.slot_count):
        slot = slot_at(centre, index)
        if slot.work == JOB_WORK:
            write_try(centre, job_at(centre, slot.work_index), slot, NEVER)
        if not math.isnan(slot.came):
            write_duty(centre, slot)
    for number in range(centre.last_caller_count):
        caller = caller_at(centre, place_at(centre.last_callers + 8 * number))
        if caller.job >= 0:
            write_callback(centre, job_at(centre, caller.job), NEVER, CallbackEnd.OPEN)
        end_story(centre, caller, Resolution.OPEN, NEVER, NEVER)

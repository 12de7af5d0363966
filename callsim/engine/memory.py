"""The memory of the compiled engine: records by address, tables of free records, and the schedule.

Machine code reads and writes records (records.py) where they stand. A table is an address in the centre's record;
compiled.py holds the arrays and makes them larger before an event could find them full.
"""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from callsim import calllog
from callsim.engine import records
from callsim.engine.linking import Part
from callsim.engine.records import EMPTY, GONE

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Machine code for one function. Divisions are checked by hand, so no error has to be raised on the way."""
    return cast(Function, numba.njit(nogil=True, error_model="numpy", pipeline_class=Part)(function))


def record_at(dtype: np.dtype[Any]) -> Callable[[int], Any]:
    """A function from an address to the record of a kind that stands there."""
    record = numba.from_dtype(dtype)

    @intrinsic
    def at(typing: Any, address: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(record))

        return record(types.int64), code

    return cast(Callable[[int], Any], at)


def _value_at(kind: Any, numbers: ir.Type) -> Callable[[int], Any]:
    """A function from an address to the number that stands there."""

    @intrinsic
    def at(typing: Any, address: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.load(builder.inttoptr(arguments[0], numbers.as_pointer()))

        return kind(types.int64), code

    return cast(Callable[[int], Any], at)


@intrinsic
def copy(typing: Any, source: Any, target: Any, size: Any) -> Any:
    """Copy bytes from an address to another."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        start, end = (builder.inttoptr(address, cgutils.voidptr_t) for address in arguments[:2])
        cgutils.raw_memcpy(builder, end, start, arguments[2], 1)
        return context.get_dummy_value()

    return types.none(types.int64, types.int64, types.int64), code


@intrinsic
def set_place(typing: Any, address: Any, place: Any) -> Any:
    """Put a whole number at an address."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[1], builder.inttoptr(arguments[0], ir.IntType(64).as_pointer()))
        return context.get_dummy_value()

    return types.none(types.int64, types.int64), code


@intrinsic
def set_number(typing: Any, address: Any, number: Any) -> Any:
    """Put a number at an address."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[1], builder.inttoptr(arguments[0], ir.DoubleType().as_pointer()))
        return context.get_dummy_value()

    return types.none(types.int64, types.float64), code


float_at = _value_at(types.float64, ir.DoubleType())
place_at = _value_at(types.int64, ir.IntType(64))
caller_record, call_record, leg_record, job_record, change_record, node_record, event_record = map(
    record_at, records.REUSED.values()
)
(
    slot_record, queue_record, team_record, head_record, group_record, pool_record, source_record, way_record,
    menu_record, service_record, vendor_record, rule_record, destination_record,
) = map(record_at, records.FIXED.values())  # fmt: skip
attempt_record, leg_row_record, caller_row_record, duty_record, try_record, callback_record = map(
    record_at, records.LOGS.values()
)
day_record, entry_record, idle_record = map(record_at, (records.DAY, records.ENTRY, records.IDLE))
centre_record = record_at(records.CENTRE)
page_record, hours_record, stint_record, pause_record = map(
    record_at, (records.PAGE, records.HOURS, records.STINT, records.PAUSE)
)

CALLER_SIZE, CALL_SIZE, LEG_SIZE, JOB_SIZE, CHANGE_SIZE, NODE_SIZE, EVENT_SIZE = (
    dtype.itemsize for dtype in records.REUSED.values()
)
(
    SLOT_SIZE, QUEUE_SIZE, TEAM_SIZE, HEAD_SIZE, GROUP_SIZE, POOL_SIZE, SOURCE_SIZE, WAY_SIZE, MENU_SIZE, SERVICE_SIZE,
    VENDOR_SIZE, RULE_SIZE, DESTINATION_SIZE,
) = (dtype.itemsize for dtype in records.FIXED.values())  # fmt: skip
ATTEMPT_SIZE, LEG_ROW_SIZE, CALLER_ROW_SIZE, DUTY_SIZE, TRY_SIZE, CALLBACK_SIZE = (
    dtype.itemsize for dtype in records.LOGS.values()
)
DAY_SIZE, ENTRY_SIZE, IDLE_SIZE = records.DAY.itemsize, records.ENTRY.itemsize, records.IDLE.itemsize
PAGE_SIZE = records.PAGE.itemsize
HOURS_SIZE, STINT_SIZE, PAUSE_SIZE = records.HOURS.itemsize, records.STINT.itemsize, records.PAUSE.itemsize

NEVER = math.nan
NONE = -1


def _numbers(names: type) -> Any:
    """A class of numbers as a tuple, which compiled code can read by name."""
    numbers = {name: number for name, number in vars(names).items() if name.isupper()}
    return namedtuple(names.__name__, numbers)(**numbers)


Activity, Outcome, Reason = map(_numbers, (calllog.Activity, calllog.Outcome, calllog.Reason))
Resolution, CallbackCause, CallbackEnd = map(_numbers, (calllog.Resolution, calllog.CallbackCause, calllog.CallbackEnd))


@compiled
def caller_at(centre, index):
    return caller_record(centre.callers + index * CALLER_SIZE)


@compiled
def call_at(centre, index):
    return call_record(centre.calls + index * CALL_SIZE)


@compiled
def leg_at(centre, index):
    return leg_record(centre.legs + index * LEG_SIZE)


@compiled
def job_at(centre, index):
    return job_record(centre.jobs + index * JOB_SIZE)


@compiled
def change_at(centre, index):
    return change_record(centre.changes + index * CHANGE_SIZE)


@compiled
def node_at(centre, index):
    return node_record(centre.nodes + index * NODE_SIZE)


@compiled
def slot_at(centre, index):
    return slot_record(centre.slots + index * SLOT_SIZE)


@compiled
def queue_at(centre, place):
    return queue_record(centre.queues + place * QUEUE_SIZE)


@compiled
def team_at(centre, place):
    return team_record(centre.teams + place * TEAM_SIZE)


@compiled
def head_at(centre, index):
    return head_record(centre.heads + index * HEAD_SIZE)


@compiled
def group_at(centre, index):
    return group_record(centre.groups + index * GROUP_SIZE)


@compiled
def pool_at(centre, index):
    return pool_record(centre.pools + index * POOL_SIZE)


@compiled
def source_at(centre, place):
    return source_record(centre.sources + place * SOURCE_SIZE)


@compiled
def way_at(centre, index):
    return way_record(centre.ways + index * WAY_SIZE)


@compiled
def menu_at(centre, index):
    return menu_record(centre.menus + index * MENU_SIZE)


@compiled
def service_at(centre, index):
    return service_record(centre.services + index * SERVICE_SIZE)


@compiled
def vendor_at(centre, place):
    return vendor_record(centre.vendors + place * VENDOR_SIZE)


@compiled
def rule_at(centre, index):
    return rule_record(centre.rules + index * RULE_SIZE)


@compiled
def destination_at(centre, index):
    return destination_record(centre.destinations + index * DESTINATION_SIZE)


@compiled
def day_at(centre, index):
    return day_record(centre.days + index * DAY_SIZE)


@compiled
def event_at(centre, index):
    return event_record(centre.events + index * EVENT_SIZE)


@compiled
def entry_at(centre, place):
    return entry_record(centre.schedule + place * ENTRY_SIZE)


@compiled
def idle_at(pool, index):
    return idle_record(pool.idle + index * IDLE_SIZE)


@compiled
def listed(centre, index):
    """An entry of the lists of places: queues of a team, pools of a queue, and the like."""
    return place_at(centre.places + 8 * index)


@compiled
def draw(block, column, row):
    """A value of the tape: a column is an address and a mask, 0 where all rows share one value."""
    column = block + 16 * column
    return float_at(place_at(column) + 8 * (row & place_at(column + 8)))


@compiled
def block_of(centre, day, table, number, leg):
    """The address of a block of the tape, 0 where it has not been drawn. Keys are in ascending order."""
    key = ((day.portion * 4 + table) * 0x80000 + number) * 0x80000 + leg
    low, high = 0, centre.block_count
    while low < high:
        middle = (low + high) // 2
        if place_at(centre.block_keys + 8 * middle) < key:
            low = middle + 1
        else:
            high = middle
    if low < centre.block_count and place_at(centre.block_keys + 8 * low) == key:
        return place_at(centre.blocks_at + 8 * low)
    return 0


@compiled
def day_of(centre, caller):
    return day_at(centre, caller.day)


@compiled
def part_of(centre, block, caller):
    """The part of a block of the tape that holds the columns of the caller's source."""
    return block + centre.source_step * caller.source


@compiled
def draws_of(centre, caller, table, number, leg):
    """The caller's part of a block of the tape."""
    return part_of(centre, block_of(centre, day_of(centre, caller), table, number, leg), caller)


@compiled
def lasting_draws(centre, caller):
    """What is drawn once for a caller."""
    return part_of(centre, day_of(centre, caller).callers, caller)


@compiled
def take_caller(centre):
    """A fresh record: the first one of each table is how they begin."""
    index = centre.callers_free
    caller = caller_at(centre, index)
    centre.callers_free = caller.next_free
    centre.callers_used += 1
    centre.is_tight |= centre.callers_used > centre.callers_mark
    copy(centre.callers, centre.callers + index * CALLER_SIZE, CALLER_SIZE)
    caller.index = index
    return caller


@compiled
def take_call(centre):
    index = centre.calls_free
    call = call_at(centre, index)
    centre.calls_free = call.next_free
    centre.calls_used += 1
    centre.is_tight |= centre.calls_used > centre.calls_mark
    copy(centre.calls, centre.calls + index * CALL_SIZE, CALL_SIZE)
    call.index = index
    return call


@compiled
def take_leg(centre):
    index = centre.legs_free
    leg = leg_at(centre, index)
    centre.legs_free = leg.next_free
    centre.legs_used += 1
    centre.is_tight |= centre.legs_used > centre.legs_mark
    copy(centre.legs, centre.legs + index * LEG_SIZE, LEG_SIZE)
    leg.index = index
    return leg


@compiled
def take_job(centre):
    index = centre.jobs_free
    job = job_at(centre, index)
    centre.jobs_free = job.next_free
    centre.jobs_used += 1
    centre.is_tight |= centre.jobs_used > centre.jobs_mark
    copy(centre.jobs, centre.jobs + index * JOB_SIZE, JOB_SIZE)
    job.index = index
    return job


@compiled
def take_change(centre):
    index = centre.changes_free
    change = change_at(centre, index)
    centre.changes_free = change.next_free
    centre.changes_used += 1
    centre.is_tight |= centre.changes_used > centre.changes_mark
    copy(centre.changes, centre.changes + index * CHANGE_SIZE, CHANGE_SIZE)
    change.index = index
    return change


@compiled
def take_node(centre, rank, what):
    index = centre.nodes_free
    node = node_at(centre, index)
    centre.nodes_free = node.next_free
    centre.nodes_used += 1
    centre.is_tight |= centre.nodes_used > centre.nodes_mark
    node.rank = rank
    node.what = what
    node.after = NONE
    node.child = NONE
    return index


@compiled
def forget_node(centre, index):
    node_at(centre, index).next_free = centre.nodes_free
    centre.nodes_free = index
    centre.nodes_used -= 1


@compiled
def forget_change(centre, change):
    change.next_free = centre.changes_free
    centre.changes_free = change.index
    centre.changes_used -= 1


@compiled
def forget_leg(centre, leg):
    leg.next_free = centre.legs_free
    centre.legs_free = leg.index
    centre.legs_used -= 1
    leg.index = NONE


@compiled
def drop_others(centre, call):
    while call.others >= 0:
        other = call.others
        call.others = node_at(centre, other).after
        forget_node(centre, other)


@compiled
def forget_call(centre, call):
    """A call whose row is written and that occupies nobody any more, or that was never dialled."""
    if call.at_operator > 0:
        return
    caller = caller_at(centre, call.caller)
    drop_others(centre, call)
    call.state = GONE
    call.rank = call.step = call.greeting = NONE
    call.next_free = centre.calls_free
    centre.calls_free = call.index
    centre.calls_used -= 1
    call.index = NONE
    release_caller(centre, caller)


@compiled
def forget_job(centre, job):
    """A callback that is closed and on which nobody works."""
    caller = caller_at(centre, job.caller)
    job.step = NONE
    job.number = NONE
    job.next_free = centre.jobs_free
    centre.jobs_free = job.index
    centre.jobs_used -= 1
    job.index = NONE
    release_caller(centre, caller)


@compiled
def release_caller(centre, caller):
    """Nothing refers to a caller whose story has ended: the record is free."""
    caller.uses -= 1
    if caller.uses == 0 and caller.has_ended:
        day_of(centre, caller).live -= 1
        caller.next_free = centre.callers_free
        centre.callers_free = caller.index
        centre.callers_used -= 1
        caller.index = NONE


# The schedule: a tree in which each event has a leaf, by its number, and each branch names the first event above it.


@compiled
def post(centre, time, kind, subject, what):
    """Put an event on the schedule at an absolute time. Returns its place there.

    From now on centre.sequence is its number in the order of posting.
    """
    centre.sequence += 1
    gap = centre.gap
    index = gap if gap else centre.events_free
    event = event_at(centre, index)
    event.key = (kind << 56) | subject
    event.sequence = centre.sequence
    event.what = what
    if gap:
        centre.gap = 0
        entry_at(centre, centre.leaf_count + index).time = time
        replay(centre, index)
    else:
        centre.events_free = event.next_free
        centre.events_used += 1
        centre.is_tight |= centre.events_used > centre.events_mark
        if index >= centre.leaf_count:
            grow_leaves(centre)
        rise(centre, time, index)
    return index


@compiled
def forget_event(centre, index):
    """The leaf is empty: it has a time after all others, and hardly another has the same."""
    event_at(centre, index).next_free = centre.events_free
    centre.events_free = index
    centre.events_used -= 1
    set_place(centre.schedule + (centre.leaf_count + index) * ENTRY_SIZE, EMPTY + index)


@compiled
def rise(centre, time, index):
    """Put an event into an empty leaf, and name it in all branches on the way down of which it is the first."""
    place = centre.leaf_count + index
    entry_at(centre, place).time = time
    while place > 1:
        place >>= 1
        entry = entry_at(centre, place)
        if entry.time < time or (entry.time == time and not ties_before(centre, index, entry.event)):
            return
        entry.time, entry.event = time, index


@compiled
def replay(centre, index):
    """Find out which event goes first, after another has taken the leaf of the one that did.

    Without a branch that a processor would have to guess, unless times tie. No time is negative, so their bits are in
    the order of the times when read as whole numbers.
    """
    schedule, place = centre.schedule, (centre.leaf_count + index) * ENTRY_SIZE
    first = place_at(schedule + place)
    while place > ENTRY_SIZE:
        beside = schedule + (place ^ ENTRY_SIZE)
        its_time, its_event = place_at(beside), place_at(beside + 8)
        if its_time == first:
            index = its_event if ties_before(centre, its_event, index) else index
        index = its_event if its_time < first else index
        first = its_time if its_time < first else first
        place = (place >> 1) & -ENTRY_SIZE
        set_place(schedule + place, first)
        set_place(schedule + place + 8, index)


@compiled
def drop_first(centre):
    """Take the first event off the schedule; its leaf is left to what is posted next."""
    centre.gap = entry_at(centre, 1).event


@compiled
def close_gap(centre):
    """Nothing was posted."""
    index = centre.gap
    centre.gap = 0
    forget_event(centre, index)
    replay(centre, index)


@compiled
def cancel(centre, index):
    """Take an event off the schedule that is not the gap, if there is one: no branch here names that."""
    forget_event(centre, index)
    place = centre.leaf_count + index
    while place > 1 and entry_at(centre, place >> 1).event == index:
        place >>= 1
        play_off(centre, place)


@compiled
def play_off(centre, place):
    """Name the first event above a branch."""
    one, other = entry_at(centre, 2 * place), entry_at(centre, 2 * place + 1)
    is_other = other.time < one.time or (other.time == one.time and ties_before(centre, other.event, one.event))
    first = other if is_other else one
    entry = entry_at(centre, place)
    entry.time, entry.event = first.time, first.event


@compiled
def grow_leaves(centre):
    """Have twice as many leaves, the further ones empty."""
    leaves = centre.leaf_count
    centre.leaf_count = 2 * leaves
    size = leaves * ENTRY_SIZE
    copy(centre.schedule + size, centre.schedule + 2 * size, size)
    for index in range(leaves, 2 * leaves):
        set_place(centre.schedule + (2 * leaves + index) * ENTRY_SIZE, EMPTY + index)
        entry_at(centre, 2 * leaves + index).event = index
    for place in range(2 * leaves - 1, 0, -1):
        play_off(centre, place)


@compiled
def ties_before(centre, index, other):
    """Which of two events at the same time goes first: order.py."""
    one, two = event_at(centre, index), event_at(centre, other)
    return one.key < two.key or (one.key == two.key and one.sequence < two.sequence)


@compiled
def post_call(centre, call, time, kind, handler):
    """Put the call's next step on the schedule."""
    post(centre, time, kind, call.number, handler | call.index)
    call.step = centre.sequence


@compiled
def end_patience(centre, call):
    """The caller hangs up no longer. What was scheduled is taken off: of those who wait most are answered."""
    if call.patience >= 0:
        cancel(centre, call.patience)
        call.patience = NONE


@compiled
def begin_stay(centre, call):
    """Timers posted before now are void."""
    centre.sequence += 1
    call.stay = centre.sequence

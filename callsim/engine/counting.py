"""Counting the rows that the compiled engine wrote, in machine code: the twin of `Calls.add` and `People.add` in
counts.py, and of `Work.add` and `Waiting.add` in seconds.py, row by row.

The tables are theirs: they stand as addresses in a record, and what a kind of row belongs to is read from its marks.
"""

from __future__ import annotations

import math

import numpy as np

from callsim.engine.memory import (
    ATTEMPT_SIZE,
    CALLER_ROW_SIZE,
    attempt_record,
    caller_row_record,
    compiled,
    float_at,
    place_at,
    record_at,
    set_number,
    set_place,
)
from callsim.engine.records import COUNTING, HINT_SHIFT

counting_record = record_at(COUNTING)

(
    ANSWERED_WAIT, LINE_ANSWERED_WAIT, WAIT, KEPT_WAIT, VENDOR_MINUTES, WAITS_ANSWERED, WAITS_UNANSWERED,
    WAITS_PASSED_ON,
) = range(8)  # fmt: skip
"""The marks of a kind of attempt; the first five are lengths that are summed."""


@compiled
def count_attempts(counting_at: int, rows: int, begin: int, end: int) -> int:
    """Count attempts from one row to before another. Returns where it came to: a kind, `unmet`, has yet to be met."""
    counting = counting_record(counting_at)
    for row in range(begin, end):
        call = attempt_record(rows + row * ATTEMPT_SIZE)
        ended = first_of(first_of(call.kept, call.answered), call.left)
        if counting.low <= call.dialled < counting.high and (
            not counting.skips_put_through or math.isnan(call.transferred)
        ):
            number = number_of_call(counting, call, ended - call.asked)
            kind = place_at(counting.kind_of + 8 * number)
            if kind < 0:
                counting.unmet = number
                return row
            count_attempt(counting, call, ended - call.asked, kind)
        if call.team >= 0:
            spend(
                counting, counting.handled_running, counting.handled_before, counting.handled_after,
                call.team, call.matched, call.freed,
            )  # fmt: skip
            if counting.low <= call.answered < counting.high:
                place = call.team * counting.width + math.floor(call.answered / counting.interval)
                add_number(counting.talks + 8 * place, 1.0)
        if not math.isnan(call.joined):
            spend(
                counting, counting.waiting_running, counting.waiting_before, counting.waiting_after,
                call.first_queue, call.asked, ended,
            )  # fmt: skip
    return end


@compiled
def count_callers(counting_at: int, rows: int, begin: int, end: int) -> int:
    """The same for callers."""
    counting = counting_record(counting_at)
    for row in range(begin, end):
        caller = caller_row_record(rows + row * CALLER_ROW_SIZE)
        if counting.low <= caller.dialled < counting.high:
            aim = float_at(counting.aims + 8 * (caller.first_queue + 1))
            number = caller.asked > 0 and not math.isnan(aim)
            number = (number << 1 | (caller.waited <= aim)) << 4 | caller.resolution
            kind = place_at(counting.kind_of + 8 * number)
            if kind < 0:
                counting.unmet = number
                return row
            interval = interval_of_day(counting, caller.dialled)
            count(counting, counting.first_queue_cells, caller.first_queue, kind)
            count(counting, counting.source_cells, caller.source, kind)
            count(counting, counting.interval_cells, interval, kind)
            number = float(caller.attempts)
            add(counting.first_queue_sums, counting.first_queue_size, 0, caller.first_queue, number)
            add(counting.source_sums, counting.source_size, 0, caller.source, number)
            add(counting.interval_sums, counting.interval_size, 0, interval, number)
    return end


@compiled
def interval_of_day(counting, dialled):
    """The interval of the day in which a row was dialled."""
    since_start = math.floor(dialled / counting.interval)
    return int(since_start - math.floor(since_start / counting.day_intervals) * counting.day_intervals)


@compiled
def first_of(one, other):
    """The earlier of two instants, either of which may never have been."""
    return other if math.isnan(one) or other < one else one


@compiled
def number_of_call(counting, call, wait):
    """All that is known of an attempt, as `Calls` and `Kinds` put it."""
    aim = float_at(counting.aims + 8 * (call.first_queue + 1))
    line_aim = float_at(counting.line_aims + 8 * (call.first_queue + 1))
    number = counting.has_vendors and call.vendor >= 0 and not math.isnan(call.matched) and math.isnan(call.kept)
    number = number << 1 | (call.kept <= call.answered)
    number = number << 1 | (call.first_queue != call.last_queue)
    number = number << 1 | (not math.isnan(call.joined))
    number = number << 1 | (not math.isnan(aim))
    number = number << 1 | (wait <= aim)
    number = number << 1 | (not math.isnan(call.asked) and not math.isnan(line_aim))
    number = number << 1 | (wait <= line_aim)
    number = number << 1 | (not math.isnan(call.answered))
    number = number << 1 | (not math.isnan(wait))
    number = number << 1 | (call.team >= 0)
    number = number << 1 | is_open(counting, call)
    return number << 4 | call.outcome


@compiled
def is_open(counting, call):
    """Whether a call was dialled in the hours of its first queue, or in the centre's."""
    hours = counting.hours
    if call.first_queue >= 0:
        own = counting.own_hours + 16 * call.first_queue
        hours = own if place_at(own) >= 0 else hours
    low, high, borders = 0, place_at(hours), place_at(hours + 8)
    while low < high:
        middle = (low + high) // 2
        if float_at(borders + 8 * middle) <= call.dialled:
            low = middle + 1
        else:
            high = middle
    return low & 1 == 1


@compiled
def count_attempt(counting, call, wait, kind):
    """Count an attempt in each of its groups."""
    marks = place_at(counting.marks + 8 * kind)
    interval = interval_of_day(counting, call.dialled)
    count(counting, counting.first_queue_cells, call.first_queue, kind)
    count(counting, counting.last_queue_cells, call.last_queue, kind)
    count(counting, counting.source_cells, call.source, kind)
    count(counting, counting.interval_cells, interval, kind)
    for mark in range(VENDOR_MINUTES + 1):
        if marks >> mark & 1:
            length = length_of(call, wait, mark)
            add(counting.first_queue_sums, counting.first_queue_size, mark, call.first_queue, length)
            add(counting.source_sums, counting.source_size, mark, call.source, length)
            add(counting.interval_sums, counting.interval_size, mark, interval, length)
    if counting.has_vendors and call.vendor >= 0:
        count_at_vendor(counting, call, wait, kind, marks)
    if call.first_queue >= 0:
        count_wait(counting, call, wait, marks)


@compiled
def length_of(call, wait, mark):
    """A length of an attempt, nothing where it is missing."""
    if mark == VENDOR_MINUTES:
        talked = (call.left if math.isnan(call.transferred) else call.transferred) - call.answered
        length = talked / 60.0 if call.vendor >= 0 else math.nan
    elif mark == KEPT_WAIT:
        length = call.answered - call.kept
    else:
        length = wait
    return length if length > 0.0 else 0.0


@compiled
def count_at_vendor(counting, call, wait, kind, marks):
    """Count an attempt for the vendor that it came to."""
    count(counting, counting.met_vendor_cells, call.vendor, kind)
    if marks >> VENDOR_MINUTES & 1:
        minutes = length_of(call, wait, VENDOR_MINUTES)
        add(counting.met_vendor_sums, counting.met_vendor_size, VENDOR_MINUTES, call.vendor, minutes)
    if math.isnan(call.transferred):
        count(counting, counting.first_vendor_cells, call.vendor, kind)
        if marks >> LINE_ANSWERED_WAIT & 1:
            length = length_of(call, wait, LINE_ANSWERED_WAIT)
            add(counting.first_vendor_sums, counting.first_vendor_size, LINE_ANSWERED_WAIT, call.vendor, length)


@compiled
def count_wait(counting, call, wait, marks):
    """Count a wait in the histogram of its queue, and in the slices of the target time."""
    queue = call.first_queue
    if marks >> WAITS_ANSWERED == 0:
        return
    add_place(counting.histograms + 8 * (queue * counting.bins + bin_of(counting, wait)))
    if math.isnan(float_at(counting.aims + 8 * (queue + 1))):
        return
    edges = counting.edges + 8 * queue * counting.slices
    if marks >> WAITS_ANSWERED & 1:
        into, place = counting.in_slices, slice_of(counting, edges, wait, True)
    else:
        passed_on = marks >> WAITS_PASSED_ON & 1
        into = counting.left_in_slices
        place = slice_of(counting, edges, call.matched - call.asked if passed_on else wait, False)
    if place == counting.slices:
        add_place(counting.longer + 8 * queue)
    else:
        add_place(into + 8 * (queue * counting.slices + place))


@compiled
def bin_of(counting, wait):
    """The bin of WaitHistogram: how many edges are not above the wait."""
    place = place_at(counting.hints + 8 * bits_of(wait))
    while place < counting.bins - 1 and float_at(counting.bin_edges + 8 * place) <= wait:
        place += 1
    return place


@compiled
def bits_of(wait):
    """The sign, the exponent and the first five digits of a wait; waits are not negative."""
    return int(np.float64(wait).view(np.int64)) >> HINT_SHIFT


@compiled
def slice_of(counting, edges, wait, is_answered):
    """The slice of the target time, their number where the wait is longer. Slice 0 is for no wait at all.

    Answers fall into (start, end], other ends into [start, end): answering goes first.
    """
    if wait <= 0.0:
        return 0
    last = counting.slices - 1
    target = float_at(edges + 8 * last)
    if wait > target or (wait == target and not is_answered):
        return counting.slices
    place = min(max(int(wait / target * last), 1), last)
    while place > 1 and not is_beyond(float_at(edges + 8 * (place - 1)), wait, is_answered):
        place -= 1
    while is_beyond(float_at(edges + 8 * place), wait, is_answered):
        place += 1
    return place


@compiled
def is_beyond(edge, wait, is_answered):
    """Whether a wait lies beyond a slice that ends there."""
    return wait > edge if is_answered else wait >= edge


@compiled
def spend(counting, running, before, after, group, start, end):  # noqa: PLR0917  the tables of Spent, and a span
    """Add a span to the seconds of a group, clipped to the counted time: `Spent.add`, whose tables these are."""
    low, high = counting.low, counting.high
    start = min(max(start, low), high)
    end = max(high if math.isnan(end) else min(end, high), low)
    first, last = math.floor(start / counting.interval), math.floor(end / counting.interval)
    base = group * counting.width
    begun, ended = 8 * (base + int(first)), 8 * (base + int(last))
    add_number(before + begun, start - first * counting.interval)
    add_number(after + ended, end - last * counting.interval)
    if begun != ended:
        set_place(running + begun, place_at(running + begun) + 1)
        set_place(running + ended, place_at(running + ended) - 1)


@compiled
def count(counting, cells, slot, kind):
    """One more row of a kind in a group; -1 is none."""
    if cells:
        add_place(cells + 8 * ((slot + 1) * counting.kinds + kind))


@compiled
def add(sums, size, length, slot, number):
    add_number(sums + 8 * (length * size + slot + 1), number)


@compiled
def add_place(address):
    set_place(address, place_at(address) + 1)


@compiled
def add_number(address, number):
    set_number(address, float_at(address) + number)

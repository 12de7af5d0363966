"""The tape in machine code: many columns, or the first dials of many days, drawn by one call.

The twin of `draw` and `arrival_times` in demand.py, step by step. Values come from the C functions that stand behind
the methods of NumPy's Generator, and so from the same streams to the bit.
"""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from callsim.engine.memory import compiled, float_at, place_at, record_at, set_number, set_place
from callsim.engine.records import (
    CHANCE,
    COLUMN,
    CONSTANT,
    DIALS,
    EMPIRICAL,
    EXPONENTIAL,
    GAMMA,
    HANDS,
    HYPEREXPONENTIAL,
    LAW,
    LINE,
    LOGNORMAL,
    MIX,
    RINGS,
    SHARE,
    UNIFORM,
)
from callsim.scenario.timetable import DAY

law_record, column_record, dials_record, line_record, hands_record = map(record_at, (LAW, COLUMN, DIALS, LINE, HANDS))
LAW_SIZE, COLUMN_SIZE, LINE_SIZE = LAW.itemsize, COLUMN.itemsize, LINE.itemsize


def _call(builder: Any, result: Any, arguments: Any) -> Any:
    """Call the C function whose address comes first."""
    address, *given = arguments
    kind = ir.FunctionType(result, [one.type for one in given])
    return builder.call(builder.inttoptr(address, kind.as_pointer()), given)


@intrinsic
def value(typing: Any, function: Any, bits: Any) -> Any:
    """What a C function draws that has no parameters."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _call(builder, ir.DoubleType(), arguments)

    return types.float64(types.int64, types.int64), code


@intrinsic
def value_of(typing: Any, function: Any, bits: Any, parameter: Any) -> Any:
    """The same with one parameter."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _call(builder, ir.DoubleType(), arguments)

    return types.float64(types.int64, types.int64, types.float64), code


@intrinsic
def value_of_two(typing: Any, function: Any, bits: Any, first: Any, second: Any) -> Any:
    """The same with two."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _call(builder, ir.DoubleType(), arguments)

    return types.float64(types.int64, types.int64, types.float64, types.float64), code


@intrinsic
def fill(typing: Any, function: Any, bits: Any, size: Any, values: Any) -> Any:
    """Have a C function draw many values to where they shall stand."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _call(builder, ir.VoidType(), arguments)
        return context.get_dummy_value()

    return types.none(types.int64, types.int64, types.int64, types.int64), code


@intrinsic
def fill_whole(typing: Any, function: Any, bits: Any, low: Any, span: Any, size: Any, way: Any, values: Any) -> Any:  # noqa: PLR0917
    """The same for whole numbers from a low one up, over a span. The way is 0, Lemire's."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _call(builder, ir.VoidType(), arguments)
        return context.get_dummy_value()

    return types.none(*[types.int64] * 7), code


@compiled
def begin(hands, low, high, day, attempt, leg):  # noqa: PLR0917
    """Set the Philox to the start of a block: Streams.at.

    Its state is the addresses of counter and key, the place in a buffer of four words, the buffer, and whether there is
    a half-used word.
    """
    counter, key = place_at(hands.state), place_at(hands.state + 8)
    set_place(counter, 0)
    set_place(counter + 8, day)
    set_place(counter + 16, attempt)
    set_place(counter + 24, leg)
    set_place(key, low)
    set_place(key + 8, high)
    set_place(hands.state + 16, 4)
    set_place(hands.state + 56, 0)


@compiled
def draw_values(hands, law, values, size):
    """Independent values of a law, to where they shall stand."""
    if law.shape == MIX:
        draw_mix(hands, law, values, size)
    else:
        draw_plain(hands, law, values, size)
    if law.divisor != 0.0:
        for at in range(values, values + 8 * size, 8):
            set_number(at, float_at(at) / law.divisor)


@compiled
def draw_plain(hands, law, values, size):
    shape, end = law.shape, values + 8 * size
    if shape == CONSTANT:
        for at in range(values, end, 8):
            set_number(at, law.a)
    elif shape in (CHANCE, SHARE):
        fill(hands.uniforms, hands.bits, size, values)
        if shape == SHARE:
            for at in range(values, end, 8):
                set_number(at, share_of(law, float_at(at)))
    elif shape == EXPONENTIAL:
        fill(hands.exponentials, hands.bits, size, values)
        for at in range(values, end, 8):
            set_number(at, float_at(at) * law.a)
    elif shape == HYPEREXPONENTIAL:
        draw_hyperexponential(hands, law, values, size)
    elif shape in (RINGS, EMPIRICAL):
        draw_whole(hands, law, values, size)
    else:
        draw_singly(hands, law, values, end)


@compiled
def draw_singly(hands, law, values, end):
    """Laws that NumPy draws value by value."""
    shape, bits = law.shape, hands.bits
    for at in range(values, end, 8):
        if shape == LOGNORMAL:
            drawn = value_of_two(hands.lognormal, bits, law.a, law.b)
        elif shape == GAMMA:
            drawn = value_of_two(hands.gamma, bits, law.a, law.b) * law.c
        elif shape == UNIFORM:
            drawn = value_of_two(hands.uniform, bits, law.a, law.b)
        else:
            drawn = value_of(hands.weibull, bits, law.a) * law.b
        set_number(at, drawn)


@compiled
def draw_whole(hands, law, values, size):
    """Rings, or the numbers of values in a table: one of so many from a low one up."""
    fill_whole(hands.integers, hands.bits, int(law.a), law.count - 1, size, 0, values)
    for at in range(values, values + 8 * size, 8):
        number = place_at(at)
        set_number(at, number * law.c if law.shape == RINGS else float_at(law.table + 8 * number))


@compiled
def share_of(law, number):
    """Into which share a number in [0, 1) falls."""
    place = 0
    while place < law.count and float_at(law.table + 8 * place) <= number:
        place += 1
    return float(place)


@compiled
def draw_hyperexponential(hands, law, values, size):
    """One of two exponential branches for each value, block by block."""
    block = hands.block
    numbers, drawn = hands.scratch, hands.scratch + 8 * block
    for start in range(0, size, block):
        fill(hands.uniforms, hands.bits, block, numbers)
        fill(hands.exponentials, hands.bits, block, drawn)
        for row in range(0, 8 * min(block, size - start), 8):
            mean = law.a if float_at(numbers + row) < law.c else law.b
            set_number(values + 8 * start + row, float_at(drawn + row) * mean)


@compiled
def draw_mix(hands, law, values, size):
    """One of several parts for each value, block by block; of each part a whole block is drawn."""
    block = hands.block
    numbers, drawn = hands.scratch + 16 * block, hands.scratch + 24 * block
    for start in range(0, size, block):
        fill(hands.uniforms, hands.bits, block, numbers)
        for part in range(law.count):
            draw_plain(hands, law_record(law.parts + part * LAW_SIZE), drawn, block)
            for row in range(0, 8 * min(block, size - start), 8):
                if share_of(law, float_at(numbers + row)) == part:
                    set_number(values + 8 * start + row, float_at(drawn + row))


@compiled
def draw_columns(hands_at: int, columns: int, count: int) -> None:
    """Draw so many columns, day by day."""
    hands = hands_record(hands_at)
    for number in range(count):
        column = column_record(columns + number * COLUMN_SIZE)
        law = law_record(columns + number * COLUMN_SIZE)
        values = column.values
        for day in range(column.days):
            size = place_at(column.sizes + 8 * day)
            if size:
                begin(hands, column.low, column.high, column.first + day, column.attempt, column.leg)
                draw_values(hands, law, values, size)
                values += 8 * size


@compiled
def draw_dials(hands_at: int, dials_at: int) -> int:
    """Draw first dials and note how many each day has. Returns how many there are in all, -1 if there is no room."""
    hands, dials = hands_record(hands_at), dials_record(dials_at)
    count: int = 0
    for number in range(dials.days):
        day = dials.first + number
        expected = float_at(dials.volumes + 8 * number)
        if dials.shared > 0.0:
            expected *= day_factor(hands, dials.shared_low, dials.shared_high, day, dials.shared)
        if dials.own > 0.0:
            expected *= day_factor(hands, dials.own_low, dials.own_high, day, dials.own)
        before = count
        if expected > 0.0:
            begin(hands, dials.low, dials.high, day, 0, 0)
            count = draw_dials_of_day(hands, dials, number, expected, count)
            if count < 0:
                return count
        set_place(dials.sizes + 8 * number, count - before)
    return count


@compiled
def day_factor(hands, low, high, day, spread):
    begin(hands, low, high, day, 0, 0)
    return value_of_two(hands.gamma, hands.bits, 1.0 / spread, spread)


@compiled
def draw_dials_of_day(hands, dials, number, expected, count):
    midnight = (dials.first + number) * DAY
    last = 8 * (dials.pieces - 1)
    whole = float_at(dials.reached + last)
    ends = dials.ends + 8 * dials.pieces * number
    piece, before, reached = 0, 0.0, 0.0
    while True:
        reached += value(hands.exponential, hands.bits)
        if reached >= expected:
            return count
        target = reached / expected * whole
        while piece < last and float_at(dials.reached + piece) <= target:
            before = float_at(dials.reached + piece)
            piece += 8
        time = midnight + (float_at(dials.starts + piece) + (target - before) / float_at(dials.weights + piece))
        time = min(time, float_at(ends + piece))
        if time >= dials.stop:
            return count
        if count == dials.room:
            return -1
        set_number(dials.times + 8 * count, time)
        count += 1


@compiled
def merge_dials(  # noqa: PLR0917
    sources: int, count: int, days: int, dialled: int, source: int, ordinal: int, row: int, ends: int
) -> None:
    """Put the first dials of sources in order, day by day; at the same time the source that comes first is first.

    For each dial its time, source, number among those of the source and the day, and place among those of the source;
    for each day where it ends.
    """
    place = 0
    for day in range(days):
        for number in range(count):
            one = line_record(sources + number * LINE_SIZE)
            one.begun = one.next
            one.end = one.next + place_at(one.sizes + 8 * day)
        while True:
            first, earliest = -1, math.inf
            for number in range(count):
                one = line_record(sources + number * LINE_SIZE)
                if one.next < one.end and float_at(one.times + 8 * one.next) < earliest:
                    first, earliest = number, float_at(one.times + 8 * one.next)
            if first < 0:
                break
            one = line_record(sources + first * LINE_SIZE)
            set_number(dialled + place, earliest)
            set_place(source + place, first)
            set_place(ordinal + place, one.next - one.begun)
            set_place(row + place, one.next)
            one.next += 1
            place += 8
        set_place(ends + 8 * day, place // 8)

"""The comparison as a page: two tables, and sentences that say what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from textwrap import wrap

from benchmarks.bank.compare import (
    AGENT_HOURS,
    CALLS,
    CALLS_PER_CALLER,
    GAVE_UP,
    TALK,
    TIME,
    Comparison,
    Measure,
    Row,
    Side,
    estimated,
    spread_of_days,
)
from benchmarks.bank.log import HALF_HOURS, clock
from callsim.estimate import Interval

WIDTH = 110
LEGEND = (
    "Real: the 95 % interval over its days. Simulated: the 95 % interval over replications. Expected: where the mean "
    "of as many days as the real ones would lie in 95 of 100 cases, were the scenario the truth. * the real value "
    "lies outside of that; ** and the two differ by more than the spread of the real days explains. Difference: "
    "simulated less real. Seconds run from the dial to the answer or the hang-up, of calls past the menu."
)


def page(found: Comparison) -> str:
    """Everything as text."""
    parts = (_whole(found), _by_half_hour(found), _sentences(found), _reasons(found))
    return "\n".join("".join(f"{line.rstrip()}\n" for line in part) for part in parts)


def _whole(found: Comparison) -> Iterator[str]:
    days, replications = len(found.sides.real.sums["calls"]), found.replications
    yield from wrap(
        f"A bank's log of {days} working days beside {replications} replications of "
        f"{found.sides.simulated.together} days. {LEGEND}",
        WIDTH,
    )
    yield ""
    yield f"{'':33}{'real':>14}{'simulated':>26}{'expected':>19}{'difference':>12}"
    for row in found.whole:
        measure = row.measure
        name = measure.title + (", %" if measure.unit == "%" else "")
        yield (
            f"{name:33}{_plus_minus(row):>14}{_value(measure, row.simulated):>26}"
            f"{_bounds(measure, row.expected):>19}{_difference(row):>12} {row.mark}"
        )
    real, simulated = found.calls_per_caller
    yield f"{CALLS_PER_CALLER.title:33}{real:14.3f}{_value(CALLS_PER_CALLER, simulated):>26}   (real: derived)"


def _by_half_hour(found: Comparison) -> Iterator[str]:
    yield f"{'':6}{'calls':^35}{'gave up, %':^35}{'seconds to answer or hang-up':^35}"
    yield f"{'':6}" + f"{'real':>6}{'simulated':>19}{'diff':>7}   " * 3
    for half, rows in found.by_half_hour.items():
        cells = (
            f"{_shown(row.measure, row.real.value):>6} {_value(row.measure, row.simulated):>18}"
            f"{_difference(row):>7} {row.mark:2}"
            for row in rows
        )
        yield f"{clock(half):6}" + "".join(cells)


def _sentences(found: Comparison) -> Iterator[str]:
    """What fits and what does not."""
    off = [row for row in found.whole if row.mark]
    agree = f"Over the whole day {len(found.whole) - len(off)} of {len(found.whole)} measures are as expected."
    listed = "; ".join(
        f"{row.measure.title.strip()}, real {_with_unit(row.measure, row.real)}, "
        f"simulated {_with_unit(row.measure, row.simulated)} {row.mark}"
        for row in off
    )
    yield from wrap(f"{agree} Not so: {listed}." if off else agree, WIDTH)
    for place, row in enumerate(found.by_half_hour[HALF_HOURS[0]]):
        yield from wrap(_where(row.measure, {half: rows[place] for half, rows in found.by_half_hour.items()}), WIDTH)
    yield from wrap(
        f"The half-hours' differences are of both signs and cancel: weighed by calls, their mean size is "
        f"{_mean_size(found, GAVE_UP)} points in {GAVE_UP.title}, and {_mean_size(found, TIME)} s.",
        WIDTH,
    )


def _mean_size(found: Comparison, measure: Measure) -> str:
    """Mean absolute difference over the half-hours, weighed by the simulated calls."""
    rows = [{row.measure: row for row in rows} for rows in found.by_half_hour.values()]
    pairs = [(row[CALLS].simulated.value, row[measure].difference) for row in rows]
    known = [(calls or 0.0, abs(difference)) for calls, difference in pairs if difference is not None]
    whole = sum(calls for calls, _ in known)
    return _shown(measure, sum(calls * size for calls, size in known) / whole if whole else None)


def _where(measure: Measure, rows: Mapping[int, Row]) -> str:
    """In which half-hours a measure is not as expected, and to which side."""
    off = {half: row for half, row in rows.items() if row.mark}
    told = f"By half-hour, {measure.title}: outside in {len(off)} of {len(rows)} (chance alone: one or two)"
    for word, sign in (("high", 1), ("low", -1)):
        halves = [half for half, row in off.items() if _sign(row) == sign]
        told += f"; simulated too {word} {_runs(halves)}" if halves else ""
    return f"{told}."


def _reasons(found: Comparison) -> Iterator[str]:
    """What the scenario leaves out, and how large that is in the log."""
    was, is_ = found.sides
    off = {word: _halves_off(found, sign) for word, sign in (("high", 1), ("low", -1))}
    sides = {word: halves for word, halves in off.items() if halves}
    agents = _each(
        sides, lambda halves: f"{_agents(was, halves):.2f} on duty by the log, {_agents(is_, halves):.2f} simulated"
    )
    talks = _each(sides, lambda halves: f"{_mean_talk(was, halves):.0f} s")
    duty = was.sums["agent_hours"][:, list(HALF_HOURS)].std(axis=0, ddof=1).mean() * 2
    real, simulated = (100 * spread_of_days(GAVE_UP, side) for side in found.sides)
    kinds = ", ".join(f"{kind} {share:.1%} of {number}" for kind, (number, share) in found.gave_up_by_kind.items())
    yield "Likely reasons, and what the log shows of them (too high, too low: the simulation, marked above):"
    for reason in (
        f"Agents are whole, and guessed from who talked when: {agents}.",
        f"Talks are alike all day: {_mean_talk(is_, HALF_HOURS):.0f} s simulated; in the log {talks}.",
        f"Agents are the same every day: by the log the number on duty in a half-hour varies from day to day by "
        f"{duty:.1f} (standard deviation), and the share that gave up by {real:.1f} points; simulated, where only "
        f"the calls vary, by {simulated:.1f}.",
        f"Callers are of one sort, and all agents take them, first come, first served. In the log the share that "
        f"gave up is, by type of service: {kinds}.",
    ):
        yield from wrap(reason, WIDTH, initial_indent="- ", subsequent_indent="  ")


def _each(sides: Mapping[str, list[int]], told: Callable[[list[int]], str]) -> str:
    listed = (f"where too {word}, {told(halves)}" for word, halves in sides.items())
    return "; ".join(listed) or "no half-hour is marked"


def _halves_off(found: Comparison, sign: int) -> list[int]:
    """Half-hours in which the share that gave up, or the time, is marked on one side."""
    return [
        half
        for half, rows in found.by_half_hour.items()
        if any(row.mark and row.measure in (GAVE_UP, TIME) and _sign(row) == sign for row in rows)
    ]


def _agents(side: Side, halves: Sequence[int]) -> float:
    """Mean number on duty: an agent-hour is two half-hours of one agent."""
    return 2 * estimated(AGENT_HOURS, side, halves=halves).value / len(halves)


def _mean_talk(side: Side, halves: Sequence[int]) -> float:
    return estimated(TALK, side, halves=halves).value


def _sign(row: Row) -> int:
    assert row.difference is not None, "a marked row has both values"
    return 1 if row.difference > 0 else -1


def _runs(halves: Sequence[int]) -> str:
    """`07:00-08:30, 16:30-18:00` of half-hours in their order."""
    starts = [half for before, half in pairwise([-9, *halves]) if half != before + 1]
    ends = [half + 1 for half, after in pairwise([*halves, -9]) if after != half + 1]
    return ", ".join(f"{clock(start)}-{clock(end)}" for start, end in zip(starts, ends, strict=True))


def _shown(measure: Measure, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{100 * value:.1f}" if measure.unit == "%" else f"{value:.{measure.places}f}"


def _with_unit(measure: Measure, found: Interval) -> str:
    return f"{_shown(measure, found.value)} {measure.unit}".rstrip()


def _plus_minus(row: Row) -> str:
    """`13.0 ±2.1`, the real value."""
    value, _, high = row.real
    half = "" if value is None or high is None else f" ±{_shown(row.measure, high - value)}"
    return _shown(row.measure, value) + half


def _bounds(measure: Measure, found: Interval) -> str:
    return "" if found.low is None else f"[{_shown(measure, found.low)}, {_shown(measure, found.high)}]"


def _value(measure: Measure, found: Interval) -> str:
    """`13.2 [12.8, 13.6]`."""
    return f"{_shown(measure, found.value)} {_bounds(measure, found)}"


def _difference(row: Row) -> str:
    if row.difference is None:
        return "-"
    return f"{row.difference * (100 if row.measure.unit == '%' else 1):+z.{row.measure.places}f}"

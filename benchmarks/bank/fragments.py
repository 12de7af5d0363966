"""The parts of a scenario that come from the bank's log, as YAML with the source of each number."""

from __future__ import annotations

import math
from collections.abc import Iterator
from textwrap import wrap

from benchmarks.bank.agents import LONGEST_WRAP_UP
from benchmarks.bank.aggregate import LONGEST_PROMPT, Aggregates, Redial, Talk
from benchmarks.bank.log import clock
from benchmarks.bank.patience import FIT_RANGE


def half_up(value: float) -> int:
    return math.floor(value + 0.5)


def _note(indent: int, text: str) -> Iterator[str]:
    return iter(wrap(text, 105, initial_indent=" " * indent + "# ", subsequent_indent=" " * indent + "# "))


def _source(counted: Aggregates) -> Iterator[str]:
    broken = ", ".join(f"{day} {clock(half)}" for day, half in counted.faulty) or "none"
    yield from ("sources:", "  customers:")
    yield from _note(
        4,
        f"{counted.attempts} attempts on {counted.days} working days, {counted.attempts_per_day:.1f} a day; "
        f"PHANTOM rows ({counted.phantom} in the whole log) left out. Half-hours in which the lines were "
        f"broken, left out too: {broken}. Callers are people: less the redials that the chance below makes "
        "of those who gave up.",
    )
    yield f"    callers: {half_up(counted.callers_per_day)} per day"
    yield from _note(4, "Mean attempts per half-hour.")
    yield from ("    calls_by_hour:", "      00:00: 0")
    yield from (f"      {clock(half)}: {count:.2f}" for half, count in counted.half_hours.items())
    yield from _note(
        4,
        "sqrt(variance - mean) / mean of the daily totals: their spread without the part that Poisson "
        "arrivals have anyway. The differences between weekdays are in it.",
    )
    yield f"    day_to_day_variation: {counted.day_cv:.1%}"
    yield from ("    goes_to: menu vru", "    hangs_up_ringing: never")
    yield from (*_patience(counted), *_talk(counted.talk), *_redial(counted.redial))


def _patience(counted: Aggregates) -> Iterator[str]:
    yield from _note(
        4,
        f"Hold patience: {counted.abandoned:.1%} of those past the menu gave up in the queue. Maximum "
        "likelihood with censoring (answered = stayed at least so long; at once = 0 s); of the laws tried "
        f"the one with the smallest AIC. AIC, largest distance to the Kaplan-Meier curve up to {FIT_RANGE} "
        "s, mean, law:",
    )
    for fit in counted.fits:
        yield f"    # {fit.aic:.0f} {fit.distance:.3f} {fit.mean:.0f} s"
        yield f"    #   {fit.text}"
    yield f"    hangs_up_waiting: {counted.fits[0].text}"


def _talk(said: Talk) -> Iterator[str]:
    yield from _note(
        4,
        f"{said.calls} talks, by their mean and cv, so that the agents' work is right: largest distance to "
        f"the log {said.distance:.3f}.",
    )
    yield f"    talk: lognormal {said.moments.mean:.1f} s cv {said.moments.cv:.3f}"


def _redial(again: Redial) -> Iterator[str]:
    yield from _note(
        4,
        f"The bank knew {again.known_share:.1%} ({again.abandoned}) of those who gave up; the others are "
        f"assumed alike. {again.again_abandoned:.1%} of the known dialled again within the hour; so did "
        f"{again.again_answered:.1%} of the known who were answered, which is taken off. The log names "
        f"nobody who is served at once, so about {again.seen_share:.1%} of redials show: divided by that. "
        "The delay is the mean of the excess. Whoever hung up in the menu is assumed alike.",
    )
    delay = f"exponential {again.delay_s:.0f} s"
    yield f"    redial: {{chance: {again.chance:.1%}, after: {delay}, at_most: never}}"


def _menu(counted: Aggregates) -> Iterator[str]:
    menu = counted.prompt
    yield from ("menus:", "  vru:", "    answers_after: 0 s")
    yield from _note(
        4,
        f"Callers who then queued: mean {menu.all.mean:.2f} s, cv {menu.all.cv:.3f}; those whom the menu "
        f"recognised are through sooner. Outside 1-{LONGEST_PROMPT} s (clock steps, stuck lines), left out: "
        f"{menu.outliers:.1%}.",
    )
    known = f"{menu.known_share:.1%} {menu.known_s:.1f} s"
    yield f"    prompt: {{mix: [{known}, {1 - menu.known_share:.1%} {menu.unknown_s:.1f} s]}}"
    yield from _note(4, "HANG rows that never queued, of all attempts; some of them rang at an agent already.")
    yield f"    hangs_up: {counted.menu_hang_up:.1%}"
    yield "    keys: [{share: 100%, to: queue agents}]"


def _team(counted: Aggregates) -> Iterator[str]:
    ring, gap = counted.pick_up, counted.gap
    yield from ("teams:", "  agents:", "    serves: [agents]")
    yield from _note(
        4,
        "Menu seconds of callers served at once, less the prompt: the log counts the agent's ringing as menu.",
    )
    yield f"    answers_after: gamma {ring.mean:.1f} s cv {ring.cv:.3f}"
    yield from _note(
        4,
        "The log has no wrap-up. From the end of a talk to the same agent's next call, while callers waited: "
        f"{gap.mean:.2f} s on average (longer than {LONGEST_WRAP_UP} s is a break); the pick-up taken off, "
        f"{counted.wrap_up_s:.2f} s are left.",
    )
    yield f"    wrap_up: exponential {counted.wrap_up_s:.1f} s"
    yield from _note(
        4,
        "Mean number on duty, rounded half up: from an agent's first call of the day to the last, without "
        "the gaps between calls in which ordinary callers waited for over a minute in all (a free agent lets "
        "nobody wait). Too low where the quiet part of a break is cut with it and before the first call; too "
        "high where nobody waited during a break. Behind each: that mean.",
    )
    yield from ("    agents:", "      sun-thu:")
    for half, agents in counted.on_duty.items():
        yield f"        {clock(half)}-{clock(half + 1)}: {half_up(agents)}  # {agents:.2f}"


def fragments(counted: Aggregates) -> str:
    """The parts of a scenario that come from the log, as YAML with the source of each number."""
    return "\n".join((*_source(counted), *_menu(counted), *_team(counted))) + "\n"

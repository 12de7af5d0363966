"""The rows of the logs, as plain tuples with the fields of calllog.py."""

from __future__ import annotations

from callsim.engine.state import NEVER, Call, Caller, Job, Leg, Slot

Row = tuple[float, ...]


def attempt_row(call: Call) -> Row:
    """Agent, answer and release of the first talk; what followed a transfer is in the legs."""
    caller, row = call.caller, call.row
    born = caller.born
    return (
        caller.source.place, born.number, born.ordinal[row], call.attempt, born.kind[row], call.dialled, call.greeted,
        call.asked, call.joined, call.first_queue, call.last_queue, call.kept, call.matched, call.team, call.place,
        call.vendor_place, call.answered, call.transferred, call.left, call.freed, call.outcome, call.reason,
    )  # fmt: skip


def leg_row(leg: Leg) -> Row:
    """The way of a call after a transfer."""
    call = leg.call
    return (
        *_who(call.caller), call.attempt, leg.number, leg.queue_place, leg.vendor_place, leg.asked, leg.matched,
        leg.team, leg.place, leg.answered, leg.left, leg.freed,
    )  # fmt: skip


def offer_row(call: Call, now: float) -> Row:
    """A match with an agent who has not answered until now."""
    stage = call.leg or call
    number = 0 if call.leg is None else call.leg.number
    return (
        *_who(call.caller), call.attempt, number, call.last_queue, -1, stage.asked, stage.matched, stage.team,
        stage.place, NEVER, now, now,
    )  # fmt: skip


def caller_row(caller: Caller, resolution: int, resolved: float, served: float) -> Row:
    """The whole story; `served` is when the talk began that met the need."""
    born, row = caller.born, caller.row
    return (
        caller.source.place, born.number, born.ordinal[row], born.kind[row], born.dialled[row], caller.first_queue,
        caller.attempts, caller.times_asked, caller.waited, resolution, resolved, served, caller.first_missed,
        caller.missed,
    )  # fmt: skip


def duty_row(slot: Slot, now: float) -> Row:
    """What the agent did until now: on duty, overtime from `due` on, or on a break."""
    due = slot.due if slot.due is not NEVER else now
    return slot.team.place, slot.place, slot.activity, slot.came, due, now


def try_row(job: Job, slot: Slot, freed: float) -> Row:
    """A try to call somebody back."""
    caller = job.caller
    return (
        *_who(caller), job.try_number, caller.first_queue, slot.team.place, slot.place, job.dialled, job.answered,
        job.left, freed,
    )  # fmt: skip


def callback_row(job: Job, closed: float, end: int) -> Row:
    """The whole callback."""
    return (*_who(job.caller), job.cause, job.opened, job.tries, job.answered, closed, end)


def _who(caller: Caller) -> tuple[int, int, int]:
    return caller.source.place, caller.born.number, caller.born.ordinal[caller.row]

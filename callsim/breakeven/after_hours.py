"""The closed hours: nobody, an answering service, or a seat of our own that is never empty."""

from __future__ import annotations

from typing import NamedTuple

from callsim import whatif
from callsim.breakeven import parts
from callsim.breakeven.playing import Asked, bounds, several
from callsim.breakeven.value import Pair, pair
from callsim.estimate import Interval
from callsim.quantities import Reference
from callsim.scenario import Scenario, Study

NOBODY, SERVICE, SEAT = "nobody", "the service", "own person"


class Point(NamedTuple):
    """One way through the closed hours. Money and counts are of a month."""

    name: str
    payroll: float
    invoices: float
    loss: float
    total: Interval
    difference: Interval
    """What it costs more than nobody."""
    lost: Interval
    """New callers."""


class Seat(NamedTuple):
    """A seat that is never empty, by the formula."""

    employees: float
    """Full-time ones that it takes."""
    month: float


class Answer(NamedTuple):
    currency: str | None
    team: str | None
    vendor: str
    closed_hours: float
    """A week."""
    nobody: str
    """What becomes of callers while it is closed and nobody answers."""
    points: tuple[Point, ...]
    service: Pair
    """The service against nobody by what a caller is worth."""
    seat: Seat | None


def lacking(study: Study, asked: Asked) -> str | None:
    scenario = parts.variant_of(study, asked)
    if not scenario.vendors:
        return parts.NO_VENDOR
    if not parts.staffed(scenario):
        return "has no queue that a team serves: add one under `queues:` and `teams:`, which has hours"
    if not _closing(scenario):
        return "is never closed: say under `calendar:` when it is open, `open: {mon-fri: 09:00-18:00}`"
    return None if parts.counts_loss(scenario) else parts.NO_LOSS


def _closing(scenario: Scenario) -> list[str]:
    """The queues of teams that are not open day and night."""
    return [queue for queue in parts.staffed(scenario) if closed_hours(scenario, queue)]


def closed_hours(scenario: Scenario, queue: str) -> float:
    """Hours of a week without holidays in which a queue is closed."""
    week = scenario.open_hours(queue)
    opened = sum(span.end - span.start for day, spans in week.items() if day != "holiday" for span in spans)
    return 168.0 - opened / 3600.0


def answer(study: Study, asked: Asked) -> Answer:
    scenario = parts.scenario_of(study, asked)
    vendor = parts.vendor_of(scenario, asked)
    team = parts.team_of(scenario, asked) if parts.paid_teams(scenario) else None
    queues = [parts.queue_of(scenario, asked)] if asked.queue else _closing(scenario)
    closed = _closed(scenario, queues[0])
    nobody = whatif.with_closed_to(scenario, queues, closed)
    changed = {NOBODY: nobody, SERVICE: whatif.with_closed_to(scenario, queues, whatif.vendor(vendor))}
    if team is not None:
        changed[SEAT] = whatif.with_seat_round_the_clock(nobody, team, f"{team} while closed")
    played = {name: one.costs for name, one in several(changed, asked).items()}
    points = []
    for name, costs in played.items():
        apart = bounds(costs.total - played[NOBODY].total)
        points.append(Point(name, *costs.parts, bounds(costs.total), apart, bounds(costs.lost)))
    return Answer(
        scenario.currency, team, vendor, closed_hours(scenario, queues[0]), _word(closed), tuple(points),
        pair(NOBODY, SERVICE, played), _seat(scenario, team),
    )  # fmt: skip


def _closed(scenario: Scenario, queue: str) -> Reference:
    """Where callers go while nobody answers: as the file says, unless that is a vendor."""
    own = scenario.queues[queue].closed
    if own.kind != "vendor":
        return own
    return Reference("voicemail" if scenario.voicemail else "hang up", "")


def _word(closed: Reference) -> str:
    return {"voicemail": "a recorder", "hang up": "nobody"}.get(closed.kind, str(closed))


def _seat(scenario: Scenario, team: str | None) -> Seat | None:
    pay = scenario.teams[team].pay if team else None
    return Seat(*parts.seat_round_the_clock(pay)) if pay and pay.wage else None

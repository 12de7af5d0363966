"""What those who answer cost: from the hours of a roster to an itemised payroll that adds up."""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

from callsim import contributions
from callsim.quantities import Rate
from callsim.scenario.pay import SUPPORT, Pay, Ratio, Turnover
from callsim.scenario.roster import stints
from callsim.scenario.vocabulary import Scenario

WEEKS = 52
"""Paid weeks of an employee's year: 2,080 hours of 40 a week."""


class Line(NamedTuple):
    """One line of the payroll: its key, title and meaning."""

    key: str
    title: str
    definition: str


LINES = (
    Line("wages", "wages", "hours on the roster, overtime and paid breaks among them, x wage"),
    Line("leave", "paid time off", "hours on the roster less overtime, x shrinkage / (1 - shrinkage) x wage"),
    Line("overtime", "overtime premium", "overtime hours x what they are paid above the wage"),
    Line("employer_taxes", "employer taxes", "on the three lines above; an agency pays them for its staff"),
    Line("agency", "agency's mark-up", "the three lines of wages x (agency's multiple - 1)"),
    Line("supervisors", "supervisors", "paid hours of agents / agents for each x their wage with taxes"),
    Line("quality", "quality", "the same for those who mark calls"),
    Line("planners", "planners", "the same for those who make rosters"),
    Line("trainers", "trainers", "the same for those who teach"),
    Line("turnover", "turnover", "employees who leave x cost of replacing one"),
    Line("seats", "seats", "the highest rostered headcount x price of a seat"),
    Line("systems", "systems", "the highest rostered headcount x price of telephone system and programs"),
    Line("overhead", "overhead", "share of all lines above"),
    Line("set_up", "set-up, spread", "what is paid once, by months of the time over which it is spread"),
    Line("peo", "employer organisation", "its share of gross pay, or its fee for each employee"),
    Line("flat", "flat sum", "the team's flat sum"),
)  # fmt: skip
"""In the order in which they are reckoned."""

Lines = dict[str, float]
"""Amounts by key, of every line."""


def lines_of(pay: Pay, *, paid_hours: float, overtime_hours: float = 0.0, seats: int = 0, months: float = 0.0) -> Lines:
    """The payroll of a team line by line: `paid_hours` on the roster, `overtime_hours` of them after the end of duty.

    Months are those of 365/12 days. Idle time is paid, so nothing is divided by occupancy here.
    """
    wage = _amount(pay.wage)
    planned = paid_hours - overtime_hours
    leave_hours = planned * pay.shrinkage / (1.0 - pay.shrinkage)
    found = {
        "wages": paid_hours * wage,
        "leave": leave_hours * wage,
        "overtime": overtime_hours * (pay.overtime - 1.0) * wage,
    }
    gross = sum(found.values())
    found["employer_taxes"] = 0.0 if pay.agency > 1.0 else gross * _tax_rate(pay, wage)
    found["agency"] = gross * (pay.agency - 1.0)
    for key in SUPPORT:
        found[key] = _support(pay, getattr(pay, key), paid_hours + leave_hours)
    hours_a_year = pay.full_time / 3600.0 * WEEKS
    years = (planned + leave_hours) / hours_a_year
    found["turnover"] = 0.0 if pay.turnover is None else years * pay.turnover.rate * leaver(pay, pay.turnover)
    found["seats"] = seats * _amount(pay.seat) * months
    found["systems"] = seats * _amount(pay.systems) * months
    found["overhead"] = pay.overhead * sum(found.values())
    found["set_up"] = 0.0 if pay.set_up is None else float(pay.set_up.sum) * months / pay.set_up.over
    fee = pay.peo or 0.0
    found["peo"] = _amount(fee) * 12.0 * years if isinstance(fee, Rate) else fee * gross
    found["flat"] = _amount(pay.flat) * months
    assert list(found) == [line.key for line in LINES]
    return found


def payroll_of(
    pay: Pay, *, paid_hours: float, overtime_hours: float = 0.0, seats: int = 0, months: float = 0.0
) -> float:
    """All lines together."""
    found = lines_of(pay, paid_hours=paid_hours, overtime_hours=overtime_hours, seats=seats, months=months)
    return sum(found.values())


def year_of_employee(pay: Pay) -> Lines:
    """What one full-time employee with a seat costs in a year of 52 paid weeks, without overtime."""
    return lines_of(pay, paid_hours=rostered_hours(pay), seats=1, months=12.0)


def rostered_hours(pay: Pay) -> float:
    """Hours of a full-time employee's year that are on the roster: paid hours less shrinkage."""
    return pay.full_time / 3600.0 * WEEKS * (1.0 - pay.shrinkage)


def leaver(pay: Pay, turnover: Turnover) -> float:
    """What replacing one employee costs: recruitment, paid training, whoever teaches, and the work not yet done."""
    if turnover.cost is not None:
        return float(turnover.cost)
    wage = _amount(pay.wage)
    hour = wage * (1.0 + _tax_rate(pay, wage))
    ramp = turnover.ramp_up
    undone = 0.0 if ramp is None else (1.0 - ramp.works_at) * ramp.lasts
    return (
        float(turnover.recruitment or 0) + float(turnover.trainer or 0) + (turnover.training + undone) / 3600.0 * hour
    )


def _support(pay: Pay, ratio: Ratio | None, hours: float) -> float:
    """Whoever does not answer calls, in proportion to the paid hours of those who do."""
    if ratio is None:
        return 0.0
    wage = _amount(ratio.wage)
    return hours / ratio.one_per * wage * (1.0 + _tax_rate(pay, wage))


def _tax_rate(pay: Pay, wage: float) -> float:
    """Employer's taxes as a share of a wage by the hour; where there are limits, of a full-time employee's year."""
    if isinstance(pay.employer_taxes, float):
        return pay.employer_taxes
    gross = wage * pay.full_time / 3600.0 * WEEKS / 12.0
    return contributions.rate(contributions.PRESETS[pay.employer_taxes], gross)


def _amount(rate: Rate | None) -> float:
    return 0.0 if rate is None else float(rate.amount)


def seats_of(scenario: Scenario, team: str) -> int:
    """The highest rostered headcount of the counted time: those on a break, or absent, have a seat as well."""
    calendar, rules = scenario.calendar, scenario.teams[team]
    rostered = [stint for day in range(calendar.days) for stint in stints(rules, calendar, day)]
    counted = [stint for stint in rostered if stint.end > calendar.warm_up and stint.start < calendar.end]
    comes = [(max(stint.start, calendar.warm_up), 1) for stint in counted]
    # Whoever goes makes room for whoever comes at that moment.
    changes = sorted([*comes, *((stint.end, -1) for stint in counted)])
    return max(accumulate((change for _, change in changes), initial=0))

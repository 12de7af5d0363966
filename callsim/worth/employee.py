"""The full cost of an employee: a year of each paid team's `pay`, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from callsim.errors import CallsimError
from callsim.payroll import LINES, WEEKS, Lines, rostered_hours, year_of_employee
from callsim.scenario import Study
from callsim.scenario.pay import Pay
from callsim.scenario.roster import stints
from callsim.scenario.vocabulary import Scenario
from callsim.value import parts_adding_up
from callsim.worth.sheet import Row, Sheet, num, pct

OF_TEAM = ("set_up", "flat")
"""Lines of sums that stand once for the whole team, however many it is."""


def sheets(study: Study, variant: str | None) -> list[Sheet]:
    """One for each team whose pay has a wage. Raises CallsimError where there is none."""
    if variant is not None and variant not in study.variants:
        known = ", ".join(f"`{name}`" for name in study.variants)
        raise CallsimError(f"expected a variant of {study.path.name} ({known}), found `{variant}`")
    scenario = study.variants[variant or next(iter(study.variants))]
    paid = {name: team.pay for name, team in scenario.teams.items() if team.pay and team.pay.wage}
    if not paid:
        raise CallsimError(f"{study.path.name}: expected a team with `pay: {{wage: 350 RUB per hour}}`, found none")
    return [
        _sheet(name, pay, str(scenario.currency), employees=employees_of(scenario, name)) for name, pay in paid.items()
    ]


def employees_of(scenario: Scenario, team: str) -> float:
    """Full-time employees that the team's roster comes to: its paid hours in a year by those that one of them has.

    Absence is looked at no more than in the payroll, and overtime, which only a run knows, is left out.
    """
    rules, calendar = scenario.teams[team], scenario.calendar
    seconds = 0.0
    for stint in (one for day in range(calendar.days) for one in stints(rules, calendar, day)):
        unpaid = [(pause.start, pause.start + pause.lasts) for pause in stint.breaks if not pause.paid]
        seconds += _counted(scenario, stint.start, stint.end) - sum(_counted(scenario, *pause) for pause in unpaid)
    assert rules.pay is not None
    return seconds / 3600.0 * 365.0 / calendar.counted_days / rostered_hours(rules.pay)


def _counted(scenario: Scenario, start: float, end: float) -> float:
    """Seconds of a stretch that lie in the counted time."""
    return max(0.0, min(end, scenario.calendar.end) - max(start, scenario.calendar.warm_up))


def _year(pay: Pay, employees: float) -> Lines:
    """The year of one employee, of which what is paid once for the whole team is only their share."""
    found = year_of_employee(pay)
    return found | {key: found[key] / employees if employees else found[key] for key in OF_TEAM}


def _sheet(team: str, pay: Pay, currency: str, *, employees: float) -> Sheet:
    found = _year(pay, employees)
    assert pay.wage is not None
    parts = parts_adding_up([found[line.key] for line in LINES])
    rows = [
        Row(line.key, line.title, _shared(pay, line.key, employees), float(part), currency)
        for line, part in zip(LINES, parts, strict=True)
        if part
    ]
    total, wage = float(sum(parts)), float(pay.wage.amount)
    paid, rostered = pay.full_time / 3600.0 * WEEKS, rostered_hours(pay)
    rows += [
        Row("year", "year", "", total, currency),
        Row("paid_hours", "paid hours", f"{num(pay.full_time / 3600)} x {WEEKS}", paid, "h"),
        Row("per_paid_hour", "for a paid hour", f"{num(total, 2)} / {num(paid)}", total / paid, currency,
            f"{num(total / paid / wage, 2)} times the wage" if wage else ""),
    ]  # fmt: skip
    if pay.shrinkage:
        rows.append(Row("rostered_hours", "on the roster", f"{num(paid)} x (1 - {pct(pay.shrinkage)})", rostered, "h"))
        formula = f"{num(total, 2)} / {num(rostered)}"
        rows.append(Row("per_rostered_hour", "for one of them", formula, total / rostered, currency))
    return Sheet(
        f"a full-time employee of {team}, with a seat of their own",
        rows,
        notes=list(_notes(pay, found, total, currency, employees=employees)),
    )


def _shared(pay: Pay, key: str, employees: float) -> str:
    """How a sum for the whole team comes down to one employee."""
    year = year_of_employee(pay)[key]
    return f"{num(year, 2)} / {num(employees)} employees" if key in OF_TEAM and employees else ""


def _notes(pay: Pay, found: Lines, total: float, currency: str, *, employees: float) -> Iterator[str]:
    yield "Idle time is in these hours: what a handled minute costs, `callsim run` says of the simulated day."
    if employees and any(found[key] for key in OF_TEAM):
        yield f"The roster comes to {num(employees, 2)} full-time employees, who share what is paid for the whole team."
    if found["set_up"]:
        yield f"Once the set-up is paid off, a year costs {num(total - found['set_up'], 2)} {currency}."

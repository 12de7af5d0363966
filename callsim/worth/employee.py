"""The full cost of an employee: a year of each paid team's `pay`, line by line."""

from __future__ import annotations

from callsim.errors import CallsimError
from callsim.payroll import LINES, WEEKS, rostered_hours, year_of_employee
from callsim.scenario import Study
from callsim.scenario.pay import Pay
from callsim.value import parts_adding_up
from callsim.worth.sheet import Row, Sheet, num, pct


def sheets(study: Study, variant: str | None) -> list[Sheet]:
    """One for each team whose pay has a wage. Raises CallsimError where there is none."""
    if variant is not None and variant not in study.variants:
        known = ", ".join(f"`{name}`" for name in study.variants)
        raise CallsimError(f"expected a variant of {study.path.name} ({known}), found `{variant}`")
    scenario = study.variants[variant or next(iter(study.variants))]
    paid = {name: team.pay for name, team in scenario.teams.items() if team.pay and team.pay.wage}
    if not paid:
        raise CallsimError(f"{study.path.name}: expected a team with `pay: {{wage: 350 RUB per hour}}`, found none")
    return [_sheet(name, pay, str(scenario.currency)) for name, pay in paid.items()]


def _sheet(team: str, pay: Pay, currency: str) -> Sheet:
    found = year_of_employee(pay)
    assert pay.wage is not None
    parts = parts_adding_up([found[line.key] for line in LINES])
    rows = [
        Row(line.key, line.title, "", float(part), currency) for line, part in zip(LINES, parts, strict=True) if part
    ]
    total, wage = float(sum(parts)), float(pay.wage.amount)
    paid, rostered = pay.full_time / 3600.0 * WEEKS, rostered_hours(pay)
    rows += [
        Row("year", "year", "", total, currency),
        Row("paid_hours", "paid hours", f"{num(pay.full_time / 3600)} x {WEEKS}", paid, "h"),
        Row("per_paid_hour", "for a paid hour", f"{num(total)} / {num(paid)}", total / paid, currency,
            f"{num(total / paid / wage, 2)} times the wage" if wage else ""),
    ]  # fmt: skip
    if pay.shrinkage:
        rows.append(Row("rostered_hours", "on the roster", f"{num(paid)} x (1 - {pct(pay.shrinkage)})", rostered, "h"))
        formula = f"{num(total)} / {num(rostered)}"
        rows.append(Row("per_rostered_hour", "for one of them", formula, total / rostered, currency))
    notes = ["Idle time is in these hours: what a handled minute costs, `callsim run` says of the simulated day."]
    if found["set_up"]:
        rest = total - found["set_up"]
        notes.append(f"Once the set-up is paid off, a year costs {num(rest, 2)} {currency}.")
    return Sheet(f"a full-time employee of {team}, with a seat of their own", rows, notes=notes)

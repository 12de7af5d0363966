"""`callsim worth employee` and `callsim run` tell one price of an hour on the roster."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from callsim.cli import main
from callsim.scenario import load
from callsim.worth.employee import employees_of

DESK = """\
name: A desk day and night
currency: EUR
ring: Russia
calendar: {start: 2026-03-02, days: 7, open: always}
sources:
  ads: {callers: 20 per day, calls_by_hour: {00:00: 1}, goes_to: queue sales, hangs_up_ringing: 3-4 rings, talk: 3 min}
queues:
  sales: {}
teams:
  desk: {serves: [sales], ROSTER, pay: {wage: 20 EUR per hour, shrinkage: 12%, PAY}}
"""
ONCE = "set_up: {sum: 24 000 EUR, over: 24 months}, flat: 700 EUR per month"


def desk(folder: Path, pay: str = ONCE, roster: str = "agents: 3") -> Path:
    file = folder / "desk.yaml"
    file.write_text(DESK.replace("ROSTER", roster).replace("PAY", pay), encoding="utf-8")
    return file


def asked(*arguments: str | Path) -> Any:
    done = CliRunner().invoke(main, [*map(str, arguments), "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def values(file: Path) -> dict[str, float]:
    (sheet,) = asked("worth", "employee", file)
    return {row["key"]: row["value"] for row in sheet["results"]}


@pytest.mark.parametrize("agents", [1, 3])
def test_an_hour_on_the_roster_costs_the_same(tmp_path: Path, agents: int) -> None:
    """Set-up and flat sum of the team are shared by its employees, as they are by the hours of a run."""
    file = desk(tmp_path, roster=f"agents: {agents}")
    run = asked("run", file, "--replications", "1")["variants"][0]["payroll"]["per_rostered_hour"]
    # Both are rounded to the hundredth before they are divided.
    assert values(file)["per_rostered_hour"] == pytest.approx(run, rel=1e-4)


def test_a_sum_of_the_team_is_shared_in_the_open(tmp_path: Path) -> None:
    """The line shows by how many it is divided, and by hand: 3 x 168 x 365 / 7 / (2080 x 88 %) employees."""
    file = desk(tmp_path)
    employees = 3 * 168 * 365 / 7 / (2080 * 0.88)
    (scenario,) = load(file).variants.values()
    assert employees_of(scenario, "desk") == pytest.approx(employees)
    assert values(file)["set_up"] == pytest.approx(12_000 / employees, abs=0.01)
    text = " ".join(CliRunner().invoke(main, ["worth", "employee", str(file)]).output.split())
    assert "set-up, spread 12 000 / 14.3" in text
    assert "The roster comes to 14.36 full-time employees" in text


def test_unpaid_breaks_are_no_paid_time(tmp_path: Path) -> None:
    """A shift of 9 h with an hour off unpaid is one full-time employee a week, less what is not on the roster."""
    shift = "shifts: [{days: mon-fri, hours: 09:00-18:00, agents: 1, breaks: [{at: 12:00, lasts: 1 h}]}]"
    (scenario,) = load(desk(tmp_path, roster=shift)).variants.values()
    assert employees_of(scenario, "desk") == pytest.approx(40 * 365 / 7 / (2080 * 0.88))


def test_what_is_paid_by_the_hour_alone_is_not_shared(tmp_path: Path) -> None:
    """And then nothing is said of how many they are."""
    text = CliRunner().invoke(main, ["worth", "employee", str(desk(tmp_path, "overhead: 8%"))]).output
    assert "full-time employees" not in text

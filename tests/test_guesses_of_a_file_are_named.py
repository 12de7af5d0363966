"""Entries that a file marks by `# weak` are found where they stand, and named where results can hang on them."""

from __future__ import annotations

from pathlib import Path

from callsim.scenario import load
from callsim.scenario.weak import that_matter, weak_inputs
from callsim.yamlfile import dotted

SCENARIOS = Path(__file__).parent.parent / "scenarios"

BASE = """\
# A `weak` input is marked. # weak
name: "Shop # weak"
teams:
  desk:
    pay: {wage: 300 RUB per hour}   # weak: what others pay
    shifts:
      - {days: mon-fri, hours: 09:00-17:00, agents: 1}   # weak
sources:
  "search ads": {callers: 3 per hour}   # weak
  leaflets:                             # not weak
    callers: 1 per hour                 # weak
    talk: 3 min   # weakness is another word
"""


def test_the_first_key_of_a_line_is_meant(tmp_path: Path) -> None:
    """A comment alone, a text in quotes and other words are none; of what is in a list, the list."""
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    found = weak_inputs(tmp_path / "base.yaml")
    assert [(dotted(one.path), one.why) for one in found] == [
        ("teams.desk.pay", "what others pay"),
        ("teams.desk.shifts", ""),
        ('sources."search ads"', ""),
        ("sources.leaflets.callers", ""),
    ]


def test_files_that_are_extended_and_variants_are_read_as_well(tmp_path: Path) -> None:
    """Each path once, as in the base."""
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    own = "extends: base.yaml\nvariants:\n  today: {}\n  more:\n    sources:\n      leaflets:\n        callers: 9 per hour  # weak\n"
    (tmp_path / "own.yaml").write_bytes(("\ufeff" + own.replace("\n", "\r\n")).encode())
    found = [dotted(one.path) for one in weak_inputs(tmp_path / "own.yaml")]
    assert found == ["sources.leaflets.callers", "teams.desk.pay", "teams.desk.shifts", 'sources."search ads"']


def test_what_a_setting_replaces_is_no_longer_weak(tmp_path: Path) -> None:
    """The person has put a count of their own there."""
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    left = weak_inputs(tmp_path / "base.yaml", ["teams.desk={}", "sources.leaflets.callers=2 per hour"])
    assert [dotted(one.path) for one in left] == ['sources."search ads"']


def named(view: str, variant: str) -> set[str]:
    path = SCENARIOS / "02_shop.yaml"
    study = load(path, [f"count_loss_as={view}"])
    return {one.path[-1] for one in that_matter(weak_inputs(path), [study.variants[variant]])}


def test_guesses_that_enter_no_result_are_left_out() -> None:
    """Recommendations enter one view only; where nobody calls back, nobody's number matters."""
    referrals = {"promoters", "referrals_each"}
    assert not referrals & named("first order", "today")
    assert referrals < named("with referrals", "today")
    assert "number_known" in named("first order", "today")
    assert "number_known" not in named("first order", "all outsourced")
    assert "interest_halves_in" in named("first order", "today")

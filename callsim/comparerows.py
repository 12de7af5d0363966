"""The rows of a comparison: fewer than those of a run, and of the money what was paid and the total in every view."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from callsim import tables
from callsim.comparewords import VIEWS
from callsim.comparison import Comparison, paid, total_by, views_of
from callsim.economics import LOSS_KEYS
from callsim.estimate import Estimate, added
from callsim.quantities import listed, spoken
from callsim.replicate import Result, VariantResult, measured
from callsim.tables import has_vendors, is_shown, shown, title_of, unit_of

PEOPLE = ("attempts", "callers", "missed_rate", "missed_rate_open", "lost_caller_rate", "lost_callers",
          "unserved_callers", "called_back_callers", "new_gone", "new_called_back", "new_cooled",
          "existing_lost")  # fmt: skip
ENDS = ("answered", "outsourced", "self_served", "abandoned", "blocked", "closed", "voicemail", "kept_place")
FORMS = ("forms", "form_wait_min", "forms_in_5_min")
COUNTED = ("new_gone", "new_called_back", "new_cooled", "existing_lost", "paid_hours")
"""Those of no measure of their own: so many a month."""
TOTAL = "total_by_"
"""Begins the keys of the total in each view."""

TITLES = (
    {
        "unserved_callers": "  of them not helped",
        "new_gone": "new callers lost for good",
        "new_called_back": "new callers called back",
        "new_cooled": "  too late, as lost ones",
        "existing_lost": "existing customers lost",
        "service_level": "service level",
        "service_level_line": "service level",
        "asa_s": "mean wait",
        "asa_line_s": "mean wait",
        "paid_hours": "hours on duty, paid",
        "paid": "money paid",
        "loss_with_referrals": "lost: with referrals",
    }
    | {TOTAL + view: f"total: {words}" for view, words in VIEWS.items()}
    | {TOTAL + "with referrals": "total: with referrals"}
)


def sections(result: Result) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """The rows of all variants, by section."""
    groups = [_everything(result, variant) for variant in result.variants]
    views = views_of(result)
    money = [
        "payroll",
        "invoices",
        "phone_lines",
        "paid",
        *(LOSS_KEYS[view] for view in views),
        *(TOTAL + view for view in views),
    ]
    scope = ("service_level_line", "asa_line_s") if has_vendors(result) else ("service_level", "asa_s")
    for title, keys in (
        ("calls and callers", PEOPLE),
        ("how calls end", ENDS),
        ("waiting", scope),
        ("forms", FORMS),
        ("agents", ("paid_hours", "occupancy")),
        (f"money, {unit_of(result, 'payroll')}", money),
    ):
        yield title, [_row(result, key, groups) for key in keys if _is_shown(result, key, groups)]


def _everything(result: Result, variant: VariantResult) -> dict[str, Estimate]:
    found = variant.all | dict(variant.loss_parts)
    hours = [team["paid_hours"] for team in variant.by_team.values() if "paid_hours" in team]
    if hours:
        found["paid_hours"] = added(*hours)
    if result.currency is not None:
        found["paid"] = paid(variant)
        found |= {TOTAL + view: total_by(result, variant, view) for view in views_of(result)}
    return found


def _is_shown(result: Result, key: str, groups: Sequence[dict[str, Estimate]]) -> bool:
    if key == "paid" and len(tables.parts_paid(result)) == 1:
        return False
    if key in COUNTED:
        return any(group[key].value for group in groups if key in group)
    return is_shown(result, key, groups)


def _row(result: Result, key: str, groups: Sequence[dict[str, Estimate]]) -> tuple[str, ...]:
    found = [measured(key, group[key]) if key in group else tables.NOTHING for group in groups]
    unit = "per month" if key in COUNTED else unit_of(result, key)
    return (TITLES.get(key) or title_of(result, key), *(shown(one, unit) for one in found))


def notes(comparison: Comparison) -> Iterator[str]:
    """What a reader must know of these rows."""
    result = comparison.result
    rows = {row[0]: row for _, rows in sections(result) for row in rows}
    yield from map(str, result.solved)
    yield from (f"look at {remark}" for remark in comparison.remarks)
    yield from tables.notes_on_people(result)
    yield "missed: gave up, heard busy, came while closed, or left a message; while open: of the calls in opening hours"
    yield "lost callers: missed and never helped by a later call or a call back, or answered and not helped"
    if TITLES["new_cooled"] in rows:
        yield "too late, as lost ones: some of those called back no longer want to buy; they count as so many lost"
    yield from _waiting_notes(comparison, rows)
    yield from _money_notes(result)
    if any("-" in row[1:] for row in rows.values()):
        yield "-: there is none, as where a variant has no agents, or no queue with a target"
    if len(result.variants) > 1:
        yield "pp: percentage points"


def _waiting_notes(comparison: Comparison, rows: dict[str, tuple[str, ...]]) -> Iterator[str]:
    anyone = "by agents or answering services" if has_vendors(comparison.result) else "by agents"
    if "service level" in rows:
        targets = f" ({listed([spoken(target) for target in comparison.targets])})" if comparison.targets else ""
        yield f"service level: of the calls that asked for somebody, those answered {anyone} within the target{targets}"
    if "mean wait" in rows:
        yield f"mean wait: of the calls answered {anyone}, from asking for somebody to the answer"
    if "occupancy" in rows:
        yield "occupancy: the share of their time on duty in which agents are busy"


def _money_notes(result: Result) -> Iterator[str]:
    views = views_of(result)
    if not views:
        return
    yield (
        "lost: an estimate of what lost callers cost, counted in one way or another, never added up. Only those of "
        "kind new cost money, and existing customers what the file says is at stake with them"
    )
    if any(math.isfinite(paid(variant).value) for variant in result.variants):
        counted = result.count_loss_as
        ranked = (
            f"; the file counts {VIEWS[counted]}: that is the total cost by which variants are ranked"
            if counted
            else ""
        )
        yield f"total: {listed(tables.parts_paid(result))}, and the loss of that name{ranked}"

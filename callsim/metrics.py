"""The table of measures. A measure is one row: its name, unit and meaning, and the two sums whose ratio it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsim.counts import DAY_INTERVALS, SLICES
from callsim.estimate import Estimate, WaitHistogram, jackknife, mean, ratio, scaled, virtual_within
from callsim.groups import Floats, Numbers, columns
from callsim.scenario.timetable import DAY
from callsim.sums import Sums

MONTH = 365 / 12 * DAY
"""Seconds of the month that counts and amounts are given for."""


class Measure(NamedTuple):
    """One measure: a ratio of two sums, or a count for each month where there is no second one."""

    key: str
    title: str
    unit: str
    better: str
    """`more`, `less`, or empty where neither is."""
    definition: str
    top: str
    bottom: str = ""
    quantile: float | None = None
    """The share of waits at or below the value, for percentiles."""


MEASURES = (
    Measure("attempts", "calls", "per month", "", "calls and chats, repeated ones among them",
            "attempts"),
    Measure("forms", "forms", "per month", "", "forms left to be called back: they are no calls, and nobody is missed",
            "forms"),
    Measure("callers", "callers", "per month", "", "people, however often they dial; whoever left a form among them",
            "callers"),
    Measure("offered", "calls offered", "per month", "", "attempts that rang for or joined an open queue", "offered"),
    Measure("answered", "calls answered", "per month", "more", "attempts answered by a team", "answered"),
    Measure("outsourced", "calls outsourced", "per month", "", "attempts answered by a vendor", "outsourced"),
    Measure("self_served", "calls self-served", "per month", "more", "attempts solved by a machine", "self_served"),
    Measure("abandoned", "calls abandoned", "per month", "less",
            "hung up while ringing, queueing or in a menu, or sent away by a machine", "abandoned"),
    Measure("blocked", "calls blocked", "per month", "less",
            "heard busy: no free line, the queue full, or the vendor's lines taken", "blocked"),
    Measure("closed", "calls while closed", "per month", "less", "turned away because the queue was closed", "closed"),
    Measure("voicemail", "messages left", "per month", "",
            "attempts that ended with a message on the recorder, or with the promise to call back", "voicemail"),
    Measure("kept_place", "places kept", "per month", "",
            "callers hung up and were called back in their turn: neither answered nor missed", "kept_place"),
    Measure("missed_rate", "missed calls", "share", "less",
            "abandoned, blocked and closed attempts, and those that ended with a message / attempts",
            "missed", "attempts"),
    Measure("missed_rate_open", "missed while open", "share", "less",
            "missed attempts that were dialled in the hours of their queue / all that were",
            "missed_open", "attempts_open"),
    Measure("called_back_callers", "callers called back", "per month", "", "callers whose need was met by a call back",
            "called_back"),
    Measure("unserved_callers", "callers unserved", "per month", "less",
            "callers who were answered by a vendor but not helped, nor called back; they are lost callers", "unserved"),
    Measure("lost_callers", "lost callers", "per month", "less",
            "callers who were missed and never got through, and unserved ones", "lost"),
    Measure("lost_caller_rate", "lost callers", "share", "less",
            "lost callers / callers whose story has ended", "lost", "ended"),
    Measure("open_callers", "callers still open", "per month", "",
            "callers with a call, a redial or a callback pending at the very end", "open"),
    Measure("attempts_per_caller", "calls per caller", "calls", "less",
            "calls and chats of the callers / callers who called or chatted", "caller_attempts", "dialling"),
    Measure("abandon_rate", "abandoned of offered", "share", "less",
            "abandoned while ringing or queueing / offered", "abandoned_offered", "offered"),
    Measure("moved_in", "calls moved in", "per month", "",
            "offered to another queue first, and to this one last", "moved_in"),
    Measure("moved_out", "calls moved on", "per month", "",
            "offered to one queue first and to another last: by a rule, or put through", "moved_out"),
    Measure("service_level", "service level", "share", "more",
            "answered by a team within the queue's target time / offered to queues with one", "in_time", "aimed"),
    Measure("service_level_line", "service level, line", "share", "more",
            "answered by anyone, vendors included, within the target time of the first queue met / asked for an agent "
            "or a vendor; whoever met no queue is held against the first target time in the file",
            "line_in_time", "line_aimed"),
    Measure("service_level_answered", "service level of answered", "share", "more",
            "answered within the target time / answered", "in_time", "answered_aimed"),
    Measure("service_level_excluding_short_abandons", "service level without short abandons", "share", "more",
            "answered within the target time / offered less abandoned within it", "in_time", "aimed_less_short"),
    Measure("service_level_including_short_abandons", "service level with short abandons", "share", "more",
            "answered or abandoned within the target time / offered", "in_time_or_short", "aimed"),
    Measure("service_level_virtual", "service level of the patient", "share", "more",
            "chance that a caller of endless patience is answered by a team within the target time", "virtual"),
    Measure("service_level_caller", "service level by caller", "share", "more",
            "callers answered after waiting in all, over their attempts, no longer than the target time / "
            "callers who asked for an agent", "callers_in_time", "callers_aimed"),
    Measure("asa_s", "mean wait, answered", "s", "less",
            "from asking for the queue to the answer, answered attempts only", "answered_wait", "answered"),
    Measure("asa_line_s", "mean wait, line", "s", "less",
            "from asking for the queue or the vendor to the answer, attempts answered by anyone, vendors included",
            "line_answered_wait", "line_answered"),
    Measure("wait_mean_s", "mean wait", "s", "less",
            "on the line from asking for the queue to the answer or the end, offered attempts", "wait", "waits"),
    Measure("wait_p50_s", "median wait", "s", "less",
            "half of the offered attempts wait no longer", "waits", quantile=0.5),
    Measure("wait_p90_s", "90 % wait", "s", "less",
            "nine in ten offered attempts wait no longer", "waits", quantile=0.9),
    Measure("wait_p95_s", "95 % wait", "s", "less",
            "19 in 20 offered attempts wait no longer", "waits", quantile=0.95),
    Measure("kept_wait_s", "mean wait, places kept", "s", "less",
            "from hanging up with the place kept to the call back's answer", "kept_wait", "kept_called"),
    Measure("form_wait_min", "mean time to call, forms", "min", "less",
            "from a form to the call back that met the need, forms answered only", "form_wait", "forms_answered"),
    Measure("forms_in_5_min", "forms answered in 5 min", "share", "more",
            "people who left a form and were called back within 5 minutes / all who left one",
            "forms_in_5_min", "left_form"),
    Measure("forms_in_1_h", "forms answered in 1 h", "share", "more",
            "people who left a form and were called back within an hour / all who left one",
            "forms_in_1_h", "left_form"),
    Measure("talks", "talks", "per month", "",
            "conversations of agents, by their beginning: calls, calls put through, places kept, callbacks", "talks"),
    Measure("paid_hours", "paid hours", "per month", "",
            "hours on duty, overtime, paid breaks, and time out of reach after a call not picked up; an agent who "
            "holds several chats at once counts once", "paid_hours"),
    Measure("overtime_hours", "overtime hours", "per month", "less",
            "hours of work after the end of duty, an agent's until the last chat has ended", "overtime_hours"),
    Measure("occupancy", "occupancy", "share", "",
            "pick-up, talk, wrap-up and tries to call back / the same and idle time on duty; of agents who hold "
            "several chats at once, of each of their places; by queue only where its teams serve no other",
            "handling_s", "duty_s"),
    Measure("utilisation", "utilisation", "share", "",
            "pick-up, talk, wrap-up and tries to call back / paid time, both by place as in occupancy",
            "handling_s", "paid_s"),
    Measure("vendor_minutes", "talk minutes of vendors", "per month", "",
            "minutes that vendors' operators talked with callers", "vendor_minutes"),
    Measure("queue_mean", "callers waiting", "callers", "less",
            "mean number of offered callers on the line without an answer yet, over time", "waiting_s", "counted_s"),
)  # fmt: skip
"""A group of attempts, callers or agents has the measures whose sums it has."""

BY_KEY = {measure.key: measure for measure in MEASURES}


def estimates(replications: Sequence[Sums], *, per_month: bool = True) -> dict[str, Estimate]:
    """Every measure over replications; counts for a month of 365/12 days, or for the counted time as it is."""
    groups, waits = [one.total for one in replications], [one.waits[""] for one in replications]
    return _every(groups, waits, _virtual(replications, list(replications[0].slices)), per_month=per_month)


def estimates_of_queue(replications: Sequence[Sums], queue: str, *, per_month: bool = True) -> dict[str, Estimate]:
    """The measures for one queue: attempts and callers belong to the first that they joined, or that refused them."""
    groups, waits = [one.by_queue[queue] for one in replications], [one.waits[queue] for one in replications]
    return _every(groups, waits, _virtual(replications, [queue]), per_month=per_month)


def _every(
    groups: Sequence[Numbers], waits: Sequence[WaitHistogram], virtual: Estimate, *, per_month: bool
) -> dict[str, Estimate]:
    """All measures of a group whose virtual service level is known already."""
    counts, month, sums = WaitHistogram.table(waits), MONTH if per_month else None, columns(groups)
    return {
        m.key: virtual if m.top == "virtual" else _estimate(m, sums, counts, month)
        for m in MEASURES
        if m.top in sums or m.top == "virtual"
    }


def estimates_of_interval(replications: Sequence[Sums], number: int, *, per_month: bool = True) -> dict[str, Estimate]:
    """The measures that have sums by interval of the day: no percentiles, no virtual service level."""
    month = MONTH / DAY_INTERVALS if per_month else None
    return _of_sums([one.by_interval[number] for one in replications], month)


def estimates_of_group(groups: Sequence[Numbers], *, per_month: bool = True) -> dict[str, Estimate]:
    """The measures of a source, a team or a vendor over replications."""
    return _of_sums(groups, MONTH if per_month else None)


def _of_sums(groups: Sequence[Numbers], month: float | None) -> dict[str, Estimate]:
    """The measures that a group's sums make, without those that need every single wait."""
    sums = columns(groups)
    own = [m for m in MEASURES if m.quantile is None and m.top in sums and (m.bottom or m.top) in sums]
    return {measure.key: _estimate(measure, sums, None, month) for measure in own}


def _estimate(
    measure: Measure, sums: Mapping[str, Floats], waits: NDArray[np.int64] | None, month: float | None
) -> Estimate:
    """A measure of a group; counts for so many counted seconds, or as they are."""
    if measure.quantile is not None:
        share = measure.quantile
        assert waits is not None
        return jackknife(waits, lambda sums: WaitHistogram(sums.astype(np.int64)).quantile(share))
    if measure.bottom:
        return ratio(sums[measure.top], sums[measure.bottom])
    counted, found = float(sums["counted_s"][0]), mean(sums[measure.top])
    if not counted:
        return scaled(found, float("nan"))
    return scaled(found, 1.0 if month is None else month / counted)


def _virtual(replications: Sequence[Sums], queues: Sequence[str]) -> Estimate:
    """Each queue's virtual service level, weighed by the waits in it."""
    own = [queue for queue in queues if queue in replications[0].slices]
    if not own:
        return ratio(np.zeros(len(replications)), np.zeros(len(replications)))
    rows = [
        np.concatenate([np.append(np.concatenate(one.slices[queue][:2]), one.slices[queue].longer) for queue in own])
        for one in replications
    ]

    def weighed(sums: Floats) -> float:
        parts = np.split(sums, len(own))
        levels = [virtual_within(part[: SLICES + 1], part[SLICES + 1 : -1], part[-1]) for part in parts]
        weights = np.array([part.sum() for part in parts])
        used = weights > 0
        if not used.any():
            return float("nan")
        return float(np.average(np.array(levels)[used], weights=weights[used]))

    return jackknife(rows, weighed)

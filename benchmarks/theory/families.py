"""The families of cases: the scenario that each becomes, and what is compared with which exact value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

LINE = """\
name: {name}
calendar: {{start: 2026-03-02, days: {days}, open: always, warm_up: {warm_up:g} h{cooling}}}
{building}
sources:
  callers: {{
    callers: {volumes[0]},
    goes_to: queue line,
    hangs_up_ringing: {patience},
    talk: {talk},
    {calling}
  }}
queues: {{line: {{{waiting}}}}}
teams: {{desk: {{serves: [line], agents: {n_agents}{working}}}}}
"""
"""One source, one queue, one team, always open. It is played for long, less a warm-up."""

DAY = """\
name: {name}
calendar: {{start: 2026-03-02, days: {days}, open: {{every day: {opens}-{closes}}}}}
sources:
  callers: {{
    callers: {callers:g} per day,
    calls_by_hour: {profile},
    goes_to: queue line,
    hangs_up_ringing: {patience},
    talk: {talk}
  }}
queues: {{line: {{}}}}
teams: {{desk: {{serves: [line], agents: {n_agents}}}}}
"""
"""The same for one day, from an empty centre, with a rate for each period."""

MENU = """\
name: {name}
calendar: {{start: 2026-03-02, days: {days}, open: always, warm_up: {warm_up:g} h}}
sources:
  callers: {{
    callers: {volumes[0]},
    goes_to: menu main,
    hangs_up_ringing: never,
    hangs_up_waiting: {patience},
    talk: {talk}
  }}
menus:
  main:
    answers_after: 0 s
    prompt: exponential 25 s
    keys: [{{share: 50%, to: self_service robot}}, {{share: 50%, to: queue line}}]
self_service: {{robot: {{takes: lognormal 40 s cv 0.8, resolves: 80%, otherwise: queue line}}}}
queues: {{line: {{}}}}
teams: {{desk: {{serves: [line], agents: {n_agents}}}}}
"""
"""Before the queue a machine that all callers spend 45 s with on average, and that helps two out of five."""

CLASSES = """\
name: {name}
calendar: {{start: 2026-03-02, days: {days}, open: always, warm_up: {warm_up:g} h}}
sources:
  high: {{callers: {volumes[0]}, goes_to: queue high, hangs_up_ringing: {patience_high}, talk: {talk}}}
  low: {{callers: {volumes[1]}, goes_to: queue low, hangs_up_ringing: {patience_low}, talk: {talk}}}
queues: {{high: {{{first}}}, low: {{}}}}
teams: {{desk: {{serves: {serves}, agents: {n_agents}}}}}
"""
"""Two queues and one team that serves the first of them first."""

CHATS = """\
name: {name}
calendar: {{start: 2026-03-02, days: {days}, open: always, warm_up: {warm_up:g} h}}
sources:
  site: {{channel: chat, callers: {volumes[0]}, goes_to: queue chats, hangs_up_waiting: {patience}, talk: {talk}}}
queues: {{chats: {{}}}}
teams: {{desk: {{serves: [chats], agents: {chatting}, chats_at_once: {chats_at_once}}}}}
"""
"""As many agents who hold as many chats at once as make the agents of the case together."""

FORMS = """\
name: {name}
calendar: {{start: 2026-03-02, days: {days}, open: always, warm_up: {warm_up:g} h, cool_down: 1 h}}
sources:
  forms: {{channel: form, callers: {volumes[0]}, talk: {talk}}}
queues: {{line: {{}}}}
teams: {{desk: {{serves: [line], agents: {n_agents}}}}}
callbacks: {{for: [form], by: desk, reaches: 100%, tries: {{at_most: 1, every: 1 h}}, no_answer_takes: 0 s}}
"""
"""Nobody calls; forms are called in their order."""

FORMS_AND_CALLS = """\
name: {name}
calendar: {{start: 2026-03-02, days: {days}, open: always, warm_up: {warm_up:g} h, cool_down: 1 h}}
sources:
  high: {{callers: {volumes[0]}, goes_to: queue high, hangs_up_ringing: never, talk: {talk}}}
  low: {{channel: form, callers: {volumes[1]}, talk: {talk}}}
queues: {{high: {{}}}}
teams: {{desk: {{serves: [high], agents: {n_agents}}}}}
callbacks: {{for: [form], by: desk, reaches: 100%, tries: {{at_most: 1, every: 1 h}}, no_answer_takes: 0 s}}
"""
"""Callers are served before forms, and nobody is interrupted."""

N_MODEL = """\
name: {name}
calendar: {{start: 2026-03-02, days: {days}, open: always, warm_up: {warm_up:g} h}}
sources:
  one: {{callers: {volumes[0]}, goes_to: queue one, hangs_up_ringing: {patience_1}, talk: {talk}}}
  two: {{callers: {volumes[1]}, goes_to: queue two, hangs_up_ringing: {patience_2}, talk: {talk}}}
queues: {{one: {{}}, two: {{}}}}
teams: {{first: {{serves: [one], agents: {n_group1}}}, second: {{serves: [two, one], agents: {n_group2}}}}}
"""
"""Two queues; the first team serves one of them, the second both, its own first."""


class Family(NamedTuple):
    """Cases that are played and compared in one way."""

    title: str
    cases: str
    """How the names of its cases begin; more than one way to begin stand with `|`."""
    measures: Mapping[str, str]
    """By name in the file: the view, where it is not all calls, and the two sums whose ratio estimates the value."""
    scenario: str = LINE
    parts: Mapping[str, str] = {}
    """What fills places of the scenario that the case's own inputs leave open, or would fill otherwise."""


IMPATIENT = {
    "p_all_busy": "delayed/offered",
    "p_abandon": "abandoned/offered",
    "mean_wait_all_s": "waited/offered",
    "mean_wait_served_s": "waited by answered/answered",
    "mean_wait_abandoned_s": "waited by abandoned/abandoned",
    "occupancy": "handled/on duty",
    "sl_{T}s_served_over_offered": "within T/offered",
}
PATIENT = {
    "p_wait": "delayed/offered",
    "mean_wait_s": "waited/offered",
    "mean_wait_given_delayed_s": "waited/delayed",
    "mean_queue": "queued/time",
    "occupancy": "handled/on duty",
    "sl_{T}s": "within T/offered",
    "wait_p90_s": "within p90/offered",
    "wait_p95_s": "within p95/offered",
}
LOST = {"p_block": "blocked/dialled", "occupancy": "handled/on duty"}
TRUNKS = {
    "p_block": "blocked/dialled",
    "p_wait_and_admitted": "delayed/dialled",
    "p_abandon_over_offered": "abandoned/dialled",
    "p_abandon": "abandoned/offered",
    "mean_wait_admitted_s": "waited/offered",
    "occupancy": "handled/on duty",
}
TWO = {
    "p_wait": "delayed/offered",
    "p_all_busy": "delayed/offered",
    "mean_wait_overall_s": "waited/offered",
    "p_abandon_high": "queue high: abandoned/offered",
    "mean_wait_high_s": "queue high: waited/offered",
    "p_abandon_low": "queue low: abandoned/offered",
    "mean_wait_low_s": "queue low: waited/offered",
}
AGAIN = {
    "p_abandon_per_attempt": "abandoned/offered",
    "mean_wait_per_attempt_s": "waited/offered",
    "attempts_per_fresh_call": "dials/callers",
    "fraction_fresh_finally_lost": "lost/callers",
    "occupancy": "handled/on duty",
    "p_all_busy_seen_by_fresh": "first dials: delayed/offered",
    "p_block_fresh": "first dials: blocked/dialled",
    "p_all_busy_seen_by_redial": "redials: delayed/offered",
    "p_block_redial": "redials: blocked/dialled",
}
HOURS = {
    "p_abandon_day": "gave up/expected",
    "p_abandon": "gave up/expected",
    "time_avg_queue": "queued/time",
    "occupancy": "handled/on duty",
}
BOTH_GROUPS = {
    "p_delay_1": "queue one: delayed/offered",
    "p_abandon_1": "queue one: abandoned/offered",
    "mean_wait_1_s": "queue one: waited/offered",
    "p_overflow_1_on_arrival": "queue one: at once by the second/offered",
    "p_delay_2": "queue two: delayed/offered",
    "p_abandon_2": "queue two: abandoned/offered",
    "mean_wait_2_s": "queue two: waited/offered",
    "occupancy_group1": "team first: handled/on duty",
    "occupancy_group2": "team second: handled/on duty",
}
EIGHT_HOURS = {
    "abandoned": "abandoned/replications",
    "in_target": "within T/replications",
    "sl_20s": "within T/offered",
    "sl_served_within20_over_served": "within T/answered",
    "sl_with_abandonment": "within T/answered or long abandoned",
    "mean_wait_min": "waited/offered",
    "mean_wait_served_min": "waited by answered/answered",
    "occupancy": "handled/on duty",
}

HOUR_MORE = ", cool_down: 1 h"
"""So that stories can end: twelve redial delays or more."""
UNLIMITED = "redial: {{chance: {redial_prob:.0%}, after: {redial_delay}, at_most: never}}"
FAMILIES = {
    "lines": Family(
        "Erlang B: as many lines as agents; talks lognormal, for their law makes no difference",
        "erlB_n|pub_qs_erlB_190|pub_qs_erlB_10_",
        LOST,
        parts={"building": "lines: {n_agents}", "talk": "lognormal {aht_s:g} s cv 1.5"},
    ),
    "no room": Family(
        "Erlang B: no room in the queue; talks of constant length",
        "erlB_n",
        LOST,
        parts={"waiting": "room_for: 0", "talk": "{aht_s:g} s"},
    ),
    "patient": Family(
        "Erlang C: nobody hangs up", "erlC_|pub_qs_erlC|pub_R_ErlangC_n13|pub_call_center_tools_n", PATIENT
    ),
    "erlang a": Family("Erlang A: exponential patience", "erlA_", IMPATIENT),
    "patience": Family("M/M/n+G: patience of other laws", "mmnG_", IMPATIENT),
    "kept places": Family(
        "Three out of ten who must wait are called back and keep their place",
        "mmnG_callback30pct",
        IMPATIENT,
        parts={
            "patience": "never",
            "calling": "hangs_up_waiting: exponential {inputs[patience][mean_s]:g} s",
            "cooling": HOUR_MORE,
            "waiting": "offer_callback: {{after: 0 s, accepts: {inputs[patience][p_infinite]:.0%}}}",
        },
    ),
    "trunks": Family(
        "M/M/n/K and M/M/n/K+M: more lines than agents",
        "mmnK_|pub_qs_erlA_pab",
        TRUNKS,
        parts={"building": "lines: {trunks_total}"},
    ),
    "constant": Family("M/D/n and M/G/1: talks of other laws, nobody hangs up", "mdn_|mg1_", PATIENT),
    "phases": Family("M/PH/n and M/PH/n+M: talks of several phases", "mphn_erlang|mphn_h2", IMPATIENT),
    "wrap-up": Family(
        "Talk and wrap-up",
        "mphn_talk150_acw30",
        IMPATIENT,
        parts={"working": ", wrap_up: exponential {inputs[service][acw_mean_s]:g} s"},
    ),
    "priority": Family(
        "Two queues, one served first by its priority",
        "prio2_|prio2ab_",
        TWO,
        CLASSES,
        {"first": "priority: 1", "serves": "[[high, low]]"},
    ),
    "preference": Family(
        "Two queues, one served first by the team's preference",
        "prio2ab_",
        TWO,
        CLASSES,
        {"first": "", "serves": "[high, low]"},
    ),
    "chats": Family("Erlang A: agents who hold several chats at once", "erlA_n3_|erlA_n14_", IMPATIENT, CHATS),
    "forms": Family(
        "Erlang C: forms, when nobody calls",
        "erlC_n1_|erlC_n2_",
        {
            "p_wait": "called late/callers",
            "mean_wait_s": "called after/callers",
            "mean_wait_given_delayed_s": "called after/called late",
            "sl_{T}s": "called within T/callers",
            "wait_p90_s": "called within p90/callers",
            "wait_p95_s": "called within p95/callers",
        },
        FORMS,
    ),
    "forms and calls": Family(
        "Forms beside calls: two classes, one of which is served first",
        "prio2_",
        {
            "p_wait": "queue high: delayed/offered",
            "mean_wait_high_s": "queue high: waited/offered",
            "mean_wait_low_s": "source low: called after/callers",
        },
        FORMS_AND_CALLS,
    ),
    "n model": Family("N-model: the second team helps the first", "Nmodel_", BOTH_GROUPS, N_MODEL),
    "redials": Family("Redials after hanging up", "redial_", AGAIN, parts={"calling": UNLIMITED, "cooling": HOUR_MORE}),
    "busy redials": Family(
        "Redials after a busy signal",
        "retrial_loss_",
        AGAIN,
        parts={"building": "lines: {trunks_total}", "calling": UNLIMITED, "cooling": HOUR_MORE},
    ),
    "menu": Family(
        "A menu with self-service before the queue",
        "ivr",
        {**IMPATIENT, "mean_calls_in_ivr": "in menu/time", "agent_offered_rate_per_hour": "offered/hours"},
        MENU,
    ),
    "hours": Family("A day whose rate changes, from an empty centre", "tv_", HOURS, DAY),
    "eight hours": Family("Published: ContactCenters, eight hours from an empty centre", "pub_cc_", EIGHT_HOURS, DAY),
    "from empty": Family(
        "Published: Ciw, one replication from an empty centre", "pub_ciw", {"mean_wait": "waited/offered"}
    ),
    "full load": Family(
        "Published: patience as long as talks, 100 % load",
        "pub_100agents",
        {"sl_at_100pct": "within T/offered", "p_abandon_at_100pct": "abandoned/offered"},
    ),
    "overload": Family(
        "Published: patience as long as talks, 150 % load",
        "pub_100agents",
        {"p_abandon_at_150pct": "abandoned/offered"},
    ),
    "with patience": Family(
        "Published: 48 calls a minute, exponential patience",
        "pub_GKM",
        {
            "A_p_abandon": "abandoned/offered",
            "A_mean_wait_s": "waited/offered",
            "A_utilisation": "handled/on duty",
            # The wait of all, those who hang up among them.
            "A_wait_p90_s": "gone within p90/offered",
        },
    ),
    "without patience": Family(
        "Published: 48 calls a minute, nobody hangs up",
        "pub_GKM",
        {"C_mean_wait_s": "waited/offered", "C_utilisation": "handled/on duty", "C_wait_p90_s": "within p90/offered"},
        parts={"patience": "never"},
    ),
}

_A_MINUTE = {"dist": "exponential", "mean_s": 60}
OTHER_UNITS: Mapping[str, Mapping[str, Any]] = {
    "pub_qs_erlC_pw_n10_1over36_1over180": {"arrival_rate_per_hour": 100, "aht_s": 180},
    "pub_qs_erlC_pw_n35_0.1_0.0033": {"arrival_rate_per_hour": 360, "aht_s": 1 / 0.0033},
    "pub_qs_erlC_sl_n35": {"arrival_rate_per_hour": 360, "aht_s": 1 / 0.0033, "sl_threshold_s": 20},
    "pub_qs_erlB_190_150_0.75": {"arrival_rate_per_hour": 150, "aht_s": 4800},
    "pub_qs_erlB_10_100_5": {"arrival_rate_per_hour": 100, "aht_s": 720},
    "pub_qs_erlA_pab_n25": {"arrival_rate_per_hour": 360, "patience": {"dist": "exponential", "mean_s": 30}},
    "pub_ciw_mm3": {"arrival_rate_per_hour": 12, "aht_s": 600, "n_agents": 3},
    "pub_cc_MMC": {"eight_hours_per_hour": [252], "aht_s": 120},
    "pub_cc_MMCAb": {"eight_hours_per_hour": [252], "aht_s": 120, "patience": _A_MINUTE},
    "pub_GKM_48cpm_50agents": {"arrival_rate_per_hour": 2880, "patience": {"dist": "exponential", "mean_s": 120}},
    "full load": {"arrival_rate_per_hour": 1200, "patience": {"dist": "exponential", "mean_s": 300}},
    "overload": {"arrival_rate_per_hour": 1800, "patience": {"dist": "exponential", "mean_s": 300}},
    "erlA_n3_80cph_aht180_pat90": {"chatting": 1, "chats_at_once": 3},
    "erlA_n14_200cph_aht180_pat120": {"chatting": 7, "chats_at_once": 2},
}
"""Inputs of published cases, or of a family's, in the units of the others, and those that they lack. Ciw's unit of time
is taken for a minute."""

NOT_PLAYED = {
    "staffing_erlC_80_20_aht180": "a table of formulas",
    "staffing_erlA_80_20_aht180_pat120": "a table of formulas",
    "erlB_table_gos1pct": "a table of formulas",
    "pub_jonesthenet": "the number of agents, from a formula",
    "pub_call_center_tools_docstring": "one step of a formula",
    "pub_python_erlang_extB": "an approximation",
    "pub_qs_erlB_1000_1000_2": "a chance of 1e-86",
    "pub_qs_erlC_pw_n35_120_5": "the same as 24 erlangs at any speed: 432,000 calls an hour tell no more than 360",
    "pub_R_ErlangC_n11": "the queue of erlC_n11_200cph_aht180",
    "pub_pyworkforce_n13": "the queue of pub_R_ErlangC_n13",
    "pub_pyworkforce_n14": "the queue of erlC_n14_200cph_aht180",
    "pub_pyworkforce_test_n14": "the queue of erlC_n14_200cph_aht180",
}
"""Cases of the file that no run belongs to, and why."""

"""Seeds and lengths of all runs, fixed before any of them was played."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from benchmarks.theory.cases import Measure

LOOSE, SHORT = 4.0, 8.0
"""How many times the error of the rule is allowed where a run says so, and in the short part."""


class Run(NamedTuple):
    """How long a case is played: replications, each of some days."""

    family: str
    case: str
    seed: int
    replications: int
    days: float = 1
    """Days of a replication; less than one means the first hours of it."""
    warm_up: float = 1.0
    """Hours at the beginning that are not counted."""
    short: int = 0
    """Replications in the short part, which belongs to every test run."""
    loose: tuple[str, ...] = ()
    """Measures whose error may be larger, for the rule would ask for too many callers."""
    rule: float = 1.0
    """How many times the error of the rule is allowed at all."""

    @property
    def name(self) -> str:
        return f"{self.case} ({self.family})"

    def allowance(self, measure: Measure) -> float:
        """How many times the error that the rule allows a measure may have."""
        return max(self.rule, LOOSE if str(measure) in self.loose else 1.0)

    def shortened(self) -> Run:
        """The run as the short part plays it: its first replications."""
        return self._replace(replications=self.short, rule=SHORT)


PILOT_SEED, PILOT_REPLICATIONS = 1, 100

# The lengths come from pilots of seed 1, of 24 to 320 replications, of which nothing but the standard errors was
# looked at: what the rule asks for, and a third or more to spare. Measures that would ask for more than 12 million
# callers are loose. The warm-up is twelve handling times or more; where nobody hangs up, at least eight times the time
# in which a crowded centre forgets: handling time / agents / (1 - root of occupancy)^2. What is left of the empty start
# is no hundredth of any error.
RUNS: tuple[Run, ...] = (
    Run("lines", "erlB_n20_a20", 401, 70, days=0.5, warm_up=2),
    Run("lines", "erlB_n5_a3", 402, 470, days=0.25, warm_up=2, short=40),
    Run("lines", "erlB_n200_a210", 403, 60, days=0.25, warm_up=2),
    Run("lines", "erlB_n50_a40", 404, 60, days=0.25, warm_up=2),
    Run("lines", "erlB_n500_a550", 405, 60, days=0.25, warm_up=2),
    Run("lines", "erlB_n1_a0.5", 406, 60, days=17, warm_up=2),
    Run("lines", "erlB_n500_a480", 407, 60, days=0.25, warm_up=2),
    Run("lines", "pub_qs_erlB_190_150_0.75", 408, 100, days=10, warm_up=54),
    Run("lines", "pub_qs_erlB_10_100_5", 409, 60, days=2, warm_up=8),
    Run("no room", "erlB_n20_a20", 410, 60, days=0.5),
    Run("no room", "erlB_n5_a3", 411, 140, days=5 / 24, short=40),
    Run("no room", "erlB_n200_a210", 412, 60, days=5 / 24),
    Run("no room", "erlB_n50_a40", 413, 60, days=5 / 24),
    Run("no room", "erlB_n500_a550", 414, 60, days=5 / 24),
    Run("no room", "erlB_n1_a0.5", 415, 60, days=17),
    Run("no room", "erlB_n500_a480", 416, 60, days=5 / 24),
    Run(
        "patient",
        "erlC_n100_1140cph_aht300",
        417,
        100,
        days=3,
        warm_up=11,
        loose=("waited/offered", "queued/time", "waited/delayed"),
    ),
    Run(
        "patient",
        "erlC_n11_200cph_aht180",
        418,
        90,
        days=6,
        warm_up=17,
        loose=("queued/time", "waited/offered", "waited/delayed"),
    ),
    Run("patient", "erlC_n15_200cph_aht180", 419, 100, days=12),
    Run(
        "patient",
        "erlC_n55_600cph_aht300",
        420,
        60,
        days=3,
        warm_up=6,
        loose=("queued/time", "waited/offered", "waited/delayed"),
    ),
    Run(
        "patient",
        "erlC_n500_5820cph_aht300",
        421,
        100,
        days=3,
        warm_up=6,
        loose=("waited/offered", "queued/time", "waited/delayed", "delayed/offered"),
    ),
    Run("patient", "erlC_n1_12cph_aht180", 422, 580, days=5, warm_up=8, short=40),
    Run("patient", "erlC_n14_200cph_aht180", 423, 100, days=13, warm_up=2),
    Run("patient", "erlC_n10_160cph_aht180", 424, 100, days=16, warm_up=4),
    Run("patient", "erlC_n2_30cph_aht180", 425, 100, days=57, warm_up=12),
    Run("patient", "pub_qs_erlC_pw_n10_1over36_1over180", 426, 60, days=2),
    Run("patient", "pub_qs_erlC_sl_n35", 427, 60, warm_up=4),
    Run("patient", "pub_call_center_tools_n35", 428, 80, days=3, warm_up=14, loose=("waited/offered",)),
    Run("patient", "pub_call_center_tools_n40", 429, 90, days=7),
    Run("patient", "pub_R_ErlangC_n13", 430, 100, days=17, warm_up=3),
    Run("patient", "pub_qs_erlC_pw_n35_0.1_0.0033", 431, 120, warm_up=4),
    Run("erlang a", "erlA_n14_200cph_aht180_pat120", 432, 100, days=8),
    Run("erlang a", "erlA_n500_6600cph_aht300_pat60", 433, 100, days=0.25),
    Run("erlang a", "erlA_n500_6000cph_aht300_pat120", 434, 60),
    Run("erlang a", "erlA_n100_1080cph_aht300_pat120", 435, 90, days=4),
    Run("erlang a", "erlA_n1_40cph_aht180_pat60", 436, 350, days=2, short=60),
    Run("erlang a", "erlA_n5_60cph_aht240_pat120", 437, 100, days=5),
    Run("erlang a", "erlA_n200_2460cph_aht300_pat180", 438, 70),
    Run("erlang a", "erlA_n50_3600cph_aht60_pat120", 439, 60, days=0.5),
    Run("erlang a", "erlA_n3_80cph_aht180_pat90", 440, 100, days=3),
    Run("erlang a", "erlA_n100_1440cph_aht300_pat120", 441, 90, days=8 / 24),
    Run("erlang a", "erlA_n500_5760cph_aht300_pat120", 442, 70, loose=("waited by abandoned/abandoned",)),
    Run("patience", "mmnG_unif15_24_n500_11000cph_aht180", 443, 60, days=5 / 24, loose=("within T/offered",)),
    Run("patience", "mmnG_unif15_24_n3_40cph_aht180", 444, 100, days=20),
    Run("patience", "mmnG_unif15_24_n5_80cph_aht180", 445, 100, days=6),
    Run("patience", "mmnG_unif15_24_n20_400cph_aht180", 446, 70),
    Run("patience", "mmnG_unif15_24_n2_40cph_aht180", 447, 110, days=11),
    Run("patience", "mmnG_unif15_24_n1_15cph_aht180", 448, 100, days=49),
    Run("patience", "mmnG_unif15_24_n50_1100cph_aht180", 449, 100, days=0.25),
    Run("patience", "mmnG_unif15_24_n5_150cph_aht180", 450, 580, days=0.25, short=40),
    Run("patience", "mmnG_det20_n5_80cph_aht180", 451, 90, days=6),
    Run("patience", "mmnG_det20_n50_1000cph_aht180", 452, 70, days=0.5),
    Run("patience", "mmnG_det60_n10_240cph_aht180", 453, 60),
    Run("patience", "mmnG_det20_n10_200cph_aht180", 454, 480, days=8 / 24, short=40),
    Run("patience", "mmnG_det30_n500_10500cph_aht180", 455, 70, days=5 / 24, loose=("within T/offered",)),
    Run("patience", "mmnG_erlang2_mean120_n50_1050cph_aht180", 456, 100, days=0.5),
    Run("patience", "mmnG_erlang2_mean120_n5_150cph_aht180", 457, 100, days=2),
    Run("patience", "mmnG_lognorm_mean120_sd120_n5_150cph_aht180", 458, 80, days=2),
    Run("patience", "mmnG_lognorm_mean120_sd120_n50_1050cph_aht180", 459, 80, days=0.5),
    Run("patience", "mmnG_h2_mean120_n50_1050cph_aht180", 460, 60),
    Run("patience", "mmnG_h2_mean120_n5_150cph_aht180", 461, 80, days=3),
    Run("patience", "mmnG_weib2_scale90_n10_240cph_aht180", 462, 80),
    Run("patience", "mmnG_balk10_exp1000_n8_200cph_aht100", 463, 100, days=6, loose=("waited by abandoned/abandoned",)),
    Run("patience", "mmnG_callback30pct_exp90_n10_200cph_aht180", 464, 70, days=2),
    Run("kept places", "mmnG_callback30pct_exp90_n10_200cph_aht180", 465, 530, days=8 / 24, short=30),
    Run("trunks", "mmnK_n5_K8_90cph_aht180_patNone", 466, 580, days=5 / 24, short=40),
    Run("trunks", "mmnK_n12_K17_252cph_aht120_patNone", 467, 100, days=2),
    Run("trunks", "mmnK_n12_K24_50cph_aht600_pat120", 468, 100, days=19, warm_up=4),
    Run("trunks", "mmnK_n10_K20_240cph_aht180_pat60", 469, 80),
    Run("trunks", "pub_qs_erlA_pab_n25", 470, 60, days=0.5),
    Run("constant", "mdn_n50_a47.5", 471, 60, days=3, warm_up=13, loose=("waited/offered", "queued/time")),
    Run("constant", "mdn_n20_a18", 472, 70, days=3, warm_up=8, loose=("queued/time", "waited/offered")),
    Run("constant", "mdn_n10_a9", 473, 100, days=24, warm_up=16),
    Run("constant", "mdn_n1_a0.9", 474, 100, days=154, warm_up=152),
    Run("constant", "mg1_lognormal_cv1.2", 475, 2010, days=10, warm_up=36, short=25),
    Run("phases", "mphn_erlang2_180_n10_200cph_pat120", 476, 110),
    Run("phases", "mphn_erlang2_180_n5_90cph_pat60", 477, 390, days=0.5, short=60),
    Run("phases", "mphn_erlang2_180_n10_160cph_patNone", 478, 125, days=11, warm_up=4),
    Run("phases", "mphn_h2_180_n5_90cph_pat60", 479, 100, days=3, warm_up=2),
    Run("phases", "mphn_h2_180_n20_420cph_pat120", 480, 70, days=2, warm_up=2),
    Run("phases", "mphn_h2_180_n10_160cph_patNone", 481, 110, days=31, warm_up=4),
    Run("wrap-up", "mphn_talk150_acw30_n5_90cph_pat60", 482, 590, days=8 / 24, short=40),
    Run(
        "priority",
        "prio2_n20_120_240",
        483,
        100,
        days=3,
        warm_up=8,
        loose=("queue low: waited/offered", "waited/offered"),
    ),
    Run("priority", "prio2_n1_4_10", 484, 100, days=58, warm_up=15),
    Run("priority", "prio2ab_n10_60_200_p120_60", 485, 100, days=2),
    Run("priority", "prio2ab_n5_40_80_p120_120", 486, 590, days=0.5, short=40),
    Run("preference", "prio2ab_n10_60_200_p120_60", 487, 100, days=2),
    Run("preference", "prio2ab_n5_40_80_p120_120", 488, 590, days=0.5, short=40),
    Run("n model", "Nmodel_3_3_60_40_180_180_p60_60", 489, 950, days=0.5, short=30),
    Run("n model", "Nmodel_10_5_220_80_180_180_p120_120", 490, 110, days=2),
    Run("redials", "redial_n5_90cph_pat60_p0.5_d300", 491, 970, days=8 / 24, short=40),
    Run("redials", "redial_n3_60cph_pat20_p0.8_d120", 492, 70, days=3),
    Run("redials", "redial_n20_420cph_pat90_p0.5_d300", 493, 80),
    Run("busy redials", "retrial_loss_n5_90cph_p0.7_d300", 494, 510, days=8 / 24, short=40),
    Run("busy redials", "retrial_loss_n10_160cph_p1.0_d60", 495, 90, days=5),
    Run("menu", "ivr45_self0.4_n50_1800cph", 496, 1180, days=0.125, short=32),
    Run("hours", "tv_13h_n6_aht100_pat120", 497, 5600),
    Run(
        "hours",
        "tv_13h_n6_aht100_balk10_pat1000",
        498,
        8800,
        loose=("period 6: queued/time", "period 7: queued/time", "period 2: queued/time", "period 8: queued/time"),
    ),
    Run("hours", "tv_6x30min_n10_aht180_pat60", 499, 4400, short=80),
    Run("eight hours", "pub_cc_MMC", 500, 1000),
    Run("eight hours", "pub_cc_MMCAb", 501, 1000, short=30),
    Run("from empty", "pub_ciw_mm3", 502, 400, warm_up=0),
    Run("full load", "pub_100agents_theta_eq_mu", 503, 60, days=5 / 24),
    Run("overload", "pub_100agents_theta_eq_mu", 504, 60, days=5 / 24),
    Run("with patience", "pub_GKM_48cpm_50agents", 505, 90, days=8 / 24),
    Run("without patience", "pub_GKM_48cpm_50agents", 506, 90, days=2, warm_up=7, loose=("waited/offered",)),
    # As long as the same cases of calls.
    Run("chats", "erlA_n3_80cph_aht180_pat90", 507, 600, days=0.5, short=40),
    Run("chats", "erlA_n14_200cph_aht180_pat120", 508, 100, days=8),
    Run("forms", "erlC_n1_12cph_aht180", 509, 580, days=5, warm_up=8, short=40),
    Run("forms", "erlC_n2_30cph_aht180", 510, 100, days=57, warm_up=12),
    Run("forms and calls", "prio2_n1_4_10", 511, 580, days=10, warm_up=15, short=40),
    Run(
        "forms and calls",
        "prio2_n20_120_240",
        512,
        100,
        days=3,
        warm_up=8,
        loose=("source low: called after/callers",),
    ),
)

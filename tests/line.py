"""A line that theory knows: Poisson callers, exponential talk, a team round the clock, a vendor who answers at once."""

from __future__ import annotations

import tempfile
from pathlib import Path

from callsim.scenario import Study, load

HOURS = 365 / 12 * 24
"""In a month."""

LINE = """
name: A line that theory knows
currency: USD
calendar: {{start: 2026-03-02, days: {days}, warm_up: 1 day, open: {opened}}}
count_loss_as: first order
sources:
  ads:
    callers: {per_hour} per hour
    goes_to: queue sales
    hangs_up_ringing: {patience}
    talk: exponential {talk}
    worth: order
queues:
  sales: {{target: 80% in 20 s}}
teams:
  desk: {{serves: [sales], agents: {agents}, pay: {{wage: {wage} USD per hour}}}}
vendors:
  service: {{answers_after: 0 s, tariff: plan}}
tariffs:
  plan: {plan}
worth:
  order: {{lead_cost: 0 USD, converts: 100%, first_order: {value} USD, margin: 100%, orders_per_year: 1, years: 1, discount: 0%}}
variants:
  as it is: {{}}
  another agent: {{teams: {{desk: {{agents: {more}}}}}}}
"""


def line(
    *, per_hour: float, agents: int, talk: str = "4 min", patience: str = "exponential 1 min", wage: float = 20.0,
    value: float = 10.0, plan: str = "{per_call: 2 USD}", days: int = 8, opened: str = "always",
) -> Study:  # fmt: skip
    """A study of two variants, with one agent more in the second."""
    text = LINE.format(
        per_hour=per_hour, agents=agents, more=agents + 1, talk=talk, patience=patience, wage=wage, value=value,
        plan=plan, days=days, opened=opened,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "line.yaml")
        path.write_text(text, encoding="utf-8")
        return load(path)

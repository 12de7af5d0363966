"""Every mistake in a scenario file is reported with its place, in our words; all of them at once, each once."""

from __future__ import annotations

from pathlib import Path

import pytest

from callsim.errors import ScenarioError
from callsim.scenario import load

GOOD = """\
name: A shop
currency: RUB
ring: Russia
calendar: {start: 2026-03-02, days: 7, open: {mon-fri: 09:00-20:00, sat: closed}}
lines: 8
count_loss_as: first order
sources:
  search ads:
    callers: 85 per day
    weekdays: {sat: 0.6}
    calls_by_hour: {09:00: 6, 20:00: 0}
    goes_to: queue sales
    hangs_up_ringing: 3-4 rings
    hangs_up_waiting: exponential 90 s
    talk: lognormal 3 min cv 0.9
    redial: {chance: 33%, after: exponential 8 min, at_most: 3}
    kinds: {new: 60%, junk: 40%}
    worth: buyer
menus:
  main:
    answers_after: 1 ring
    prompt: 14 s
    keys: [{share: 70%, to: queue sales}, {share: 30%, to: self_service hours}]
self_service:
  hours: {takes: 35 s, resolves: 80%, otherwise: queue sales}
queues:
  sales: {target: 80% in 20 s}
teams:
  desk:
    serves: [sales]
    agents: {mon-fri: {09:00-20:00: 2}}
    pay: {wage: 350 RUB per hour}
worth:
  buyer: {lead_cost: 350 RUB, converts: 14%, first_order: 18 000 RUB, margin: 30%, orders_per_year: 4, years: 10, discount: 15%}
"""

KEYS = [
    ("lines: 8", "lnes: 8", ["5:1: unknown key `lnes`, did you mean `lines`?"]),
    (
        "lines: 8",
        "zzz: 8",
        [
            "5:1: unknown key `zzz`, expected one of name, currency, ring, calendar, lines, line_rent, count_loss_as, day_to_day_variation, sources, menus, self_service, queues, teams, vendors, tariffs, worth, voicemail, callbacks"
        ],
    ),
    ("lines: 8", "variant: {}", ["5:1: unknown key `variant`, did you mean `variants`?"]),
    (
        "    pay: {wage",
        "    pay: {wagee",
        [
            "32:5: teams.desk.pay: expected `wage:` or `flat:` such as `wage: 350 RUB per hour`, found neither",
            "32:11: teams.desk.pay: unknown key `wagee`, did you mean `wage`?",
        ],
    ),
    (
        "share: 70%,",
        "shar: 70%,",
        [
            "23:12: menus.main.keys[0].share: expected `share:` such as `share: 14%`, found nothing",
            "23:13: menus.main.keys[0]: unknown key `shar`, did you mean `share`?",
        ],
    ),
    (
        "days: 7,",
        "dais: 7,",
        [
            "4:1: calendar.days: expected `days:` such as `days: 28`, found nothing",
            "4:31: calendar: unknown key `dais`, did you mean `days`?",
        ],
    ),
    ("name: A shop\n", "", ["1:1: name: expected `name:` such as `name: Furniture shop`, found nothing"]),
    (
        "    talk: lognormal 3 min cv 0.9\n",
        "",
        ['8:3: sources."search ads".talk: expected `talk:` such as `talk: lognormal 3 min cv 0.9`, found nothing'],
    ),
    ("start: 2026-03-02, ", "", ["4:1: calendar.start: expected `start:` such as `start: 2026-03-01`, found nothing"]),
    (
        "    serves: [sales]\n",
        "",
        ["29:3: teams.desk.serves: expected `serves:` such as `serves: [sales]`, found nothing"],
    ),
    (
        "    talk: lognormal 3 min cv 0.9",
        "    talk:",
        ['15:5: sources."search ads".talk: expected `talk:` such as `talk: lognormal 3 min cv 0.9`, found nothing'],
    ),
    ("lines: 8", "lines:", ["5:1: lines: expected `lines:`, found nothing"]),
    ("queues:\n  sales: {target: 80% in 20 s}\n", "queues:\n", ["26:1: queues: expected `queues:`, found nothing"]),
    (
        "  sales: {target: 80% in 20 s}",
        "  sales:",
        ["27:3: queues.sales: expected keys such as `target:` and `open:`, found nothing"],
    ),
]

SHAPES = [
    ("name: A shop", "name: 3", ["1:7: name: expected a text such as `Furniture shop`, found `3`: quote it"]),
    ("name: A shop", "name: ''", ["1:7: name: expected a text such as `Furniture shop`, found nothing"]),
    ("name: A shop", "name: [a]", ["1:7: name: expected a text such as `Furniture shop`, found a list"]),
    (
        "sales: {target: 80% in 20 s}",
        "sales: 3",
        ["27:10: queues.sales: expected keys such as `target:` and `open:`, found `3`"],
    ),
    (
        "sales: {target: 80% in 20 s}",
        "sales: [a]",
        ["27:10: queues.sales: expected keys such as `target:` and `open:`, found a list"],
    ),
    (
        "[{share: 70%, to: queue sales}, {share: 30%, to: self_service hours}]",
        "3",
        ["23:11: menus.main.keys: expected a list, found `3`"],
    ),
    (
        "[{share: 70%, to: queue sales}, {share: 30%, to: self_service hours}]",
        "[]",
        ["23:11: menus.main.keys: expected at least one key such as `{share: 100%, to: queue sales}`, found none"],
    ),
    (
        "[{share: 70%, to: queue sales}, {share: 30%, to: self_service hours}]",
        "[3]",
        ["23:12: menus.main.keys[0]: expected keys such as `share:` and `to:`, found `3`"],
    ),
    (
        "self_service:\n  hours: {takes: 35 s, resolves: 80%, otherwise: queue sales}",
        "self_service: 3",
        ["24:15: self_service: expected entries by name, found `3`"],
    ),
    ("queues:\n  sales: {target: 80% in 20 s}", "queues: 3", ["26:9: queues: expected entries by name, found `3`"]),
]

NUMBERS = [
    ("days: 7", "days: 0", ["4:37: calendar.days: expected a whole number of days from 1 to 3 660, found `0`"]),
    ("days: 7", "days: 3.5", ["4:37: calendar.days: expected a whole number of days from 1 to 3 660, found `3.5`"]),
    ("days: 7", "days: 3661", ["4:37: calendar.days: expected a whole number of days from 1 to 3 660, found `3661`"]),
    ("days: 7", "days: seven", ["4:37: calendar.days: expected a whole number of days from 1 to 3 660, found `seven`"]),
    ("lines: 8", "lines: 0", ["5:8: lines: expected a whole number of lines from 1 to 1 000 000, found `0`"]),
    ("lines: 8", "lines: true", ["5:8: lines: expected a whole number of lines from 1 to 1 000 000, found `true`"]),
    (
        "orders_per_year: 4",
        "orders_per_year: 0",
        ["34:101: worth.buyer.orders_per_year: expected a number from 0.01 to 1 000 000 such as `4`, found `0`"],
    ),
    (
        "years: 10",
        "years: 0.5",
        ["34:111: worth.buyer.years: expected a number from 1 to 200 such as `10`, found `0.5`"],
    ),
    (
        "orders_per_year: 4",
        "orders_per_year: many",
        ["34:101: worth.buyer.orders_per_year: expected a number from 0.01 to 1 000 000 such as `4`, found `many`"],
    ),
    (
        "discount: 15%",
        "discount: 15%, referrals_each: -1",
        ["34:146: worth.buyer.referrals_each: expected a number from 0 to 1 000 000 such as `2`, found `-1`"],
    ),
    (
        "{target: 80% in 20 s}",
        "{room_for: -1}",
        ["27:21: queues.sales.room_for: expected a whole number of callers from 0 to 1 000 000, found `-1`"],
    ),
]

QUANTITIES = [
    (
        "currency: RUB",
        "currency: rub",
        ["2:11: currency: expected a currency such as `RUB` or `USD`, found `rub`: did you mean `RUB`?"],
    ),
    ("currency: RUB", "currency: 3", ["2:11: currency: expected a currency such as `RUB` or `USD`, found `3`"]),
    (
        "currency: RUB\n",
        "",
        ["1:1: expected `currency:` such as `currency: RUB`, found nothing: there are amounts of money below"],
    ),
    (
        "ring: Russia",
        "ring: Rusia",
        [
            "3:7: ring: expected a country (Russia, USA, UK) or the length of one ring such as `6 s`, found `Rusia`: did you mean `Russia`?"
        ],
    ),
    (
        "ring: Russia\n",
        "",
        [
            '12:23: sources."search ads".hangs_up_ringing: rings need `ring:` such as `ring: Russia` or `ring: 6 s`, found `3-4 rings`',
            "20:20: menus.main.answers_after: rings need `ring:` such as `ring: Russia` or `ring: 6 s`, found `1 ring`",
        ],
    ),
    (
        "350 RUB per hour",
        "350 USD per hour",
        [
            "32:17: teams.desk.pay.wage: expected an amount of money such as `350 RUB`, found `350 USD`: the scenario counts in RUB"
        ],
    ),
    (
        "350 RUB per hour",
        "350 RUB per month",
        [
            "32:17: teams.desk.pay.wage: expected a rate such as `350 RUB per hour`, found `350 RUB per month`: it can be `per hour`"
        ],
    ),
    (
        "lead_cost: 350 RUB",
        "lead_cost: 350",
        [
            "34:22: worth.buyer.lead_cost: expected an amount of money such as `350 RUB`, found `350`: a currency is missing, as in `350 RUB`"
        ],
    ),
    (
        "lead_cost: 350 RUB",
        "lead_cost: 350 USD",
        [
            "34:22: worth.buyer.lead_cost: expected an amount of money such as `350 RUB`, found `350 USD`: the scenario counts in RUB"
        ],
    ),
    (
        "85 per day",
        "85",
        [
            '9:14: sources."search ads".callers: expected a volume such as `85 per day` or `200 per hour`, found `85`: `per day` is missing'
        ],
    ),
    (
        "85 per day",
        "-85 per day",
        [
            '9:14: sources."search ads".callers: expected a volume such as `85 per day` or `200 per hour`, found `-85 per day`: a sign has no place here'
        ],
    ),
    (
        "85 per day",
        "1 000 000 000 per day",
        [
            '9:14: sources."search ads".callers: expected at most 10 000 000 callers a day, found `1 000 000 000 per day`'
        ],
    ),
    (
        "85 per day",
        "85 per day +- 10%",
        ['9:14: sources."search ads".callers: `+- 10%` (uncertain inputs) is not supported yet'],
    ),
    (
        "converts: 14%",
        "converts: 0.14",
        ["34:41: worth.buyer.converts: expected a percentage such as `75%`, found `0.14`: write `14%` (or `0.14%`)"],
    ),
    (
        "converts: 14%",
        "converts: 114%",
        ["34:41: worth.buyer.converts: expected a percentage of at most 100%, found `114%`"],
    ),
    (
        "converts: 14%",
        "converts: somewhere in 10%..18%",
        ["34:41: worth.buyer.converts: `somewhere in 10%..18%` (uncertain inputs) is not supported yet"],
    ),
    ("80% in 20 s", "80/20", ["27:19: queues.sales.target: expected a target such as `80% in 20 s`, found `80/20`"]),
    (
        "prompt: 14 s",
        "prompt: 14",
        [
            "22:13: menus.main.prompt: expected a duration such as `20 s` or `1 h 30 min`, found `14`: a unit is missing, as in `14 s`"
        ],
    ),
    (
        "prompt: 14 s",
        "prompt: never",
        [
            "22:13: menus.main.prompt: expected a duration or a distribution that ends, such as `exponential 3 min`, found `never`"
        ],
    ),
    (
        "lognormal 3 min cv 0.9",
        "lognormal 3 min",
        [
            '15:11: sources."search ads".talk: expected a distribution such as `lognormal 3 min cv 0.9`, found `lognormal 3 min`: a `cv` is missing'
        ],
    ),
    (
        "lognormal 3 min cv 0.9",
        "{mix: [10% 0 s]}",
        ['15:5: sources."search ads".talk: expected shares of a mix that add up to 100%, found `10%`'],
    ),
    (
        "lognormal 3 min cv 0.9",
        "empirical talks.csv",
        ['15:11: sources."search ads".talk: expected a file such as `waits.csv`, found no file `talks.csv`'],
    ),
    (
        "lognormal 3 min cv 0.9",
        "true",
        [
            '15:11: sources."search ads".talk: expected a duration or a distribution such as `20 s`, `3-4 rings` or `lognormal 3 min cv 0.9`, found `true`'
        ],
    ),
    (
        "answers_after: 1 ring",
        "answers_after: -1 s",
        [
            "21:20: menus.main.answers_after: expected a duration such as `20 s` or `1 h 30 min`, found `-1 s`: a sign has no place here"
        ],
    ),
    (
        "discount: 15%",
        "discount: 15%, referred_worth: 1001%",
        ["34:146: worth.buyer.referred_worth: expected a percentage of at most 1000%, found `1001%`"],
    ),
]

WORDS = [
    (
        "count_loss_as: first order",
        "count_loss_as: first_order",
        [
            "6:16: count_loss_as: expected `acquisition` or `first order` or `lifetime` or `with referrals` or `replacement`, found `first_order`: did you mean `first order`?"
        ],
    ),
    (
        "count_loss_as: first order",
        "count_loss_as: 3",
        [
            "6:16: count_loss_as: expected `acquisition` or `first order` or `lifetime` or `with referrals` or `replacement`, found `3`"
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{at_closing: server}",
        ["27:23: queues.sales.at_closing: expected `serve` or `closed`, found `server`: did you mean `serve`?"],
    ),
    (
        "{target: 80% in 20 s}",
        "{pick: longest}",
        [
            "27:17: queues.sales.pick: expected `longest idle` or `least busy` or `in order` or `round robin`, found `longest`: did you mean `longest idle`?"
        ],
    ),
]

REFERENCES = [
    (
        "goes_to: queue sales",
        "goes_to: queue sale",
        [
            '12:14: sources."search ads".goes_to: expected a declared queue (`sales`), found `sale`, did you mean `sales`?'
        ],
    ),
    (
        "goes_to: queue sales",
        "goes_to: sales",
        [
            '12:14: sources."search ads".goes_to: expected a destination such as `queue sales`, `vendor night desk`, `voicemail` or `hang up`, found `sales`: say what it is, as in `queue sales`'
        ],
    ),
    (
        "goes_to: queue sales",
        "goes_to: 3",
        [
            '12:14: sources."search ads".goes_to: expected a destination such as `queue sales`, `vendor night desk`, `voicemail` or `hang up`, found `3`'
        ],
    ),
    (
        "goes_to: queue sales",
        "goes_to: vendor desk",
        [
            '12:14: sources."search ads".goes_to: expected a declared vendor (none is declared), found `desk`',
        ],
    ),
    (
        "worth: buyer",
        "worth: byer",
        ['18:12: sources."search ads".worth: expected a declared worth (`buyer`), found `byer`, did you mean `buyer`?'],
    ),
    (
        "worth: buyer",
        "worth: [buyer]",
        ['18:12: sources."search ads".worth: expected the name of a worth, found a list'],
    ),
    (
        "serves: [sales]",
        "serves: sales",
        ["30:13: teams.desk.serves: expected a list of queues such as `[sales]`, found `sales`: write `[sales]`"],
    ),
    (
        "serves: [sales]",
        "serves: queue slaes",
        ["30:13: teams.desk.serves: expected a list of queues such as `[sales]`, found `queue slaes`: write `[sales]`"],
    ),
    (
        "serves: [sales]",
        "serves: zzz",
        ["30:13: teams.desk.serves: expected a list of queues such as `[sales]`, found `zzz`"],
    ),
    (
        "serves: [sales]",
        "serves: []",
        ["30:13: teams.desk.serves: expected a list of queues such as `[sales]`, found nothing"],
    ),
    (
        "serves: [sales]",
        "serves: [sale]",
        ["30:14: teams.desk.serves[0]: expected a declared queue (`sales`), found `sale`, did you mean `sales`?"],
    ),
    ("serves: [sales]", "serves: [true]", ["30:14: teams.desk.serves[0]: expected the name of a queue, found `true`"]),
]

SHARES = [
    (
        "{new: 60%, junk: 40%}",
        "{new: 60%, junk: 30%}",
        ['17:5: sources."search ads".kinds: expected shares that add up to 100%, found 90%'],
    ),
    (
        "{new: 60%, junk: 40%}",
        "{new: 60%, jnk: 40%}",
        [
            '17:23: sources."search ads".kinds: expected `new` or `existing` or `service` or `junk`, found `jnk`: did you mean `junk`?'
        ],
    ),
    (
        "{new: 60%, junk: 40%}",
        "new",
        ['17:12: sources."search ads".kinds: expected shares such as `{new: 60%, service: 40%}`, found `new`'],
    ),
    (
        "{new: 60%, junk: 40%}",
        "{new: 0.6, junk: 40%}",
        [
            '17:18: sources."search ads".kinds.new: expected a percentage such as `75%`, found `0.6`: write `60%` (or `0.6%`)'
        ],
    ),
    (
        "{new: 60%, junk: 40%}",
        "{}",
        ['17:5: sources."search ads".kinds: expected shares that add up to 100%, found 0%'],
    ),
    ("{share: 70%,", "{share: 60%,", ["23:11: menus.main.keys: expected shares that add up to 100%, found 90%"]),
]

REDIALS = [
    (
        "chance: 33%",
        "chance: {}",
        [
            '16:14: sources."search ads".redial.chance: expected a chance such as `33%`, `[50%, 30%]` by attempt or `{abandoned: 33%, closed: 50%}` by outcome, found nothing'
        ],
    ),
    (
        "chance: 33%",
        "chance: []",
        [
            '16:22: sources."search ads".redial.chance: expected a chance such as `33%`, `[50%, 30%]` by attempt or `{abandoned: 33%, closed: 50%}` by outcome, found nothing'
        ],
    ),
    (
        "chance: 33%",
        "chance: [50%, 3]",
        ['16:28: sources."search ads".redial.chance[1]: expected a percentage such as `75%`, found `3`: write `3%`'],
    ),
    (
        "chance: 33%",
        "chance: {abandond: 33%}",
        [
            '16:23: sources."search ads".redial.chance: expected `abandoned` or `abandoned_ringing` or `abandoned_queue` or `abandoned_menu` or `blocked` or `closed`, found `abandond`: did you mean `abandoned`?'
        ],
    ),
    (
        "chance: 33%",
        "chance: {abandoned: {new: 3%}}",
        [
            '16:23: sources."search ads".redial.chance.abandoned: expected a chance such as `33%`, or a list by attempt such as `[50%, 30%]`, found a mapping'
        ],
    ),
    (
        "chance: 33%",
        "chance: 33",
        ['16:22: sources."search ads".redial.chance: expected a percentage such as `75%`, found `33`: write `33%`'],
    ),
    (
        "at_most: 3",
        "at_most: -1",
        [
            '16:62: sources."search ads".redial.at_most: expected a number of redials such as `3`, or `never` for no bound, found `-1`'
        ],
    ),
    (
        "at_most: 3",
        "at_most: ever",
        [
            '16:62: sources."search ads".redial.at_most: expected a number of redials such as `3`, or `never` for no bound, found `ever`'
        ],
    ),
    (
        "after: exponential 8 min, at_most: 3",
        "after: 0 s, at_most: never",
        [
            '16:34: sources."search ads".redial.after: expected at least 1 s on average, as `at_most: never` sets no bound, found less'
        ],
    ),
]

TIMETABLES = [
    ("2026-03-02", "2026-02-30", ["4:19: calendar.start: expected a date such as `2026-03-01`, found `2026-02-30`"]),
    ("2026-03-02", "20260302", ["4:19: calendar.start: expected a date such as `2026-03-01`, found `20260302`"]),
    ("2026-03-02", "9999-12-31", ["4:19: calendar.start: expected a date between 1900 and 2100, found `9999-12-31`"]),
    (
        "days: 7,",
        "days: 7, warm_up: 7 days,",
        ["4:49: calendar.warm_up: expected less than the 7 days of `days:`, or nothing is counted"],
    ),
    (
        "days: 7,",
        "days: 7, cool_down: 400 days,",
        ["4:51: calendar.cool_down: expected at most 366 days, found `400 days`"],
    ),
    (
        "days: 7,",
        "days: 7, holidays: [2026-03-08],",
        [
            "4:64: calendar.open: expected what happens on holidays, `holiday: closed` or `holiday:` with hours, found nothing"
        ],
    ),
    (
        "days: 7,",
        "days: 7, holidays: [today],",
        ["4:51: calendar.holidays[0]: expected a date such as `2026-03-01`, found `today`"],
    ),
    ("days: 7,", "days: 7, holidays: XX,", ["4:50: calendar.holidays: expected a country such as `RU`, found `XX`"]),
    (
        "days: 7,",
        "days: 7, holidays: 3,",
        [
            "4:50: calendar.holidays: expected a list of dates such as `[2026-03-08]` or a country such as `RU`, found `3`"
        ],
    ),
    (
        "{mon-fri: 09:00-20:00, sat: closed}",
        "closed",
        [
            "4:46: calendar.open: expected `always` or opening hours by day such as `{mon-fri: 09:00-20:00}`, found `closed`"
        ],
    ),
    (
        "{mon-fri: 09:00-20:00, sat: closed}",
        "{}",
        [
            "4:40: calendar.open: expected `always` or opening hours by day such as `{mon-fri: 09:00-20:00}`, found nothing"
        ],
    ),
    (
        "{mon-fri: 09:00-20:00, sat: closed}",
        "{mon-fri: 9-20}",
        ["4:56: calendar.open.mon-fri: expected a time of day such as `09:00`, found `9`: write `9:00`"],
    ),
    (
        "{mon-fri: 09:00-20:00, sat: closed}",
        "{mon: []}",
        ["4:52: calendar.open.mon: expected opening hours such as `09:00-20:00`, or `closed`, found nothing"],
    ),
    (
        "{mon-fri: 09:00-20:00, sat: closed}",
        "{mon-fry: 09:00-20:00}",
        [
            "4:47: calendar.open: expected days such as `mon`, `mon-fri`, `every day` or `holiday`, found `mon-fry`: did you mean `fri`?"
        ],
    ),
    (
        "{mon-fri: 09:00-20:00, sat: closed}",
        "{mon-fri: 09:00-20:00, fri: closed}",
        ["4:69: calendar.open: `fri` stands already under `mon-fri` (a variant removes that by `mon-fri: none`)"],
    ),
    (
        "{mon-fri: 09:00-20:00, sat: closed}",
        "{mon: [09:00-12:00, 11:00-14:00]}",
        ["4:66: calendar.open.mon[1]: `11:00-14:00` overlaps another time range of the day"],
    ),
    (
        "{mon-fri: 09:00-20:00, sat: closed}",
        "{mon: 22:00-06:00, tue: 05:00-09:00}",
        ["4:65: calendar.open: `tue` overlaps the time range of `mon` that runs past midnight"],
    ),
    (
        "{mon-fri: 09:00-20:00, sat: closed}",
        "{mon: 25:00-26:00}",
        ["4:52: calendar.open.mon: expected a time of day such as `09:00`, found `25:00`: a day ends at `24:00`"],
    ),
    (
        "{mon-fri: 09:00-20:00, sat: closed}",
        "{mon: 09:00-09:00}",
        [
            "4:52: calendar.open.mon: expected a range of time such as `09:00-20:00`, found `09:00-09:00`: it begins and ends at once; a whole day is `00:00-24:00`"
        ],
    ),
    (
        "mon-fri: {09:00-20:00: 2}",
        "mon-fri: {09:00-20:00: 2.5}",
        [
            "31:37: teams.desk.agents.mon-fri.09:00-20:00: expected a whole number of agents from 0 to 100 000, found `2.5`"
        ],
    ),
    (
        "mon-fri: {09:00-20:00: 2}",
        "mon-fri: {}",
        ["31:14: teams.desk.agents.mon-fri: expected agents by time such as `{09:00-20:00: 2}`, or `0`, found nothing"],
    ),
    (
        "{mon-fri: {09:00-20:00: 2}}",
        "{}",
        ["31:5: teams.desk.agents: expected agents by day such as `{mon-fri: {09:00-20:00: 2}}`, found nothing"],
    ),
    (
        "{mon-fri: {09:00-20:00: 2}}",
        "many",
        ["31:13: teams.desk.agents: expected a whole number of agents from 0 to 100 000, found `many`"],
    ),
    (
        "mon-fri: {09:00-20:00: 2}",
        "mon-fri: {09:00-20:00: 2, 19:00-21:00: 1}",
        ["31:40: teams.desk.agents.mon-fri: `19:00-21:00` overlaps another time range of the day"],
    ),
    (
        "mon-fri: {09:00-20:00: 2}",
        "mon: {22:00-06:00: 2}, tue: {05:00-09:00: 1}",
        ["31:37: teams.desk.agents: `tue` overlaps the time range of `mon` that runs past midnight"],
    ),
    (
        "mon-fri: {09:00-20:00: 2}",
        "mon-fri: {9-20: 2}",
        ["31:24: teams.desk.agents.mon-fri: expected a time of day such as `09:00`, found `9`: write `9:00`"],
    ),
    (
        "mon-fri: {09:00-20:00: 2}",
        "monday: 2",
        [
            "31:14: teams.desk.agents: expected days such as `mon`, `mon-fri`, `every day` or `holiday`, found `monday`: did you mean `mon`?"
        ],
    ),
    (
        "{sat: 0.6}",
        "{funday: 1}",
        [
            '10:16: sources."search ads".weekdays: expected days such as `mon`, `mon-fri`, `every day` or `holiday`, found `funday`'
        ],
    ),
    (
        "{sat: 0.6}",
        "{sat: 60%}",
        ['10:21: sources."search ads".weekdays.sat: expected a factor from 0 to 1000 such as `0.6`, found `60%`'],
    ),
    (
        "{sat: 0.6}",
        "{sat: -1}",
        ['10:21: sources."search ads".weekdays.sat: expected a factor from 0 to 1000 such as `0.6`, found `-1`'],
    ),
    (
        "{sat: 0.6}",
        "3",
        ['10:15: sources."search ads".weekdays: expected factors by day such as `{sat: 0.6, sun: 0.3}`, found `3`'],
    ),
    (
        "85 per day\n    weekdays: {sat: 0.6}",
        "9 000 000 per day\n    weekdays: {sat: 2}",
        ['10:5: sources."search ads".weekdays: expected at most 10 000 000 callers on any day, found 18 000 000'],
    ),
    (
        "{09:00: 6, 20:00: 0}",
        "{}",
        [
            '11:5: sources."search ads".calls_by_hour: expected weights by time of day such as `{09:00: 6, 20:00: 0}`, found nothing'
        ],
    ),
    (
        "{09:00: 6, 20:00: 0}",
        "6",
        [
            '11:20: sources."search ads".calls_by_hour: expected weights by time of day such as `{09:00: 6, 20:00: 0}`, found `6`'
        ],
    ),
    (
        "{09:00: 6, 20:00: 0}",
        "{20:00: 6, 09:00: 1}",
        ['11:31: sources."search ads".calls_by_hour: expected times in the order of the day, each once, found `09:00`'],
    ),
    (
        "{09:00: 6, 20:00: 0}",
        "{9:00: 6, 09:00: 1}",
        ['11:30: sources."search ads".calls_by_hour: expected times in the order of the day, each once, found `09:00`'],
    ),
    (
        "{09:00: 6, 20:00: 0}",
        "{09:00: 0}",
        ['11:5: sources."search ads".calls_by_hour: expected a weight above 0, found none: nobody would ever call'],
    ),
    (
        "{09:00: 6, 20:00: 0}",
        "{09:00: 6, 24:00: 0}",
        [
            '11:31: sources."search ads".calls_by_hour: expected a time before 24:00, found `24:00`: the last weight holds until midnight anyway'
        ],
    ),
    (
        "{09:00: 6, 20:00: 0}",
        "{9: 6}",
        ['11:21: sources."search ads".calls_by_hour: expected a time of day such as `09:00`, found `9`: write `9:00`'],
    ),
    (
        "{09:00: 6, 20:00: 0}",
        "{09:00: -6}",
        ['11:28: sources."search ads".calls_by_hour.09:00: expected a weight, a number from 0 up, found `-6`'],
    ),
]

PARTS = [
    (
        "    callers: 85 per day\n",
        "",
        ['8:3: sources."search ads": expected `callers:` such as `callers: 85 per day`, found nothing'],
    ),
    (
        "    calls_by_hour: {09:00: 6, 20:00: 0}\n",
        "",
        [
            '8:3: sources."search ads": expected `calls_by_hour:` to say when those `per day` call, found nothing; `calls_by_hour: {00:00: 1}` spreads them over all 24 hours'
        ],
    ),
    (
        "85 per day",
        "8 per hour",
        ['11:5: sources."search ads".calls_by_hour: callers `per hour` call evenly: leave it out, or write `per day`'],
    ),
    (
        "{wage: 350 RUB per hour}",
        "{seat: 3 RUB per month}",
        ["32:5: teams.desk.pay: expected `wage:` or `flat:` such as `wage: 350 RUB per hour`, found neither"],
    ),
    ("years: 10, ", "", ["34:3: worth.buyer: expected either `years:` or `retention:`, exactly one of them"]),
    (
        "years: 10, ",
        "years: 10, retention: 90%, ",
        ["34:3: worth.buyer: expected either `years:` or `retention:`, exactly one of them"],
    ),
    (
        "years: 10, discount: 15%",
        "retention: 100%, discount: 0%",
        ["34:131: worth.buyer.discount: expected more than 0% where customers never leave: their worth has no end"],
    ),
]

BETWEEN_PARTS = [
    (
        "    serves: [sales]\n    agents: {mon-fri: {09:00-20:00: 2}}",
        "    serves: [other]\n    agents: 3",
        ["30:14: teams.desk.serves[0]: expected a declared queue (`sales`), found `other`"],
    ),
    (
        "  sales: {target: 80% in 20 s}",
        "  sales: {target: 80% in 20 s}\n  other: {}",
        ["28:3: queues.other: expected a team with `serves: [other]`, or `overflow:`, found neither"],
    ),
    (
        "goes_to: queue sales\n    hangs_up_ringing: 3-4 rings\n    hangs_up_waiting: exponential 90 s\n",
        "goes_to: menu main\n    hangs_up_ringing: 3-4 rings\n",
        [
            '8:3: sources."search ads": expected `hangs_up_waiting:` such as `exponential 90 s`, found nothing: `menu main` answers callers of this source, and nothing says how long they wait then'
        ],
    ),
    (
        "    worth: buyer\n",
        "",
        [
            '8:3: sources."search ads": expected `worth:` such as `worth: buyer`, found nothing: `count_loss_as` puts the lost callers of this source into the total cost'
        ],
    ),
    (
        "to: self_service hours",
        "to: menu main",
        ["23:60: menus.main.keys[1].to: callers could be sent in a circle: `menu main` leads back here"],
    ),
    (
        "{target: 80% in 20 s}",
        "{closed: queue sales}",
        ["27:19: queues.sales.closed: callers could be sent in a circle: `queue sales` leads back here"],
    ),
    (
        "otherwise: queue sales",
        "otherwise: menu main",
        [
            "23:60: menus.main.keys[1].to: callers could be sent in a circle: `self_service hours` leads back here",
            "25:50: self_service.hours.otherwise: callers could be sent in a circle: `menu main` leads back here",
        ],
    ),
    (
        "days: 7, open: {mon-fri: 09:00-20:00, sat: closed}",
        "days: 7, holidays: [2026-03-03], open: {holiday: 05:00-07:00, mon: 22:00-06:00}",
        ["4:64: calendar.open: the times of tue 2026-03-03 overlap those that began the day before"],
    ),
]

WAYS = [
    (
        "goes_to: queue sales",
        "goes_to: {60%: queue sales, 30%: hang up}",
        [
            '12:5: sources."search ads".goes_to: expected shares that add up to 100%, found 90%',
        ],
    ),
    (
        "goes_to: queue sales",
        "goes_to: {60%: queue sale, 30%: hang up}",
        [
            '12:5: sources."search ads".goes_to: expected shares that add up to 100%, found 90%',
            '12:20: sources."search ads".goes_to.60%: expected a declared queue (`sales`), found `sale`, did you mean `sales`?',
        ],
    ),
    (
        "goes_to: queue sales",
        "goes_to: {many: queue sales}",
        [
            '12:15: sources."search ads".goes_to: expected a percentage such as `75%`, found `many`',
        ],
    ),
    (
        "goes_to: queue sales",
        "goes_to: {}",
        [
            '12:5: sources."search ads".goes_to: expected shares that add up to 100%, found 0%',
        ],
    ),
    (
        "goes_to: queue sales",
        "goes_to: []",
        [
            '12:14: sources."search ads".goes_to: expected a destination, or a list such as `[{share: 50%, to: queue a}, {share: 50%, to: queue b}]`, found nothing',
        ],
    ),
    (
        "goes_to: queue sales",
        "goes_to: [queue sales]",
        [
            '12:15: sources."search ads".goes_to[0]: expected keys such as `share:` and `to:`, found `queue sales`',
        ],
    ),
    (
        "goes_to: queue sales",
        "goes_to: [{share: 50%, to: queue sales}]",
        [
            '12:14: sources."search ads".goes_to: expected shares that add up to 100%, found 50%',
        ],
    ),
    (
        "goes_to: queue sales",
        "goes_to: [{share: 50, to: queue sale}, {shar: 50%}]",
        [
            '12:23: sources."search ads".goes_to[0].share: expected a percentage such as `75%`, found `50`: write `50%`',
            '12:31: sources."search ads".goes_to[0].to: expected a declared queue (`sales`), found `sale`, did you mean `sales`?',
            '12:44: sources."search ads".goes_to[1].share: expected `share:` such as `share: 14%`, found nothing',
            '12:44: sources."search ads".goes_to[1].to: expected `to:` such as `to: queue sales`, found nothing',
            '12:45: sources."search ads".goes_to[1]: unknown key `shar`, did you mean `share`?',
        ],
    ),
    (
        "goes_to: queue sales",
        "goes_to: {50%: queue sales, 50%: hang up}",
        [
            '12:5: sources."search ads".goes_to: expected shares that add up to 100%, found 50%',
            '12:33: sources."search ads".goes_to.50%: `50%` is given twice, first in line 12: write a list such as `[{share: 50%, to: queue a}, {share: 50%, to: queue b}]`',
        ],
    ),
    (
        "talk: lognormal",
        "patience_on_redial: keep\n    talk: lognormal",
        [
            '15:25: sources."search ads".patience_on_redial: expected `redrawn` or `kept`, found `keep`: did you mean `kept`?',
        ],
    ),
    (
        "    callers: 85 per day\n",
        "    callers: 85 per day\n    logged_calls: 85 per day\n",
        [
            '8:3: sources."search ads": expected either `callers:` or `logged_calls:` (a variant removes the other by `none`), found both',
        ],
    ),
    (
        "    callers: 85 per day\n",
        "    logged_calls: 85\n",
        [
            '9:19: sources."search ads".logged_calls: expected a volume such as `85 per day` or `200 per hour`, found `85`: `per day` is missing',
        ],
    ),
    (
        "    callers: 85 per day\n    weekdays: {sat: 0.6}",
        "    logged_calls: 9 000 000 per day\n    weekdays: {sat: 2}",
        [
            '10:5: sources."search ads".weekdays: expected at most 10 000 000 callers on any day, found 18 000 000',
        ],
    ),
    (
        "talk: lognormal",
        "uses_line: true\n    talk: lognormal",
        [
            '15:16: sources."search ads".uses_line: expected only where `goes_to` names a vendor: other calls always use a line (`none` removes it)',
        ],
    ),
    (
        "talk: lognormal",
        "uses_line: false\n    talk: lognormal",
        [
            '15:16: sources."search ads".uses_line: expected only where `goes_to` names a vendor: other calls always use a line (`none` removes it)',
        ],
    ),
    (
        "talk: lognormal",
        "uses_line: 1\n    talk: lognormal",
        [
            '15:16: sources."search ads".uses_line: expected `true` or `false`, found `1`',
        ],
    ),
]

RULES = [
    (
        "{target: 80% in 20 s}",
        "{closed: voicemail}",
        [
            "27:19: queues.sales.closed: `voicemail` needs an entry such as `voicemail: {leaves: 25%, takes: 20 s}` at the top, found none",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{closed: callback}",
        [
            "27:19: queues.sales.closed: `callback` needs an entry such as `callbacks: {for: [missed], by: desk, ...}` at the top, found none",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{closed: call back}",
        [
            "27:19: queues.sales.closed: expected a destination such as `queue sales`, `vendor night desk`, `voicemail` or `hang up`, found `call back`: did you mean `callback`?",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{full: vendor desk}",
        [
            "27:17: queues.sales.full: expected a declared vendor (none is declared), found `desk`",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{pick: robin}",
        [
            "27:17: queues.sales.pick: expected `longest idle` or `least busy` or `in order` or `round robin`, found `robin`: did you mean `round robin`?",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{priority: -1}",
        [
            "27:21: queues.sales.priority: expected a whole number from 0 to 1 000, found `-1`",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{teams: [dask]}",
        [
            "27:19: queues.sales.teams[0]: expected a declared team (`desk`), found `dask`, did you mean `desk`?",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{teams: desk}",
        [
            "27:18: queues.sales.teams: expected a list of teams such as `[desk, night]`, found `desk`: write `[desk]`",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{teams: []}",
        [
            "27:18: queues.sales.teams: expected a list of teams such as `[desk, night]`, found nothing",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{teams: [[]]}",
        [
            "27:19: queues.sales.teams[0]: expected the names of teams, found nothing",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{overflow: [{to: hang up}]}",
        [
            "27:22: queues.sales.overflow[0]: expected either `after:` or `when:`, exactly one of them",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{overflow: [{after: 9 s, when: nobody on duty, to: hang up}]}",
        [
            "27:22: queues.sales.overflow[0]: expected either `after:` or `when:`, exactly one of them",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{overflow: [{when: never, also: queue sales}]}",
        [
            "27:29: queues.sales.overflow[0].when: expected `nobody on duty`, found `never`",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{overflow: 3}",
        [
            "27:21: queues.sales.overflow: expected a list, found `3`",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{overflow: {after: 1 ring, to: voicemail}}",
        [
            "27:11: queues.sales.overflow: expected a list, found a mapping: write `[{after: ..., to: ...}]`",
        ],
    ),
    (
        "goes_to: queue sales",
        "goes_to: {queue sales: 60%, menu main: 40%}",
        [
            '12:5: sources."search ads".goes_to: expected shares before destinations such as `{60%: queue sales, 40%: vendor night desk}`, found them turned round: write `60%: queue sales`',
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{overflow: [{after: 1 ring}]}",
        [
            "27:22: queues.sales.overflow[0]: expected either `to:` or `also:`, exactly one of them",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{overflow: [{after: 1 ring, also: menu main}]}",
        [
            "27:44: queues.sales.overflow[0].also: expected a queue such as `queue sales`, found `menu main`",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{overflow: [{after: 1 ring, also: queue sales}]}",
        [
            "27:44: queues.sales.overflow[0].also: expected another place than `queue sales` itself, where the caller waits already",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{overflow: [{after: 1 ring, to: queue sales}]}",
        [
            "27:42: queues.sales.overflow[0].to: expected another place than `queue sales` itself, where the caller waits already",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{offer_callback: {after: 1 min}}",
        [
            "27:11: queues.sales.offer_callback.accepts: expected `accepts:` such as `accepts: 14%`, found nothing",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{transfer: {chance: 5%, to: menu main}}",
        [
            "27:38: queues.sales.transfer.to: expected a queue such as `queue sales`, found `menu main`",
        ],
    ),
    (
        "{target: 80% in 20 s}",
        "{transfer: {chance: 5%, to: queue sale}}",
        [
            "27:38: queues.sales.transfer.to: expected a declared queue (`sales`), found `sale`, did you mean `sales`?",
        ],
    ),
    (
        "  sales: {target: 80% in 20 s}",
        "  sales: {overflow: [{after: 0, to: queue other}]}\n  other: {closed: queue sales, overflow: [{when: nobody on duty, to: menu main}]}",
        [
            "23:29: menus.main.keys[0].to: callers could be sent in a circle: `queue sales` leads back here",
            "23:60: menus.main.keys[1].to: callers could be sent in a circle: `self_service hours` leads back here",
            "25:50: self_service.hours.otherwise: callers could be sent in a circle: `queue sales` leads back here",
            "27:37: queues.sales.overflow[0].to: callers could be sent in a circle: `queue other` leads back here",
            "28:19: queues.other.closed: callers could be sent in a circle: `queue sales` leads back here",
            "28:70: queues.other.overflow[0].to: callers could be sent in a circle: `menu main` leads back here",
        ],
    ),
    (
        "  sales: {target: 80% in 20 s}",
        "  sales: {overflow: [{when: nobody on duty, also: queue other}]}\n  other: {overflow: [{when: nobody on duty, also: queue sales}]}",
        [
            "27:51: queues.sales.overflow[0].also: callers could be sent in a circle: `queue other` leads back here",
            "28:51: queues.other.overflow[0].also: callers could be sent in a circle: `queue sales` leads back here",
        ],
    ),
    (
        "  sales: {target: 80% in 20 s}",
        "  sales: {teams: [desk, [night]]}\nx: 3",
        [
            "27:26: queues.sales.teams[1][0]: expected a declared team (`desk`), found `night`",
            "28:1: unknown key `x`, expected one of name, currency, ring, calendar, lines, line_rent, count_loss_as, day_to_day_variation, sources, menus, self_service, queues, teams, vendors, tariffs, worth, voicemail, callbacks",
        ],
    ),
]

STAFF = [
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "    agents: {mon-fri: {09:00-20:00: 2}}\n    absence: 105%",
        [
            "32:14: teams.desk.absence: expected a percentage of at most 100%, found `105%`",
        ],
    ),
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "    agents: {mon-fri: {09:00-20:00: 2}}\n    speed: 0",
        [
            "32:12: teams.desk.speed: expected a number from 0.01 to 100 such as `1.2`, found `0`",
        ],
    ),
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "    agents: {mon-fri: {09:00-20:00: 2}}\n    shifts: [9-18]",
        [
            "29:3: teams.desk: expected either `agents:` or `shifts:` (a variant removes the other by `none`), found both",
            "32:14: teams.desk.shifts[0]: expected keys such as `days:` and `hours:`, found `9-18`",
        ],
    ),
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "",
        [
            "29:3: teams.desk: expected `agents:` such as `agents: 2`, or `shifts:`, found neither",
        ],
    ),
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "    shifts: []",
        [
            "31:13: teams.desk.shifts: expected at least one shift such as `{days: mon-fri, hours: 08:00-16:30, agents: 2}`, found none",
        ],
    ),
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "    shifts: [{days: weekdays, hours: 9-18, agents: 0}]",
        [
            "31:21: teams.desk.shifts[0].days: expected days such as `mon`, `mon-fri`, `every day` or `holiday`, found `weekdays`: did you mean `mon-fri`?",
            "31:38: teams.desk.shifts[0].hours: expected a time of day such as `09:00`, found `9`: write `9:00`",
            "31:52: teams.desk.shifts[0].agents: expected a whole number of agents from 1 to 100 000, found `0`",
        ],
    ),
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "    shifts: [{days: mon-fri, hours: 09:00-17:00, agents: 2, breaks: [{at: noon, lasts: 30}]}]",
        [
            "31:75: teams.desk.shifts[0].breaks[0].at: expected a time of day such as `09:00`, found `noon`",
            "31:88: teams.desk.shifts[0].breaks[0].lasts: expected a duration such as `20 s` or `1 h 30 min`, found `30`: a unit is missing, as in `30 s`",
        ],
    ),
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "    shifts: [{days: mon-fri, hours: 09:00-17:00, agents: 2, breaks: [{at: 12:00, lasts: 30 min}, {at: 12:15, lasts: 30 min}]}]",
        [
            "31:98: teams.desk.shifts[0].breaks[1]: expected a break that begins when the one before it is over, found an earlier one",
        ],
    ),
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "    shifts: [{days: mon-fri, hours: 09:00-17:00, agents: 2, breaks: [{at: 16:45, lasts: 30 min}, {at: 08:00, lasts: 30 min}, {at: 12:00, lasts: 0}]}]",
        [
            "31:70: teams.desk.shifts[0].breaks[0]: expected a break inside the hours of the shift, found one that is not",
            "31:98: teams.desk.shifts[0].breaks[1]: expected a break inside the hours of the shift, found one that is not",
            "31:145: teams.desk.shifts[0].breaks[2].lasts: expected more than 0 s, found none: a break takes time",
        ],
    ),
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "    shifts: [{days: mon-fri, hours: 22:00-06:00, agents: 2, breaks: [{at: 05:45, lasts: 30 min}, {at: 21:00, lasts: 30 min}]}]",
        [
            "31:70: teams.desk.shifts[0].breaks[0]: expected a break inside the hours of the shift, found one that is not",
            "31:98: teams.desk.shifts[0].breaks[1]: expected a break inside the hours of the shift, found one that is not",
        ],
    ),
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "    agents: {mon-fri: {09:00-20:00: 2}}\n    no_answer_after: 20 s",
        [
            "29:3: teams.desk: expected `answers_after:` beside `no_answer_after:`, found nothing: every call is answered at once",
            "29:3: teams.desk: expected `no_answer_after:` and `unavailable_for:` together, found one of them",
        ],
    ),
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "    agents: {mon-fri: {09:00-20:00: 2}}\n    unavailable_for: 20 s",
        [
            "29:3: teams.desk: expected `no_answer_after:` and `unavailable_for:` together, found one of them",
        ],
    ),
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "    agents: {mon-fri: {09:00-20:00: 2}}\n    answers_after: 4 s\n    no_answer_after: 0\n    unavailable_for: 500 ms",
        [
            "33:22: teams.desk.no_answer_after: expected at least 1 s, found less",
            "34:22: teams.desk.unavailable_for: expected at least 1 s, found less",
        ],
    ),
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "    agents: {mon-fri: {09:00-20:00: 2}}\n    resolves: 90%",
        [
            "29:3: teams.desk: expected `comes_back_after:` such as `exponential 1 day` beside `resolves:`, found nothing",
        ],
    ),
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "    agents: {mon-fri: {09:00-20:00: 2}}\n    resolves: 0%",
        [
            "29:3: teams.desk: expected `comes_back_after:` such as `exponential 1 day` beside `resolves:`, found nothing",
            "32:15: teams.desk.resolves: expected more than 0%, found 0%: nobody would ever be done",
        ],
    ),
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "    agents: {mon-fri: {09:00-20:00: 2}}\n    comes_back_after: 1 day",
        [
            "29:3: teams.desk: expected `resolves:` such as `resolves: 90%` beside `comes_back_after:`, found nothing",
        ],
    ),
    (
        "    agents: {mon-fri: {09:00-20:00: 2}}",
        "    agents: {mon-fri: {09:00-20:00: 2}}\n    resolves: 90%\n    comes_back_after: exponential 500 ms",
        [
            "33:23: teams.desk.comes_back_after: expected at least 1 s on average, found less",
        ],
    ),
    (
        "serves: [sales]",
        "serves: [sales, sales]",
        [
            "30:21: teams.desk.serves[1]: expected each queue once, found `sales` again",
        ],
    ),
    (
        "serves: [sales]",
        "serves: [[sales, other], sales]",
        [
            "30:22: teams.desk.serves[0][1]: expected a declared queue (`sales`), found `other`",
            "30:30: teams.desk.serves[1]: expected each queue once, found `sales` again",
        ],
    ),
    (
        "serves: [sales]",
        "serves: [sales, []]",
        [
            "30:21: teams.desk.serves[1]: expected the names of queues, found nothing",
        ],
    ),
    (
        "serves: [sales]",
        "serves: [[[sales]]]",
        [
            "30:15: teams.desk.serves[0][0]: expected the name of a queue, found a list",
        ],
    ),
]

OUTSIDE = [
    (
        "discount: 15%",
        "discount: 15%, interest_halves_in: 60",
        [
            "34:150: worth.buyer.interest_halves_in: expected a duration such as `20 s` or `1 h 30 min`, found `60`: a unit is missing, as in `60 s`",
        ],
    ),
    (
        "lines: 8",
        "lines: 8\ncallbacks: {for: [mised], by: dask, number_known: 90%, reaches: 60%, tries: {at_most: 0, every: 30 min}, no_answer_takes: 25 s}",
        [
            "6:19: callbacks.for[0]: expected `missed` or `voicemail` or `unserved` or `form`, found `mised`: did you mean `missed`?",
            "6:31: callbacks.by: expected a declared team (`desk`), found `dask`, did you mean `desk`? (a variant without that team says `callbacks: none`)",
            "6:87: callbacks.tries.at_most: expected a whole number of tries from 1 to 1 000, found `0`",
        ],
    ),
    (
        "lines: 8",
        "lines: 8\nvendors: {night: {answers_after: 11 s, tariff: x}}\ntariffs: {t: {bills: talk}, u: {per_call: 1 RUB, bills: [talk, queue]}}",
        [
            "6:48: vendors.night.tariff: expected a declared tariff (`t`, `u`), found `x`",
            "7:11: tariffs.t: expected `base:`, `per_minute:` or `per_call:` such as `per_minute: 28 RUB`, found none of them",
            "7:22: tariffs.t.bills: expected a list such as `[talk]`, found `talk`: write `[talk]`",
        ],
    ),
    (
        "lines: 8",
        "lines: 8\nvendors: {night: {answers_after: 11 s, tariff: t}}",
        [
            "6:48: vendors.night.tariff: expected a declared tariff (none is declared), found `t`",
        ],
    ),
    (
        "lines: 8",
        "lines: 8\nvendors: {night: {answers_after: 11 s, operators: 0, takes_message: 3, tariff: t}}\ntariffs: {t: {bills: [talking], base: 3 RUB, per_minute: 28 USD, billed_in: {first: 60}}}",
        [
            "6:51: vendors.night.operators: expected a whole number of operators from 1 to 100 000, found `0`",
            "6:69: vendors.night.takes_message: expected `true` or `false`, found `3`",
            "7:23: tariffs.t.bills[0]: expected `talk` or `wrap_up` or `ring` or `queue` or `hold` or `transfer` or `menu` or `voicemail`, found `talking`: did you mean `talk`?",
            "7:39: tariffs.t.base: expected a rate such as `350 RUB per month`, found `3 RUB`: `per month` is missing",
            "7:58: tariffs.t.per_minute: expected an amount of money such as `350 RUB`, found `28 USD`: the scenario counts in RUB",
            "7:66: tariffs.t.billed_in.then: expected `then:` such as `then: 20 s`, found nothing",
            "7:85: tariffs.t.billed_in.first: expected a duration such as `20 s` or `1 h 30 min`, found `60`: a unit is missing, as in `60 s`",
        ],
    ),
    (
        "lines: 8",
        "lines: 8\ntariffs: {t: {per_minute: 28 RUB per minute, bills: []}, u: {per_minute: 28 RUB, per_call: 3 RUB a call}, v: {per_call: 3 RUB per hour, bills: [talk, ring, talk], billed_in: 60 s}}",
        [
            "6:27: tariffs.t.per_minute: expected an amount of money such as `350 RUB`, found `28 RUB per minute`: write `28 RUB`",
            "6:53: tariffs.t.bills: expected a list such as `[talk]`, found nothing",
            "6:58: tariffs.u: expected `bills:` such as `bills: [talk, wrap_up]` beside `per_minute:`, found nothing",
            "6:92: tariffs.u.per_call: expected an amount of money such as `350 RUB`, found `3 RUB a call`: write `3 RUB`",
            "6:121: tariffs.v.per_call: expected an amount of money such as `350 RUB`, found `3 RUB per hour`",
            "6:157: tariffs.v.bills[2]: expected each of them once, found `talk` again",
            "6:175: tariffs.v.billed_in: expected keys such as `first:` and `then:`, found `60 s`: write `{first: 60 s, then: 60 s}`",
        ],
    ),
    (
        "lines: 8",
        "lines: 8\nvoicemail: {leaves: 25}",
        [
            "6:1: voicemail.takes: expected `takes:` such as `takes: 20 s`, found nothing",
            "6:21: voicemail.leaves: expected a percentage such as `75%`, found `25`: write `25%`",
        ],
    ),
    (
        "lines: 8\n",
        "lines: 8\nvoicemail: 3\n",
        [
            "6:12: voicemail: expected keys such as `leaves:` and `takes:`, found `3`",
        ],
    ),
]

MORE_MONEY = [
    (
        "lines: 8",
        "lines: 8\nline_rent: 500 RUB",
        ["6:12: line_rent: expected a rate such as `350 RUB per month`, found `500 RUB`: `per month` is missing"],
    ),
    (
        "lines: 8",
        "line_rent: 500 RUB per month",
        ["1:1: expected `lines:` such as `lines: 4` beside `line_rent:`, found nothing: each of them is paid for"],
    ),
    (
        "discount: 15%",
        "discount: 15%, interest_halves_in: 0",
        ["34:150: worth.buyer.interest_halves_in: expected more than 0 s, found 0 s: nobody would ever buy"],
    ),
]

CHANNELS = [
    (
        "    callers: 85 per day",
        "    channel: email\n    callers: 85 per day",
        [
            '9:14: sources."search ads".channel: expected `call` or `chat` or `form`, found `email`',
        ],
    ),
    (
        "    callers: 85 per day",
        "    channel: chat\n    callers: 85 per day",
        [
            '14:23: sources."search ads".hangs_up_ringing: expected no `hangs_up_ringing:` with `channel: chat` (`none` removes it): a chat does not ring: `hangs_up_waiting` alone says how long somebody stays',
        ],
    ),
    (
        "    goes_to: queue sales\n    hangs_up_ringing: 3-4 rings\n",
        "",
        [
            '8:3: sources."search ads".goes_to: expected `goes_to:` such as `goes_to: queue sales`, found nothing',
            '8:3: sources."search ads".hangs_up_ringing: expected `hangs_up_ringing:` such as `hangs_up_ringing: lognormal 3 min cv 0.9`, found nothing',
        ],
    ),
    (
        "    callers: 85 per day",
        "    channel: chat\n    uses_line: true\n    callers: 85 per day",
        [
            '10:16: sources."search ads".uses_line: expected no `uses_line:` with `channel: chat` (`none` removes it): a chat uses no telephone line',
            '15:23: sources."search ads".hangs_up_ringing: expected no `hangs_up_ringing:` with `channel: chat` (`none` removes it): a chat does not ring: `hangs_up_waiting` alone says how long somebody stays',
        ],
    ),
    (
        "    goes_to: queue sales\n    hangs_up_ringing: 3-4 rings\n    hangs_up_waiting: exponential 90 s\n",
        "    channel: chat\n    goes_to: queue sales\n",
        [
            '8:3: sources."search ads": expected `hangs_up_waiting:` such as `exponential 90 s`, found nothing: chats wait from their beginning, and nothing says how long',
        ],
    ),
    (
        "    goes_to: queue sales\n    hangs_up_ringing: 3-4 rings\n    hangs_up_waiting: exponential 90 s\n",
        "    channel: chat\n    hangs_up_waiting: 90 s\n",
        [
            '8:3: sources."search ads".goes_to: expected `goes_to:` such as `goes_to: queue sales`, found nothing',
        ],
    ),
    (
        "    goes_to: queue sales\n    hangs_up_ringing: 3-4 rings\n    hangs_up_waiting: exponential 90 s\n",
        "    goes_to: queue sales\n    hangs_up_ringing: 3-4 rings\n    hangs_up_waiting: exponential 90 s\n    channel: form\n    patience_on_redial: kept\n    uses_line: true\n",
        [
            '12:14: sources."search ads".goes_to: expected no `goes_to:` with `channel: form` (`none` removes it): a form goes to the team that `callbacks` names',
            '13:23: sources."search ads".hangs_up_ringing: expected no `hangs_up_ringing:` with `channel: form` (`none` removes it): nobody waits with a form',
            '14:23: sources."search ads".hangs_up_waiting: expected no `hangs_up_waiting:` with `channel: form` (`none` removes it): nobody waits with a form',
            '16:25: sources."search ads".patience_on_redial: expected no `patience_on_redial:` with `channel: form` (`none` removes it): nobody waits with a form',
            '17:16: sources."search ads".uses_line: expected no `uses_line:` with `channel: form` (`none` removes it): a form uses no telephone line',
            '19:5: sources."search ads".redial: expected no `redial:` with `channel: form` (`none` removes it): who has left a form waits to be called',
        ],
    ),
    (
        "    callers: 85 per day",
        "    channel: form\n    logged_calls: 85 per day",
        [
            '10:19: sources."search ads".logged_calls: expected no `logged_calls:` with `channel: form` (`none` removes it): forms are no calls: write `callers`',
            '13:14: sources."search ads".goes_to: expected no `goes_to:` with `channel: form` (`none` removes it): a form goes to the team that `callbacks` names',
            '14:23: sources."search ads".hangs_up_ringing: expected no `hangs_up_ringing:` with `channel: form` (`none` removes it): nobody waits with a form',
            '15:23: sources."search ads".hangs_up_waiting: expected no `hangs_up_waiting:` with `channel: form` (`none` removes it): nobody waits with a form',
            '17:5: sources."search ads".redial: expected no `redial:` with `channel: form` (`none` removes it): who has left a form waits to be called',
        ],
    ),
    (
        "    goes_to: queue sales\n    hangs_up_ringing: 3-4 rings\n    hangs_up_waiting: exponential 90 s\n    talk: lognormal 3 min cv 0.9\n    redial: {chance: 33%, after: exponential 8 min, at_most: 3}\n",
        "    channel: form\n    talk: 3 min\n",
        [
            '12:14: sources."search ads".channel: expected `callbacks:` with `for: [form]`, found none: nobody would answer these forms',
        ],
    ),
    (
        "    serves: [sales]",
        "    serves: [sales]\n    chats_at_once: 3",
        [
            "31:20: teams.desk.chats_at_once: expected queues to which only chats come, found `sales`: callers of `search ads` come",
        ],
    ),
    (
        "    serves: [sales]",
        "    serves: [sales]\n    chats_at_once: 0",
        [
            "31:20: teams.desk.chats_at_once: expected a whole number of chats from 1 to 20, found `0`",
        ],
    ),
    (
        "    serves: [sales]",
        "    serves: [sales]\n    chats_at_once: many",
        [
            "31:20: teams.desk.chats_at_once: expected a whole number of chats from 1 to 20, found `many`",
        ],
    ),
]


EVERY = [
    *KEYS, *SHAPES, *NUMBERS, *QUANTITIES, *WORDS, *REFERENCES, *SHARES, *REDIALS, *TIMETABLES, *PARTS,
    *BETWEEN_PARTS, *WAYS, *RULES, *STAFF, *OUTSIDE, *MORE_MONEY, *CHANNELS,
]  # fmt: skip


def mistakes(folder: Path, text: str, *settings: str) -> list[str]:
    """The problems of a file, without the folder in which it stands."""
    file = folder / "shop.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(file, settings)
    return [str(problem).removeprefix(f"{file}:").replace(f"{folder}/", "") for problem in caught.value.problems]


def with_variants(text: str) -> str:
    """The good file, in which the variants begin in line 35."""
    return f"{GOOD}variants:\n{text}"


def test_the_good_file_is_good(tmp_path: Path) -> None:
    """What the changes below are made to has no mistake."""
    file = tmp_path / "shop.yaml"
    file.write_text(GOOD)
    assert list(load(file).variants) == ["base"]


@pytest.mark.parametrize(("old", "new", "expected"), EVERY, ids=[new[:40] for _, new, _ in EVERY])
def test_a_mistake_is_shown_where_it_stands(tmp_path: Path, old: str, new: str, expected: list[str]) -> None:
    """The smallest change to a good file gives exactly these lines."""
    assert old in GOOD
    assert mistakes(tmp_path, GOOD.replace(old, new, 1)) == expected


def test_no_message_is_that_of_a_library() -> None:
    """Whoever runs a phone line reads `expected` and `found`, never a library's words or Python's values."""
    for _, _, expected in EVERY:
        for line in expected:
            assert not any(word in line for word in ("Input should", "validat", "None", "True", "Error", "NoneType"))
            assert any(word in line for word in ("supported yet", "expected", "overlap", "`"))


def test_mistakes_of_all_sorts_are_reported_together_in_the_order_of_the_file(tmp_path: Path) -> None:
    """An unknown key, a wrong unit and contradictions between sound parts are found in one go."""
    text = GOOD.replace("lines: 8", "lnes: 8").replace("prompt: 14 s", "prompt: 14")
    text = text.replace("    worth: buyer\n", "").replace("to: self_service hours", "to: menu main")
    text = text.replace("queues:\n", "queues:\n  other: {closed: queue other}\n")
    assert [line.partition(": ")[0] for line in mistakes(tmp_path, text)] == ["5:1", "8:3", "21:13", "26:3", "26:19"]


def test_what_hangs_on_a_broken_part_is_not_held_against_the_others(tmp_path: Path) -> None:
    """A team with a mistake may serve the queue all the same: nobody is told that the queue has no team."""
    assert len(mistakes(tmp_path, GOOD.replace("agents: {", "agnts: {"))) == 2


def test_a_mistake_of_a_variant_stands_in_the_variants_own_text(tmp_path: Path) -> None:
    """Place and path are those of the change, not of what it changes."""
    text = with_variants("  today: {}\n  more: {teams: {desk: {agents: many, agnts: 3}}}\n")
    assert mistakes(tmp_path, text) == [
        "37:33: variants.more.teams.desk.agents: expected a whole number of agents from 0 to 100 000, found `many`",
        "37:39: variants.more.teams.desk: unknown key `agnts`, did you mean `agents`?",
    ]


def test_a_contradiction_that_a_variant_makes_elsewhere_names_the_variant(tmp_path: Path) -> None:
    """The queue is fine until the variant takes its team away."""
    assert mistakes(tmp_path, with_variants("  today: {}\n  all gone: {teams: {desk: none}}\n")) == [
        "27:3: queues.sales in variant `all gone`: expected a team with `serves: [sales]`, or `overflow:`, found neither",
    ]


def test_a_mistake_of_the_base_is_reported_once(tmp_path: Path) -> None:
    """Three variants share it; none of them is blamed."""
    text = with_variants("  a: {}\n  b: {lines: 9}\n  c: {}\n").replace("days: 7", "days: 0")
    assert mistakes(tmp_path, text) == [
        "4:37: calendar.days: expected a whole number of days from 1 to 3 660, found `0`",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  today: {teams: {dask: none}}\n", [
            "36:25: variants.today.teams.dask: nothing to remove: the base has no `dask` here; did you mean `desk`?"]),
        ("  today: {teams: {dask: none}, lines: 0}\n", [
            "36:25: variants.today.teams.dask: nothing to remove: the base has no `dask` here; did you mean `desk`?",
            "36:39: variants.today.lines: expected a whole number of lines from 1 to 1 000 000, found `0`"]),
        ("  today: {variants: {a: {}}, extends: x.yaml}\n", [
            "36:11: variants.today.variants: `variants:` cannot be changed here: it stands at the top of a file",
            "36:30: variants.today.extends: `extends:` cannot be changed here: it stands at the top of a file"]),
        ("  today: 3\n  other: {}\n", [
            "36:10: variants.today: expected changes to the scenario above, or `{}` for none, found `3`"]),
        ("  today: [lines]\n", [
            "36:10: variants.today: expected changes to the scenario above, or `{}` for none, found a list"]),
    ],
)  # fmt: skip
def test_what_cannot_be_a_variant_is_refused(tmp_path: Path, text: str, expected: list[str]) -> None:
    """Removing what is not there, changing the file itself, and values in the place of changes."""
    assert mistakes(tmp_path, with_variants(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  today: {}\n  week: {calendar: {days: 14}}\n", [
            "37:27: variants.week.calendar.days: expected the same `days:` in all variants, found `14` here and `7` in `today`"]),
        ("  week: {calendar: {days: 14}}\n  today: {}\n  other: {}\n", [
            "36:27: variants.week.calendar.days: expected the same `days:` in all variants, found `14` here and `7` in `today`"]),
        ("  a: {}\n  b: {calendar: {start: 2026-03-09}}\n  c: {calendar: {warm_up: 1 h 30 min}}\n", [
            "37:25: variants.b.calendar.start: expected the same `start:` in all variants, found `2026-03-09` here and `2026-03-02` in `a`",
            "38:27: variants.c.calendar.warm_up: expected the same `warm_up:` in all variants, found `1 h 30 min` here and `0 s` in `a`"]),
        ("  a: {count_loss_as: none}\n  b: {}\n", [
            "36:22: variants.a.count_loss_as: expected the same `count_loss_as:` in all variants, found nothing here and `first order` in `b`"]),
        ("  a: {}\n  b: {currency: EUR, teams: {desk: {pay: none}}, worth: none, count_loss_as: none, sources: {search ads: {worth: none}}}\n", [
            "37:17: variants.b.currency: expected the same `currency:` in all variants, found `EUR` here and `RUB` in `a`",
            "37:78: variants.b.count_loss_as: expected the same `count_loss_as:` in all variants, found nothing here and `first order` in `a`"]),
        ("  a: {calendar: {days: 3}}\n  b: {calendar: {days: 4}}\n", [
            "37:24: variants.b.calendar.days: expected the same `days:` in all variants, found `4` here and `3` in `a`"]),
    ],
)  # fmt: skip
def test_variants_share_what_their_results_are_shown_under(tmp_path: Path, text: str, expected: list[str]) -> None:
    """Currency, view of the loss and counted days: refused where a variant says otherwise."""
    assert mistakes(tmp_path, with_variants(text)) == expected


def test_a_setting_cannot_hide_that_variants_differ(tmp_path: Path) -> None:
    """The one variant's calendar is all from the setting, the other has the base's warm-up as well."""
    text = with_variants("  a: {}\n  b: {calendar: none}\n").replace("days: 7,", "days: 7, warm_up: 1 h,")
    assert mistakes(tmp_path, text, "calendar={start: 2026-03-02, days: 7, open: always}") == [
        "37:17: variants.b.calendar.warm_up: expected the same `warm_up:` in all variants, found `0 s` here and `1 h` in `a`",
    ]


@pytest.mark.parametrize(("value", "found"), [("{}", "nothing"), ("3", "`3`"), ("[a]", "a list"), ("", "nothing")])
def test_variants_have_names(tmp_path: Path, value: str, found: str) -> None:
    """An empty section says nothing, and a list has no names."""
    (line,) = mistakes(tmp_path, f"{GOOD}variants: {value}\n")
    assert line.endswith(
        f"variants by name such as `{{today: {{}}, three people: {{teams: {{desk: {{agents: 3}}}}}}}}`, found {found}"
    )


def test_settings_are_shown_by_number_and_column(tmp_path: Path) -> None:
    """Mistakes of several settings and of the file are reported together."""
    settings = ("teams.desk.agnts=3", "lines=0", "teams.dask=none", "variants.a.lines=3", "lines")
    assert mistakes(tmp_path, GOOD.replace("days: 7", "days: 0"), *settings) == [
        "--set:1:1: teams.desk: unknown key `agnts`, did you mean `agents`?",
        "--set:2:7: lines: expected a whole number of lines from 1 to 1 000 000, found `0`",
        "--set:3:12: teams.dask: nothing to remove: the base has no `dask` here; did you mean `desk`?",
        "--set:4:1: variants: `variants:` cannot be changed here: it stands at the top of a file",
        "--set:5:1: expected `path=value` such as `teams.desk.agents=3`, found `lines`",
        "4:37: calendar.days: expected a whole number of days from 1 to 3 660, found `0`",
    ]


def test_a_setting_that_is_wrong_in_every_variant_is_reported_once(tmp_path: Path) -> None:
    """Two variants, one mistake."""
    assert mistakes(tmp_path, with_variants("  a: {}\n  b: {lines: 9}\n"), "teams.desk.agents=x") == [
        "--set:1:19: teams.desk.agents: expected a whole number of agents from 0 to 100 000, found `x`",
    ]


def test_a_setting_below_a_part_that_no_variant_has_is_refused(tmp_path: Path) -> None:
    """Even where the base has it; and to remove it is as wrong."""
    text = with_variants("  a: {menus: none}\n  b: {menus: none, lines: 9}\n")
    assert mistakes(tmp_path, text, "menus.main.prompt=3 s", "menus.mian=none") == [
        "--set:1:1: menus.main.answers_after in variant `a`: expected `answers_after:` such as `answers_after: 20 s`, found nothing",
        "--set:1:1: menus.main.answers_after in variant `b`: expected `answers_after:` such as `answers_after: 20 s`, found nothing",
        "--set:1:1: menus.main.keys in variant `a`: expected `keys:`, found nothing",
        "--set:1:1: menus.main.keys in variant `b`: expected `keys:`, found nothing",
        "--set:2:12: menus.mian: nothing to remove: the base has no `mian` here; did you mean `main`?",
    ]


def test_a_mistake_in_the_extended_file_is_shown_there(tmp_path: Path) -> None:
    """Each part keeps the place of the file it comes from."""
    (tmp_path / "base.yaml").write_text(GOOD.replace("lines: 8", "lines: 0"))
    assert mistakes(tmp_path, "extends: base.yaml\ncalendar: {days: 0}\nteams: {dask: none}\n") == [
        "base.yaml:5:8: lines: expected a whole number of lines from 1 to 1 000 000, found `0`",
        "2:18: calendar.days: expected a whole number of days from 1 to 3 660, found `0`",
        "3:15: teams.dask: nothing to remove: the base has no `dask` here; did you mean `desk`?",
    ]


def test_a_text_that_is_not_yaml_in_the_extended_file_is_shown_there(tmp_path: Path) -> None:
    """Nothing more can be said of a scenario whose base cannot be read."""
    (tmp_path / "base.yaml").write_text("name: [a")
    assert mistakes(tmp_path, "extends: base.yaml\n") == ["base.yaml:1:7: this bracket is never closed"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("other.yaml", "1:10: extends: expected a scenario file, found no file `other.yaml`"),
        ("shop.yaml", "1:10: extends: the files extend each other in a circle"),
        ("round.yaml", "round.yaml:1:10: extends: the files extend each other in a circle"),
        ("[a, b]", "1:10: extends: expected the name of a scenario file such as `shop.yaml`, found a list"),
        ("3", "1:10: extends: expected the name of a scenario file such as `shop.yaml`, found `3`"),
        ("''", "1:10: extends: expected the name of a scenario file such as `shop.yaml`, found nothing"),
        ("round.yml", "1:10: extends: expected a scenario file, found no file `round.yml`; did you mean `round.yaml`?"),
        (f"{'x' * 300}.yaml", f"1:10: extends: expected the name of a file, found `{'x' * 77}...`"),
    ],
)
def test_extends_names_another_scenario_file(tmp_path: Path, value: str, expected: str) -> None:
    """A missing file, a circle of one or two files, and what is no name."""
    (tmp_path / "round.yaml").write_text("extends: shop.yaml\n")
    assert mistakes(tmp_path, f"extends: {value}\n") == [expected]


@pytest.mark.parametrize("text", ["just words\n", "[a, b]\n"])
def test_a_file_without_keys_is_no_scenario(tmp_path: Path, text: str) -> None:
    """A text or a list at the top is refused as a whole."""
    assert mistakes(tmp_path, text) == ["1:1: expected a scenario: keys such as `name:` and `calendar:`"]


def test_names_with_spaces_dots_and_quotes_are_quoted_in_the_path(tmp_path: Path) -> None:
    """The path can be given to --set as it is."""
    text = GOOD.replace("queues:\n", 'queues:\n  "v1.5 hot line": {tarjet: 3}\n')
    assert '27:21: queues."v1.5 hot line": unknown key `tarjet`, did you mean `target`?' in mistakes(tmp_path, text)


def test_amounts_without_a_currency_are_one_mistake(tmp_path: Path) -> None:
    """Not one for each amount."""
    text = GOOD.replace("currency: RUB\n", "").replace("ring: Russia", "ring: Rusia")
    assert [line.partition(":")[0] for line in mistakes(tmp_path, text)] == ["1", "2"]


def test_a_country_needs_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it there is a hint what to install, and the other way to say it."""
    monkeypatch.setitem(__import__("sys").modules, "holidays", None)
    text = GOOD.replace("days: 7,", "days: 7, holidays: ZZ,")
    assert mistakes(tmp_path, text) == [
        "4:50: calendar.holidays: holidays by country need `pip install callsim[calendar]`; or list the dates",
    ]

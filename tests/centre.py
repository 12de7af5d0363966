"""A scenario that uses the whole language."""

CENTRE = """\
name: A whole centre
currency: EUR
ring: Russia
calendar: {start: 2026-03-02, days: 14, open: {mon-fri: 09:00-18:00}}
sources:
  ads:
    callers: 40 per day
    calls_by_hour: {09:00: 1, 18:00: 0}
    goes_to: {60%: queue sales, 30%: menu main, 10%: vendor night desk}
    hangs_up_ringing: 6-8 rings
    hangs_up_waiting: exponential 3 min
    patience_on_redial: kept
    uses_line: true
    talk: 3 min
    redial: {chance: 33%, after: 5 min, at_most: 2}
menus:
  main: {answers_after: 1 ring, prompt: 9 s, hangs_up: 5%, keys: [{share: 100%, to: queue service}]}
queues:
  sales:
    teams: [[desk, old hands], night]
    priority: 2
    pick: round robin
    overflow:
      - {after: 20 s, also: queue service}
      - {when: nobody on duty, to: vendor night desk}
    closed: voicemail
  service:
    offer_callback: {after: 1 min, accepts: 40%}
    transfer: {chance: 10%, to: queue sales}
    full: callback
    room_for: 9
teams:
  desk: {serves: [sales, service], agents: 2, absence: 5%, speed: 1.25}
  old hands:
    serves: [[sales, service]]
    shifts: [{days: mon-fri, hours: 09:00-17:30, agents: 2, breaks: [{at: 12:30, lasts: 30 min}, {at: 10:00, lasts: 15 min, paid: true}]}]
    resolves: 90%
    comes_back_after: exponential 1 day
  night:
    serves: [service, sales]
    agents: {mon-fri: {17:00-18:00: 1}}
    answers_after: exponential 4 s
    no_answer_after: 25 s
    unavailable_for: 5 min
vendors:
  night desk: {answers_after: exponential 11 s, operators: 3, lines: 5, speed: 1.1, wrap_up: 20 s, quality: 98%,
               releases_line: true, tariff: pay as you go}
  messages: {answers_after: 9 s, takes_message: true, tariff: pay as you go}
tariffs:
  pay as you go: {base: 30 EUR per month, per_minute: 0.95 EUR, bills: [talk, wrap_up], billed_in: {first: 60 s, then: 30 s}}
voicemail: {leaves: 25%, takes: 20 s}
callbacks: {for: [missed, voicemail, unserved], by: desk, number_known: 90%, reaches: 60%,
            tries: {at_most: 3, every: 30 min}, no_answer_takes: 25 s}
"""

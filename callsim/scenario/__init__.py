"""The scenario: everything that a person decides, read from a file, checked at the door, frozen."""

from callsim.scenario.reading import Study, load
from callsim.scenario.remarks import remarks_on, remarks_on_prices, unsaid_in, weak_prices_in
from callsim.scenario.vocabulary import Scenario

__all__ = ["Scenario", "Study", "load", "remarks_on", "remarks_on_prices", "unsaid_in", "weak_prices_in"]

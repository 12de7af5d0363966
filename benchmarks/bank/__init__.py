"""A real bank's phone line, counted from its call log and played by the simulator, side by side.

The log is that of the "Anonymous Bank" (Israel, 1999; Technion, Service Engineering). It has no open licence, so it
is not part of this repository: only aggregates of it are.

    python -m benchmarks.bank aggregate february.txt    what scenarios/05_bank.yaml needs
    python -m benchmarks.bank compare february.txt      the scenario played, beside what happened

Every rule by which the log is counted was fixed before the scenario was simulated for the first time; the reasons
stand in docs/bank.md.
"""

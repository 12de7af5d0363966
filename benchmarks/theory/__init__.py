"""Does the engine do what exact queueing theory says? Long runs of every case whose long run is known.

    python -m benchmarks.theory                 the short part, under half a minute
    python -m benchmarks.theory --all           every case; docs/evidence.md says how long that takes
    python -m benchmarks.theory --only prio2_   cases whose names begin so, in full
    python -m benchmarks.theory --pilot         how long each case must be, from another seed

The cases are those of tests/data/exact_cases.json. `families` turns them into scenarios and says which exact value
is compared with what, `runs` holds seeds and lengths, `play` plays and counts, `verdict` judges.
"""

"""Speed as ratios to hand-written Python; run `python -m tests.benchmarks.decide`."""

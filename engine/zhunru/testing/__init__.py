"""Run the tests that policy sets carry, and those that users keep beside them."""

from zhunru.testing.running import TestResult, run_tests

__all__ = ["TestResult", "run_tests"]

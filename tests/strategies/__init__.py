"""Random policy sets and requests for property tests."""

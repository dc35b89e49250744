"""Properties: the engine against the oracle, and laws that hold for every set."""

"""From a checked set to what answers requests."""

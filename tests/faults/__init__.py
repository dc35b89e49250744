"""Faults planted in the shipped sets, to see whether anybody would notice."""

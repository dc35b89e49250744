"""The policy sets that ship with the library."""

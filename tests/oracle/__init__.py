"""A second, plain reading of what a checked set means, to compare the engine with."""

"""The command line of Zhunru, over the public API of the library."""

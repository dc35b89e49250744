"""The command line of Zhunru, over the public API of the library."""

VERSION = "0.1.0"  # told without reading the metadata of the package, which takes longer to load

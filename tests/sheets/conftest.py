"""A way to run the command line."""

from tests.cli.conftest import zhunru  # noqa: F401

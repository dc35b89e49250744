"""`python -m zhunru_cli`: the command line where the script `zhunru` is not on the path."""

from __future__ import annotations

import sys

from zhunru_cli.main import main

sys.exit(main())

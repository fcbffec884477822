"""``python -m bench``: measures, prints a table, writes ``bench/latest.json``."""

import sys

from bench.command import main

sys.exit(main(sys.argv[1:]))

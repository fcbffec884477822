"""``python -m local host|twin|demo|probe``: one door to the four programs of this folder."""

import sys
from importlib import import_module

PROGRAMS = ("host", "twin", "demo", "probe")


def main(arguments: list[str]) -> int:
    """Run the program that the first argument names.

    Args:
        arguments: The command line without the interpreter's part.

    Returns:
        The program's exit code; 2 when no program is named.
    """
    if not arguments or arguments[0] not in PROGRAMS:
        print(f"usage: python -m local {{{','.join(PROGRAMS)}}} …  (each knows --help)", file=sys.stderr)
        return 2
    program = import_module(f"local.{arguments[0]}.command")
    return int(program.main(arguments[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

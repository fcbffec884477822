from tests.cli.keeper import keeper

__all__ = ["keeper"]

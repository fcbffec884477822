"""Asks a real tenant the twelve questions that only a tenant can settle, and leaves it as it was."""

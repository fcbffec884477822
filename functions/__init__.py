"""The shell: one trigger a file, a few lines each, no decisions."""

"""The domain: values and functions; no clock, no I/O, no environment, the standard library only."""

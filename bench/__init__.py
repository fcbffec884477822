"""Measures the product against what the machine can do at all, in the same run; not deployed, no part of the tests."""

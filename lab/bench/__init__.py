"""Benchmarks: every figure is printed beside its reference, measured in the same run (``make bench``)."""

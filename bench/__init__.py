"""Benchmarks: each prints its figures beside a floor taken in the same run. Not part of the product."""

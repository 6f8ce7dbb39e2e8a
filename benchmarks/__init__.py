"""What is measured of Keymedic, and against whom. `python -m benchmarks --help`; the last figures are in RESULTS.md."""

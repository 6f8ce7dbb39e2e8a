"""The commands, one module each: NAME.configure adds its arguments, `run` does the work where it is needed."""

from __future__ import annotations

from keymedic.cli import ask, calibrate, diagnose, evaluate, packs, triage

ALL = (diagnose, ask, triage, packs, evaluate, calibrate)

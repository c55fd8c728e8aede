"""Lessons are told about networks and runs that other rooms' tests have ready."""

import sys
from pathlib import Path

for room in ("model", "tui"):
    sys.path.append(str(Path(__file__).parent.parent / room))

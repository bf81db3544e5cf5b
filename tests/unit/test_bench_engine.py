"""The engine's benchmark runs through; what it measures is not judged here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "benchmarks" / "bench_engine.py"


def test_the_benchmark_runs_its_dialog_to_the_end_and_says_where_the_time_goes():
    run = [sys.executable, str(BENCH), "--dialogs", "4", "--rounds", "1", "--no-set-up"]
    done = subprocess.run(run, capture_output=True, text=True, check=False, timeout=150)
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith("  onestop")]
    assert len(rows) == 2, done.stdout
    for row in rows:
        assert all(float(figure) > 0 for figure in row[1:5]), row
    assert int(rows[1][5]) > 100, "a session's document has a size"
    assert "where our time goes" in done.stdout
    assert "is not installed" in done.stdout or len(re.findall(r"[0-9.]+x$", done.stdout, re.M)) == 4

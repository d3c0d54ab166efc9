"""The same edits under five hash seeds: the same steps run, for the same reasons, under the same keys. Case 37."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_the_same_edits_have_the_same_answers_under_every_hash_seed(tmp_path: Path) -> None:
    answers = {}
    for seed in ("0", "1", "2", "3", "random"):
        done = subprocess.run(
            [sys.executable, HERE / "same_edits.py", tmp_path / seed],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        answers[seed] = json.loads(done.stdout)
    orders = {str(answer.pop("sets are in this order")) for answer in answers.values()}
    assert len(orders) > 1, "the seeds make a difference"
    first = answers.pop("0")
    assert len(first) > 15
    for answer in answers.values():
        for name, told in first.items():
            assert answer[name] == told, name

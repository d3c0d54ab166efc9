"""Section 14: BackfillPolicy."""

import pytest

import dagx as dg


def test_a_policy_is_for_a_single_run_or_several() -> None:
    assert dg.BackfillPolicy.single_run().max_partitions_per_run is None
    assert dg.BackfillPolicy.multi_run().max_partitions_per_run == 1
    assert dg.BackfillPolicy.multi_run(5).max_partitions_per_run == 5
    assert dg.BackfillPolicy.multi_run(max_partitions_per_run=5) == dg.BackfillPolicy(5)
    assert dg.BackfillPolicy.single_run().policy_type.name == "SINGLE_RUN"
    assert dg.BackfillPolicy.multi_run().policy_type.name == "MULTI_RUN"


def test_the_bare_constructor_is_for_one_partition_a_run() -> None:
    assert dg.BackfillPolicy() == dg.BackfillPolicy.multi_run(1)
    assert dg.BackfillPolicy(None) == dg.BackfillPolicy.single_run()


@pytest.mark.parametrize("wrong", [0, -1, "all", True])
def test_a_run_makes_one_partition_or_more(wrong: int) -> None:
    with pytest.raises(dg.DagxError, match="1 or more, or None"):
        dg.BackfillPolicy(wrong)

"""The text of run ids."""

import uuid

from dagx.execution.run_ids import new_run_id


def test_a_run_id_is_a_random_uuid_and_no_two_are_alike() -> None:
    drawn = {new_run_id() for _ in range(1000)}
    assert len(drawn) == 1000
    for text in drawn:
        read = uuid.UUID(text)
        assert (read.version, read.variant, str(read)) == (4, uuid.RFC_4122, text)

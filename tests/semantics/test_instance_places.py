"""Sections 23 and 27: where an instance lives, and what it keeps beside history."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import dagx as dg

A = dg.AssetKey("a")
HOMES = ("DAGX_HOME", "DAGSTER_HOME")


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in HOMES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@dg.asset
def a() -> int:
    return 1


def test_an_ephemeral_instance_keeps_everything_in_memory_and_knows_no_other() -> None:
    one, two = dg.DagsterInstance.ephemeral(), dg.DagsterInstance.ephemeral()
    dg.materialize([a], instance=one)
    assert one.has_asset_key("a")
    assert not two.has_asset_key("a")
    assert one.is_ephemeral
    assert not one.is_persistent


def test_values_stay_with_an_ephemeral_instance_and_go_with_it() -> None:
    @dg.asset
    def b(a: int) -> int:
        return a + 1

    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize([a], instance=instance)
        assert dg.materialize([a, b], instance=instance, selection=[b]).asset_value("b") == 2
        folder = instance.storage_directory()
        assert os.path.isdir(folder)
    assert not os.path.exists(folder)
    assert instance.has_asset_key("a")  # what is in memory goes on answering


def test_an_instance_in_a_folder_is_found_there_by_another_object(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as one:
        run_id = dg.materialize([a], instance=one, tags={"x": "y"}).run_id
        one.add_dynamic_partitions("d", ["k"])
        with dg.DagsterInstance.local_temp(str(tmp_path)) as two:
            assert two.all_logs(run_id) == one.all_logs(run_id)
            assert two.get_runs() == one.get_runs()
            assert two.get_asset_records() == one.get_asset_records()
            assert two.get_dynamic_partitions("d") == ["k"]
            assert two.is_persistent
            assert two.root_directory == str(tmp_path)
            assert two.storage_directory() == str(tmp_path / "storage")


def test_an_instance_in_a_folder_is_found_by_another_process(tmp_path: Path) -> None:
    program = (
        "import dagx as dg, sys\n"
        "with dg.DagsterInstance.local_temp(sys.argv[1]) as instance:\n"
        "    instance.report_runless_asset_event(dg.AssetMaterialization('a', metadata={'n': 3}))\n"
    )
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
        latest = instance.get_latest_materialization_event(A)
        assert latest is not None
        assert latest.asset_materialization == dg.AssetMaterialization("a", metadata={"n": 3})


def test_a_temporary_folder_goes_with_its_instance() -> None:
    with dg.DagsterInstance.local_temp() as instance:
        folder = instance.root_directory
        assert os.path.isdir(folder)
    assert not os.path.exists(folder)


def test_a_folder_that_was_given_stays(tmp_path: Path) -> None:
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        dg.materialize([a], instance=instance)
    with dg.DagsterInstance.local_temp(str(tmp_path)) as again:
        assert again.has_asset_key("a")


def test_a_closed_instance_says_so() -> None:
    with dg.DagsterInstance.local_temp() as instance:
        pass
    with pytest.raises(dg.DagxError, match="was closed"):
        instance.get_runs()


def test_a_file_that_is_no_instance_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dagx.db").write_text("not a database, by no means" * 100)
    with pytest.raises(dg.DagxError, match="not a database"):
        dg.DagsterInstance.local_temp(str(tmp_path))


def test_what_a_folder_cannot_keep_is_refused_by_name(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        with pytest.raises(dg.InvalidArgumentError, match="cannot keep <object object"):
            instance.create_run("job", run_config={"x": object()})
        assert instance.get_runs() == []


def test_several_threads_may_report_at_once(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:

        def report() -> None:
            for _ in range(20):
                instance.report_runless_asset_event(dg.AssetMaterialization("a"))

        threads = [threading.Thread(target=report) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        numbers = [r.storage_id for r in instance.fetch_materializations(A, limit=100).records]
        assert len(set(numbers)) == 80


# The instance of the environment


def test_the_instance_of_the_environment_lives_in_the_home_that_it_names(
    tmp_path: Path, homeless: pytest.MonkeyPatch
) -> None:
    homeless.setenv("DAGSTER_HOME", str(tmp_path / "old"))
    with dg.DagsterInstance.get() as instance:
        assert instance.root_directory == str(tmp_path / "old")
    homeless.setenv("DAGX_HOME", str(tmp_path / "new"))
    with dg.DagsterInstance.get() as instance:
        assert instance.root_directory == str(tmp_path / "new")


def test_a_relative_home_is_refused(homeless: pytest.MonkeyPatch) -> None:
    homeless.setenv("DAGX_HOME", "here")
    with pytest.raises(dg.InvariantViolationError, match="DAGX_HOME is the relative path here"):
        dg.DagsterInstance.get()


@pytest.mark.usefixtures("homeless")
def test_without_a_home_there_is_one_instance_for_the_process_and_a_warning() -> None:
    with pytest.warns(UserWarning, match="DAGX_HOME is not set"):
        one = dg.DagsterInstance.get()
    with pytest.warns(UserWarning, match="ends with this process"):
        two = dg.DagsterInstance.get()
    assert one is two
    assert one.is_ephemeral


@pytest.mark.usefixtures("homeless")
def test_an_instance_for_test_is_that_of_the_environment_while_it_is_open() -> None:
    with dg.instance_for_test() as instance:
        with dg.DagsterInstance.get() as found:
            assert found.root_directory == instance.root_directory
        dg.materialize([a], instance=instance)
        with dg.DagsterInstance.get() as found:
            assert found.has_asset_key("a")
    assert not any(name in os.environ for name in HOMES)


def test_an_instance_for_test_can_leave_the_environment_alone(homeless: pytest.MonkeyPatch) -> None:
    homeless.setenv("DAGX_HOME", "/nowhere")
    with dg.instance_for_test(set_dagster_home=False):
        assert os.environ["DAGX_HOME"] == "/nowhere"
    with dg.instance_for_test():
        assert os.environ["DAGX_HOME"] != "/nowhere"
    assert os.environ["DAGX_HOME"] == "/nowhere"


# Settings


def test_settings_come_as_overrides() -> None:
    settings = {"run_retries": {"enabled": True, "max_retries": 3}}
    with dg.instance_for_test(overrides=settings) as instance:
        assert instance.run_retries_enabled
        assert instance.run_retries_max_retries == 3
        assert instance.get_settings("run_retries") == settings["run_retries"]
        assert instance.get_settings("other") == {}
    assert not dg.DagsterInstance.ephemeral().run_retries_enabled


def test_a_pool_is_without_limit_unless_there_is_one() -> None:
    instance = dg.DagsterInstance.ephemeral()
    assert instance.event_log_storage.get_concurrency_info("db").slot_count is None
    instance.event_log_storage.set_concurrency_slots("db", 2)
    assert instance.event_log_storage.get_concurrency_info("db").slot_count == 2
    assert instance.event_log_storage.get_concurrency_keys() == {"db"}
    instance.event_log_storage.set_concurrency_slots("db", 0)
    assert instance.event_log_storage.get_pool_limits() == {"db": 0}
    instance.event_log_storage.delete_concurrency_limit("db")
    assert instance.event_log_storage.get_concurrency_keys() == set()
    with pytest.raises(dg.InvalidArgumentError, match="0 or more"):
        instance.event_log_storage.set_concurrency_slots("db", -1)


def test_the_default_limit_of_pools_is_a_setting() -> None:
    with dg.instance_for_test({"concurrency": {"pools": {"default_limit": 1}}}) as instance:
        assert instance.event_log_storage.get_concurrency_info("db").slot_count == 1


def test_a_mistyped_method_is_answered_with_the_near_one() -> None:
    with pytest.raises(AttributeError, match='did you mean "get_runs"'):
        dg.DagsterInstance.ephemeral().get_rnus()  # type: ignore[attr-defined]

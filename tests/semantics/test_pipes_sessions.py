"""Pipes: a step runs another process, which reports back by the protocol of `dagster-pipes`."""

import json
import logging
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import dagx as dg

# What the external side of the protocol is, without any package.
PRELUDE = """
import base64, json, os, sys, zlib

def read(name):
    return json.loads(zlib.decompress(base64.b64decode(os.environ[name])))

where = read("DAGSTER_PIPES_CONTEXT")
context = where["data"] if "data" in where else json.load(open(where["path"]))
messages = read("DAGSTER_PIPES_MESSAGES")

def send(method, **params):
    with open(messages["path"], "a") as stream:
        print(json.dumps({"__dagster_pipes_version": "0.1", "method": method, "params": params}), file=stream)

def made(metadata=None, data_version=None, asset_key=None):
    key = asset_key or context["asset_keys"][0]
    send("report_asset_materialization", asset_key=key, metadata=metadata, data_version=data_version)

def checked(name, passed, severity="ERROR", metadata=None, asset_key=None):
    key = asset_key or context["asset_keys"][0]
    send("report_asset_check", asset_key=key, check_name=name, passed=passed, severity=severity, metadata=metadata)

send("opened", extras={})
"""


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], list[str]]:
    """A command that runs a text as the external process."""

    def written(body: str) -> list[str]:
        path = tmp_path / "external.py"
        path.write_text(PRELUDE + textwrap.dedent(body) + "\nsend('closed')\n")
        return [sys.executable, str(path)]

    return written


Script = Callable[[str], list[str]]


def run_in_asset(command: list[str], **arguments: Any) -> dg.MaterializeResult[Any]:
    """The result of an asset that runs `command`."""
    found: list[dg.MaterializeResult[Any]] = []

    @dg.asset
    def made(context: dg.AssetExecutionContext) -> None:
        invocation = dg.PipesSubprocessClient().run(command=command, context=context, **arguments)
        found.append(invocation.get_materialize_result())

    dg.materialize([made])
    return found[0]


def test_what_the_process_reports_of_an_asset_becomes_its_result(script: Script) -> None:
    command = script(
        'made({"rows": {"type": "__infer__", "raw_value": 3}, "bare": "text"}, data_version="v1")'
    )

    @dg.asset
    def orders(
        context: dg.AssetExecutionContext, pipes: dg.PipesSubprocessClient
    ) -> dg.MaterializeResult[None]:
        return pipes.run(command=command, context=context).get_materialize_result()

    result = dg.materialize([orders], resources={"pipes": dg.PipesSubprocessClient()})
    materialization = result.asset_materializations_for_node("orders")[0]
    assert materialization.metadata["rows"] == dg.MetadataValue.int(3)
    assert materialization.metadata["bare"] == dg.MetadataValue.text("text")
    assert run_in_asset(command).data_version == dg.DataVersion("v1")


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("__infer__", 1.5, dg.MetadataValue.float(1.5)),
        ("__infer__", None, dg.MetadataValue.null()),
        ("__infer__", {"a": 1}, dg.MetadataValue.json({"a": 1})),
        ("text", "a", dg.MetadataValue.text("a")),
        ("url", "http://x", dg.MetadataValue.url("http://x")),
        ("path", "/x", dg.MetadataValue.path("/x")),
        ("notebook", "/x.ipynb", dg.MetadataValue.notebook("/x.ipynb")),
        ("json", [1], dg.MetadataValue.json([1])),
        ("md", "# x", dg.MetadataValue.md("# x")),
        ("float", 1.5, dg.MetadataValue.float(1.5)),
        ("int", 2, dg.MetadataValue.int(2)),
        ("bool", True, dg.MetadataValue.bool(True)),
        ("timestamp", 10.5, dg.MetadataValue.timestamp(10.5)),
        ("dagster_run", "r1", dg.MetadataValue.dagster_run("r1")),
        ("asset", "a/b", dg.MetadataValue.asset(dg.AssetKey(["a", "b"]))),
        ("null", None, dg.MetadataValue.null()),
        (
            "table",
            {"records": [{"a": 1}], "schema": [{"name": "a", "type": "int"}]},
            dg.MetadataValue.table([dg.TableRecord({"a": 1})], dg.TableSchema([dg.TableColumn("a", "int")])),
        ),
        (
            "table_schema",
            {"columns": [{"name": "a", "type": "int", "constraints": {"nullable": False}}]},
            dg.MetadataValue.table_schema(
                dg.TableSchema(
                    [dg.TableColumn("a", "int", constraints=dg.TableColumnConstraints(nullable=False))]
                )
            ),
        ),
        (
            "table_column_lineage",
            {"deps_by_column": {"a": [{"asset_key": "up/one", "column_name": "b"}]}},
            dg.MetadataValue.column_lineage(
                dg.TableColumnLineage({"a": [dg.TableColumnDep(dg.AssetKey(["up", "one"]), "b")]})
            ),
        ),
    ],
)
def test_each_type_of_metadata_comes_over(script: Script, kind: str, raw: object, value: object) -> None:
    result = run_in_asset(script(f'made({{"m": {{"type": {kind!r}, "raw_value": {raw!r}}}}})'))
    assert result.metadata == {"m": value}


def test_metadata_of_a_type_that_does_not_exist_fails_the_step(script: Script) -> None:
    with pytest.raises(dg.InvalidMetadataError, match="came with the type 'colour'"):
        run_in_asset(script('made({"m": {"type": "colour", "raw_value": 1}})'))


def test_the_process_is_told_of_the_step(script: Script) -> None:
    seen: list[dict[str, Any]] = []
    command = script("send('report_custom_message', payload=context)")

    @dg.asset(key=["raw", "orders"], code_version="7")
    def told(context: dg.AssetExecutionContext) -> None:
        invocation = dg.PipesSubprocessClient().run(
            command=command, context=context, extras={"table": "orders", "n": [1]}
        )
        seen.extend(invocation.get_custom_messages())
        seen.append({"run_id": context.run_id, "job_name": context.job_name})

    dg.materialize([told])
    assert seen[0] == {
        "asset_keys": ["raw/orders"],
        "code_version_by_asset_key": {"raw/orders": "7"},
        "provenance_by_asset_key": {"raw/orders": None},
        "partition_key": None,
        "partition_key_range": None,
        "partition_time_window": None,
        "retry_number": 0,
        "extras": {"table": "orders", "n": [1]},
        **seen[1],
    }


def told_of(partitions_def: dg.PartitionsDefinition, **run: Any) -> dict[str, Any]:
    """What the process is told of the partitions of a run."""
    seen: list[dict[str, Any]] = []

    @dg.asset(partitions_def=partitions_def)
    def told(context: dg.AssetExecutionContext) -> None:
        with dg.open_pipes_session(
            context, dg.PipesEnvContextInjector(), dg.PipesTempFileMessageReader()
        ) as session:
            seen.append({name: value for name, value in session.context_data.items() if "partition" in name})

    dg.materialize([told], **run)
    return seen[0]


def test_the_process_is_told_of_partitions() -> None:
    assert told_of(dg.StaticPartitionsDefinition(["a", "b"]), partition_key="b") == {
        "partition_key": "b",
        "partition_key_range": {"start": "b", "end": "b"},
        "partition_time_window": None,
    }
    assert told_of(dg.DailyPartitionsDefinition("2024-01-01"), partition_key="2024-02-03") == {
        "partition_key": "2024-02-03",
        "partition_key_range": {"start": "2024-02-03", "end": "2024-02-03"},
        "partition_time_window": {"start": "2024-02-03T00:00:00+00:00", "end": "2024-02-04T00:00:00+00:00"},
    }
    days = {
        "dagster/asset_partition_range_start": "2024-02-03",
        "dagster/asset_partition_range_end": "2024-02-05",
    }
    assert told_of(dg.DailyPartitionsDefinition("2024-01-01"), tags=days) == {
        "partition_key": None,
        "partition_key_range": {"start": "2024-02-03", "end": "2024-02-05"},
        "partition_time_window": {"start": "2024-02-03T00:00:00+00:00", "end": "2024-02-06T00:00:00+00:00"},
    }


def test_an_op_can_run_a_process(script: Script) -> None:
    seen: list[Any] = []

    @dg.op
    def plain(context: dg.OpExecutionContext) -> None:
        command = script("send('report_custom_message', payload=context['asset_keys'])")
        invocation = dg.PipesSubprocessClient().run(command=command, context=context)
        seen.extend([invocation.get_custom_messages(), invocation.get_results()])

    @dg.job
    def with_an_op() -> None:
        plain()

    with_an_op.execute_in_process()
    assert seen == [[None], []]


def test_a_process_that_reports_nothing_has_made_the_asset(caplog: pytest.LogCaptureFixture) -> None:
    result = run_in_asset([sys.executable, "-c", ""])
    assert result.asset_key == dg.AssetKey("made")
    assert "no message came from the external process" in caplog.text


def test_an_asset_that_must_be_reported_and_is_not_is_an_error(script: Script) -> None:
    @dg.asset
    def made(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        invocation = dg.PipesSubprocessClient().run(command=script(""), context=context)
        assert invocation.get_results(implicit_materializations=False) == []
        return invocation.get_materialize_result(implicit_materialization=False)

    with pytest.raises(dg.InvariantViolationError, match="is for one asset; the external process reported 0"):
        dg.materialize([made])


def test_the_log_of_the_process_is_the_log_of_the_step(
    script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    run_in_asset(
        script(
            """
            send("log", message="100% done", level="INFO")
            send("log", message="careful", level="WARNING")
            send("log", message="odd", level="LOUD")
            """
        )
    )
    assert [(r.levelno, r.getMessage()) for r in caplog.records] == [
        (logging.INFO, "100% done"),
        (logging.WARNING, "careful"),
        (logging.INFO, "odd"),
    ]


def test_what_the_process_prints_is_printed_by_the_step(
    script: Script, capfd: pytest.CaptureFixture[str]
) -> None:
    run_in_asset(
        script(
            """
            print("to stdout", flush=True)
            print("to stderr", file=sys.stderr)
            """
        )
    )
    captured = capfd.readouterr()
    assert "to stdout" in captured.out
    assert "to stderr" in captured.err


def test_streams_sent_as_messages_are_printed_too(script: Script, capsys: pytest.CaptureFixture[str]) -> None:
    run_in_asset(
        script(
            """
            send("log_external_stream", stream="stdout", text="out", extras={})
            send("log_external_stream", stream="stderr", text="err", extras={})
            """
        )
    )
    assert capsys.readouterr() == ("out", "err")


def test_a_process_that_ends_badly_fails_the_step_and_says_why(
    script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    command = script(
        """
        cause = {"message": "KeyError: 'x'", "stack": [], "name": "KeyError", "cause": None, "context": None}
        problem = {"message": "ValueError: no rows", "stack": ["  line 3"], "name": "ValueError", "cause": cause}
        send("closed", exception=problem)
        sys.exit(3)
        """
    )
    with pytest.raises(dg.DagsterSubprocessError, match=r"ended with the code 3: ValueError: no rows"):
        run_in_asset(command)
    assert "KeyError: 'x'\n\nwhich led to:" in caplog.text


def test_a_program_that_is_not_there_is_an_error() -> None:
    with pytest.raises(dg.SubprocessError, match="cannot be started"):
        run_in_asset(["no-such-program-anywhere"])


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_process_that_a_signal_ended_says_which(script: Script) -> None:
    with pytest.raises(dg.SubprocessError, match="was ended by the signal 9"):
        run_in_asset(script("os.kill(os.getpid(), 9)"))


def test_a_command_given_as_text_is_split_as_a_shell_does(script: Script) -> None:
    python, path = script("made({'argument': sys.argv[1]})")
    result = run_in_asset(f'{python} {path} "two words"')  # type: ignore[arg-type]
    assert result.metadata["argument"] == dg.MetadataValue.text("two words")


def test_variables_and_folder_come_from_the_client_and_the_call(script: Script, tmp_path: Path) -> None:
    command = script(
        """
        made({"a": os.environ["A"], "b": os.environ["B"], "home": os.getcwd(), "path": "PATH" in os.environ})
        """
    )
    found: list[dict[str, Any]] = []

    @dg.asset
    def made(context: dg.AssetExecutionContext) -> None:
        client = dg.PipesSubprocessClient(env={"A": "client", "B": "client"}, cwd=tmp_path)
        result = client.run(command=command, context=context, env={"B": "call"}).get_materialize_result()
        found.append({name: value.value for name, value in result.metadata.items()})

    dg.materialize([made])
    assert found == [{"a": "client", "b": "call", "home": str(tmp_path.resolve()), "path": True}]


def test_an_asset_reported_twice_fails_the_step(script: Script) -> None:
    with pytest.raises(dg.InvariantViolationError, match='reported the asset "made" twice'):
        run_in_asset(script("made(); made()"))


def test_a_message_that_the_protocol_does_not_have_fails_the_step(script: Script) -> None:
    with pytest.raises(dg.InvariantViolationError, match="sent a message 'dance'"):
        run_in_asset(script("send('dance')"))


def test_lines_that_are_no_messages_are_logged(script: Script, caplog: pytest.LogCaptureFixture) -> None:
    run_in_asset(script('open(messages["path"], "a").write("stray\\n[1]\\n\\n")'))
    assert "in the place of a pipes message: stray" in caplog.text
    assert "in the place of a pipes message: [1]" in caplog.text


def test_a_message_without_a_last_newline_counts(script: Script) -> None:
    result = run_in_asset(
        script(
            """
            last = {"__dagster_pipes_version": "0.1", "method": "report_asset_materialization",
                    "params": {"asset_key": "made", "metadata": {"n": 1}, "data_version": None}}
            send("closed")
            open(messages["path"], "a").write(json.dumps(last))
            os._exit(0)
            """
        )
    )
    assert result.metadata == {"n": dg.MetadataValue.int(1)}


def test_custom_messages_come_in_order(script: Script) -> None:
    found: list[object] = []
    command = script("for n in range(50): send('report_custom_message', payload={'n': n})")

    @dg.asset
    def made(context: dg.AssetExecutionContext) -> None:
        found.extend(dg.PipesSubprocessClient().run(command=command, context=context).get_custom_messages())

    dg.materialize([made])
    assert found == [{"n": n} for n in range(50)]


def test_results_of_checks_come_with_the_asset(script: Script) -> None:
    result = run_in_asset(
        script(
            """
            made()
            checked("no_nulls", True, metadata={"n": 1})
            checked("few", False, severity="WARN")
            """
        )
    )
    assert result.check_results == (
        dg.AssetCheckResult(passed=True, asset_key="made", check_name="no_nulls", metadata={"n": 1}),
        dg.AssetCheckResult(
            passed=False, asset_key="made", check_name="few", severity=dg.AssetCheckSeverity.WARN
        ),
    )


def test_the_result_of_one_check_alone(script: Script) -> None:
    found: list[object] = []

    def asked(body: str) -> None:
        @dg.asset
        def made(context: dg.AssetExecutionContext) -> None:
            invocation = dg.PipesSubprocessClient().run(command=script(body), context=context)
            found.append(invocation.get_asset_check_result())

        dg.materialize([made])

    asked("checked('few', True)")
    assert found == [dg.AssetCheckResult(passed=True, asset_key="made", check_name="few")]
    with pytest.raises(
        dg.InvariantViolationError, match="is for one check; the external process reported nothing"
    ):
        asked("")
    with pytest.raises(dg.InvariantViolationError, match="reported MaterializeResult, AssetCheckResult"):
        asked("made(); checked('few', True)")


@pytest.fixture
def context() -> Iterator[dg.AssetExecutionContext]:
    """The context of an asset that is running."""
    held: list[dg.AssetExecutionContext] = []

    @dg.asset
    def made(context: dg.AssetExecutionContext) -> None:
        held.append(context)

    dg.materialize([made])
    return iter(held)


def started(command: list[str], session: dg.PipesSession) -> None:
    subprocess.run(command, env={**os.environ, **session.get_bootstrap_env_vars()}, check=True)


@pytest.mark.parametrize("where", ["environment", "file", "temporary file"])
def test_a_session_of_ones_own(
    script: Script, context: Iterator[dg.AssetExecutionContext], tmp_path: Path, where: str
) -> None:
    injector = {
        "environment": dg.PipesEnvContextInjector(),
        "file": dg.PipesFileContextInjector(str(tmp_path / "context")),
        "temporary file": dg.PipesTempFileContextInjector(),
    }[where]
    messages = tmp_path / "messages"
    messages.write_text('{"an": "older run"}\n')
    with dg.open_pipes_session(
        context=next(context),
        context_injector=injector,
        message_reader=dg.PipesFileMessageReader(str(messages), cleanup_file=where == "file"),
        extras={"e": 1},
    ) as session:
        started(script("made({'e': context['extras']['e']})"), session)
    assert session.get_results(metadata={"more": 2, "e": 0}) == [
        dg.MaterializeResult(
            asset_key="made", metadata={"more": dg.MetadataValue.int(2), "e": dg.MetadataValue.int(1)}
        )
    ]
    assert session.get_results() == []
    assert not (tmp_path / "context").exists()
    assert messages.exists() == (where != "file")


def test_results_can_be_taken_while_the_session_lasts(
    script: Script, context: Iterator[dg.AssetExecutionContext]
) -> None:
    with dg.open_pipes_session(
        next(context), dg.PipesEnvContextInjector(), dg.PipesTempFileMessageReader()
    ) as session:
        assert session.get_results() == []
        started(script("made(); send('report_custom_message', payload=1)"), session)
        assert session.get_results() == [dg.MaterializeResult(asset_key="made")]
        assert session.get_custom_messages() == [1]
    assert session.get_results() == []


def test_the_variables_are_options_too(context: Iterator[dg.AssetExecutionContext]) -> None:
    with dg.open_pipes_session(
        next(context), dg.PipesEnvContextInjector(), dg.PipesTempFileMessageReader(True)
    ) as session:
        variables = session.get_bootstrap_env_vars()
        assert set(variables) == {"DAGSTER_PIPES_CONTEXT", "DAGSTER_PIPES_MESSAGES"}
        assert session.get_bootstrap_cli_arguments() == {
            "--dagster-pipes-context": variables["DAGSTER_PIPES_CONTEXT"],
            "--dagster-pipes-messages": variables["DAGSTER_PIPES_MESSAGES"],
        }
        params = session.get_bootstrap_params()
        assert params["DAGSTER_PIPES_CONTEXT"] == {"data": session.context_data}
        assert params["DAGSTER_PIPES_MESSAGES"]["include_stdio_in_messages"] is True
        assert session.get_per_writer_bootstrap_env_vars() == [variables]
        session.report_launched({"extras": {}})


def test_several_processes_share_a_session(
    script: Script, context: Iterator[dg.AssetExecutionContext]
) -> None:
    reader = dg.PipesCompositeMessageReader([dg.PipesTempFileMessageReader() for _ in range(3)])
    with dg.open_pipes_session(next(context), dg.PipesEnvContextInjector(), reader) as session:
        everyone = session.get_per_writer_bootstrap_env_vars()
        assert len({variables["DAGSTER_PIPES_MESSAGES"] for variables in everyone}) == 3
        command = script("made(asset_key=os.environ['WHO'])")
        for number, variables in enumerate(everyone):
            assert not session.message_handler.received_closed_message
            env = {**os.environ, **variables, "WHO": f"w{number}"}
            subprocess.run(command, env=env, check=True)
    results = session.get_results(implicit_materializations=False)
    assert {str(result.asset_key) for result in results} == {str(dg.AssetKey(f"w{n}")) for n in range(3)}
    assert session.message_handler.received_opened_message
    with pytest.raises(dg.InvariantViolationError, match="at least one"):
        dg.PipesCompositeMessageReader([])
    with pytest.raises(dg.InvariantViolationError, match="single-writer"):
        dg.PipesCompositeMessageReader([reader])


def test_a_client_of_ones_own(context: Iterator[dg.AssetExecutionContext]) -> None:
    class InThisProcess(dg.PipesClient):
        def run(
            self, *, context: dg.OpExecutionContext, extras: Any = None, **kwargs: Any
        ) -> dg.PipesClientCompletedInvocation:
            with dg.open_pipes_session(
                context, dg.PipesEnvContextInjector(), dg.PipesTempFileMessageReader(), extras
            ) as session:
                path = session.get_bootstrap_params()["DAGSTER_PIPES_MESSAGES"]["path"]
                message = {"__dagster_pipes_version": "0.1", "method": "opened", "params": {"extras": {}}}
                Path(path).write_text(json.dumps(message))
            return dg.PipesClientCompletedInvocation(session, metadata={"launched": "here"})

    result = InThisProcess().run(context=next(context)).get_materialize_result()
    assert result.metadata == {"launched": dg.MetadataValue.text("here")}


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("body", ["", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"])
def test_a_step_that_is_interrupted_ends_its_process(
    script: Script, context: Iterator[dg.AssetExecutionContext], tmp_path: Path, body: str
) -> None:
    """The second process hears nothing and is killed."""

    class Interrupts(dg.PipesTempFileMessageReader):
        process_id: int | None = None

        def on_launched(self, launched_payload: Any) -> None:
            self.process_id = launched_payload["extras"]["pid"]
            while not (tmp_path / "begun").exists():
                os.sched_yield()
            raise KeyboardInterrupt

    reader = Interrupts()
    client = dg.PipesSubprocessClient(message_reader=reader, termination_timeout_seconds=0.2)
    command = script(f"{body}\nopen({str(tmp_path / 'begun')!r}, 'w').close()\nimport time; time.sleep(60)")
    with pytest.raises(KeyboardInterrupt):
        client.run(command=command, context=next(context))
    assert reader.process_id is not None
    with pytest.raises(ProcessLookupError):
        os.kill(reader.process_id, 0)

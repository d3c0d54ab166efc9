"""The public interface under mypy and pyright, both strict."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import dagx as dg

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
USERS = ["user_code.py", "user_project.py", "user_library.py"]
# Public names that no example here needs.
RARE = """
    Any AssetOrCheckKey AssetPartitionStatus AssetSensorDefinition AutomationContext AutomationResult
    BetaWarning Bool CodeLocationReconstructionMetadataValue CodeLocationSelector
    CodeReferencesMetadataValue ConfigArgumentWarning ConfigMapping ConfigSchema
    DagsterAssetMetadataValue DagsterInvalidMetadata DagsterJobMetadataValue DagsterLogManager
    DagsterRunMetadataValue DagsterTypeLoader DependencyDefinition Dict
    EvaluateAutomationConditionsResult EventRecordsFilter EventRecordsResult Executor ExecutorDefinition
    ExecutorRequirement ExpectationResult Float HookDefinition HookExecutionResult InitExecutorContext
    InputManagerDefinition InputMapping JobExecutionResult JobSelector JsonLogFormatter
    LegacyFreshnessPolicy List LocalFileCodeReference LoggerDefinition MultiAssetSensorDefinition
    MultiDependencyDefinition NodeInvocation NotebookMetadataValue Optional OutputMapping Partition
    PendingNodeInvocation PipesClient PipesClientCompletedInvocation PipesCompositeMessageReader
    PipesContextInjector PipesEnvContextInjector PipesExecutionResult PipesFileContextInjector
    PipesFileMessageReader PipesLaunchedData PipesMessageHandler PipesMessageReader PipesSession
    PipesSubprocessClient PipesTempFileContextInjector PipesTempFileMessageReader PoolMetadataValue
    PreviewWarning PythonArtifactMetadataValue ReexecutionOptions RepositorySelector
    RunStatusChangeRecordsFilter RunStatusSensorDefinition ScalarUnion Set String SupersessionWarning
    TableColumnLineageMetadataValue Tuple TypeCheckDidNotPass UnresolvedAssetJobDefinition __version__
    build_init_logger_context build_reconstructable_job check_dagster_type config_from_files
    config_from_pkg_resources config_from_yaml_strings configured dagster_type_loader default_loggers
    dynamic_partitioned_config executor get_logger json_console_logger
    load_asset_checks_from_package_module load_asset_checks_from_package_name
    make_python_type_usable_as_dagster_type make_values_resource open_pipes_session reconstructable
    usable_as_dagster_type with_source_code_references
""".split()  # noqa: SIM905  # a list would take 100 lines
CHECKERS = {
    "mypy": [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--python-version", "3.11"],
    "pyright": [sys.executable, "-m", "pyright", "--project", str(HERE / "pyrightconfig.json")],
}


def lines_refused(checker: str, file: str) -> set[int]:
    found = subprocess.run(
        [*CHECKERS[checker], str(HERE / file)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return {int(line) for line in re.findall(rf"{file}:(\d+).*? error", found.stdout)}


@pytest.mark.fat
@pytest.mark.parametrize("checker", CHECKERS)
@pytest.mark.parametrize("file", USERS)
def test_what_users_write_is_accepted(checker: str, file: str) -> None:
    assert lines_refused(checker, file) == set()


@pytest.mark.fat
@pytest.mark.parametrize("checker", CHECKERS)
def test_what_does_not_exist_is_refused(checker: str) -> None:
    wrong = (HERE / "refused_code.py").read_text().splitlines()
    expected = {number for number, line in enumerate(wrong, 1) if line.startswith("dg.")}
    assert lines_refused(checker, "refused_code.py") == expected


@pytest.mark.parametrize("file", USERS)
def test_what_users_write_runs(file: str) -> None:
    assert runpy.run_path(str(HERE / file))["succeeded"]


def test_every_public_name_but_errors_and_the_rare_is_used_here() -> None:
    written = "".join((HERE / file).read_text() for file in USERS)
    used = set(re.findall(r"\bdg\.(\w+)", written))
    unused = {name for name in dg.__all__ if name not in used and not name.endswith("Error")}
    assert unused <= set(RARE)
    assert not used & set(RARE)

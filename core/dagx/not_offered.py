"""Names that people know and that dagx does not have, each with what to write in its place."""

from __future__ import annotations

from collections.abc import Mapping

_COMPONENTS = (
    "dagx has no components: write the definitions in Python (a function that returns Definitions serves for what "
    "several of them share) and load a folder of them with load_from_defs_folder"
)
_JSON = "write json.dumps and json.loads of plain values, or pickle"
_JOB = "write @op, and @job or @graph"
_REPOSITORY = "write defs = Definitions(assets=[...], jobs=[...], schedules=[...], sensors=[...])"
_AUTOMATION = "write automation_condition=AutomationCondition.eager(), .on_cron(...) or .on_missing()"
_FILES = (
    "write a path: an asset that returns it, or MaterializeResult(metadata={'path': MetadataValue.path(...)})"
)
_GIT = "leave it out: dagx opens the line in the file of this machine"

INSTEAD: Mapping[str, str] = {
    # Components
    **dict.fromkeys(
        """
        Component ComponentLoadContext ComponentTree DefsFolderComponent Resolvable Resolver build_component_defs
        build_defs_for_component component component_instance template_var
        Injected ResolutionContext StateBackedComponent DefinitionsComponent ResolvedAssetCheckSpec ResolvedAssetKey
        ResolvedAssetSpec component_defs scaffold_component scaffold_with
        """.split(),  # noqa: SIM905  # a list would take twenty lines
        _COMPONENTS,
    ),
    "FunctionComponent": "write an @asset or @asset_check function",
    "Model": "subclass Config for run config, or pydantic.BaseModel for anything else",
    "PythonScriptComponent": "write an asset that runs the script with PipesSubprocessClient, or with subprocess.run",
    "UvRunComponent": "write an asset: PipesSubprocessClient().run(command=['uv', 'run', ...], context=context)",
    **dict.fromkeys(
        ("SqlComponent", "TemplatedSqlComponent"), "write an asset that runs the query through a resource"
    ),
    "load_defs": "write load_from_defs_folder(project_root=...), or load_definitions_from_package_module(package)",
    "resources": "write Definitions(resources={...}) ; a resource is a ConfigurableResource or any object",
    # Serialization and storage
    "serialize_value": _JSON,
    "deserialize_value": _JSON,
    "whitelist_for_serdes": _JSON,
    "migrate_io_storage": "nothing has to be moved: dagx reads what it stored; `dagx run --force` makes it anew",
    "MigrateIOStorageResult": "migrate_io_storage is not there: `dagx run --force` makes values anew",
    # Older words
    "solid": _JOB,
    "pipeline": _JOB,
    "composite_solid": _JOB,
    "ModeDefinition": "write Definitions(resources={...})",
    "PresetDefinition": "write RunConfig(...)",
    "repository": _REPOSITORY,
    "RepositoryDefinition": _REPOSITORY,
    "AssetGroup": _REPOSITORY,
    "AutoMaterializePolicy": _AUTOMATION,
    "AutoMaterializeRule": _AUTOMATION,
    "AutoMaterializeSensorDefinition": "write AutomationConditionSensorDefinition",
    "build_asset_reconciliation_sensor": _AUTOMATION,
    "make_email_on_run_failure_sensor": "write a function under @run_failure_sensor, and send the mail with smtplib",
    "freshness_policy_sensor": "write freshness_policy=FreshnessPolicy.time_window(...); `dagx dev` shows what is late",
    "external_asset_from_spec": "put the AssetSpec into Definitions(assets=[...])",
    "external_assets_from_specs": "put each AssetSpec into Definitions(assets=[...])",
    "build_assets_job": "write define_asset_job",
    "BindResourcesToJobs": "write Definitions(jobs=[...], resources={...}): jobs get the resources",
    "default_system_loggers": "write default_loggers",
    "materialize_assets": "write materialize",
    "EventMetadataEntry": "write metadata={name: value}",
    "MetadataEntry": "write metadata={name: value}",
    "Materialization": "write AssetMaterialization",
    "ExperimentalWarning": "write PreviewWarning or BetaWarning",
    "custom_path_fs_io_manager": "write FilesystemIOManager(base_dir=...)",
    "build_reconstructable_target": "write build_reconstructable_job",
    "link_code_references_to_git": _GIT,
    "link_code_references_to_git_if_cloud": _GIT,
    "AnchorBasedFilePathMapping": _GIT,
    "UrlCodeReference": "write LocalFileCodeReference, or MetadataValue.url(...)",
    **dict.fromkeys(("FileHandle", "LocalFileHandle", "local_file_manager"), _FILES),
    "StepLauncher": "run it elsewhere with a PipesClient of your own: subclass PipesClient",
    **dict.fromkeys(
        ("PipesBlobStoreMessageReader", "PipesLogReader"),
        "subclass PipesMessageReader, or write PipesFileMessageReader or PipesTempFileMessageReader",
    ),
    "RetryMode": "write multiprocess_executor.configured({'retries': {'disabled': {}}})",
    # Other packages, which people import beside
    "DbtCliResource": "run dbt with PipesSubprocessClient or subprocess.run in a multi_asset",
}

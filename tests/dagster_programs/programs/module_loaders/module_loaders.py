"""A project whose definitions are collected whole: jobs, schedules, checks and all, module by module."""

import clinic
import dagster as dg
from clinic import beds, patients
from front_desk import own, visitors


class Register(dg.ConfigurableResource):
    name: str = "main"


@dg.definitions
def shared() -> dg.Definitions:
    return dg.Definitions(resources={"register": Register(name="shared")})


of_patients = dg.load_definitions_from_module(patients, resources={"register": Register()})
of_both = dg.load_definitions_from_modules([patients, beds], resources={"register": Register()})
of_package = dg.load_definitions_from_package_module(clinic, resources={"register": Register(name="package")})
by_name = dg.load_definitions_from_package_name("clinic", resources={"register": Register()})
defs = dg.Definitions.merge(of_package, dg.Definitions(assets=[visitors]))


def keys(definitions: dg.Definitions) -> set[str]:
    return {key.to_user_string() for key in definitions.resolve_all_asset_keys()}


def check() -> None:
    assert keys(own) <= {"visitors"}
    assert keys(of_patients) == {"patients"}
    assert keys(of_both) == {"patients", "beds", "free_beds"}
    assert keys(of_package) == keys(by_name) == {"patients", "beds", "free_beds", "nurses"}
    assert keys(defs) == keys(by_name) | {"visitors"}
    assert defs.resolve_schedule_def("count_beds_schedule").cron_schedule == "@daily"
    assert by_name.resolve_sensor_def("new_patients") is not None
    assert isinstance(shared(), dg.Definitions)

    result = defs.resolve_job_def("count_beds").execute_in_process()
    assert result.asset_value("free_beds") == 18
    assert result.asset_value("patients") == ["Ada of package", "Grace of package"]
    [evaluation] = result.get_asset_check_evaluations()
    assert evaluation.check_name == "beds_suffice"
    assert defs.resolve_assets_def("beds").key == beds.beds.key

import dagster as dg


@dg.asset(required_resource_keys={"register"})
def patients(context: dg.AssetExecutionContext) -> list[str]:
    return [f"{name} of {context.resources.register.name}" for name in ("Ada", "Grace")]


@dg.sensor(target=[patients])
def new_patients():
    return dg.SkipReason("nobody came")

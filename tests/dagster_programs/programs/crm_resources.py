"""Resources: an API's client with a secret from the environment, a database it logs to, plain objects."""

import os
import sqlite3
from contextlib import contextmanager

import dagster as dg
from pydantic import PrivateAttr


class Database(dg.ConfigurableResource):
    path: str = ":memory:"
    timeout: int = 5

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext):
        self._connection = sqlite3.connect(self.path, timeout=self.timeout)
        self._connection.execute("create table if not exists calls (what)")
        try:
            yield self
        finally:
            self._connection.commit()
            self._connection.close()

    _connection: sqlite3.Connection = PrivateAttr()

    def note(self, what: str) -> None:
        self._connection.execute("insert into calls values (?)", (what,))

    def calls(self) -> list[str]:
        return [what for (what,) in self._connection.execute("select what from calls")]


class Transport(dg.ConfigurableResource):
    host: str = "localhost"


class CrmClient(dg.ConfigurableResource):
    token: str
    page_size: int = 2
    database: Database
    transport: dg.ResourceDependency[Transport]

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        context.log.info("signing in")
        self._session = f"session of {self.token}@{self.transport.host}"

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        closed.append(self._session)

    _session: str = PrivateAttr()

    def contacts(self, page: int) -> list[str]:
        self.database.note(f"{self._session}: page {page}")
        return [f"contact {page * self.page_size + n}" for n in range(self.page_size)]


class Clock:
    def __init__(self, hour: int) -> None:
        self.hour = hour


closed: list[str] = []


@dg.asset
def contacts(crm: CrmClient) -> list[str]:
    return crm.contacts(0) + crm.contacts(1)


@dg.asset
def greeting(contacts: list[str], clock: dg.ResourceParam[Clock]) -> str:
    return f"good {'morning' if clock.hour < 12 else 'evening'}, {contacts[0]}"


@dg.asset(deps=[contacts], required_resource_keys={"database", "clock"})
def call_log(context: dg.AssetExecutionContext) -> list[str]:
    assert isinstance(context.resources.clock, Clock)
    return context.resources.database.calls()


database = Database(path=dg.EnvVar("CRM_DATABASE"), timeout=dg.EnvVar.int("CRM_TIMEOUT"))
resources = {
    "crm": CrmClient(token=dg.EnvVar("CRM_TOKEN"), database=database, transport=Transport()),
    "database": database,
    "clock": Clock(hour=9),
}
defs = dg.Definitions(assets=[contacts, greeting, call_log], resources=resources)


def check() -> None:
    job = defs.resolve_implicit_global_asset_job_def()
    try:
        job.execute_in_process()
    except dg.DagsterInvalidConfigError as error:
        assert "CRM_" in str(error)
    else:
        raise AssertionError("the token is not set")

    os.environ.update(CRM_TOKEN="s3cret", CRM_DATABASE="crm.db", CRM_TIMEOUT="3")
    result = job.execute_in_process()
    assert result.output_for_node("greeting") == "good morning, contact 0"
    assert closed == ["session of s3cret@localhost"]
    with sqlite3.connect("crm.db") as connection:
        noted = [what for (what,) in connection.execute("select what from calls")]
    connection.close()
    assert noted == ["session of s3cret@localhost: page 0", "session of s3cret@localhost: page 1"]

    settings = {"page_size": 1, "token": {"env": "CRM_TOKEN"}}
    result = job.execute_in_process(run_config={"resources": {"crm": {"config": settings}}})
    assert result.output_for_node("contacts") == ["contact 0", "contact 1"]

    with dg.build_resources({"database": Database(path="other.db")}) as built:
        built.database.note("by hand")
        assert built.database.calls() == ["by hand"]

    assert dg.EnvVar("CRM_TOKEN").get_value() == "s3cret"
    client = CrmClient(token="t", database=Database(), transport=Transport())
    client.setup_for_execution(dg.build_init_resource_context())
    assert client._session == "session of t@localhost"
    assert greeting(contacts=["x"], clock=Clock(hour=20)) == "good evening, x"
    assert dg.materialize([contacts], resources={"crm": FakeCrm()}).output_for_node("contacts") == [
        "fake",
        "fake",
    ]


class FakeCrm:
    def contacts(self, page: int) -> list[str]:
        return ["fake"]

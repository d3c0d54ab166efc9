"""The functions and values that `test_every_option` declares assets with; not a test."""

from __future__ import annotations

from typing import Any

import dagx as dg


def made() -> Any:
    return 1


def taking(up: Any) -> Any:
    return up


def checking() -> Any:
    return dg.AssetCheckResult(passed=True)


def checking_with(other: Any) -> Any:
    return dg.AssetCheckResult(passed=bool(other))


def observing() -> Any:
    return dg.DataVersion("1")


@dg.op
def one() -> Any:
    return 1


@dg.op(config_schema={"n": dg.Field(int, default_value=1)})
def configured(context: dg.OpExecutionContext) -> Any:
    return context.op_config["n"]


@dg.op
def passed_on(up: Any) -> Any:
    return up


@dg.op(required_resource_keys={"own"})
def using() -> Any:
    return 1


@dg.op(out={"result": dg.Out(), "checked": dg.Out()})
def checked() -> Any:
    return 1, dg.AssetCheckResult(passed=True)


def composed() -> Any:
    return one()


def composed_with_config() -> Any:
    return configured()


def composed_of(up: Any) -> Any:
    return passed_on(up)


def composed_by_name() -> Any:
    return {"one": one()}


def composed_by_name_of(up: Any) -> Any:
    return {"one": passed_on(up)}


def composed_by_name_with_config() -> Any:
    return {"one": configured()}


def composed_using() -> Any:
    return using()


def composed_by_name_using() -> Any:
    return {"one": using()}


def composed_with_check() -> Any:
    result, check = checked()
    return {"result": result, "made_a": check}


def composed_by_name_with_check() -> Any:
    result, check = checked()
    return {"one": result, "one_a": check}


class Manager(dg.IOManager):
    def __init__(self, folder: str) -> None:
        self.folder = folder

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        raise NotImplementedError

    def load_input(self, context: dg.InputContext) -> Any:
        raise NotImplementedError


@dg.success_hook
def told(context: dg.HookContext) -> None:
    context.log.info("done")

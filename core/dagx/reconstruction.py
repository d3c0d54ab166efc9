"""Jobs that are found again by where they are written, and how a run is to be done again. Semantics: section 24."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from dagx.errors import InvalidArgumentError, InvariantViolationError
from dagx.nearest import did_you_mean
from dagx.record import Record

__all__ = ["ReexecutionOptions", "build_reconstructable_job", "reconstructable"]


class ReconstructableJob(Record):
    """A job, by the function that makes it or the name it has in its module. `execute_job` takes it.

    `module` and `name` say where; `arguments` are those of a function that makes it.
    """

    module: str
    name: str
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]

    def __init__(
        self,
        module: str,
        name: str,
        arguments: Sequence[Any] = (),
        keywords: Mapping[str, Any] | None = None,
        target: object = None,
    ) -> None:
        self._set(module=module, name=name, arguments=tuple(arguments), keywords=dict(keywords or {}))
        self._set(_target=target)

    def get_definition(self) -> Any:
        """The job. Raises InvariantViolationError when the module has none of this name."""
        target: Any = self.__dict__["_target"]
        if target is None:
            found = importlib.import_module(self.module)
            if not hasattr(found, self.name):
                raise InvariantViolationError(
                    f"the module {self.module} has no {self.name}", did_you_mean(self.name, vars(found))
                )
            target = getattr(found, self.name)
        made = target if _is_job(target) else target(*self.arguments, **self.keywords)
        if not _is_job(made):
            raise InvariantViolationError(
                f"{self.module}.{self.name} makes a {type(made).__qualname__}, not a job",
                "return what @job, graph.to_job() or define_asset_job made",
            )
        return made


def reconstructable(target: Any) -> ReconstructableJob:
    """A job for `execute_job`: of a job, or of a function without parameters that makes it.

    The job stands at the top of a module, so that it has a name there. Raises InvariantViolationError for a lambda
    or a function inside another one, InvalidArgumentError for what is no job and makes none.
    """
    if _is_job(target):
        return ReconstructableJob(
            getattr(target, "__module__", None) or "__main__", target.name, target=target
        )
    if not callable(target):
        raise InvalidArgumentError(
            f"reconstructable() takes a job or a function that makes it, not {target!r}"
        )
    name: str = getattr(target, "__qualname__", "<lambda>")
    if "<" in name:
        raise InvariantViolationError(
            f"reconstructable() was given {name}, which no other process could find",
            "put it at the top of a module",
        )
    return ReconstructableJob(target.__module__, name, target=target)


def build_reconstructable_job(
    reconstructor_module_name: str,
    reconstructor_function_name: str,
    reconstructable_args: Sequence[Any] | None = None,
    reconstructable_kwargs: Mapping[str, Any] | None = None,
) -> ReconstructableJob:
    """A job for `execute_job`, made by a function of a module with these arguments, each time it is asked for."""
    return ReconstructableJob(
        reconstructor_module_name,
        reconstructor_function_name,
        reconstructable_args or (),
        reconstructable_kwargs,
    )


class ReexecutionOptions(Record):
    """That a run is to be done again.

    `parent_run_id` is the run that was; `step_selection` the keys of the steps to do again, all when empty;
    `is_from_failure` does again what failed and what did not run because of that.
    """

    parent_run_id: str
    step_selection: tuple[str, ...]
    is_from_failure: bool

    def __init__(self, parent_run_id: str, step_selection: Sequence[str] = ()) -> None:
        if isinstance(step_selection, str):
            raise InvalidArgumentError(
                f"step_selection is a list of step keys, not {step_selection!r}",
                f'write ["{step_selection}"]',
            )
        self._set(parent_run_id=parent_run_id, step_selection=tuple(step_selection), is_from_failure=False)

    @staticmethod
    def from_failure(run_id: str, instance: object) -> ReexecutionOptions:
        """To do again what failed in a run of `instance`, and what did not run because of that."""
        del instance  # who carries it out looks the run up
        options = ReexecutionOptions(run_id)
        options._set(is_from_failure=True)
        return options


def _is_job(value: Any) -> bool:
    is_definition = hasattr(value, "execute_in_process") or hasattr(value, "selection")
    return isinstance(getattr(value, "name", None), str) and is_definition

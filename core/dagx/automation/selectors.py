"""Which jobs a run-status sensor watches, said by names. Section 19.

A project is one code location with one repository: a selector of either means all jobs of the project.
"""

from __future__ import annotations

from dagx.record import Record

__all__ = ["CodeLocationSelector", "JobSelector", "RepositorySelector"]


class CodeLocationSelector(Record):
    """All jobs of a code location."""

    location_name: str

    def __init__(self, location_name: str) -> None:
        self._set(location_name=location_name)


class RepositorySelector(Record):
    """All jobs of a repository of a code location."""

    location_name: str
    repository_name: str

    def __init__(self, location_name: str, repository_name: str) -> None:
        self._set(location_name=location_name, repository_name=repository_name)


class JobSelector(Record):
    """One job, by name."""

    location_name: str
    job_name: str
    repository_name: str | None

    def __init__(self, location_name: str, job_name: str, repository_name: str | None = None) -> None:
        self._set(location_name=location_name, job_name=job_name, repository_name=repository_name)

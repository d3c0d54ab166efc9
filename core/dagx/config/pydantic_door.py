"""The one place that imports pydantic, and says how to get it where it is missing.

dagx itself needs it not: Config, ConfigurableResource and their kin do, in projects that use them.
"""

from __future__ import annotations

import sys

from dagx.errors import DagxError


class PydanticMissingError(DagxError, ImportError):
    """A name of dagx that is built on pydantic was asked for, and pydantic is not there, or is too old."""


def _missing(what: str) -> PydanticMissingError:
    return PydanticMissingError(
        f"dagx.Config, ConfigurableResource, ConfigurableIOManager and their kin need pydantic, and {what}",
        f"install it where the project runs ({sys.executable}): pip install 'pydantic>=2'",
    )


try:
    from pydantic import BaseModel as BaseModel
    from pydantic import ConfigDict as ConfigDict
    from pydantic import GetCoreSchemaHandler as GetCoreSchemaHandler
    from pydantic import PrivateAttr as PrivateAttr
    from pydantic import ValidationError as ValidationError
    from pydantic_core import CoreSchema as CoreSchema
    from pydantic_core import PydanticUndefined as PydanticUndefined
    from pydantic_core import core_schema as core_schema
except ModuleNotFoundError as error:
    if error.name not in ("pydantic", "pydantic_core"):
        raise
    raise _missing(f"{error.name} is not installed") from None
except ImportError:
    version = str(getattr(sys.modules.get("pydantic"), "VERSION", ""))
    if not version.startswith("1."):
        raise
    raise _missing(f"version {version} is too old") from None

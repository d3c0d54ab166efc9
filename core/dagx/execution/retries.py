"""When a failed step is tried again, and after how long.

Sleeps never. Section 22.
"""

from __future__ import annotations

import enum
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.metadata.values import MetadataValue, RawMetadataValue, normalized

__all__ = ["Backoff", "Failure", "Jitter", "RetryPolicy", "RetryRequested"]


class Backoff(enum.Enum):
    """How the delay grows: attempt times delay, or delay times 2^attempt - 1."""

    LINEAR = "LINEAR"
    EXPONENTIAL = "EXPONENTIAL"


class Jitter(enum.Enum):
    """How the delay is spread: anywhere from 0 to it, or up to one base delay around it."""

    FULL = "FULL"
    PLUS_MINUS = "PLUS_MINUS"


@dataclass(frozen=True)
class RetryPolicy:
    """Try again after any Exception, `max_retries` times, `delay` seconds later.

    `backoff` and `jitter` change the delay and need one (InvalidDefinitionError). Semantics: section 22.
    """

    max_retries: int = 1
    delay: float | None = None
    backoff: Backoff | None = None
    jitter: Jitter | None = None

    def __post_init__(self) -> None:
        if self.max_retries < 0:
            raise InvalidArgumentError(f"max_retries is 0 or more, not {self.max_retries}")
        if self.delay is not None and self.delay < 0:
            raise InvalidArgumentError(f"delay is 0 seconds or more, not {self.delay}")
        if self.delay is None and (self.backoff is not None or self.jitter is not None):
            raise InvalidDefinitionError(
                "backoff and jitter change a delay, and there is none", "give delay=..."
            )

    def calculate_delay(self, attempt: int, draw: Callable[[], float] | None = None) -> float:
        """Seconds to wait before retry `attempt` (1 is the first); `draw` gives numbers from 0 to 1, by chance."""
        if draw is None:
            draw = cast("Callable[[], float]", importlib.import_module("random").random)
        base = self.delay or 0.0
        wait = base
        if self.backoff is Backoff.LINEAR:
            wait = base * attempt
        elif self.backoff is Backoff.EXPONENTIAL:
            wait = base * (2**attempt - 1)
        if self.jitter is Jitter.FULL:
            return wait * draw()
        if self.jitter is Jitter.PLUS_MINUS:
            return max(0.0, wait + base * (2 * draw() - 1))
        return wait


class Failure(Exception):
    """Raised by a step to fail with a description and metadata; `allow_retries=False` forbids retries."""

    def __init__(
        self,
        description: str | None = None,
        metadata: Mapping[str, RawMetadataValue] | None = None,
        allow_retries: bool | None = None,
    ) -> None:
        super().__init__(description)
        self.description = description
        self.metadata: dict[str, MetadataValue] = normalized(metadata)
        self.allow_retries = True if allow_retries is None else allow_retries


class RetryRequested(Exception):
    """Raised by a step (`from` what went wrong) to be tried again, whatever its policy says.

    `max_retries` is the limit that holds in its place, `seconds_to_wait` the delay (none by default). Section 22.
    """

    def __init__(self, max_retries: int = 1, seconds_to_wait: float | None = None) -> None:
        super().__init__(f"retry requested, {max_retries} at most")
        self.max_retries = max_retries
        self.seconds_to_wait = seconds_to_wait


def seconds_until_retry(
    error: BaseException, policy: RetryPolicy | None, retry_number: int, draw: Callable[[], float]
) -> float | None:
    """How long to wait before a step is tried again, or None when it has failed for good.

    `retry_number` counts the retries that the attempt just failed was (0 for the first try).
    """
    if isinstance(error, RetryRequested):
        return (error.seconds_to_wait or 0.0) if retry_number < error.max_retries else None
    if not isinstance(error, Exception) or (isinstance(error, Failure) and not error.allow_retries):
        return None
    if policy is None or retry_number >= policy.max_retries:
        return None
    return policy.calculate_delay(retry_number + 1, draw)

"""What the checks share."""


def require(claims: dict[str, bool]) -> dict[str, bool]:
    """The claims, when all are true; an error that names the false ones, when not."""
    false = [claim for claim, is_true in claims.items() if not is_true]
    if false:
        raise ValueError(f"not true: {' '.join(false)}")
    return claims

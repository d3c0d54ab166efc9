"""Charts as SVG text: a heat map and bars, made of rectangles and words."""

from html import escape
from itertools import count

import polars as pl

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
INK, FAINT = "#2b2b33", "#7a7a85"
RAMP = ["#fff5e1", "#fdcf94", "#f98e52", "#d6402b", "#7a0c1e"]  # from on time to very late
DARKEST = 40  # minutes


def drawing(width: int, height: int, marks: list[str]) -> str:
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            'font-family="system-ui, sans-serif" font-size="12">',
            box(0, 0, width, height, "#ffffff"),
            *marks,
            "</svg>\n",
        ]
    )


def heat_map(delays: pl.DataFrame, left: int, top: int, cell: int = 44, row: int = 24) -> list[str]:
    """Month down, hour across; the later the darker."""
    marks = []
    for index, month in enumerate(MONTHS):
        marks.append(words(left - 8, top + index * row + 16, month, FAINT, "end"))
    for hour in range(5, 24):
        marks.append(words(left + (hour - 4.5) * cell, top - 6, f"{hour} h", FAINT, "middle"))
    for month, hour, delay in delays.select("month", "hour", "mean_delay").drop_nulls().rows():
        x, y = left + (hour - 5) * cell, top + (month - 1) * row
        title = f"{MONTHS[month - 1]}, {hour} h: {delay} min"
        marks.append(box(x, y, cell - 1, row - 1, shade(delay), title))
        ink = "#ffffff" if delay > DARKEST / 2 else INK
        marks.append(words(x + cell / 2, y + 16, str(round(delay)), ink, "middle"))
    return marks


def bars(delays: pl.DataFrame, left: int, top: int, minute: int = 30, row: int = 22) -> list[str]:
    """One bar for each airline, as long as its mean delay."""
    marks = []
    rows = delays.select("airline", "flights", "mean_delay").rows()
    for y, (airline, flights, delay) in zip(count(top, row), rows, strict=False):
        marks.append(words(left - 8, y + 14, airline, INK, "end"))
        marks.append(box(left, y, delay * minute, row - 4, shade(delay), f"{airline}: {flights:,} flights"))
        marks.append(words(left + delay * minute + 6, y + 14, f"{delay} min", FAINT))
    return marks


def heading(x: float, y: float, text: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" fill="{INK}" font-size="17" font-weight="600">{escape(text)}</text>'


def words(x: float, y: float, text: str, fill: str, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" fill="{fill}" text-anchor="{anchor}">{escape(text)}</text>'


def box(x: float, y: float, width: float, height: float, fill: str, title: str = "") -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}">'
        f"<title>{escape(title)}</title></rect>"
    )


def shade(delay: float) -> str:
    """The colour of a delay, between the two colours of the ramp that it lies between."""
    place = min(max(delay / DARKEST, 0), 1) * (len(RAMP) - 1)
    index = min(int(place), len(RAMP) - 2)
    low, high = (bytes.fromhex(colour[1:]) for colour in RAMP[index : index + 2])
    return "#" + bytes(round(a + (b - a) * (place - index)) for a, b in zip(low, high, strict=True)).hex()

"""How the home screen is laid out at each size. Only style; what it holds is in `home`."""

from __future__ import annotations

__all__ = ["CSS", "HORIZONTAL", "VERTICAL"]

HORIZONTAL = [(0, "-tiny"), (60, "-narrow"), (100, "-wide"), (160, "-ultra")]
VERTICAL = [(0, "-sliver"), (6, "-low"), (16, "-short"), (32, "-tall")]

CSS = """
HomeScreen { background: transparent; layout: vertical; overflow: hidden; }
* { scrollbar-color: ansi_bright_black; scrollbar-color-hover: ansi_white; scrollbar-color-active: ansi_white;
    scrollbar-background: ansi_default; scrollbar-background-hover: ansi_default;
    scrollbar-background-active: ansi_default; }
HomeScreen #banner { display: none; }
HomeScreen.-unmade #banner { display: block; }
HomeScreen #problem { display: none; height: auto; max-height: 40%; }
HomeScreen.-broken #problem { display: block; }
HomeScreen #body { height: 1fr; background: transparent; }
HomeScreen #asking { display: none; height: 1; }
HomeScreen #slash { width: 2; }
HomeScreen.-asking #asking { display: block; }
HomeScreen.-asking #status { display: none; }
HomeScreen #list-pane { height: 1fr; }

/* Nothing ever loaded: the problem has the screen. */
HomeScreen.-nothing #body { display: none; }
HomeScreen.-nothing #problem { height: 1fr; max-height: 100%; }

/* Narrow: the list over the log; the detail comes in the place of the log. */
HomeScreen #detail-pane { display: none; height: 60%; }
HomeScreen #log-pane { height: 7; }
HomeScreen.-log-half #log-pane { height: 60%; }
HomeScreen.-log-off #log-pane { display: none; }
HomeScreen.-detail #detail-pane { display: block; }
HomeScreen.-detail #log-pane { display: none; }

/* Tiny: one pane at a time. */
HomeScreen.-tiny #log-pane, HomeScreen.-low #log-pane, HomeScreen.-sliver #log-pane { display: none; }
HomeScreen.-tiny.-detail #detail-pane, HomeScreen.-low.-detail #detail-pane { height: 1fr; }
HomeScreen.-tiny.-detail #list-pane, HomeScreen.-low.-detail #list-pane { display: none; }
HomeScreen.-tiny #footer, HomeScreen.-low #footer, HomeScreen.-sliver #footer { display: none; }
HomeScreen.-tiny #banner, HomeScreen.-low #banner { display: none; }
HomeScreen.-sliver #banner, HomeScreen.-sliver #status, HomeScreen.-sliver #body { display: none; }

/* Wide: the list at the left, detail over log at the right. */
HomeScreen.-wide #body, HomeScreen.-ultra #body {
    layout: grid; grid-size: 2 2; grid-columns: 46% 1fr; grid-rows: 3fr 2fr;
}
HomeScreen.-ultra #body { grid-columns: 44% 1fr; }
HomeScreen.-wide #list-pane, HomeScreen.-ultra #list-pane { row-span: 2; height: 100%; }
HomeScreen.-wide #detail-pane, HomeScreen.-ultra #detail-pane,
HomeScreen.-wide #log-pane, HomeScreen.-ultra #log-pane {
    display: block; height: 100%; border-left: solid ansi_bright_black;
}
HomeScreen.-wide.-log-half #body, HomeScreen.-ultra.-log-half #body { grid-rows: 1fr 2fr; }
HomeScreen.-wide.-log-off #log-pane, HomeScreen.-ultra.-log-off #log-pane { display: none; }
HomeScreen.-wide.-log-off #detail-pane, HomeScreen.-ultra.-log-off #detail-pane { row-span: 2; }
HomeScreen.-wide.-no-detail #detail-pane, HomeScreen.-ultra.-no-detail #detail-pane { display: none; }
HomeScreen.-wide.-no-detail #log-pane, HomeScreen.-ultra.-no-detail #log-pane { row-span: 2; }
HomeScreen.-wide.-no-detail.-log-off #list-pane,
HomeScreen.-ultra.-no-detail.-log-off #list-pane { column-span: 2; }
HomeScreen.-wide.-low #body, HomeScreen.-ultra.-low #body { grid-size: 2 1; grid-rows: 1fr; }
HomeScreen.-wide.-low #log-pane, HomeScreen.-ultra.-low #log-pane { display: none; }
HomeScreen.-wide.-low #list-pane, HomeScreen.-ultra.-low #list-pane { row-span: 1; display: block; }
"""

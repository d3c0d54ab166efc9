"""The history of runs: runs, events, the records of assets, and the DagsterInstance that keeps them. Section 27."""

"""What type checkers must refuse, line by line."""

import dagx as dg

dg.asset(partitions_def=1)
dg.asset(nonsense=1)
dg.AssetSpec("a", nonsense=1)
dg.Definitions(jobs=[])
dg.AssetKey(3)
dg.nonsense()
dg.RetryPolicy(backoff="linear")

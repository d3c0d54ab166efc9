import dagster as dg

nurses = dg.AssetSpec("nurses", owners=["team:staff"], description="Who is on duty, in a book on the desk.")

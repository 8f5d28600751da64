"""Reading more words than one process or machine reads in a day: shards, parts, and workers that may die."""

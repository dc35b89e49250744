"""Names, types, dates and lists: what a policy set gets right or wrong."""

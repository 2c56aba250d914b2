"""What a study publishes: cross-case tables, ratings, timelines."""

"""Label Studio: its projects, tasks and predictions, the labelling screen, and what an answer means."""

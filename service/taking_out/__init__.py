"""What can be taken out of a study as a file, and who makes each; made at once, or by a worker."""

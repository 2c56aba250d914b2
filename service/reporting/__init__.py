"""Documents of a study: the pack of methods and results, and summaries for those who were interviewed."""

"""The agreement report, the disagreements and the consensus: the work behind their commands and pages."""

"""Tables as people keep them: CSV, Excel, JSONL, read as rows that know their number in the file."""

"""A study: its configuration, its folder, who codes in it and who speaks in its transcripts."""

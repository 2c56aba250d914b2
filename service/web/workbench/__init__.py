"""The lead's pages: the study as a whole, bringing in, participants, exports, settings. No rule lives here."""

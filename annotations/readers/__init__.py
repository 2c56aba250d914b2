"""Transcripts from files, one format a module."""

"""Backups of a study: made while everything runs, verified by opening them, and restored into a new place."""

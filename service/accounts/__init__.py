"""Accounts: passwords, signing in, sessions, invitations, tokens for programs, and what a lead changes of them."""

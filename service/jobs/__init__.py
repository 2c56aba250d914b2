"""The worker that does what was asked for, who may still ask for it, and what it does unasked."""

"""What a process asks of the machine it runs on: a free port, a signal to stop, lines of its log."""

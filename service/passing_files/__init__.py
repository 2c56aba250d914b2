"""Files that pass through a server: what a browser sent and nobody has brought in yet, and what was made to be taken along.

They hold participants' words, so they lie in the state folder, for their owner alone, and are swept.
"""

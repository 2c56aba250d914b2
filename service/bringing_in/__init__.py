"""Files that a browser sent, from their first look to the study and back: looked at, mended, brought in, undone.

What is read, refused and kept is decided by the functions of ``service/importing``, as for the commands.
"""

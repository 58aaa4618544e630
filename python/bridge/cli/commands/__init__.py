"""One module for each command, which is loaded when the command is asked for.

Even then no PyTorch and no Matplotlib is loaded, which take seconds: help and completion need the options alone, and a
wrong usage is refused at once.  A command that needs them imports the module that does while it runs.
"""

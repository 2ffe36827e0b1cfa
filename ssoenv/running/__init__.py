"""Other programs, run as the targets that they are to be.

command.py        a command, found as a shell finds it, in place of this process or as a child of it
attended.py       a child that this process waits for, as if it were called directly
private.py        the files that show a child some profiles and nothing else
selection.py      the targets that names and globs mean
environments.py   the environment of each target, with all asked that the user has to be asked
parallel.py       one command in many targets at once
signals.py        signals that end this process, for its children too
"""

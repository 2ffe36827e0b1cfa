"""Each kind of error: a sentence that says what was wrong, what to type next, and the exit code."""

from collections.abc import Collection


class SsoenvError(Exception):
    """Stop with *sentence* (what was wrong, and where) and *cure* (what to do or type next)."""

    exit_code = 1

    def __init__(self, sentence: str, cure: str = "") -> None:
        super().__init__(sentence, cure)
        self.sentence = sentence
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.sentence} {self.cure}".rstrip()


class UsageError(SsoenvError):
    """The words on the command line don't name something that exists or can be done."""

    exit_code = 2


class NotLoggedIn(SsoenvError):
    """There is no login, and nobody to ask for one, or who was asked declined."""

    exit_code = 3


class NoAccess(SsoenvError):
    """The login is good, but the role is not assigned in that account."""

    exit_code = 4


class ServiceError(SsoenvError):
    """The network or an AWS service failed."""

    exit_code = 5


class ConfigError(SsoenvError):
    """A file of the user's says something that can't be used."""

    exit_code = 6


class NotExecutable(SsoenvError):
    """There is such a command, but it can't be run; the code is that of shells."""

    exit_code = 126


class NotFound(SsoenvError):
    """There is no such command; the code is that of shells."""

    exit_code = 127


class Cancelled(SsoenvError):
    """The user pressed Ctrl-C."""

    exit_code = 130

    def __init__(self, sentence: str = "Cancelled. Nothing changed.") -> None:
        super().__init__(sentence)


def one_of(names: Collection[str], name: str, fault: str) -> str:
    """Return *name* if it is one of *names*. Raise UsageError otherwise: it says *fault*, and lists them."""
    if name not in names:
        raise UsageError(fault, f"One of: {', '.join(names)}.")
    return name

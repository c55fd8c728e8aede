"""Errors a person can act on, and the exit codes they end in.

Every error that is the user's to mend derives from `SigntuiError` and carries one sentence: what is
wrong, where, and what to do. Anything else that escapes is a bug and keeps its traceback.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every `signtui` command."""

    DONE = 0
    FAILED = 1  # the run failed or diverged
    USAGE = 2  # usage or configuration
    DATA = 3
    INTERRUPTED = 130
    TERMINATED = 143


class SigntuiError(Exception):
    """An error whose message is one sentence for the user."""

    exit_code = ExitCode.FAILED


class ConfigError(SigntuiError):
    """A setting, option, preset or configuration file that can't be used."""

    exit_code = ExitCode.USAGE


class DataError(SigntuiError):
    """A data file or folder that can't be used: names the file, and the row and column where it can."""

    exit_code = ExitCode.DATA


class RunError(SigntuiError):
    """A run that can't be found, read or written."""

    exit_code = ExitCode.USAGE

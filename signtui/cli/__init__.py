"""The command line: parse, call one function, choose the exit code."""

"""The maintainers' commands, each run from the course's folder as `python -m tools.NAME`."""

"""The one dialog engine: flows are data, the step is a pure function, the shell of a turn keeps it once and in order."""

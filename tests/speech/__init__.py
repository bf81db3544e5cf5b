"""The test caller's sound."""

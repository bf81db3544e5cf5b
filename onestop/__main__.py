"""`python -m onestop`: the same as the command `onestop`."""

from onestop.cli import main

main()

"""For the people who write flows: check and prove, perform plays."""

"""What was meant: pure readers of sentences that were typed or heard, each with its words in `data/`.

No I/O, no state, nothing of the other rooms. Every reader is total: any text gives an answer or None, never an exception.
"""

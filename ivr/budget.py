"""What a caller can bear, and what a call costs in time. Every number with where it comes from."""

from dialogs.contract import Budget, Wants

TELEPHONE = Budget(
    channel="telephone",
    # ISO/IEC 13714 (through summaries) and Avaya's guidelines: at most 4 choices, help, repeat, back and person not counted.
    choices=4,
    # Ours: nobody keeps more in mind without paper. 30 s are 105 syllables at the pace below; the line's own queue (20 s) is no limit,
    # as sentences are fed one by one.
    speech_seconds=30.0,
    # Ours, between 120 to 140 characters a minute that the elderly find comfortable (2.3 a second) and ordinary announcements (4 to 5).
    syllables_per_second=3.5,
    # From event to reply. Above it the caller is told "请稍等"; target for end of speech to first sound is 0.9 s at p95.
    answer_seconds=2.5,
    takes=frozenset({Wants.CHOICE, Wants.DIGITS, Wants.TEXT}),
)

"""What one television screen can bear."""

from __future__ import annotations

from channels.tv.layout import HD
from dialogs.contract import Budget, Wants

#: How many pages of text a reply may have before a viewer loses the thread. Our own judgement: a survey of 1,191 elderly viewers found that
#: 49.6 % cannot reach what they want on a television and 27.2 % give up; every further page is another key press for them.
PAGES = 3

#: Choices: two columns of three items of 92 px, the least that leaves three lines of text above them in the safe area (64 and 36 px of
#: 1280x720: developer.android.com, television layouts) with targets of at least 80 px and a main text of 30 px or more (MIIT's 2021
#: specification for elderly-friendly apps, in px at 720p).
#: Lines and line width: what `layout.HD` really holds on a page of text, times the pages.
#: Answer: the page's script gives up after 8 s; boxes wait 5 to 8 s for XHR.
BUDGET = Budget(
    channel="tv",
    choices=6,
    lines=PAGES * HD.reading_lines,
    line_width=HD.line_width,
    answer_seconds=8.0,
    takes=frozenset({Wants.CHOICE, Wants.DIGITS}),
)

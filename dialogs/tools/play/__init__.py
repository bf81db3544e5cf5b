"""Plays: conversations written like a script, performed on real terminals and compared line by line.

    play: 查一件正在办的事
    terminals: [wechat, tv, telephone]
    given:
      - {case: mine, item: YL-001, mobile: "13800138000", acts: [accept, process]}
    scene:
      - resident: arrives
      - hears: 您要办什么事
      - resident: {pick: 查进度}
      - asks: check_status.number
      - resident: {enter: "{mine}"}
      - hears: {telephone: 后四位, otherwise: 手机号的后四位}
      - house: {clerk: {case: "{mine}", act: approve}}
      - records: {cases: 0}

A scene's line is one of

- `resident:` what the resident does. `arrives`, `leaves`, `waits` (says nothing), `again` (the last event is delivered once more), `unanswered`
  (the person who was called for does not come); or one of `say`, `pick` (a shown choice), `enter` (a number), `press` (telephone keys),
  `noise`, `old` (a choice of an earlier screen), `photo`, `waits: 3h` (time passes: m, h or d). `{say: …, heard: [a, b]}`: what the
  telephone's recogniser makes of it, best first.
- `hears:`, `never hears:` pieces of what was shown or said since the resident's last line.
- `offers:`, `never offers:` labels of the choices that are offered now.
- `asks:` the stable name of the question that is asked now (`request.fill_in.mobile`); `nothing` where none is.
- `records:` what the records hold because of this play: `cases` (how many), and of the last one `item`, `state`, `channel`, `answers`;
  `hand_overs`, `call_backs` (how many), `profile` (what is remembered of this resident).
- `house:` what happens behind the scenes: `records: down` or `up`; `clerk: {case, act, note}`; `person: takes` or `closes` (the desk, with the
  last hand-over); `withdraw: YL-002` (the office takes an item off the catalogue, as long as the play lasts); `photos: forgotten` (those that no
  request has taken up).

`{mine}` is the number of a given case, `{last}` that of the last one submitted in the play. A value under `{terminal: …, otherwise: …}` differs by
terminal; a line that is null for a terminal is left out there.
"""

from dialogs.tools.play.perform import Miss, Performance, perform
from dialogs.tools.play.script import TERMINALS, Given, Line, Play, PlayError, Script, read_play
from dialogs.tools.play.stage import Act, Asked, CannotDo, Stage, World

__all__ = [
    "TERMINALS",
    "Act",
    "Asked",
    "CannotDo",
    "Given",
    "Line",
    "Miss",
    "Performance",
    "Play",
    "PlayError",
    "Script",
    "Stage",
    "World",
    "perform",
    "read_play",
]

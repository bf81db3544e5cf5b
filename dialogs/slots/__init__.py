"""The kinds of answers. Each knows how to read what was typed, said or pressed, how to check it, how to tell it back, and how to hide it.

`table.SLOT_TYPES` lists them; a new kind is one record there and one pure `read`.
"""

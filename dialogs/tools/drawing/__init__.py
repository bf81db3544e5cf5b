"""How pictures of flows are made, without knowing what a flow is worth: what there is to draw, where it stands, and how its text breaks.

`draw` beside this folder puts it together.
"""

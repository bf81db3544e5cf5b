"""What is true: the catalogue of public services, residents, cases and their history, hand-overs, notices.

Knows no terminal and no dialog. Start with `Database`, then `Catalogue`, `Cases`, `HandOvers`, `Notices`.
"""

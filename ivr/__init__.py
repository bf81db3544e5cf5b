"""The telephone: a call's life, its keys, words and sound, and the Asterisk that carries it.

`onestop` builds `ivr.hotline.Hotline` (calls), `ivr.ami.Ami` (steering) and `ivr.asterisk.AsteriskServer`; `ivr.handset.Handset` drives the
same calls without a telephone.
"""

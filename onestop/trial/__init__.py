"""The trial page: a newcomer tries every terminal on one screen and sees the records change beside it.

Served in trial mode only, to this machine only (unless ONESTOP_TRIAL_PUBLIC). Nothing in here is used in production.
"""

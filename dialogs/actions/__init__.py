"""What flows may ask of the records: `specs` say what there is, `run` does it."""

from dialogs.actions.run import Actions, Offices, domain_choices, names_to_hear, what_next
from dialogs.actions.specs import SPECS, ActionSpec, Context

__all__ = ["SPECS", "ActionSpec", "Actions", "Context", "Offices", "domain_choices", "names_to_hear", "what_next"]

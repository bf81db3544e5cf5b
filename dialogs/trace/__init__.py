"""What every turn leaves behind: one record without personal data, kept for a while, readable as a play and replayable as a test.

`trace_of` builds the record (pure), `TraceStore` keeps it; nothing a resident said gets in unless it is known to be harmless (`masking`).
"""

from dialogs.trace.making import trace_of
from dialogs.trace.record import Asked, Did, Event, Meant, Said, Trace, Tracer
from dialogs.trace.store import Summary, TraceStore

__all__ = ["Asked", "Did", "Event", "Meant", "Said", "Summary", "Trace", "TraceStore", "Tracer", "trace_of"]

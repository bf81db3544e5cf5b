"""Let a hand-over wait for a call back, and tell that nobody answered it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hand_overs", sa.Column("call_back_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("hand_overs", sa.Column("unanswered_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint("hand_over_state", "hand_overs")
    op.create_check_constraint("hand_over_state", "hand_overs", "state IN ('waiting','call_back','taken','closed')")


def downgrade() -> None:
    op.execute("UPDATE hand_overs SET state = 'waiting' WHERE state = 'call_back'")
    op.drop_constraint("hand_over_state", "hand_overs")
    op.create_check_constraint("hand_over_state", "hand_overs", "state IN ('waiting','taken','closed')")
    op.drop_column("hand_overs", "unanswered_at")
    op.drop_column("hand_overs", "call_back_at")

"""Add domains and the city directory, and bring the items' bodies to the shape that has them: a case keeps the guide it was filed under."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())
ASKED = ("我要办{}", "怎么办{}")
"""Items had names only, no sentences in which people ask for them; these two are made of each name until the item is imported anew."""
HOURS = "工作日，具体以办理地点公布的为准"
SOURCE = "示例"


def upgrade() -> None:
    op.create_table(
        "domains",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "offices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "approvals",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", "version"),
    )
    _themes_become_domains()
    _each_body(_with_domain)


def downgrade() -> None:
    _each_body(_without_domain)
    op.drop_table("approvals")
    op.drop_table("offices")
    op.drop_table("domains")


def _themes_become_domains() -> None:
    """Until real domains are imported each theme has one, which is called like it."""
    op.execute(
        sa.text(
            "INSERT INTO domains (id, theme, position, body) SELECT id, id, 1, jsonb_build_object("
            "'id', id, 'label', body->'label', 'theme', id, 'order', 1, 'words', '[]'::jsonb, 'source', CAST(:source AS text)) FROM themes"
        ).bindparams(source=SOURCE)
    )


def _each_body(change: Any) -> None:
    items = sa.table("items", *(sa.column(name) for name in ("code", "version", "digest")), sa.column("body", JSONB))
    connection = op.get_bind()
    for row in connection.execute(sa.select(items)).all():
        body = change(dict(row.body))
        digest = hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        this = (items.c.code == row.code) & (items.c.version == row.version)
        connection.execute(sa.update(items).where(this).values(body=body, digest=digest))


def _with_domain(body: dict[str, Any]) -> dict[str, Any]:
    theme, label, names = body.pop("theme"), body.pop("theme_label"), body["ways"]
    sentences = [asked.format(name) for name in dict.fromkeys([body["name"], *names]) for asked in ASKED]
    return {
        **body,
        "aliases": names,
        "ways": {"colloquial": sentences, "indirect": [], "typed": [], "misheard": []},
        "domain": theme,
        "domain_label": label,
        "source": SOURCE if body.get("sample") else "",
        "level": "乡镇",
        "handling": "代办",
        "at_home": False,
        "hours": HOURS,
        "benefit": "",
    }


def _without_domain(body: dict[str, Any]) -> dict[str, Any]:
    for key in ("source", "handling", "at_home", "hours", "benefit"):
        del body[key]
    domain, label, aliases = body.pop("domain"), body.pop("domain_label"), body.pop("aliases")
    return {**body, "ways": aliases, "theme": domain, "theme_label": label, "level": "县级"}

"""What files refer to in the storage beside their content, and their tags to search by."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assets", sa.Column("thumbnail", sa.String(length=64), nullable=True))
    op.add_column("assets", sa.Column("proxy", sa.String(length=64), nullable=True))
    for column in ("sha256", "thumbnail", "proxy"):
        op.create_index(op.f(f"ix_assets_{column}"), "assets", [column], unique=False)
    op.create_table(
        "asset_tags",
        sa.Column("asset_id", sa.String(length=36), nullable=False),
        sa.Column("tag_key", sa.String(length=192), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_asset_tags_asset_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("asset_id", "tag_key", name=op.f("pk_asset_tags")),
    )
    op.create_index(op.f("ix_asset_tags_tag_key"), "asset_tags", ["tag_key"], unique=False)

"""The metadata that all tables of this service belong to, but for the event store's."""

import sqlalchemy as sa

metadata = sa.MetaData()

"""A model version put to serve, and its suggestions asked for where older ones stand in Label Studio."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from annotations.store.jobs import ask_for, latest_of
from annotations.store.label_studio_projects import projects
from annotations.store.model_versions import promote


def put_to_serve(
    connection: Connection, model: UUID, *, verdict: str, reason: str, by: str | None = None
) -> None:
    """Let this version serve from now on; what stands in Label Studio is to show its suggestions.

    Both in the transaction of ``connection``: no crash leaves old suggestions standing that nobody is asked to renew.
    """
    promote(connection, model, verdict=verdict, reason=reason, by=by)
    if projects(connection):
        ask_for(connection, "renew", {})


def renewal_waits(connection: Connection) -> bool:
    """Does a job wait that brings the suggestions of the version that serves to Label Studio?"""
    last = latest_of(connection, "renew")
    return last is not None and last.state == "waiting"

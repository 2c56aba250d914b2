"""How each wave is put before coders: passage by passage, or an interview as a whole. The choice can be changed."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Connection, select

from annotations.store.tables import wave_views


class TaskView(StrEnum):
    """What one task in Label Studio is."""

    PASSAGE = "passage"
    INTERVIEW = "interview"


def view_of(connection: Connection, wave: str) -> TaskView:
    """The view in force for a wave; passages, if nobody chose."""
    v = wave_views
    wanted = select(v.c.view).where(v.c.wave == wave).order_by(v.c.sequence.desc()).limit(1)
    view = connection.execute(wanted).scalar()
    return TaskView.PASSAGE if view is None else TaskView(view)


def choose_view(connection: Connection, wave: str, view: TaskView) -> bool:
    """Put a wave before coders in this view from now on; was it another one before?"""
    if view_of(connection, wave) is view:
        return False
    connection.execute(wave_views.insert().values(wave=wave, view=view.value))
    return True

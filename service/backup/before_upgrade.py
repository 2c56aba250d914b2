"""A backup before a newer Tandem changes a study's tables, so that there is a way back."""

from __future__ import annotations

import logging

from sqlalchemy import make_url

from annotations.errors import TandemError
from annotations.study.config import Study
from service.backup.kept import usual_folder
from service.backup.make import make_backup
from service.backup.password import password_in
from service.backup.postgresql_dump import INSTALL, find_pg_dump
from service.settings import Settings

log = logging.getLogger("tandem")


def back_up_before_upgrade(study: Study, database_url: str, settings: Settings, tables: str) -> None:
    """Make a backup of a study whose tables are of version ``tables``, and say where it is.

    On PostgreSQL without pg_dump a sentence is all. Raises TandemError if there could be no backup: then the tables stay
    as they are.
    """
    if make_url(database_url).get_backend_name() == "postgresql" and find_pg_dump() is None:
        log.warning(
            "the tables of this study are of an older Tandem (version %s) and are brought up to date now. No backup was "
            "made first, since pg_dump is not on this machine. %s",
            tables,
            INSTALL,
        )
        return
    given = settings.backup_password_file
    try:
        made = make_backup(
            study,
            database_url,
            settings,
            to=usual_folder(settings, study),
            password=None if given is None else password_in(given, study.folder),
            why=f"before tables of version {tables} were brought up to date",
        )
    except (TandemError, OSError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise TandemError(
            f"this study's tables are of an older Tandem (version {tables}), and no backup could be made before bringing "
            f"them up to date: {said} Nothing was changed."
        ) from error
    log.warning(
        "the tables of this study are of an older Tandem (version %s) and are brought up to date now. A backup was made "
        "first: %s",
        tables,
        made.file,
    )

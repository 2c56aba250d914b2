"""What Tandem stands on, checked one by one: each check says what it found and, where it fails, the remedy."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

from annotations.disk_faults import disk_fault_of
from annotations.errors import Busy, NoStudy, TandemError, kind_of
from annotations.numbers_shown import counted
from annotations.progress import Progress
from annotations.store.damaged_rows import damaged_rows, structure_faults
from annotations.store.label_studio_projects import projects
from annotations.store.label_studio_reads import last_read
from annotations.store.model_versions import all_models, champion, why_nothing_serves
from annotations.store.seen_annotations import count_set_aside
from annotations.store.webhooks import count_waiting
from annotations.study.config import find_study
from service.composition import Parts
from service.doctor.check_made import Check, attempted
from service.doctor.erasures_checked import corrected_passages, withdrawals, words_taken_out
from service.label_studio.local import LocalLabelStudio
from service.settings import Settings, read_settings

LEAST_FREE_BYTES = 2_000_000_000


def run_checks(folder: Path | None, progress: Progress) -> list[Check]:
    """Check this machine, and the study if there is one."""
    settings = read_settings()
    checks: list[Callable[[], Check]] = [_python, _encoder, lambda: _label_studio_installed(settings)]
    parts = None
    try:
        parts = Parts(find_study(folder), settings)
        checks += _of_study(parts)
    except NoStudy as error:
        missing = Check("study", False, str(error), "Go to a study's folder, or give --study.")
        checks.append(lambda: missing)
    except TandemError as error:
        broken = Check("study", False, "study.yaml cannot be used", str(error))
        checks.append(lambda: broken)
    checks_done = []
    for done, check in enumerate(checks, start=1):
        checks_done.append(_made(check, parts))
        progress(done, len(checks))
    if parts is not None:
        parts.close()
    return checks_done


def _of_study(parts: Parts) -> Iterator[Callable[[], Check]]:
    yield lambda: _imports(parts.study.folder)
    yield lambda: _addresses(parts)
    yield lambda: attempted("codebook", lambda: counted(len(parts.codebook.applicable), "code"), "")
    yield lambda: attempted("database", lambda: parts.store.place, "")
    yield lambda: _database_sound(parts)
    yield lambda: _segmenter(parts)
    yield lambda: _disk(parts.study.folder)
    yield lambda: attempted("embedder", lambda: f"{parts.embedder.name} ({parts.embedder.fingerprint})", "")
    yield lambda: _model_files(parts)
    yield lambda: _tracking(parts)
    yield lambda: _mirrored(parts)
    yield lambda: _label_studio(parts)
    yield lambda: _corrections(parts)
    yield lambda: withdrawals(parts)
    yield lambda: words_taken_out(parts)
    yield lambda: corrected_passages(parts)
    yield lambda: _backups(parts)
    yield lambda: _leftovers(parts)


def _made(check: Callable[[], Check], parts: Parts | None) -> Check:
    """The check's own word. One that could not be made is a failure, and the others are made all the same."""
    try:
        return check()
    except Exception as error:  # noqa: BLE001 (a damaged study may raise anything; its message may quote a row)
        of_disk = disk_fault_of(error, *([] if parts is None else [parts.study.folder]))
        remedy = "See the other checks; if none fails, report this line, which holds nothing of your data."
        if of_disk or isinstance(error, TandemError):
            remedy = str(of_disk or error)
        return Check("a check", False, f"could not be made ({kind_of(error)})", remedy)


def _database_sound(parts: Parts) -> Check:
    """Are the database's file and rows as they were written? Says how many are not, and in which tables."""

    def look() -> str:
        with parts.store.reading() as connection:
            faults, rows = structure_faults(connection), damaged_rows(connection)
        if not faults and not rows:
            return "its file is whole, and every row can be read"
        said = [f"{counted(faults, 'fault')} in the structure of its file"] if faults else []
        if rows:
            tables = ", ".join(f"{name}: {count}" for name, count in rows.items())
            said.append(
                f"{counted(sum(rows.values()), 'row')} that cannot be read or changed since ({tables})"
            )
        raise TandemError(
            f"The database has {' and '.join(said)}. Stop Tandem, keep a copy of the folder as it is, and put back the "
            f"file from your backup; then check the disk."
        )

    return attempted("database's content", look, "")


def _python() -> Check:
    running = ".".join(map(str, sys.version_info[:3]))
    return Check(
        "Tandem",
        sys.version_info >= (3, 11),
        f"{version('tandem-coding')} on Python {running}",
        "Use Python 3.11.",
    )


def _encoder() -> Check:
    from models.embedder import EmbedderSource

    return attempted(
        "shipped encoder", lambda: f"all-MiniLM-L6-v2, hash right ({EmbedderSource().fingerprint})", ""
    )


def _label_studio_installed(settings: Settings) -> Check:
    program = LocalLabelStudio(settings.state, settings.label_studio_env).program
    return Check(
        "Label Studio installed",
        program is not None or settings.label_studio_url is not None,
        str(program or settings.label_studio_url or "not on this machine"),
        'Run "make install", or set LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY to use another one.',
    )


def _addresses(parts: Parts) -> Check:
    """Does the study name an address that nobody has confirmed? None is called to find that out."""
    from service.trust.reach import not_confirmed

    def look() -> str:
        waiting = not_confirmed(parts.study, parts.settings)
        if waiting:
            raise TandemError(" ".join(waiting))
        return "none but yours, and those that were confirmed"

    return attempted("addresses", look, "")


def _imports(folder: Path) -> Check:
    """Would Python run a program that lies in the study's folder? Tandem itself never lets it."""
    searched = any(Path(entry).resolve() == folder for entry in sys.path)
    places_searched = (
        "Python looks for programs in the study's folder" if searched else "none from the study's folder"
    )
    remedy = "PYTHONPATH names the folder, or has an empty entry (a colon at an end, or two together): take it out."
    return Check("imports", not searched, places_searched, remedy)


def _segmenter(parts: Parts) -> Check:
    from annotations.transcript import SpokenTurn, Transcript, canonical
    from models.segmenter import segment

    def look() -> str:
        text, turns = canonical([SpokenTurn("P", "One. Two.")], ())
        segment(Transcript("t", text, turns), parts.segmentation)
        entry = parts.segmentation
        return f"unit {entry.unit}, pipeline {entry.pipeline}"

    return attempted("segments", look, "")


def _disk(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    remedy = "Make room: models, embeddings and MLflow's runs need some gigabytes."
    return Check("disk", free > LEAST_FREE_BYTES, f"{free / 1e9:.1f} GB free", remedy)


def _model_files(parts: Parts) -> Check:
    def look() -> str:
        from models.artifact import load
        from models.model_folder import model_folder

        with parts.store.reading() as connection:
            serving, why = champion(connection), why_nothing_serves(connection)
        if serving is None:
            return why or "none"
        load(model_folder(parts.study.models_folder, serving.model.folder), serving.model.sha256)
        return f"{serving.model.version} serves, its files are as trained"

    return attempted("model", look, "")


def _tracking(parts: Parts) -> Check:
    from service.serving.train_and_evaluate import tracking_of

    return attempted(
        "MLflow", lambda: f"{tracking_of(parts).check()}, {parts.settings.tracking_uri or 'in the study'}", ""
    )


def _mirrored(parts: Parts) -> Check:
    """Does MLflow say what the study's database says? What it lacks is given to it first."""
    from service.serving.train_and_evaluate import catch_up, tracking_of
    from training.mlflow_mirror import aliases_wanted

    def look() -> str:
        with parts.store.reading() as connection:
            names = {model.run_id: model.version for model in all_models(connection)}
        if not names:
            return "nothing to mirror yet"
        failed = catch_up(parts)
        if failed:
            raise TandemError(failed)
        with parts.store.reading() as connection:
            names = {model.run_id: model.version for model in all_models(connection)}
        named = tracking_of(parts).aliases()
        wanted = {alias: run for alias, run in aliases_wanted(parts.store).items() if run is not None}
        wrong = [
            f"{alias} names {names.get(named.get(alias), named.get(alias) or 'nothing')}, and should name "
            f"{names.get(wanted.get(alias)) or 'nothing'}"
            for alias in ("champion", "challenger", "previous_champion")
            if named.get(alias) != wanted.get(alias)
        ]
        if wrong:
            raise TandemError(
                f"MLflow's alias {'; '.join(wrong)}. The study's own record decides; somebody moved it in MLflow. "
                f'Set it back there, or run "tandem train", which does.'
            )
        said = ", ".join(f"{alias} {names[run]}" for alias, run in wanted.items())
        return f"its aliases say what the study says: {said}"

    return attempted("MLflow's aliases", look, "")


def _label_studio(parts: Parts) -> Check:
    from service.label_studio.connect import label_studio_of

    def look() -> str:
        with label_studio_of(parts, pauses=()) as server:
            return f"{server.url} answers, logged in as {server.check()}"

    return attempted("Label Studio", look, "")


def _corrections(parts: Parts) -> Check:
    """How far corrections have come back. Those set aside are no fault of the machine's, but are said here too."""

    def look() -> str:
        with parts.store.reading() as connection:
            waiting, aside = count_waiting(connection), count_set_aside(connection)
            reads = [last_read(connection, project.id) for project in projects(connection)]
        read = [read.at for read in reads if read is not None]
        zone = ZoneInfo(parts.study.config.time_zone)
        since = f"read until {min(read).astimezone(zone):%Y-%m-%d %H:%M}" if read else "not read yet"
        more = '; "tandem pull" says why' if aside else ""
        return (
            f"{since}, {counted(waiting, 'webhook')} waiting, {counted(aside, 'annotation')} set aside{more}"
        )

    return attempted("corrections", look, "")


def _backups(parts: Parts) -> Check:
    """How old is the last backup that was found to be whole, and where is it?"""
    from datetime import UTC, datetime

    from service.backup.kept import last_good
    from service.backup.old_backup import is_old

    last, nightly = last_good(parts.settings, parts.study), parts.study.config.backup.nightly
    remedy = (
        'Run "tandem backup", which says what is wrong; "tandem jobs list" says what became of last night\'s.'
    )
    if last is None:
        return Check(
            "backup", nightly is None, 'none made on this machine yet: "tandem backup" makes one', remedy
        )
    age = datetime.now(UTC) - last.moment
    hours = age.total_seconds() / 3600
    old = (
        f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} hours" if hours >= 2 else "under two hours"
    )
    if not last.is_there:
        return Check("backup", False, f"the last good one is gone or was changed: {last.file}", remedy)
    is_recent = nightly is None or not is_old(age, nightly=True)
    return Check("backup", is_recent, f"the last good one is {old} old: {last.file}", remedy)


def _leftovers(parts: Parts) -> Check:
    """Does anything lie below the study that belongs to no living run or model?"""
    from models.kept_tunings import FOLDER
    from service.backup.workplace import killed_backups
    from training.sweep_leftovers import leftovers

    def look() -> Check:
        try:
            # a training that is at work has a folder that the database does not name yet
            with parts.alone("doctor"):
                # with what a killed training has done of tuning encoders the next one goes on
                spared = frozenset({parts.study.models_folder / FOLDER})
                left_over = leftovers(parts.store, parts.study, spared)
            backups = killed_backups(parts.settings, parts.study)
        except Busy:
            return Check("leftovers", True, "another command is at work; look again when it has finished")
        if left_over.dead or backups:
            dead = [
                *(str(path.relative_to(parts.study.folder)) for path in left_over.dead),
                *map(str, backups),
            ]
            some = ", ".join(dead[:12]) + (f" and {len(dead) - 12} more" if len(dead) > 12 else "")
            remedy = f'Run "tandem {"train" if left_over.dead else "backup"}", which deletes them.'
            return Check(
                "leftovers", False, f"these belong to no living run, model or backup: {some}", remedy
            )
        if left_over.unknown:
            some = ", ".join(str(path.relative_to(parts.study.folder)) for path in left_over.unknown[:8])
            return Check("leftovers", True, f"none; Tandem did not make these, and leaves them alone: {some}")
        return Check("leftovers", True, "none")

    try:
        return look()
    except TandemError as error:
        return Check("leftovers", False, "cannot be looked for", str(error))

"""Times on pages: told by the clock of the study's time zone."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

from lead_in_browser import INTERVIEW, Lead, a_study

from annotations.moments_shown import moment_shown
from annotations.store.audit_log import rows_of
from service.design.templating import SHARED
from service.web.pages import TEMPLATES


def test_a_page_tells_times_by_the_study_s_clock(tmp_path: Path) -> None:
    """Kathmandu is a quarter of an hour away from all hours, so no other clock can be meant."""
    parts = a_study(tmp_path, time_zone="Asia/Kathmandu")
    try:
        lead = Lead(parts)
        lead.send(("JKG-01.txt", INTERVIEW))
        with parts.store.reading() as connection:
            moments = [row.created for row in rows_of(connection)]
        assert moments
        told = {moment_shown(moment, ZoneInfo("Asia/Kathmandu"), seconds=True) for moment in moments}
        assert told <= set(re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\+0545", lead.get("/audit").text))
        waiting = lead.get("/bring-in").text
        assert re.search(r"on \d{4}-\d\d-\d\d \d\d:\d\d UTC\+0545; deleted after a day", waiting)
    finally:
        parts.close()


def test_no_template_has_a_clock_of_its_own() -> None:
    """Each asks the one filter for it."""
    templates = [file for folder in (TEMPLATES, SHARED) for file in folder.rglob("*.html")]
    assert len(templates) > 50
    assert [
        file.name for file in templates if re.search(r"strftime|isoformat|\bUTC\b", file.read_text("utf-8"))
    ] == []

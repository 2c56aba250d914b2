"""Templates: one environment per folder of them, made once; a template is compiled once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from annotations.moments_shown import day_shown, moment_shown
from annotations.numbers_shown import counted, tallied
from service.design.static_files import address_of_static, stylesheet
from service.design.wrong_fields import wrong_fields
from service.page_words import as_sentence, for_pages

SHARED = Path(__file__).parent / "templates"


@cache
def templates_in(folder: Path) -> Environment:
    """The templates of a folder, and those that all share. All words are escaped; a name that is not there is a fault.

    Filters: ``moment`` and ``day``, which want the time zone; ``counted``, ``tallied``, ``for_pages``, ``as_sentence``
    and ``wrong_fields``.
    Functions: ``static(NAME)``, a file's address; ``stylesheet()``, for files that stand alone.
    """
    made = Environment(
        loader=FileSystemLoader([folder, SHARED]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.filters["counted"] = counted
    made.filters["moment"] = moment_shown
    made.filters["day"] = day_shown
    made.filters["tallied"] = tallied
    made.filters["for_pages"] = for_pages
    made.filters["as_sentence"] = as_sentence
    made.filters["wrong_fields"] = wrong_fields
    made.globals["static"] = address_of_static
    made.globals["stylesheet"] = stylesheet
    return made

"""How other programs name the columns of their tables of coded passages, as they are exported.

Names are in small letters with "_" between words. Sources: the programs' manuals, and exports that people published.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

# stands for the columns that Dedoose has for each code, "Code: Money Applied"
ANY_OF_CODES = "code:"


@dataclass(frozen=True, slots=True)
class ProgramColumns:
    """One program's table. ``needs``: of each of these, one column stands there.

    ``columns``: Tandem's name of a column, and the program's, of which the first that stands there is meant.
    ``position`` is a number that grows along the document, ``at_start`` and ``at_end`` are characters of it; ``listed``:
    a cell may hold several codes. ``silent``: columns that say nothing about a coding.
    """

    program: str
    needs: tuple[frozenset[str], ...]
    columns: Mapping[str, tuple[str, ...]]
    listed: bool = False
    silent: frozenset[str] = frozenset()

    def fits(self, names: Collection[str]) -> bool:
        """Do these columns stand in a table with these names?"""
        return all(any(name in names for name in some) for some in self.needs)


def _needs(*some: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(names.split()) for names in some)


def _columns(**named: str) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({own: tuple(theirs.split()) for own, theirs in named.items()})


MAXQDA = ProgramColumns(
    "MAXQDA coded segments",
    _needs(
        "document_name document",
        "code codes",
        "segment coded_segment coded_segments",
        "begin beginning start document_group weight_score coverage_% area",
    ),
    _columns(
        transcript="document_name document",
        group="document_group",
        code="code codes",
        quote="segment coded_segment coded_segments",
        coder="created_by author coder",
        created="created created_on creation_date coding_date date",
        memo="comment",
        weight="weight weight_score",
        position="begin beginning start",
    ),
    silent=frozenset(
        {"color", "colour", "end", "area", "coverage_%", "coverage", "modified", "modified_by", "modified_on"}
    ),
)
MAXQDA_GERMAN = ProgramColumns(
    "MAXQDA coded segments (German)",
    _needs(
        "dokumentname dokument",
        "code codes",
        "segment codiertes_segment codierte_segmente",
        "anfang beginn dokumentgruppe gewicht abdeckungsgrad_% fläche",
    ),
    _columns(
        transcript="dokumentname dokument",
        group="dokumentgruppe",
        code="code codes",
        quote="segment codiertes_segment codierte_segmente",
        coder="erstellt_von autor codierer codiert_von",
        created="erstellt_am erstellt erstelldatum codierdatum codiert_am datum",
        memo="kommentar",
        weight="gewicht gewichtung",
        position="anfang beginn",
    ),
    silent=frozenset(
        {"farbe", "ende", "fläche", "abdeckungsgrad_%", "abdeckungsgrad", "bearbeitet_von", "bearbeitet_am", "geändert_von",
         "geändert_am", "geändert"}
    ),
)  # fmt: skip
ATLAS_TI = ProgramColumns(
    "ATLAS.ti quotations",
    _needs("document document_name", "codes code", "quotation_content text_content content quotation"),
    _columns(
        transcript="document document_name",
        group="document_groups document_group",
        code="codes code",
        quote="quotation_content text_content content quotation",
        coder="created_by author creating_user",
        created="created creation_date date_created",
        memo="comment quotation_comment",
        position="reference start_position start",
    ),
    listed=True,
    silent=frozenset(
        {"id", "number", "quotation_name", "name", "density", "modified_by", "modified", "modifying_user", "citation",
         "date", "hyperlinks", "code_groups", "quotation_groups", "groups", "end", "end_position", "extent", "memos",
         "number_of_codes", "number_of_memos", "quotation_id"}
    ),
)  # fmt: skip
DEDOOSE = ProgramColumns(
    "Dedoose excerpts",
    _needs(
        "media_title resource_title document_title resource media",
        "excerpt_copy excerpt_text excerpt",
        f"codes_applied_combined codes_applied codes {ANY_OF_CODES}",
    ),
    _columns(
        transcript="media_title resource_title document_title resource media",
        code="codes_applied_combined codes_applied codes",
        quote="excerpt_copy excerpt_text excerpt",
        coder="excerpt_creator app_user user creator",
        created="excerpt_date date",
        memo="excerpt_memo memo memos",
        at_range="excerpt_range",
    ),
    listed=True,
    silent=frozenset({"resource_creator", "resource_date", "excerpt_id", "id"}),
)
TAGUETTE = ProgramColumns(
    "Taguette highlights",
    _needs("document", "tag tags", "content"),
    _columns(transcript="document", code="tag tags", quote="content"),
    silent=frozenset({"id"}),
)
DELVE = ProgramColumns(
    "Delve snippets",
    _needs(
        "snippet snippets snippet_text snippet_content excerpt",
        "code codes code_name code_names",
        "transcript transcript_name transcript_title document",
    ),
    _columns(
        transcript="transcript transcript_name transcript_title document",
        code="codes code code_names code_name",
        quote="snippet_text snippet_content snippet snippets excerpt",
        coder="coder coded_by author user created_by",
        created="created created_at date",
        memo="memo memos note notes comment",
    ),
    listed=True,
    silent=frozenset({"id", "snippet_id", "participant", "speaker", "project"}),
)
QUALCODER = ProgramColumns(
    "QualCoder coded text",
    _needs(
        "codename code_name code",
        "coded coded_text seltext selected_text",
        "coder owner pos0 pos1 ctid",
        "file/case file file_name file_or_case filename source source_name",
    ),
    _columns(
        transcript="file/case file file_name file_or_case filename source source_name",
        code="codename code_name code",
        quote="coded coded_text seltext selected_text",
        coder="coder owner",
        created="date",
        memo="coded_memo memo",
        at_start="pos0",
        at_end="pos1",
    ),
    silent=frozenset({"id", "important", "color", "category"}),
)  # fmt: skip
NVIVO = ProgramColumns(
    "NVivo coding references",
    _needs(
        "coded_text coded_content reference_content reference_text",
        "code code_name node node_name",
        "file file_name source source_name document document_name",
    ),
    _columns(
        transcript="file file_name source source_name document document_name",
        code="code code_name node node_name",
        quote="coded_text coded_content reference_content reference_text",
        coder="coded_by coded_by_initials user initials",
        created="modified_on coded_on created_on",
        memo="annotation memo",
    ),
    silent=frozenset(
        {"coverage", "reference", "reference_number", "reference_id", "coding_reference", "number_of_coding_references",
         "in_folder", "folder", "classification", "aggregate"}
    ),
)  # fmt: skip

# the same with plainer names of columns, known by the coverage beside them
NVIVO_PLAIN = ProgramColumns(
    NVIVO.program,
    _needs(
        "coverage coverage_%", "text content reference references_text quote", "code code_name node node_name",
        "file file_name source source_name document document_name",
    ),
    _columns(
        transcript="file file_name source source_name document document_name",
        code="code code_name node node_name",
        quote="text content references_text quote reference",
        coder="coded_by coded_by_initials user initials",
        created="modified_on coded_on created_on",
        memo="annotation memo",
    ),
    silent=NVIVO.silent | {"coverage_%"},
)  # fmt: skip

# the first that fits is taken: those whose columns no other program has come first
PROGRAMS = (MAXQDA, MAXQDA_GERMAN, DEDOOSE, QUALCODER, ATLAS_TI, NVIVO, NVIVO_PLAIN, TAGUETTE, DELVE)

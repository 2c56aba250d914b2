"""A study: a folder with study.yaml, codebook.yaml, and by default the database and the caches."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
)

from annotations.coding import Coder
from annotations.errors import BadInput, NoStudy, nearest
from annotations.names import fault_of_name, folded, name_in_short
from annotations.segment import Segmentation
from annotations.study.config_faults import ConfigFault, WrongConfig, fault_in_words
from annotations.study.refused_yaml import refuse_tricks
from annotations.study.same_speakers import SameSpeakers

FILE = "study.yaml"
INTERVIEWERS = ("Interviewer", "Moderator", "Facilitator", "Researcher", "INT", "I")
Text = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int | float) else value)]


def _may_be_a_name(name: str) -> str:
    if fault := fault_of_name(name):
        raise ValueError(f'"{name_in_short(name)}" {fault}')
    return name


Name = Annotated[str, AfterValidator(_may_be_a_name)]


class _ConfigSection(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CoderEntry(_ConfigSection):
    """A person who codes: the names they go by in files, and their Label Studio e-mail."""

    name: Name
    aliases: tuple[Name, ...] = ()
    email: str = ""


class SegmentationEntry(_ConfigSection):
    """How transcripts are cut. ``pipeline``: "rules", or the name of an installed spaCy pipeline."""

    unit: Literal["turn", "passage", "sentence"] = "turn"
    max_words: int | None = Field(default=None, ge=5)
    pipeline: str = "rules"


class EmbedderEntry(_ConfigSection):
    """The encoder: "shipped", or a sentence-transformers folder or name that is already on this machine.

    ``fine_tune``: is a copy of it tuned on the study's codes at each training? ``languages``: those it was taught, where
    its model card does not say so.
    """

    model: str = "shipped"
    device: str | None = None
    languages: tuple[Annotated[str, Field(pattern="^[a-z]{2,3}$")], ...] = ()
    fine_tune: bool = False


class ConsentDefaults(_ConfigSection):
    """What holds for a transcript of which nothing else is said."""

    may_train: bool = True
    may_quote: bool = False


class LabelStudioEntry(_ConfigSection):
    """Which Label Studio: the local one that Tandem starts, or any by its address (token from the environment)."""

    url: str | None = None


class ServiceEntry(_ConfigSection):
    """Where Label Studio reaches "tandem serve", if not on this machine's usual port."""

    url: str | None = None

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str | None) -> str | None:
        if url is not None and not re.fullmatch(r"https?://[^\s/]+(/[^\s?#]*)?", url):
            raise ValueError("is no address; give one such as http://127.0.0.1:8430")
        return url


class RetrainEntry(_ConfigSection):
    """When a worker trains by itself: after so many new reviews; "after: null" leaves it to people."""

    after: int | None = Field(default=200, ge=1)


class BackupEntry(_ConfigSection):
    """Where backups go (beside the study's folder where nothing is said), when one is made each night, how many stay.

    ``nightly``: a time of the day in the study's time zone, such as 02:30.
    """

    to: str | None = None
    nightly: str | None = None
    keep: int | None = Field(default=None, ge=1)

    @field_validator("nightly", mode="before")
    @classmethod
    def _time_of_day(cls, given: Any) -> Any:
        # YAML reads 12:30 without quotation marks as a number of minutes
        said = (
            f"{given // 60}:{given % 60:02d}"
            if isinstance(given, int) and not isinstance(given, bool)
            else given
        )
        match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", str(said).strip())
        if said is None:
            return None
        if match is None:
            raise ValueError('is no time of the day; give one such as "02:30"')
        return f"{int(match[1]):02d}:{match[2]}"


class AimEntry(_ConfigSection):
    """What the model's thresholds are for: the best F1 of each code, or at least this precision.

    ``least_precision``: how often a code must have been shown to be right on held-out passages to come ticked.
    """

    precision: float | None = Field(default=None, ge=0.05, le=0.99)
    least_precision: float = Field(default=0.3, ge=0.0, le=0.99)


class PrecodingEntry(_ConfigSection):
    """Where pre-coding is done: in one process, or by the workers of Ray: here, or at ``address`` ("host:port")."""

    engine: Literal["local", "ray"] = "local"
    address: str | None = None


class StudyConfig(_ConfigSection):
    """What study.yaml may say.

    ``no_speakers``, ``unlabelled_participant``: files ("note-1.txt"), folders ("notes/") or patterns ("*-note.txt")
    whose lines have no speakers, or whose lines without a label are the participant's. ``margin``: by how much kappa
    of the model may fall short of that of a second coder and still be called as good. ``codings_columns``: how the team's
    files of codings call the columns of ours, such as "quote: Segment". ``same_speakers``: labels that files misspell, each
    with the speaker who is meant. ``classifier``: the name of what learns the codes (docs/models.md).
    """

    name: str = Field(min_length=1, max_length=80)
    time_zone: str = "UTC"
    language: str = "en"
    cases: dict[Name, tuple[Name, ...]] = Field(default_factory=dict)
    waves: tuple[Annotated[Text, AfterValidator(_may_be_a_name)], ...] = ()
    participant_pattern: str = ""
    file_pattern: str = ""
    coders: tuple[CoderEntry, ...] = ()
    interviewers: tuple[str, ...] = INTERVIEWERS
    participant_speakers: tuple[str, ...] = ()
    same_speakers: SameSpeakers = Field(default_factory=dict)
    no_speakers: tuple[str, ...] = ()
    unlabelled_participant: tuple[str, ...] = ()
    segmentation: SegmentationEntry = SegmentationEntry()
    embedder: EmbedderEntry = EmbedderEntry()
    classifier: str = Field(default="default", min_length=1, max_length=40)
    aim: AimEntry = AimEntry()
    consents: ConsentDefaults = ConsentDefaults()
    label_studio: LabelStudioEntry = LabelStudioEntry()
    service: ServiceEntry = ServiceEntry()
    codings_columns: dict[str, str] = Field(default_factory=dict)
    retrain: RetrainEntry = RetrainEntry()
    backup: BackupEntry = BackupEntry()
    margin: float = Field(default=0.10, gt=0, le=0.5)
    database: str | None = None
    precoding: PrecodingEntry = PrecodingEntry()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f'"{name}" is no time zone; give one such as Europe/Stockholm') from error
        return name

    @field_validator("aim", mode="before")
    @classmethod
    def _aim_in_words(cls, given: Any) -> Any:
        if isinstance(given, dict | AimEntry):
            return given
        if str(given).strip().casefold() == "best f1":
            return {}
        raise ValueError('is "best f1", or a section such as "aim: {precision: 0.7}"')

    @field_validator("participant_pattern", "file_pattern")
    @classmethod
    def _pattern_compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from error
        return pattern

    @field_validator("coders")
    @classmethod
    def _names_once(cls, coders: tuple[CoderEntry, ...]) -> tuple[CoderEntry, ...]:
        seen: dict[str, str] = {}
        for coder in coders:
            for name in {folded(coder.name), *(folded(alias) for alias in coder.aliases)}:
                if name in seen:
                    raise ValueError(
                        f'"{name}" names both {seen[name]} and {coder.name}; a name may mean one coder'
                    )
                seen[name] = coder.name
        return coders

    @property
    def segmentation_used(self) -> Segmentation:
        """The segmentation as the domain knows it."""
        entry = self.segmentation
        pipeline = entry.pipeline if entry.pipeline != "rules" else f"rules:{self.language}"
        return Segmentation(entry.unit, entry.max_words, pipeline)

    @property
    def people(self) -> tuple[Coder, ...]:
        """The coders of study.yaml."""
        return tuple(Coder(entry.name, "person", entry.aliases, entry.email) for entry in self.coders)


class Study:
    """A study's folder and what its study.yaml says."""

    def __init__(self, folder: Path, config: StudyConfig) -> None:
        self.folder = folder
        self.config = config

    @property
    def codebook_file(self) -> Path:
        """The codebook in force."""
        return self.folder / "codebook.yaml"

    @property
    def database_file(self) -> Path:
        """The embedded database."""
        return self.folder / "tandem.db"

    @property
    def models_folder(self) -> Path:
        """Where model versions lie."""
        return self.folder / "models"

    @property
    def embeddings_file(self) -> Path:
        """The embedding cache."""
        return self.folder / "embeddings.db"

    @property
    def precoding_folder(self) -> Path:
        """Where passages lie for workers elsewhere while they are suggested for; it goes with the run."""
        return self.folder / ".tandem-precoding"

    @property
    def import_preview(self) -> Path:
        """The page of "tandem import --preview"; it holds words of participants until the next import."""
        return self.folder / "import-preview.html"

    @property
    def tracking_file(self) -> Path:
        """MLflow's store, where no server is configured."""
        return self.folder / "mlflow.db"

    @property
    def runs_folder(self) -> Path:
        """What MLflow's runs hold as files, where no server is configured."""
        return self.folder / "mlruns"


def find_study(given: Path | None = None) -> Study:
    """The study in ``given``, else the nearest study.yaml upwards from here. Raises NoStudy, BadInput."""
    if given is not None:
        if not (given / FILE).is_file():
            raise NoStudy(f'{given} is no study: it holds no {FILE}. Make one with "tandem init {given}".')
        return read_study(given)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return read_study(folder)
    raise NoStudy(
        f'there is no {FILE} in {here} or above it. Go to a study\'s folder, give --study, or make one with "tandem init".'
    )


def read_study(folder: Path) -> Study:
    """Read ``folder``/study.yaml; raises BadInput that names the key, what was found and what is allowed."""
    file = folder / FILE
    try:
        text = file.read_text("utf-8-sig")
        refuse_tricks(text, str(file))
        plain = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadInput(f"{file}: this is no readable YAML ({_one_line(error)}). Correct the line.") from error
    if not isinstance(plain, dict):
        raise BadInput(f'{file}: expected keys such as "name: My study", found {type(plain).__name__}.')
    return Study(folder.resolve(), parse_config(plain, where=str(file)))


def parse_config(plain: dict[str, Any], *, where: str = FILE) -> StudyConfig:
    """Check plain data against StudyConfig; raises WrongConfig, one line a fault."""
    try:
        return StudyConfig.model_validate(plain)
    except ValidationError as error:
        raise WrongConfig(_fault(fault, where) for fault in error.errors()) from error


def _fault(fault: Any, where: str) -> ConfigFault:
    if fault["type"] != "extra_forbidden":
        return fault_in_words(fault, where)
    key = ".".join(str(part) for part in fault["loc"])
    close = nearest(str(fault["loc"][-1]), _keys_at(fault["loc"][:-1]), at_least=50)
    line = f'{where}: key "{key}" is not known.' + (f' Did you mean "{close}"?' if close else "")
    return ConfigFault(fault["loc"], line, line)


def _keys_at(path: tuple[Any, ...]) -> list[str]:
    sections: dict[str, type[BaseModel]] = {
        "coders": CoderEntry,
        "segmentation": SegmentationEntry,
        "embedder": EmbedderEntry,
        "aim": AimEntry,
        "consents": ConsentDefaults,
        "label_studio": LabelStudioEntry,
        "service": ServiceEntry,
        "retrain": RetrainEntry,
        "backup": BackupEntry,
    }
    section = sections.get(str(path[0]), StudyConfig) if path else StudyConfig
    return list(section.model_fields)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]

"""Sentences that speak of a command or its options, in the words of pages, where the same is done on one of them."""

from __future__ import annotations

import re

# what is said to whoever types commands, and to whoever looks at the page
_SAID = (
    (r"its name does not fit participant_pattern of study\.yaml\. Correct one of them, or give --participant or a "
     r"manifest\.",
     "the file's name is not as Settings say under \"Participant's code in a file's name\". Say whose it is."),
    (r'\(?in Settings \("consents: \{may_quote: true\}" in study\.yaml\)', 'in Settings (tick "It may be quoted")'),
    (r"is not in study\.yaml", "is none of the study's"),
    (r"Correct one of them, or study\.yaml\.", "Correct one of them, or the list in Settings."),
    (r"\bstudy\.yaml lists no site", "The study has no site"),
    (r"\bstudy\.yaml lists it; it stands there", "Settings list it; it stands there"),
    (r"no speakers: study\.yaml, or its kind, says so", "no speakers: Settings, or its kind, say so"),
    (r"study\.yaml does not say whether they ask or answer", "nobody has said whether they ask or answer"),
    (r"so study\.yaml cannot say who they are", "so nobody can say for all files who they are"),
    (r"the interviewers of study\.yaml have changed", "the speakers who ask (Settings) have changed"),
    (r"study\.yaml keeps these names of columns", "the study keeps these names of columns"),
    (r"If they have other names there, say which: --columns \S+ \(kept in study\.yaml\)\.",
     'If they have other names there, say which in Settings, under "What your files of codings call our columns".'),
    (r"Other names of a person stand in study\.yaml as aliases\.", "Other names of a person stand in Settings."),
    (r"the columns that study\.yaml names", "the columns that Settings name"),
    (r"if it holds codes that the coders looked for later, name these with --only\.",
     "if it holds codes that the coders looked for later, send these in a file of their own."),
    (r"Add them to interviewers or to participant_speakers there first:", "Say so in Settings first:"),
    (r"Name the codes of the export with --only, or leave --complete out\.",
     'Leave "What did the coders read?" as it is.'),
    (r"If the coders have looked for a newer code since, say so: import with --only CODE --complete all\.",
     "If the coders have looked for a newer code since, send a file with that code alone, and say that they read all."),
    (r"move this file to another folder for that\.",
     'for that, say under "What each file is" that this file is not to come in.'),
    (r"Leave --complete out, or say who:", 'Leave "What did the coders read?" as it is, or say who:'),
    (r" Tandem reads it otherwise now: --reread shows how\.", " Tandem reads it otherwise now."),
    (r"Give --kind document or --kind 'field note' if it is one",
     'Say so under "It is" if it is a document or a field note'),
    (r"If its unlabelled lines are the participant's, give --unlabelled-participant; if it is no interview, --no-speakers\.",
     'If its unlabelled lines are the participant\'s, or if it is no interview, say so under "Its lines".'),
    (r"Correct one of them, or give --participant or a manifest\.", "Say whose it is, or correct the pattern (Settings)."),
    (r"Rename the file, or give --replace to put these words in its place: what is coded on words that stay moves along\.",
     'Give it another name in the study, or say of all that they are corrected texts: what is coded on words that stay '
     "moves along."),
    (r"Give --replace to take the new (ones|turns): what is coded moves along\.",
     "Say of all that they are corrected texts to take the new ones: what is coded moves along."),
    (r"--replace corrects what is in the study; leave it out to import a new transcript\.",
     "Take the tick at corrected texts away to bring in a new transcript."),
    (r"see tandem import --reread\.", "say of all that they are corrected texts to take the new turns."),
    (r"Add them to interviewers or to participant_speakers there and import again\.", "Say so above."),
    (r'\s*\("tandem participants" shows them\)', ""),
    (r"import it again with --complete all\.", 'say so under "What did the coders read?".'),
    (r"Correct the rows and import the file again with --complete all\.", "Mend the rows, and say that they read all."),
    (r"\(--complete listed\)", "(only what is listed counts)"),
    (r"Say so with --coder NAME\.", 'Say so under "Who coded".'),
    (r"Give --coder NAME, or a column coder\.", 'Say so under "Who coded".'),
    (r",? or give --skip-bad-rows to import the others\.", ", or leave these rows out."),
    (r"\s*--problems FILE writes all of them\.", ""),
    (r'Bring it in with "tandem import-project"\.', "Say below that it is a project of another program."),
    (r'Bring them in with "tandem import-project"\.', "Say below that they are projects of another program."),
    (r"Say which codes these are with --map \(--dry-run --write-map FILE writes the table\), add those that are missing "
     r"with --add-codes, or begin",
     "Say below which codes these are, add those that are missing, or begin"),
    (r"--double gives passages to two coders independently, and there (is [^.]*)\. List at least two under coders in "
     r"study\.yaml, or name two of them with --coder\.",
     r'"For two people" gives passages to two coders, and there \1. Tick two people, or put more of them on the list of '
     "coders (Settings)."),
    (r"the framework that it is crossed with: --framework NAME --with NAME\.", "both frameworks that are crossed."),
    (r"let go: give --drop\.", "let go."),
    (r"Say with --turn which turn it holds for, or give --drop\.", "Say which turn it holds for, or let it go."),
    (r"Draw one case: --case CASE\.", "Draw one case alone."),
    (r"^--reason is empty\. ", "The reason is empty. "),
    (r"^--by is missing\. ", "The name is missing. "),
    (r"^--order orders single passages, and this wave is put before coders as whole interviews\. Leave it away, give "
     r"--order transcripts, or push with --view passage\.",
     "This order is one of single passages, and this wave is put before coders as whole interviews. Choose another order, "
     "or passages."),
    (r"^--for: ", ""),
    (r'^--([a-z]+)(?=:| ")', r"\1"),
    (r", in this column or with --(?:by|rater) NAME", ", in this column"),
    (r"import codings with --complete all \(--only if it is new\)",
     "bring codings in and say that the coders read everything (or, if it is new, that they looked for this code)"),
    (r"(?<=another version) with --version", ""),
    (r"Correct it, or add it there\.", "Correct it, or add it under Settings."),
    (r"Say in study\.yaml whose address it is, then pull again:\s+coders:\s+- \{name: [^}]*\}",
     "If it is a coder's, write it down under that name (People, or the list of coders in Settings)."),
    (r"List the coder under coders in study\.yaml, then try again\.",
     "Put the coder on the list of coders (Settings), then try again."),
    (r"\(study\.yaml, aim, least_precision\)", '("A code comes ticked only if it was right so often", in Settings)'),
    (r"embedder\.fine_tune is set in study\.yaml, but", "The encoder is to be tuned on the study (Settings), but"),
    (r"has not said yet whose it is\. Pull again\.", "has not said yet whose it is. It is asked again by itself."),
    (r"or add the code to codebook\.yaml\.", "or bring in a codebook that has the code."),
)  # fmt: skip
# the field of a page that has the place of an option or of a key of study.yaml, in what no sentence above says
_FIELDS = (
    (r"(?:\bwith )?--map(?: \(what: [^()]*\))?", 'under "How names were understood"'),
    (r"--columns\b(?: [^\s:]+=\S+)?", '"What your files of codings call our columns" (Settings)'),
    (r'--coder(?: "[^"]*=NAME")?', '"Who coded"'),
    (r"--complete all\b", '"every transcript in the file, to its end"'),
    (r"--complete listed\b", '"only the passages in the file"'),
    (r"--complete none\b", '"nobody knows"'),
    (r"--complete\b", '"What did the coders read?"'),
    (r"--only\b(?: CODE)?", '"Only these codes"'),
    (r"--replace\b", '"They are corrected texts"'),
    (r"\bparticipant_pattern(?: of study\.yaml)?", "\"Participant's code in a file's name\" (Settings)"),
    (r"\bfile_pattern(?: of study\.yaml)?", "\"Wave, case or site in a file's folder\" (Settings)"),
    (r"\bparticipant_speakers(?: of study\.yaml)?", '"Speakers who answer" (Settings)'),
    (r"\bno_speakers(?: of study\.yaml)?", '"Files without speakers" (Settings)'),
    (r"\bunlabelled_participant(?: of study\.yaml)?",
     "\"Files in which lines without a label are the participant's\" (Settings)"),
)  # fmt: skip
# the page that does what a command does; a command that is not here is an administrator's, and keeps its name
PAGE_OF = {
    "agreement": "Agreement",
    "audit": "Audit",
    "backup": "Backups",
    "consensus": "Disagreements",
    "disagreements": "Disagreements",
    "evaluate": "Models",
    "import": "Bring in",
    "import-codings": "Bring in",
    "import-project": "Bring in",
    "jobs": "Jobs",
    "matrix": "Results",
    "models": "Models",
    "participants": "Participants",
    "people": "People",
    "precode": "Hand out",
    "pull": "Answers set aside",
    "push": "Hand out",
    "ratings": "Results",
    "settle": "Codings whose words were corrected",
    "show": "Read",
    "status": "Study",
    "suggestions": "Exports",
    "timeline": "Results",
    "trace": "Models",
    "train": "Models",
    "withdraw": "Participants",
}
# what of these an administrator alone does: words that are erased, a sheet of the dead, files that are damaged
_OF_ADMINISTRATORS = r"(?![^\".;)]*(?:--tombstones|--forget|--force|people first|people link))"
_STAYS = re.compile(r"\btandem [a-z]|by hand:|^study\.yaml: ")
_NAME = "|".join(sorted(map(re.escape, PAGE_OF), key=len, reverse=True))
_COMMAND = re.compile(
    r"(?P<do>\b(?:[Rr]un|[Ss]ee|[Bb]egin with|with|in|use|[Ll]ook at)\s+)?\"?"
    + _OF_ADMINISTRATORS
    + rf"\btandem (?P<name>{_NAME})\b"
    r"(?:(?<=people) list|(?<=jobs) list|(?<=models) (?:list|show|promote|rollback))?"
    r"(?: (?:--[a-z-]+(?: [A-Z0-9]+\b| '[^']*')?|[A-Z]{2,}[A-Z0-9…]*|ID))*\"?"
)
# two commands of one page, named one after the other
_PAGE = "|".join(map(re.escape, sorted(set(PAGE_OF.values()))))
_TWICE = re.compile(rf"([Tt]he page ({_PAGE}))(?:(?:,|,? (?:and|or|then)|,? and then) the page \2\b)+")
_RULES = tuple((re.compile(pattern), said) for pattern, said in _SAID)
_FIELD_RULES = tuple((re.compile(pattern), said) for pattern, said in _FIELDS)


def for_pages(sentence: str) -> str:
    """A sentence written for a command, with what a page has in place of its options and commands.

    >>> for_pages('no model has been trained yet. Run "tandem train" first.')
    'no model has been trained yet. Go to the page Models first.'
    >>> for_pages("tandem doctor says what to do.")
    'tandem doctor says what to do.'
    """
    for pattern, said in _RULES:
        sentence = pattern.sub(said, sentence)
    sentence = _TWICE.sub(r"\1", _COMMAND.sub(_page_instead, sentence))
    if _STAYS.search(sentence):
        return sentence  # an administrator types it as it stands
    for pattern, said in _FIELD_RULES:
        sentence = pattern.sub(said, sentence)
    return sentence


def for_their_coder(sentence: str) -> str:
    """Why an answer is set aside, as its coder reads it: what a lead is to ask of her is said to her.

    >>> for_their_coder("words are marked as coded, but no code is chosen. Ask the coder to choose one.")
    'Words are marked as coded, but no code is chosen. Choose one.'
    """
    said = sentence.replace("Run tandem push, and ask the coder to ", "Once a lead has handed it out anew, ")
    said = said.replace(
        "this coder's annotation, so it is not this coder's word", "your answer, so it is not your word"
    )
    said = re.sub(r"Ask the coder to (\w)", lambda ask: ask[1].upper(), said)
    return said[:1].upper() + for_pages(said[1:])


def as_sentence(sentence: str) -> str:
    """The same as ``for_pages``, beginning as a sentence does: most are written to stand behind what they are about.

    A name of a file or a key of study.yaml stays as it is spelt.

    >>> as_sentence("no file was sent."), as_sentence("study.yaml: this is no readable YAML.")
    ('No file was sent.', 'study.yaml: this is no readable YAML.')
    """
    said = for_pages(sentence)
    return said[:1].upper() + said[1:] if re.match(r"[a-z'’]+(?=[\s,;:.!?]*(?:\s|$))", said) else said


def _page_instead(command: re.Match[str]) -> str:
    said = (command["do"] or "").rstrip()
    before = {"run": "go to", "begin with": "begin on", "with": "on", "in": "on"}.get(
        said.lower(), said.lower()
    )
    if said[:1].isupper():
        before = before[:1].upper() + before[1:]
    page = f"the page {PAGE_OF[command['name']]}"
    if not said and command.start() == 0:
        page = page[:1].upper() + page[1:]
    return f"{before} {page}".strip()

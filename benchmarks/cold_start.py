"""Cold start beside nearest definition: which finds the segments of a code when nobody has coded anything.

Needs ../shared/data. The definitions of AnnoMI's and TalkMoves' codes are our own words for what the coding manuals of
motivational interviewing and of accountable talk say, which are older than these transcripts; of the other sets' codes
there are only names. Prints macro average precision.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
sys.path[:0] = [str(ROOT)]

from ruler.sets import SETS, LabelledSet, name_of, read_set  # noqa: E402 - found by the line above

from annotations.codebook.codes import Code  # noqa: E402
from models.cold_start import from_codebook  # noqa: E402
from models.embedder import EmbedderSource  # noqa: E402
from models.embedding_cache import EmbeddingCache  # noqa: E402

DEFINITIONS = {
    "question:open": (
        "The counsellor asks an open question: one that invites the client to tell, describe or explore, "
        "and that cannot be answered with yes or no."
    ),
    "question:closed": (
        "The counsellor asks a closed question: one that is answered by yes or no, a number or a single fact."
    ),
    "reflection:simple": (
        "The counsellor repeats or rephrases what the client has just said and adds little or no meaning."
    ),
    "reflection:complex": (
        "The counsellor says back more than the client said: a deeper meaning, a feeling, both sides of "
        "an ambivalence, or what may follow."
    ),
    "input:information": "The counsellor gives information, facts, feedback or an explanation, without advising.",
    "input:advice": "The counsellor advises, recommends or tells the client what to do.",
    "input:options": "The counsellor offers several options or alternatives to choose from.",
    "input:negotiation": (
        "The counsellor works out goals or next steps together with the client: proposes a plan and asks "
        "whether it suits."
    ),
    "client:change": (
        "The client speaks for change: wish, ability, reasons, need, commitment, or steps already taken "
        "to change the behaviour."
    ),
    "client:sustain": (
        "The client speaks against change: reasons to go on as before, no wish, no ability or no need to "
        "change."
    ),
    "client:neutral": (
        "The client talks without leaning towards or against change: follows along, gives facts or answers."
    ),
    "T:keeping_everyone_together": (
        "The teacher makes sure that all students follow, listen and attend to each other: asks for "
        "attention, checks that the class is with them."
    ),
    "T:getting_students_to_relate": (
        "The teacher asks students to respond to another student's idea: to agree, disagree, add to it "
        "or explain what someone else said."
    ),
    "T:restating": "The teacher repeats word for word what a student said.",
    "T:revoicing": "The teacher says again what a student said, but adds to it or puts it in other words.",
    "T:pressing_for_accuracy": "The teacher asks for a correct or precise mathematical answer, term or result.",
    "T:pressing_for_reasoning": "The teacher asks a student why: for reasons or evidence, or to connect ideas.",
    "S:relating_to_another_student": "A student refers to, comments on or asks about another student's idea.",
    "S:asking_for_more_information": "A student asks for information, says that something is unclear, or asks for help.",
    "S:making_a_claim": "A student states a mathematical claim, answer or fact.",
    "S:providing_evidence_or_reasoning": "A student explains their thinking, or gives reasons or evidence for a claim.",
}


def _macro(data: LabelledSet, scores: NDArray[np.floating[Any]]) -> float:
    each = [average_precision_score(data.labels[:, code], scores[:, code]) for code in data.frequent]
    return round(float(np.mean(each)), 4)


def measure(name: str, cache: EmbeddingCache) -> dict[str, Any]:
    """Macro average precision of both on one set, and of chance."""
    data = read_set(name, DATA, cache)
    source = EmbedderSource(device="cpu")
    codes = [
        Code(code, name_of(code), "codes", name_of(code), definition=DEFINITIONS.get(code, ""))
        for code in data.codes
    ]
    model = from_codebook(codes, lambda texts: cache.embed(source, texts).vectors, data.embeddings)
    meanings = cache.embed(source, [code.meaning for code in codes]).vectors
    return {
        "set": name,
        "segments": len(data.units),
        "codes": len(data.frequent),
        "chance": round(float(data.labels[:, data.frequent].mean()), 4),
        "nearest_definition": _macro(data, data.embeddings @ meanings.T),
        "cold_start": _macro(data, model.probabilities(data.units, data.embeddings)),
    }


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--sets", type=lambda text: text.split(","), default=list(SETS))
    asked.add_argument("--embeddings", type=Path, default=ROOT / "results" / "embeddings.db")
    given = asked.parse_args()
    if not DATA.is_dir():
        print(json.dumps({"skipped": "the shared real data are not on this machine (../shared/data)"}))
        sys.exit(0)
    given.embeddings.parent.mkdir(exist_ok=True)
    print(json.dumps([measure(name, EmbeddingCache(given.embeddings)) for name in given.sets], indent=1))

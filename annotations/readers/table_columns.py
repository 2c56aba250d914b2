"""How programs name the columns of a transcript, in several languages."""

from __future__ import annotations

from collections.abc import Mapping

from annotations.names import folded

# NVivo: Timespan, Content, Speaker; Premiere and Rev: Speaker Name, Start Time, End Time, Text; Sonix, Trint, Happy
# Scribe, Dovetail, Fireflies, whisper and others
_AS_WRITTEN: Mapping[str, frozenset[str]] = {
    "speaker": frozenset(
        {
            "speaker", "speaker name", "speaker_name", "speakername", "speaker label", "speaker_label", "speaker id",
            "speaker_id", "speakers", "who", "name", "person", "role", "voice", "participant name",
            "sprecher", "sprecherin", "talare", "locuteur", "intervenant", "hablante", "orador", "spreker",
            "parlante", "falante", "namn", "vem", "navn", "naam", "nom", "nombre", "nome",
            "说话人", "发言人", "讲话人", "發言人",
        }
    ),
    "text": frozenset(
        {
            "text", "words", "transcript", "content", "utterance", "speech", "what was said", "sentence", "caption",
            "transcription", "transcript text", "dialogue",
            "message", "spoken text", "said", "segment", "value",
            "inhalt", "äußerung", "transkript", "texte", "contenu", "énoncé", "propos", "paroles", "testo",
            "contenuto", "fala", "replik", "repliker", "yttrande", "uttalande", "utsaga", "vad som sades",
            "vad som sägs", "utterances", "says", "statement", "ytring", "udsagn", "uttalelse",
            "texto", "contenido", "tekst", "inhoud", "innehåll",
            "内容", "文本", "文字",
        }
    ),
    "time": frozenset(
        {
            "time", "timestamp", "timecode", "time code", "time stamp", "in", "timespan", "time span", "time range",
            "zeit", "zeitstempel", "zeitspanne", "tid", "tidsspann", "temps", "horodatage", "plage de temps", "tiempo",
            "marca de tiempo", "tijd", "tijdspanne", "时间", "时间戳", "时间码",
        }
    ),
    "start": frozenset(
        {
            "start s", "start (sec)", "start (seconds)", "start seconds", "start tc", "start timecode", "tc in", "time in",
            "timecode in", "in point", "start",
            "start time", "start_time", "starttime", "start (s)", "start_ms", "begin", "begins", "begin time",
            "from", "anfang", "beginn", "startzeit", "starttid", "début", "inicio", "begintijd", "开始", "开始时间",
        }
    ),
    "end": frozenset(
        {
            "end s", "end (sec)", "end (seconds)", "end seconds", "end tc", "end timecode", "tc out", "time out",
            "timecode out", "out point", "end",
            "end time", "end_time", "endtime", "end (s)", "end_ms", "stop", "to", "out", "ende", "endzeit",
            "sluttid", "slut", "fin", "eindtijd", "结束", "结束时间",
        }
    ),
}  # fmt: skip
# which interview a row belongs to, where a table holds many
_TRANSCRIPTS = frozenset(
    {
        "transcript_id", "transcript_name", "interview", "interview_id", "interview_no", "interview_number", "document",
        "document_name", "file_name", "filename", "intervju", "intervju-id", "intervjunr", "dokument", "dokumentnamn",
        "dokumentname", "transkript", "entretien", "entrevista",
    }
)  # fmt: skip
MEANINGS: Mapping[str, frozenset[str]] = {
    what: frozenset(map(folded, names)) for what, names in _AS_WRITTEN.items()
}


def columns_also_called() -> Mapping[str, frozenset[str]]:
    """The same for tables whose first row names the columns in small letters, with "_" between words."""
    written = {what: frozenset("_".join(name.split()) for name in names) for what, names in MEANINGS.items()}
    return {**written, "speaker": written["speaker"] - {"who"}, "transcript": _TRANSCRIPTS}

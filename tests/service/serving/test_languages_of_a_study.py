"""A study in two languages: said at each training, figures apart, and another encoder by one line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from builders import WordEncoder
from study_to_train import import_rows, interview_file, opened, quiet

from annotations.errors import TandemError
from annotations.study.config import read_study
from models.embedder import EmbedderSource
from service.composition import Parts
from service.importing.import_transcripts import import_transcripts
from service.new_study import make_study
from service.serving.precode import precode
from service.serving.train_and_evaluate import evaluate, train

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]
SAID = {
    "en": (
        "the budget and the grant and what it will cost us",
        "a nurse and the others of the team on the ward",
    ),
    "sv": (
        "budgeten och bidraget och vad det kommer att kosta",
        "en sjuksköterska och de andra på avdelningen",
    ),
}


class EnglishWords(WordEncoder):
    """An encoder that was taught English."""

    taught = frozenset({"en"})


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five interviews, three of them in Swedish, of which one is described as English."""
    folder = tmp_path_factory.mktemp("two-languages")
    book = folder / "book.csv"
    book.write_text("code\nMoney\nPeople\n", "utf-8")
    study, _ = make_study(folder / "study", codebook=str(book), config={"name": "S"})
    parts = opened(study.folder, folder)
    rows = []
    for at in range(5):
        language = "sv" if at > 1 else "en"
        topics = np.random.default_rng(at).integers(0, 2, 10)
        words = [(f"{SAID[language][topic]} {turn}", int(topic)) for turn, topic in enumerate(topics)]
        described = {"wave": "1", "language": "en" if at == 2 else language}
        file = interview_file(folder, f"P-{at}", words)
        import_transcripts(parts, [file], manifest=None, described=described, replace=False, progress=quiet)
        rows += [
            (f"P-{at}", "Ines", ("Money", "People")[topic], 2 * turn + 1) for turn, topic in enumerate(topics)
        ]
    import_rows(parts, folder, rows)
    parts.close()
    return study.folder


@pytest.fixture
def parts(template: Path, tmp_path: Path) -> Iterator[Parts]:
    """A copy of it, with an encoder that knows English."""
    import shutil

    shutil.copytree(template, tmp_path / "study")
    made = opened(tmp_path / "study", tmp_path)
    made.__dict__["embedder"] = EnglishWords()
    yield made
    made.close()


def test_other_languages_are_said_and_measured_apart(parts: Parts) -> None:
    """Their transcripts by name, also where they are described otherwise; the figures with and without them."""
    trained = train(parts)
    (said,) = [note for note in trained.notes if "was not taught" in note]
    assert said.startswith(
        "3 transcripts are in a language that the encoder words was not taught (it knows en)"
    )
    assert 'P-2 ("sv", described as "en"), P-3 ("sv"), P-4 ("sv")' in said
    plain = trained.to_json()
    assert [one["transcript"] for one in plain["other_languages"]] == ["P-2", "P-3", "P-4"]
    found = plain["languages"]
    assert (found["taught"]["languages"], found["taught"]["n_segments"]) == (["en"], 20)
    (swedish,) = found["others"]
    assert (swedish["languages"], swedish["n_segments"], swedish["groups"]) == (["sv"], 30, 3)
    assert 0 < swedish["micro_f1"] <= 1
    # the whole lies between its parts, and nothing is left out of it
    parts_f1 = sorted((found["taught"]["micro_f1"], swedish["micro_f1"]))
    assert parts_f1[0] <= plain["overall"]["micro_f1"] <= parts_f1[1]
    figures = evaluate(parts, group_by="participant").figures
    assert figures["languages"] == found
    # said again where nothing is trained
    assert any("was not taught" in note for note in train(parts).notes)


def test_codes_described_in_another_language_are_named(parts: Parts) -> None:
    """Of those with too few words nothing is said, nor of any where the encoder knows the language."""
    swedish = "Deltagaren berättar om pengar, löner och budgetar, och om vad som saknas för att arbetet ska bli gjort"
    english = "The participant speaks of money, wages and budgets, and of what is missing for the work to be done well"
    money, people, *others = parts.codebook.codes
    parts.__dict__["codebook"] = replace(
        parts.codebook,
        codes=(replace(money, definition=swedish), replace(people, definition=english), *others),
    )
    notes = [note for note in train(parts).notes if note.startswith("The codebook describes")]
    assert len(notes) == 1
    assert notes[0].startswith(
        f"The codebook describes 1 of {len(parts.codebook.applicable)} codes in a language"
    )
    assert 'Money ("sv"). What it says' in notes[0]
    parts.embedder.__dict__["taught"] = frozenset({"en", "sv"})
    assert not [note for note in train(parts).notes if note.startswith("The codebook describes")]


def test_whoever_says_later_what_the_encoder_was_taught_sees_figures_by_that(parts: Parts) -> None:
    """What was measured apart before is not shown as what is true now, though the model is the same."""
    train(parts)
    assert evaluate(parts, group_by="participant").figures["languages"] is not None
    parts.embedder.__dict__["taught"] = frozenset({"en", "sv"})
    figures = evaluate(parts, group_by="participant").figures
    assert figures["languages"] is None
    assert figures["overall"]["n_segments"] == 50


def test_ticks_are_counted_anew_where_the_least_precision_has_changed(parts: Parts) -> None:
    """The evaluation counts from there, and a training makes a model whose ticks are counted so."""
    first = train(parts)
    assert first.figures["least_precision"] == 0.3
    aim = parts.study.config.aim.model_copy(update={"least_precision": 0.6})
    parts.study.__dict__["config"] = parts.study.config.model_copy(update={"aim": aim})
    figures = evaluate(parts, group_by="participant").figures
    assert figures["least_precision"] == 0.6
    second = train(parts)
    assert second.new
    assert second.figures["least_precision"] == 0.6
    assert second.figures["overall"] == first.figures["overall"]
    assert not train(parts).new


def test_an_encoder_that_was_taught_both_says_nothing(parts: Parts) -> None:
    """And there is nothing to show apart."""
    parts.embedder.__dict__["taught"] = frozenset({"en", "sv"})
    trained = train(parts)
    assert not [note for note in trained.notes if "taught" in note]
    assert trained.to_json()["languages"] is None
    assert trained.other_languages == ()


def test_one_line_takes_a_multilingual_encoder(parts: Parts, tmp_path: Path) -> None:
    """Its languages come from its model card; what another encoder calibrated stands for nothing, until it is trained."""
    first = train(parts)
    encoder = parts.study.folder / "encoder"
    _tiny_encoder(encoder)
    file = parts.study.folder / "study.yaml"
    plain = yaml.safe_load(file.read_text("utf-8")) | {"embedder": {"model": "encoder", "device": "cpu"}}
    file.write_text(yaml.safe_dump(plain), "utf-8")
    with_it = Parts(read_study(parts.study.folder), parts.settings)
    assert with_it.embedder.taught == {"en", "sv"}
    with pytest.raises(TandemError, match="encoder has changed"):
        precode(with_it)
    second = train(with_it, force=True)
    assert second.model.embedder == EmbedderSource(str(encoder)).fingerprint != first.model.embedder
    assert second.verdict.verdict != "better" or second.verdict.figures
    assert not [note for note in second.notes if "taught" in note]
    assert second.model.thresholds != first.model.thresholds
    with_it.close()


def _tiny_encoder(folder: Path) -> None:
    """A whole sentence-transformers model of one small layer, as a team would give it; its weights are chance."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(0)
    letters = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyzåäö"]
    own = Tokenizer(models.WordLevel({letter: at for at, letter in enumerate(letters)}, unk_token="[UNK]"))
    own.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=own,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )
    config = BertConfig(
        vocab_size=len(letters),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    folder.mkdir()
    BertModel(config).save_pretrained(folder / "plain")
    tokenizer.save_pretrained(folder / "plain")
    transformer = Transformer(str(folder / "plain"), max_seq_length=64)
    whole = SentenceTransformer(modules=[transformer, Pooling(16)], device="cpu")
    import shutil

    shutil.rmtree(folder)
    whole.save(str(folder))
    card = folder / "README.md"
    card.write_text("---\nlanguage:\n- multilingual\n- en\n- sv\n---\n# Tiny\n", "utf-8")

"""Terms are counted as scikit-learn counts them, in whatever texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lazily import Lazily

from models.term_counts import WORD, CharacterTerms, WordTerms

of_text = Lazily("sklearn.feature_extraction.text")

WORDS = st.sampled_from(["The", "money", "is", "gone", "?", "İs", "naïve", "ß", "a", "snow-white", "x" * 9])
TEXTS = st.lists(
    st.one_of(st.lists(WORDS, max_size=8).map(" ".join), st.text(max_size=12)), min_size=1, max_size=6
)


@given(learnt=TEXTS, texts=TEXTS, asked=TEXTS)
def test_words_and_pairs_are_counted_as_the_vectorizer_does(
    learnt: list[str], texts: list[str], asked: list[str]
) -> None:
    """Also where two blocks share texts, terms are unknown, and words stand at the ends of texts."""
    vectorizer = of_text.CountVectorizer(ngram_range=(1, 2), token_pattern=WORD)
    try:
        terms = list(vectorizer.fit(learnt).get_feature_names_out())
    except ValueError:  # no word at all
        terms = []
    single = [term for term in terms if " " not in term]
    ours = WordTerms({"both": terms, "single": single, "none": ()}).counts(
        {"both": texts, "single": asked + texts, "none": texts}
    )
    assert ours["none"].shape == (len(texts), 0)
    if terms:
        assert (ours["both"] != vectorizer.transform(texts)).nnz == 0
        plain = of_text.CountVectorizer(token_pattern=WORD, vocabulary=single)
        assert (ours["single"] != plain.transform(asked + texts)).nnz == 0


@given(learnt=TEXTS, texts=TEXTS)
def test_characters_are_counted_as_the_vectorizer_does(learnt: list[str], texts: list[str]) -> None:
    """Whether a word is met for the first time or again."""
    vectorizer = of_text.CountVectorizer(analyzer="char_wb", ngram_range=(3, 4))
    try:
        terms = list(vectorizer.fit(learnt).get_feature_names_out())
    except ValueError:
        return
    ours = CharacterTerms(
        terms, of_text.CountVectorizer(analyzer="char_wb", ngram_range=(3, 4)).build_analyzer()
    )
    for _ in range(2):
        assert (ours.counts(texts) != vectorizer.transform(texts)).nnz == 0

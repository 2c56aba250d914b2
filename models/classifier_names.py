"""The classifiers that study.yaml can name, and how another one joins them (docs/models.md)."""

from __future__ import annotations

from annotations.errors import unknown
from models.classifier import DEFAULT
from models.other_classifiers import LINEAR_SVM, LOGISTIC_REGRESSION, NamedClassifier

# whoever puts in another one adds it here
_KNOWN: dict[str, NamedClassifier] = {
    classifier.name: classifier for classifier in (LOGISTIC_REGRESSION, LINEAR_SVM)
}


def register(classifier: NamedClassifier) -> None:
    """Let study.yaml name this classifier, in this process. Raises ValueError if another one has its name."""
    if classifier.name == DEFAULT or _KNOWN.get(classifier.name, classifier) != classifier:
        raise ValueError(f'there is a classifier "{classifier.name}" already; give yours a name of its own.')
    _KNOWN[classifier.name] = classifier


def classifier_named(name: str) -> NamedClassifier | None:
    """The classifier of this name, None for the default one. Raises BadInput if there is none."""
    if name == DEFAULT:
        return None
    if name not in _KNOWN:
        raise unknown("classifier", name, [DEFAULT, *_KNOWN], remedy="Correct it in study.yaml.")
    return _KNOWN[name]

"""What label-studio-ml's scikit-learn example does, served: a fitted pipeline, asked for each task of each question.

    python benchmarks/load_peer.py PORT TASKS

It runs in an environment of its own, with label-studio-ml where that is installed, and imports nothing of Tandem.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

try:
    from label_studio_ml.model import LabelStudioMLBase
except ImportError:
    LabelStudioMLBase = object

CONFIG = """<View><Text name="words" value="$words"/><Choices name="topic" toName="words">
<Choice value="Money"/><Choice value="Trust"/></Choices></View>"""


class SimpleTextClassifier(LabelStudioMLBase):
    """Tf-idf and a logistic regression, as in the package's example."""

    def __init__(self, tasks: int, **given: Any) -> None:
        if LabelStudioMLBase is not object:
            super().__init__(label_config=CONFIG, **given)
        words = [f"Words number {at} of somebody." for at in range(tasks)]
        self.model = make_pipeline(TfidfVectorizer(ngram_range=(1, 3)), LogisticRegression(C=10))
        self.model.fit(words, ["Money" if at % 2 else "Trust" for at in range(tasks)])

    def predict(self, tasks: list[dict[str, Any]], **_: Any) -> list[dict[str, Any]]:
        """For each task the likeliest label."""
        odds = self.model.predict_proba([task["data"]["words"] for task in tasks])
        labels = self.model.classes_[odds.argmax(axis=1)]
        return [
            {"result": [{"from_name": "topic", "to_name": "words", "type": "choices", "value": {"choices": [one]}}],
             "score": float(its.max())}
            for one, its in zip(labels.tolist(), odds, strict=True)
        ]  # fmt: skip


def main(port: int, tasks: int) -> None:
    """Serve it, each question in a thread of its own."""
    model = SimpleTextClassifier(tasks)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer({"status": "UP", "package": LabelStudioMLBase is not object})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self._answer({"results": model.predict(body["tasks"])})

        def _answer(self, found: Any) -> None:
            plain = json.dumps(found).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(plain)))
            self.end_headers()
            self.wfile.write(plain)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

    Server(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

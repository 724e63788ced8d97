"""TextRank (Mihalcea and Tarau, 2004): which of many texts say most of what all of them say."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

Vector = Mapping[str, float]
"""TF-IDF weights by term, of length 1; empty where a text has no term."""

_DAMPING = 0.85
_ROUNDS = 20


def vectors(documents: Sequence[Counter[str]]) -> list[Vector]:
    """The TF-IDF vector of each document's terms."""
    spread = Counter(term for document in documents for term in document)
    made: list[Vector] = []
    for document in documents:
        weights = {
            term: (1 + math.log(count)) * math.log(1 + len(documents) / spread[term])
            for term, count in document.items()
        }
        length = math.sqrt(math.fsum(weight * weight for weight in weights.values())) or 1.0
        made.append({term: weight / length for term, weight in weights.items()})
    return made


def cosine(one: Vector, other: Vector) -> float:
    if len(one) > len(other):
        one, other = other, one
    return math.fsum(weight * other.get(term, 0.0) for term, weight in one.items())


def text_rank(texts: Sequence[Vector]) -> list[float]:
    """PageRank of each text in the graph whose edges are the cosines; the mean is about 1.

    The graph is never built. With M the sum of all vectors, each times what its text hands on, a text receives its
    product with M less its own part, so a round takes time in proportion to the terms and not to the pairs.
    """
    everything = _sum((1.0, text) for text in texts)
    degrees = [max(0.0, cosine(text, everything) - 1) for text in texts]
    scores = [1.0] * len(texts)
    for _ in range(_ROUNDS):
        handed = [score / degree if degree > 1e-9 else 0.0 for score, degree in zip(scores, degrees, strict=True)]
        flow = _sum(zip(handed, texts, strict=True))
        scores = [
            1 - _DAMPING + _DAMPING * max(0.0, cosine(text, flow) - own)
            for text, own in zip(texts, handed, strict=True)
        ]
    return scores


def _sum(weighted: Iterable[tuple[float, Vector]]) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for factor, text in weighted:
        for term, weight in text.items():
            total[term] += factor * weight
    return total

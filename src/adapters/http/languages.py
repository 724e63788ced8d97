"""English or Simplified Chinese, by Accept-Language (RFC 9110, 12.5.4)."""

ENGLISH, CHINESE = "en", "zh-CN"


def preferred(accepted: str) -> str:
    """The language of ours that ``accepted`` weighs most; the first named of equals; English where none is named.

    Every kind of Chinese is served Simplified Chinese.
    """
    weights = {ENGLISH: 0.0, CHINESE: 0.0}
    order: list[str] = []
    others = 0.0
    for entry in accepted.split(","):
        tag, *parameters = (part.strip().lower() for part in entry.split(";"))
        weight = _weight(parameters)
        language = {"en": ENGLISH, "zh": CHINESE}.get(tag.partition("-")[0])
        if language:
            weights[language] = max(weights[language], weight)
            order.append(language)
        elif tag == "*":
            others = max(others, weight)
    for language in (ENGLISH, CHINESE):
        if language not in order:
            weights[language] = others
            order.append(language)
    best = max(order, key=lambda language: weights[language])
    return best if weights[best] > 0 else ENGLISH


def _weight(parameters: list[str]) -> float:
    """A qvalue; one that cannot be read counts as none at all."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0

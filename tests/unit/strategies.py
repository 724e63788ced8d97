"""Texts as people write them, and worse."""

from hypothesis import strategies as st

from reelwright.domain.narration import Word

TOKENS = [
    *"the moon pulls oceans Dr. U.S. e.g. it's well-known No. 5 Really? Yes!".split(),
    *"3,000 3.5 5:30 $20 50% https://example.com/a,b?c=1.5 and so, but; night. (see it).".split(),
    *"海水 月球 。 ， 、 ！？ …… “ ” （ ） 《海》 的 用Python写 3000米 —— 年".split(),
    *"🌙 👩‍👩‍👧 — ... *** \" ' « » [ ]".split(),
    "x" * 130,
    "1234567890" * 3,
    *"привет 바다 \u0301".split(),
]
texts = st.lists(st.tuples(st.sampled_from(TOKENS), st.sampled_from(["", " ", " ", "\n", "  "])), max_size=60).map(
    lambda pairs: "".join(token + gap for token, gap in pairs)
)


@st.composite
def spoken_words(draw: st.DrawFn, max_size: int = 25) -> list[Word]:
    """Words on the 48 kHz clock in order, some of no length, some with pauses between them."""
    clock = 0
    words: list[Word] = []
    for token in draw(st.lists(st.sampled_from(TOKENS), min_size=1, max_size=max_size)):
        start = clock + draw(st.sampled_from([0, 0, 0, 900, 16_000, 40_000]))
        clock = start + draw(st.sampled_from([0, 400, 6_000, 20_000, 48_000]))
        words.append(Word(text=token, start=start, end=clock, space=draw(st.booleans())))
    return words

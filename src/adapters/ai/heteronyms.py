"""Words written alike and said differently ("live", "use", "close"): which part of speech a place asks for.

A few closed lists around the word decide; where they do not, the dictionary's default stands.
"""

from collections.abc import Sequence

from ...domain.language import word_set

_SUBJECTS = word_set("i you we they who people")
_MODALS = word_set(
    "to will would can could may might must shall should don't doesn't didn't can't won't couldn't wouldn't "
    "shouldn't let's cannot i'll you'll we'll they'll he'll she'll it'll i'd you'd we'd they'd please"
)
_ADVERBS = word_set("not never always often also still just only really usually even ever then now")
_DETERMINERS = word_set(
    "a an the this that these those my your his her its our their no every each another some any of in with for "
    "new first second third last next own same good great whole"
)
_AFTER_VERB = word_set(
    "a an the this that these those my your his her its our their it them us me him in on at with for to up down "
    "out off here there long longer alone together forever"
)
_BE = word_set("is are was were be been being am i'm you're we're they're it's too so very as more")
_ALWAYS_ADJECTIVE = word_set("close live perfect separate content present alternate moderate")


def part_of_speech(words: Sequence[str], index: int) -> str:
    """ "VERB", "NOUN", "ADJ" or "DEFAULT" for the lower-case word at ``index``; empty where nothing tells."""
    before = index - 1
    while before >= 0 and words[before] in _ADVERBS:
        before -= 1
    left = words[before] if before >= 0 else ""
    right = words[index + 1] if index + 1 < len(words) else ""
    if words[index] == "used":
        return "VBD" if right == "to" and left not in _BE else "DEFAULT"
    if words[index] == "read":
        return "DEFAULT" if left in _MODALS else ""
    third_person = left in {"he", "she", "it"} and words[index].endswith("s")
    if left in _MODALS or left in _SUBJECTS or third_person:
        return "VERB"
    if words[index] in _ALWAYS_ADJECTIVE and left in _BE:
        return "DEFAULT"
    if words[index] == "close" and right in {"to", "by", "friend", "friends", "call", "enough"}:
        return "DEFAULT"
    if left in _DETERMINERS:
        return "NOUN" if words[index] not in {"close"} else "DEFAULT"
    if right in _AFTER_VERB and (not left or not left[-1].isalpha() or left.endswith("s")):
        return "VERB"
    return ""

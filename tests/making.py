"""The task of tests that makes videos with a voice of tones, so that a job takes a second."""

from dependency_injector import providers

from reelwright.adapters.fakes.speech import ToneSpeech
from reelwright.adapters.security.maker import Made, Making
from reelwright.adapters.security.sandboxed import Work
from reelwright.bootstrap import Container
from reelwright.tasks import make_in


def make(making: Making, work: Work) -> Made:
    container = Container()
    container.speech.override(providers.Object(ToneSpeech()))
    return make_in(container, making, work)

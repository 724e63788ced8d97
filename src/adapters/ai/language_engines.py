"""The language engines that have a server, by their names."""

from ...application.language_ports import LanguageEngine
from ...domain.errors import UnknownName
from .language_settings import LanguageSettings
from .openai_language import OpenAILanguage


def language_engine(name: str, settings: LanguageSettings) -> LanguageEngine:
    """Opens no connection. Raises UnknownName, and MissingPart where the client is not installed."""
    if name not in settings.servers:
        raise UnknownName("language server", name, settings.servers)
    return OpenAILanguage(settings.servers[name])

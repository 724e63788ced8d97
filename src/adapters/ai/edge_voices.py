"""The voices of Microsoft Edge that speak English or Chinese well."""

from ...domain.narration import Voice

_CATALOGUE = (
    ("en-US-AvaMultilingualNeural", "en", "female", "warm American"),
    ("en-US-AndrewMultilingualNeural", "en", "male", "warm American"),
    ("en-US-EmmaMultilingualNeural", "en", "female", "clear American"),
    ("en-US-BrianMultilingualNeural", "en", "male", "casual American"),
    ("en-US-AriaNeural", "en", "female", "confident American"),
    ("en-US-JennyNeural", "en", "female", "friendly American"),
    ("en-US-MichelleNeural", "en", "female", "pleasant American"),
    ("en-US-AnaNeural", "en", "female", "American child"),
    ("en-US-GuyNeural", "en", "male", "lively American"),
    ("en-US-ChristopherNeural", "en", "male", "firm American"),
    ("en-US-EricNeural", "en", "male", "plain American"),
    ("en-US-RogerNeural", "en", "male", "bright American"),
    ("en-US-SteffanNeural", "en", "male", "measured American"),
    ("en-GB-SoniaNeural", "en", "female", "clear British"),
    ("en-GB-LibbyNeural", "en", "female", "friendly British"),
    ("en-GB-RyanNeural", "en", "male", "friendly British"),
    ("en-GB-ThomasNeural", "en", "male", "measured British"),
    ("en-AU-NatashaNeural", "en", "female", "friendly Australian"),
    ("en-AU-WilliamMultilingualNeural", "en", "male", "friendly Australian"),
    ("en-CA-ClaraNeural", "en", "female", "friendly Canadian"),
    ("en-CA-LiamNeural", "en", "male", "friendly Canadian"),
    ("en-IE-EmilyNeural", "en", "female", "friendly Irish"),
    ("en-IN-NeerjaNeural", "en", "female", "friendly Indian"),
    ("en-IN-PrabhatNeural", "en", "male", "friendly Indian"),
    ("zh-CN-XiaoxiaoNeural", "zh", "female", "warm Mandarin"),
    ("zh-CN-XiaoyiNeural", "zh", "female", "lively Mandarin"),
    ("zh-CN-YunjianNeural", "zh", "male", "passionate Mandarin"),
    ("zh-CN-YunxiNeural", "zh", "male", "sunny Mandarin"),
    ("zh-CN-YunxiaNeural", "zh", "male", "Mandarin child"),
    ("zh-CN-YunyangNeural", "zh", "male", "Mandarin of the news"),
    ("zh-CN-liaoning-XiaobeiNeural", "zh", "female", "humorous, of Liaoning"),
    ("zh-CN-shaanxi-XiaoniNeural", "zh", "female", "bright, of Shaanxi"),
    ("zh-TW-HsiaoChenNeural", "zh", "female", "friendly, of Taiwan"),
    ("zh-TW-YunJheNeural", "zh", "male", "friendly, of Taiwan"),
)

VOICES: dict[str, Voice] = {
    name: Voice(name=name, language=language, gender=gender, style=style, engine="edge", needs_network=True)
    for name, language, gender, style in _CATALOGUE
}

"""The closed lists behind what English says: plain data."""

from ...domain.language import word_set

MONTHS = str.split("January February March April May June July August September October November December")

CURRENCIES = {
    "$": ("dollar", "dollars", "cents"),
    "€": ("euro", "euros", "cents"),
    "£": ("pound", "pounds", "pence"),
    "¥": ("yen", "yen", "sen"),
    "₹": ("rupee", "rupees", "paise"),
}
"""Sign: one unit, several units, the hundredth part."""

MAGNITUDES = word_set("hundred thousand million billion trillion")
MAGNITUDE_LETTERS = {
    "k": "thousand", "m": "million", "mn": "million", "b": "billion", "bn": "billion", "t": "trillion",
    "tn": "trillion",
}  # fmt: skip

UNITS: dict[str, tuple[str, str]] = {
    "%": ("percent", "percent"),
    "‰": ("per mille", "per mille"),
    "°": ("degree", "degrees"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "℃": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "℉": ("degree Fahrenheit", "degrees Fahrenheit"),
    "km": ("kilometer", "kilometers"),
    "m": ("meter", "meters"),
    "cm": ("centimeter", "centimeters"),
    "mm": ("millimeter", "millimeters"),
    "nm": ("nanometer", "nanometers"),
    "µm": ("micrometer", "micrometers"),
    "mi": ("mile", "miles"),
    "ft": ("foot", "feet"),
    "yd": ("yard", "yards"),
    "km²": ("square kilometer", "square kilometers"),
    "km2": ("square kilometer", "square kilometers"),
    "m²": ("square meter", "square meters"),
    "m2": ("square meter", "square meters"),
    "m³": ("cubic meter", "cubic meters"),
    "m3": ("cubic meter", "cubic meters"),
    "cm²": ("square centimeter", "square centimeters"),
    "cm³": ("cubic centimeter", "cubic centimeters"),
    "ha": ("hectare", "hectares"),
    "kg": ("kilogram", "kilograms"),
    "g": ("gram", "grams"),
    "mg": ("milligram", "milligrams"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "l": ("liter", "liters"),
    "L": ("liter", "liters"),
    "ml": ("milliliter", "milliliters"),
    "mL": ("milliliter", "milliliters"),
    "s": ("second", "seconds"),
    "sec": ("second", "seconds"),
    "ms": ("millisecond", "milliseconds"),
    "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "yr": ("year", "years"),
    "yrs": ("year", "years"),
    "km/h": ("kilometer per hour", "kilometers per hour"),
    "kph": ("kilometer per hour", "kilometers per hour"),
    "mph": ("mile per hour", "miles per hour"),
    "m/s": ("meter per second", "meters per second"),
    "km/s": ("kilometer per second", "kilometers per second"),
    "kB": ("kilobyte", "kilobytes"),
    "KB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"),
    "TB": ("terabyte", "terabytes"),
    "Mbps": ("megabit per second", "megabits per second"),
    "Gbps": ("gigabit per second", "gigabits per second"),
    "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "W": ("watt", "watts"),
    "kW": ("kilowatt", "kilowatts"),
    "MW": ("megawatt", "megawatts"),
    "GW": ("gigawatt", "gigawatts"),
    "kWh": ("kilowatt hour", "kilowatt hours"),
    "V": ("volt", "volts"),
    "mAh": ("milliamp hour", "milliamp hours"),
    "kcal": ("kilocalorie", "kilocalories"),
    "cal": ("calorie", "calories"),
    "rpm": ("rotation per minute", "rotations per minute"),
    "fps": ("frame per second", "frames per second"),
    "px": ("pixel", "pixels"),
    "dB": ("decibel", "decibels"),
    "ppm": ("part per million", "parts per million"),
}
"""Unit as written: said for one, said for several."""

ABBREVIATIONS = {
    "dr": "doctor", "mr": "mister", "mrs": "missus", "ms": "miz", "prof": "professor", "jr": "junior", "sr": "senior",
    "gen": "general", "gov": "governor", "sen": "senator", "rep": "representative", "capt": "captain",
    "lt": "lieutenant", "col": "colonel", "sgt": "sergeant", "rev": "reverend", "hon": "honorable",
    "mt": "mount", "ave": "avenue", "blvd": "boulevard", "rd": "road",
    "inc": "incorporated", "ltd": "limited", "corp": "corporation", "co": "company", "bros": "brothers",
    "dept": "department", "est": "established", "approx": "approximately",
    "vs": "versus", "etc": "et cetera", "e.g": "for example", "i.e": "that is", "cf": "compare",
    "a.k.a": "also known as", "ph.d": "P.H.D.", "al": "al", "ca": "circa",
    "jan": "January", "feb": "February", "mar": "March", "apr": "April", "jun": "June", "jul": "July",
    "aug": "August", "sep": "September", "sept": "September", "oct": "October", "nov": "November", "dec": "December",
}  # fmt: skip
"""Said in full where a full stop follows or stands inside."""

BEFORE_NUMBER = {
    "no": "number", "nos": "numbers", "vol": "volume", "fig": "figure", "p": "page", "pp": "pages", "ch": "chapter",
}  # fmt: skip
"""Said in full in front of a number only."""

ACRONYMS = {
    "US": "U.S.", "IT": "I.T.", "UK": "U.K.", "EU": "E.U.", "UN": "U.N.", "TV": "T.V.", "PC": "P.C.", "ID": "I.D.",
    "AI": "A.I.", "VR": "V.R.", "AR": "A.R.", "PR": "P.R.", "HR": "H.R.", "WHO": "W.H.O.", "DIY": "D.I.Y.",
    "CEO": "C.E.O.", "FAQ": "F.A.Q.", "LED": "L.E.D.", "ICE": "ice", "AM": "A.M.", "PM": "P.M.", "LA": "L.A.",
    "GIF": "gif", "JPEG": "jay-peg", "SQL": "sequel", "UFO": "U.F.O.", "PhD": "P.H.D.",
    "OK": "okay", "Ok": "okay", "ok": "okay",
}  # fmt: skip
"""Capitals that a dictionary of words would misread."""

SYMBOLS = {
    "&": "and", "+": "plus", "=": "equals", "@": "at", "%": "percent", "<": "is less than", ">": "is greater than",
    "≈": "is about", "≠": "is not equal to", "≤": "is at most", "≥": "is at least", "±": "plus or minus",
    "×": "times", "x": "times", "*": "times", "÷": "divided by", "/": "divided by", "-": "minus", "−": "minus",
    "°": "degrees", "√": "the square root of", "∞": "infinity", "$": "dollars", "€": "euros", "£": "pounds",
    "#": "number", "^": "to the power of",
}  # fmt: skip

YEAR_AFTER = word_set(
    "in since from by until till before after around circa year early late mid during between and spring summer "
    "autumn fall winter about to"
)
"""Words before four digits that make them a year."""

GREEK = dict(
    zip(
        "αβγδεθλμπσφωΔΣΩ",
        str.split("alpha beta gamma delta epsilon theta lambda mu pi sigma phi omega delta sigma omega"),
        strict=True,
    )
)

SIGNS = {
    "-": ["minus"], "−": ["minus"], "+": ["plus"], "±": ["plus", "or", "minus"], "~": ["about"], "≈": ["about"],
    "<": ["less", "than"], ">": ["more", "than"], "≤": ["at", "most"], "≥": ["at", "least"],
}  # fmt: skip

TOP_LEVEL = word_set("com org net edu gov io ai app dev co uk de fr eu us cn me tv info")

PER = {
    "mo": "month",
    "yr": "year",
    "hr": "hour",
    "h": "hour",
    "wk": "week",
    "d": "day",
    "s": "second",
    "min": "minute",
}

REGNAL = word_set(
    "henry charles louis elizabeth george edward william james richard napoleon pope john paul benedict pius leo "
    "alexander catherine nicholas frederick philip peter ivan ramses ferdinand mary robert david francis wilhelm "
    "ptolemy darius xerxes"
)

NAMED_BY_NUMBER = word_set("boeing airbus room flight route highway channel interstate suite apartment porsche")

NUMBERED = word_set("war part chapter volume section act stage level phase type class bowl book grade tier")

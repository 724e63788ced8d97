"""What photos and clips say of themselves."""

from pathlib import Path

import av
import pytest
from PIL import Image

from reelwright.adapters.media.probe import FileProbe
from reelwright.adapters.media.tags import tags
from tests import media

XMP = (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag><rdf:li>灯塔</rdf:li><rdf:li>night sky</rdf:li>'
    '</rdf:Bag></dc:subject><dc:title><rdf:Alt><rdf:li xml:lang="x-default">Cape</rdf:li></rdf:Alt></dc:title>'
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


def test_exif_iptc_and_xmp_of_a_photo_are_its_tags(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "A lighthouse"
    exif[0x9C9E] = "storm; waves".encode("utf-16-le") + b"\0\0"
    path = tmp_path / "IMG_1.jpg"
    Image.new("RGB", (32, 24)).save(path, exif=exif, xmp=XMP.encode())
    keywords = b"".join(b"\x1c\x02\x19" + len(word).to_bytes(2, "big") + word for word in (b"coast", b"rock"))
    resource = b"8BIM\x04\x04\0\0" + len(keywords).to_bytes(4, "big") + keywords + b"\0" * (len(keywords) % 2)
    segment = b"Photoshop 3.0\0" + resource
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"\xff\xed" + (len(segment) + 2).to_bytes(2, "big") + segment + data[2:])
    assert set(FileProbe().asset(path).tags) == {
        "A lighthouse", "storm", "waves", "coast", "rock", "灯塔", "night sky", "Cape",
    }  # fmt: skip


def test_the_tags_of_a_clip_are_read(tmp_path: Path) -> None:
    media.clip(tmp_path / "plain.mp4", frames=3)
    with (
        av.open(str(tmp_path / "plain.mp4")) as source,
        av.open(str(tmp_path / "clip.mp4"), "w", options={"movflags": "use_metadata_tags"}) as target,
    ):
        target.metadata.update({"title": "Whales", "keywords": "鲸鱼, ocean", "artist": "Somebody"})
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    assert set(FileProbe().asset(tmp_path / "clip.mp4").tags) == {"Whales", "鲸鱼", "ocean"}


@pytest.mark.parametrize("name", ["beach.txt", "beach.png.txt"])
def test_a_text_beside_a_photo_describes_it(tmp_path: Path, name: str) -> None:
    media.photo(tmp_path / "beach.png")
    (tmp_path / name).write_text("palm trees，沙滩\nsunset", "utf-8")
    assert tags(tmp_path / "beach.png") == ("palm trees", "沙滩", "sunset")


def test_a_sidecar_of_xmp_describes_a_photo(tmp_path: Path) -> None:
    media.photo(tmp_path / "beach.png")
    (tmp_path / "beach.xmp").write_text(XMP, "utf-8")
    assert tags(tmp_path / "beach.png") == ("灯塔", "night sky", "Cape")


@pytest.mark.parametrize(
    "xmp",
    [
        b"<not xml",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>&a;</dc:title></x>',
        b"x" * (300 << 10),
        b"\xff\xfe\x00",
    ],
)
def test_what_cannot_be_read_is_no_tag_and_no_error(tmp_path: Path, xmp: bytes) -> None:
    exif = Image.Exif()
    exif[0x9C9E] = b"\x00\xd8"
    Image.new("RGB", (32, 24)).save(tmp_path / "a.png", exif=exif)
    (tmp_path / "a.xmp").write_bytes(xmp)
    (tmp_path / "a.txt").write_bytes(b"x" * 300 + b"\n" + b"\x01\n")
    assert tags(tmp_path / "a.png") == ()


def test_a_file_has_no_more_tags_than_anybody_reads(tmp_path: Path) -> None:
    media.photo(tmp_path / "a.png")
    (tmp_path / "a.txt").write_text(";".join(map(str, range(1_000))), "utf-8")
    assert len(tags(tmp_path / "a.png")) == 64

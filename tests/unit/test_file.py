"""What a file may be called, how large it may be, and what its sender may claim."""

import pytest

from reelwright.domain.errors import FileTooLarge, InvalidFile, InvalidInput, UploadOutOfStep
from reelwright.domain.file import FileLimits, FileMetadata, StoredFile, check_claim, file_name, file_tags
from reelwright.domain.upload import Upload, digest


@pytest.mark.parametrize(
    "name", ["beach.jpg", "  beach.jpg ", "潮汐.mp4", "naïve façade.png", "..hidden", "a.b.c", "a\u200db.txt"]
)
def test_names_are_kept_as_texts(name: str) -> None:
    assert file_name(name) == name.strip()


def test_a_name_is_composed() -> None:
    assert file_name("cafe\u0301.png") == "café.png"


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", ".", "..", "../etc/passwd", "/etc/passwd", "a/b", "..\\windows", "C:\\x.png"),
        *("a\0.png", "a\nb", "a\x1b[2Jb", "a\ud800", "cod\u202egpj.exe", "a\u2028b", "x" * 256, "潮" * 86),
    ],
)
def test_names_that_try_to_be_more_are_refused(name: str) -> None:
    with pytest.raises(InvalidFile) as caught:
        file_name(name)
    assert str(caught.value).isprintable()
    str(caught.value).encode()


def test_tags_are_words_without_doubles() -> None:
    assert file_tags(["Sea", " calm  water", "sea", "海"]) == ("Sea", "calm water", "海")
    for wrong in ([""], ["a\0"], ["x" * 65], [str(number) for number in range(33)]):
        with pytest.raises(InvalidInput):
            file_tags(wrong)


def test_every_kind_has_its_limit() -> None:
    limits = FileLimits(bytes={"image": 10, "video": 100, "audio": 50, "document": 20})
    limits.check_size("a", 100)
    limits.check_size("a", 10, "image")
    with pytest.raises(FileTooLarge, match=r"a: 11 bytes are too much for an image: at most 10 bytes are right"):
        limits.check_size("a", 11, "image")
    with pytest.raises(FileTooLarge, match="for a file"):
        limits.check_size("a", 101)
    with pytest.raises(InvalidFile, match="empty"):
        limits.check_size("a", 0)
    with pytest.raises(InvalidFile, match="minutes"):
        FileLimits(seconds=60).check_length("a", FileMetadata(samples=61 * 48_000))


@pytest.mark.parametrize(
    ("claimed", "found"),
    [
        (None, "image/png"),
        ("application/octet-stream", "video/mp4"),
        ("image/jpg", "image/jpeg"),
        ("IMAGE/PNG; charset=x", "image/webp"),
        ("video/webm", "audio/webm"),
        ("text/x-markdown", "text/markdown"),
    ],
)
def test_claims_that_are_near_enough_are_let_pass(claimed: str | None, found: str) -> None:
    check_claim("a", claimed, found)


@pytest.mark.parametrize(
    ("claimed", "found"),
    [("video/mp4", "image/png"), ("image/png", "text/plain"), ("text/plain", "application/pdf")],
)
def test_a_claim_of_another_kind_is_refused(claimed: str, found: str) -> None:
    with pytest.raises(InvalidFile, match=f"sent as {claimed}, but its content is {found}"):
        check_claim("a", claimed, found)


def test_a_file_names_all_that_it_refers_to() -> None:
    file = StoredFile(
        owner="ann", name="a", kind="image", media_type="image/png", size=1, sha256="b" * 64, thumbnail="a" * 64
    )
    assert file.keys == ("a" * 64, "b" * 64)
    assert file.key("proxy") is None
    assert file.key("thumbnail") == "a" * 64


def test_a_part_begins_where_the_upload_stands() -> None:
    upload = Upload(owner="ann", name="a", size=10, received=4)
    upload.check_part(4, 6)
    upload.check_part(4, None)
    with pytest.raises(UploadOutOfStep, match="stands at byte 4") as caught:
        upload.check_part(5, 1)
    assert caught.value.offset == 4
    for length in (7, -1):
        with pytest.raises(InvalidInput, match="10 bytes"):
            upload.check_part(4, length)
    with pytest.raises(UploadOutOfStep, match="6 of 10 bytes are missing"):
        upload.check_complete()


def test_what_was_announced_is_checked() -> None:
    assert digest("AB" * 32) == "ab" * 32
    assert digest(None) is None
    with pytest.raises(InvalidInput, match="64 hexadecimal digits"):
        digest("md5")
    upload = Upload(owner="ann", name="a", size=1, sha256="a" * 64)
    upload.check_digest("a" * 64)
    with pytest.raises(InvalidFile, match="send it again"):
        upload.check_digest("b" * 64)

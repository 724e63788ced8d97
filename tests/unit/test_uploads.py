"""Uploads that come in parts, break off, and go on."""

import os
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.adapters.storage.uploads import DiskUploads
from reelwright.domain.errors import InvalidInput, NoSuchFile, UploadOutOfStep
from reelwright.domain.ids import now
from reelwright.domain.upload import Upload

UPLOAD = Upload(owner="ann", name="a.bin", size=10, media_type="image/png")


@pytest.fixture
def uploads(tmp_path: Path) -> DiskUploads:
    uploads = DiskUploads(tmp_path)
    uploads.begin(UPLOAD)
    return uploads


def send(uploads: DiskUploads, offset: int, data: bytes, **how: object) -> None:
    with uploads.part("ann", UPLOAD.id, offset, **how) as part:  # type: ignore[arg-type]
        part.write(data)


def break_off(uploads: DiskUploads, data: bytes, **how: object) -> None:
    """Send the beginning of a part; then the connection breaks."""
    with suppress(ConnectionResetError), uploads.part("ann", UPLOAD.id, 0, **how) as part:  # type: ignore[arg-type]
        part.write(data)
        raise ConnectionResetError


def received(uploads: DiskUploads) -> int:
    return uploads.get("ann", UPLOAD.id).received


def test_parts_make_the_whole(uploads: DiskUploads, tmp_path: Path) -> None:
    send(uploads, 0, b"01234")
    send(DiskUploads(tmp_path), 5, b"56789")
    assert uploads.get("ann", UPLOAD.id).complete
    done = uploads.finish("ann", UPLOAD.id)
    assert done.read_bytes() == b"0123456789"
    done.unlink()
    assert not list(tmp_path.iterdir())
    with pytest.raises(NoSuchFile):
        uploads.get("ann", UPLOAD.id)


def test_an_upload_outlives_a_restart(uploads: DiskUploads, tmp_path: Path) -> None:
    assert DiskUploads(tmp_path).get("ann", UPLOAD.id) == UPLOAD


def test_somebody_elses_upload_is_not_there(uploads: DiskUploads) -> None:
    for use in (uploads.get, uploads.finish, uploads.abandon):
        with pytest.raises(NoSuchFile):
            use("bob", UPLOAD.id)
    with pytest.raises(NoSuchFile), uploads.part("bob", UPLOAD.id, 0):
        pass
    for name in ("../" + UPLOAD.id, "a", ""):
        with pytest.raises(NoSuchFile):
            uploads.get("ann", name)


def test_what_came_before_the_break_counts(uploads: DiskUploads) -> None:
    break_off(uploads, b"012")
    assert received(uploads) == 3


def test_a_part_with_a_digest_counts_whole_or_not_at_all(uploads: DiskUploads) -> None:
    good = sha256(b"0123").hexdigest()
    break_off(uploads, b"012", sha256=good)
    assert received(uploads) == 0
    with pytest.raises(InvalidInput, match="send it again"):
        send(uploads, 0, b"0124", sha256=good)
    assert received(uploads) == 0
    send(uploads, 0, b"0123", sha256=good)
    assert received(uploads) == 4


def test_a_gap_an_overlap_and_too_many_bytes_are_refused(uploads: DiskUploads) -> None:
    send(uploads, 0, b"0123")
    for offset in (0, 3, 5):
        with pytest.raises(UploadOutOfStep) as caught:
            send(uploads, offset, b"x")
        assert caught.value.offset == 4
    with pytest.raises(InvalidInput):
        send(uploads, 4, b"x", length=7)
    with pytest.raises(InvalidInput, match="more bytes"):
        send(uploads, 4, b"4567890")
    with pytest.raises(InvalidInput, match="1 bytes came instead of 2"):
        send(uploads, 4, b"4", length=2)
    assert received(uploads) == 5


def test_two_parts_at_once_are_one_too_many(uploads: DiskUploads) -> None:
    with uploads.part("ann", UPLOAD.id, 0) as part:
        part.write(b"01")
        with pytest.raises(UploadOutOfStep, match="another part"):
            send(uploads, 2, b"2")
        with pytest.raises(UploadOutOfStep):
            uploads.finish("ann", UPLOAD.id)
    send(uploads, 2, b"2")


def test_an_upload_is_finished_only_when_complete(uploads: DiskUploads) -> None:
    send(uploads, 0, b"0123")
    with pytest.raises(UploadOutOfStep, match="6 of 10 bytes"):
        uploads.finish("ann", UPLOAD.id)
    assert received(uploads) == 4


def test_an_abandoned_upload_leaves_nothing(uploads: DiskUploads, tmp_path: Path) -> None:
    send(uploads, 0, b"0123")
    uploads.abandon("ann", UPLOAD.id)
    assert not list(tmp_path.iterdir())


def test_uploads_expire_and_remains_are_swept(uploads: DiskUploads, tmp_path: Path) -> None:
    assert not uploads.expired(now())
    assert [upload.id for upload in uploads.expired(now() + timedelta(days=2))] == [UPLOAD.id]
    (tmp_path / "left.done").write_bytes(b"x")
    os.utime(tmp_path / "left.done", (1, 1))
    assert uploads.sweep(now() - timedelta(days=1)) == 1
    assert received(uploads) == 0


@given(st.binary(min_size=1, max_size=60), st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=1))
def test_any_cutting_and_breaking_gives_the_same_file(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, cuts: list[tuple[int, bool]]
) -> None:
    uploads = DiskUploads(tmp_path_factory.mktemp("uploads"))
    upload = Upload(owner="ann", name="a", size=len(data))
    uploads.begin(upload)
    turn = 0
    while not (at := uploads.get("ann", upload.id)).complete:
        length, broken = cuts[turn % len(cuts)]
        turn += 1
        piece = data[at.received : at.received + length]
        try:
            with uploads.part("ann", upload.id, at.received) as part:
                part.write(piece)
                if broken:
                    raise TimeoutError
        except TimeoutError:
            continue
    assert uploads.finish("ann", upload.id).read_bytes() == data

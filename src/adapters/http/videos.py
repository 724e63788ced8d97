"""``/api/video``: the videos that were ordered, from their places in the queue to their files."""

from pathlib import Path
from typing import Annotated, Any

from litestar import Controller, MediaType, Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter
from litestar.types import ASGIApp

from ...application.file_ports import Stored
from ...application.paging import LONGEST_PAGE
from ...application.videos import VideoLibrary
from ...domain.job import Job, JobStatus, Snapshot
from ...domain.video import Video, VideoVariant
from . import video_bodies as bodies
from .asgi import exchange
from .authentication import ADMIN, signed_in
from .downloads import GIVES_FILE, Download
from .file_bodies import CLEANING, CleaningOrder, answer, body
from .parts import Parts
from .video_bodies import Standing, VideoEntry, VideoList, VideosCleaned, VideoStats

Asked = Request[Any, Any, Any]
VideoId = Annotated[str, PathParameter(description="The `id` of a video.", examples=[Example(value=bodies.ID)])]
_CURSOR = "^[A-Za-z0-9_-]{21}[AQgw]$"
_GIVES_FILE = GIVES_FILE | {"problems": (*GIVES_FILE["problems"], "conflict", "unavailable")}
_OF_FINISHED = {"problems": ("conflict", "unavailable")}
_CAPTIONS = {
    "srt": ("application/x-subrip", "1\n00:00:00,500 --> 00:00:02,100\nThe sea rises twice a day.\n\n"),
    "vtt": ("text/vtt", "WEBVTT\n\n1\n00:00:00.500 --> 00:00:02.100\nThe sea rises twice a day.\n\n"),
    "ass": ("text/x-ssa", "[Script Info]\nScriptType: v4.00+\n"),
}
_TEXTS = {
    media_type: {"schema": {"type": "string"}, "examples": {kind: {"summary": kind, "value": text}}}
    for kind, (media_type, text) in _CAPTIONS.items()
}


class Videos(Controller):
    path = "/api/video"
    tags = ("video",)

    @get(
        "/",
        opt={"problems": ("unavailable",)},
        summary="List the videos",
        description="The newest first.",
        operation_id="listVideos",
        responses={200: answer(VideoList, bodies.ENTRIES, "A page of videos")},
    )
    async def list_videos(
        self,
        request: Asked,
        videos: NamedDependency[VideoLibrary],
        status: Annotated[JobStatus | None, QueryParameter(description="Only those that stand so.")] = None,
        project_id: Annotated[str | None, QueryParameter(description="Only those of this project.")] = None,
        cursor: Annotated[
            str | None, QueryParameter(description="The `next` of the page before.", pattern=_CURSOR)
        ] = None,
        limit: Annotated[int, QueryParameter(description="The most videos of the page.", ge=1, le=LONGEST_PAGE)] = 50,
    ) -> VideoList:
        owner = signed_in(request.scope).user
        found = await videos.page(owner, status=status, project_id=project_id, cursor=cursor, limit=limit)
        return bodies.entries(found, *_seen(request))

    @get(
        "/stats",
        opt={"problems": ("unavailable",)},
        summary="Count the videos",
        operation_id="getVideoStats",
        responses={200: answer(VideoStats, bodies.STATS, "Videos by status, seconds and bytes")},
    )
    async def stats(self, request: Asked, videos: NamedDependency[VideoLibrary]) -> VideoStats:
        return bodies.stats(await videos.statistics(signed_in(request.scope).user))

    @post(
        "/cleanup",
        status_code=200,
        opt=ADMIN | {"problems": ("unavailable",)},
        summary="Remove what is not needed",
        description="Of everybody: contents that no video refers to, and Idempotency-Keys older than a day.",
        operation_id="cleanUpVideos",
        responses={200: answer(VideosCleaned, bodies.CLEANED, "What was removed, or would be")},
    )
    async def clean_up(
        self, parts: NamedDependency[Parts], data: Annotated[CleaningOrder, body(CLEANING)]
    ) -> VideosCleaned:
        return bodies.cleaned(await parts.video_clean_up()(dry_run=data.dry_run))

    @get(
        "/{video_id:str}",
        opt={"problems": ("unavailable",)},
        summary="Show a video",
        operation_id="getVideo",
        responses={200: answer(VideoEntry, bodies.ENTRY, "What is known of the video")},
    )
    async def get_video(self, request: Asked, videos: NamedDependency[VideoLibrary], video_id: VideoId) -> VideoEntry:
        return bodies.entry(*await videos.get(signed_in(request.scope).user, video_id), *_seen(request))

    @delete(
        "/{video_id:str}",
        opt=_OF_FINISHED,
        summary="Delete a video",
        description="One that has ended, with its file; its bytes are free again at once.",
        operation_id="deleteVideo",
    )
    async def delete_video(self, request: Asked, videos: NamedDependency[VideoLibrary], video_id: VideoId) -> None:
        await videos.delete(signed_in(request.scope).user, video_id)

    @get(
        "/status/{video_id:str}",
        opt={"problems": ("unavailable",)},
        summary="Tell where a video stands",
        operation_id="getVideoStatus",
        responses={200: answer(Standing, bodies.RUNNING, "Stage, progress, and the problem where there is one")},
    )
    async def status(self, request: Asked, videos: NamedDependency[VideoLibrary], video_id: VideoId) -> Standing:
        return bodies.standing(await videos.status(signed_in(request.scope).user, video_id), *_seen(request))

    @delete(
        "/cancel/{video_id:str}",
        status_code=200,
        opt=_OF_FINISHED,
        summary="Cancel a video",
        description=(
            "A queued one is cancelled at once, a running one within a second; its quota is given back. "
            "One that is cancelled already stays so."
        ),
        operation_id="cancelVideo",
        responses={200: answer(Standing, bodies.CANCELLED, "Where it stands: running, while it is being stopped")},
    )
    async def cancel(self, request: Asked, videos: NamedDependency[VideoLibrary], video_id: VideoId) -> Standing:
        job = await videos.cancel(signed_in(request.scope).user, video_id)
        return bodies.standing(Snapshot(job=job), *_seen(request))

    @get(
        "/download/{video_id:str}",
        opt=_GIVES_FILE,
        summary="Download a video",
        description="With ranges and conditions; the entity tag is the SHA-256. 409 while it is not finished.",
        operation_id="downloadVideo",
    )
    async def download(self, request: Asked, videos: NamedDependency[VideoLibrary], video_id: VideoId) -> ASGIApp:
        return await _variant(request, videos, video_id, "file")

    @get(
        "/thumbnail/{video_id:str}",
        opt=_GIVES_FILE,
        summary="Get the still of a video",
        description="A JPEG of the frame that stands for it. 409 while it is not finished.",
        operation_id="getVideoThumbnail",
    )
    async def thumbnail(self, request: Asked, videos: NamedDependency[VideoLibrary], video_id: VideoId) -> ASGIApp:
        return await _variant(request, videos, video_id, "poster")

    @get(
        "/teaser/{video_id:str}",
        opt=_GIVES_FILE,
        summary="Get the teaser of a video",
        description="The short silent loop that `teaser` asked for, 404 without. 409 while it is not finished.",
        operation_id="getVideoTeaser",
    )
    async def teaser(self, request: Asked, videos: NamedDependency[VideoLibrary], video_id: VideoId) -> ASGIApp:
        return await _variant(request, videos, video_id, "teaser")

    @get(
        "/timeline/{video_id:str}",
        opt=_OF_FINISHED,
        summary="Get the timeline of a video",
        description="What is on screen and in the ear at every moment, to be edited and sent to `re-render`.",
        operation_id="getVideoTimeline",
        responses={200: answer(dict[str, Any], bodies.TIMELINE, "The document; see docs/timeline.md")},
    )
    async def timeline(
        self, request: Asked, videos: NamedDependency[VideoLibrary], video_id: VideoId
    ) -> dict[str, Any]:
        return dict(await videos.timeline(signed_in(request.scope).user, video_id))

    @get(
        "/captions/{video_id:str}",
        media_type=MediaType.TEXT,
        opt=_OF_FINISHED | {"answers": {"200": {"description": "The captions", "content": _TEXTS}}},
        summary="Get the captions of a video",
        description="As SubRip, WebVTT or Advanced SubStation Alpha.",
        operation_id="getVideoCaptions",
    )
    async def captions(
        self,
        request: Asked,
        videos: NamedDependency[VideoLibrary],
        video_id: VideoId,
        form: Annotated[
            str, QueryParameter(name="format", description="srt, vtt or ass.", pattern="^(srt|vtt|ass)$")
        ] = "srt",
    ) -> Response[str]:
        text = await videos.captions(signed_in(request.scope).user, video_id, form)
        return Response(text, media_type=f"{_CAPTIONS[form][0]}; charset=utf-8")


class _Answer:
    """A variant of a video, wherever the storage keeps it."""

    def __init__(self, videos: VideoLibrary, video: Video, job: Job, stored: Stored, variant: VideoVariant) -> None:
        self._videos, self._video, self._job, self._stored = videos, video, job, stored
        self._variant = variant

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        with self._videos.local(self._stored) as path:
            suffix, media_type = self._kind(path)
            download = Download(
                path,
                name=f"{self._video.title or 'video'}{suffix}",
                media_type=media_type,
                etag=self._stored.key,
                modified=self._job.finished,
                disposition="attachment" if self._variant == "file" else "inline",
            )
            await download(scope, receive, send)

    def _kind(self, path: Path) -> tuple[str, str]:
        metadata = self._video.metadata
        if self._variant == "file" and metadata is not None:
            return metadata.suffix, metadata.media_type
        if self._variant == "poster":
            return ".jpg", "image/jpeg"
        with path.open("rb") as file:
            return (".gif", "image/gif") if file.read(4) == b"GIF8" else (".webp", "image/webp")


async def _variant(request: Asked, videos: VideoLibrary, video_id: str, variant: VideoVariant) -> ASGIApp:
    return _Answer(videos, *await videos.stored(signed_in(request.scope).user, video_id, variant), variant)


def _seen(request: Asked) -> tuple[str, str]:
    """The language of the caller, and what the service lies below."""
    return exchange(request.scope).language, request.scope.get("root_path", "")

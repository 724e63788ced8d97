"""The kinds of problems: their status codes and their fixed texts in both languages."""

from dataclasses import dataclass
from typing import Any

from .languages import CHINESE, ENGLISH


@dataclass(frozen=True, slots=True)
class Kind:
    """``title`` and ``detail`` by language; a detail may name ``{values}`` of a Refusal."""

    status: int
    title: dict[str, str]
    detail: dict[str, str]


def _kind(status: int, title: str, title_zh: str, detail: str, detail_zh: str) -> Kind:
    return Kind(status, {ENGLISH: title, CHINESE: title_zh}, {ENGLISH: detail, CHINESE: detail_zh})


KINDS = {
    "invalid-request": _kind(
        400, "The request cannot be read", "请求无法读取", "{problem}", "请求格式不正确：{problem}"
    ),
    "unauthenticated": _kind(
        401,
        "Not signed in",
        "未登录",
        "A valid access token is needed: Authorization: Bearer TOKEN",
        "需要有效的访问令牌：Authorization: Bearer TOKEN",
    ),
    "forbidden": _kind(403, "Not allowed", "无权访问", "This is for administrators only", "此操作仅限管理员"),
    "quota-exceeded": _kind(403, "The quota is used up", "配额已用完", "{problem}", "配额已用完：{problem}"),
    "not-found": _kind(404, "Not found", "未找到", "There is nothing at this address", "此地址没有内容"),
    "not-made": _kind(404, "Not made yet", "尚未生成", "{problem}", "尚未生成：{problem}"),
    "method-not-allowed": _kind(
        405,
        "Method not allowed",
        "不允许的方法",
        "This address does not take {method}; the header Allow names what it takes",
        "此地址不接受 {method}；响应头 Allow 列出了可用的方法",
    ),
    "request-timeout": _kind(
        408,
        "The request took too long",
        "请求超时",
        "The body came too slowly; {bytes} bytes of it arrived",
        "请求正文传输过慢，仅收到 {bytes} 字节",
    ),
    "conflict": _kind(409, "Conflict", "冲突", "{problem}", "与现有内容冲突：{problem}"),
    "precondition-failed": _kind(
        412,
        "Changed in the meantime",
        "内容已变更",
        "A condition of the request does not hold; fetch the current version and try again",
        "请求的前提条件不成立；请获取最新版本后重试",
    ),
    "content-too-large": _kind(
        413, "The body is too large", "请求正文过大", "At most {limit} bytes are right", "最多允许 {limit} 字节"
    ),
    "unsupported-media-type": _kind(
        415,
        "Unsupported media type",
        "不支持的媒体类型",
        "The body must be {wanted}, and not {given}",
        "请求正文应为 {wanted}，而不是 {given}",
    ),
    "range-not-satisfiable": _kind(
        416,
        "The range lies outside the file",
        "请求的范围超出文件",
        "The file has {size} bytes; the range must begin before its end",
        "文件共 {size} 字节；范围必须从文件结尾之前开始",
    ),
    "invalid-input": _kind(
        422, "The input is not valid", "输入无效", "See errors for what is wrong and where", "错误及其位置见 errors"
    ),
    "too-many-requests": _kind(
        429,
        "Too many requests",
        "请求过多",
        "Wait {wait} s before the next request",
        "请等待 {wait} 秒后再发送下一个请求",
    ),
    "too-many-streams": _kind(
        429,
        "Too many live streams",
        "实时连接过多",
        "At most {limit} WebSockets and event streams of one user at once are right",
        "每个用户最多同时保持 {limit} 个 WebSocket 或事件流连接",
    ),
    "head-too-large": _kind(
        431,
        "The head of the request is too large",
        "请求头过大",
        "At most {limit} bytes of address and headers are right",
        "地址与请求头合计最多允许 {limit} 字节",
    ),
    "internal": _kind(
        500,
        "Something broke here",
        "服务器内部错误",
        "It was logged under the request id",
        "错误已按请求编号记录",
    ),
    "engine-failed": _kind(502, "An engine failed", "引擎出错", "{problem}", "{problem}"),
    "unavailable": _kind(
        503, "Not available now", "暂不可用", "A part of the service is missing or down", "服务的某个部分缺失或已停止"
    ),
    "storage-full": _kind(507, "No room left", "存储空间不足", "The disk of the service is full", "服务器磁盘已满"),
}

BY_STATUS = {kind.status: slug for slug, kind in reversed(KINDS.items())}
"""The first kind of each status code, for errors of the framework."""

IN_CHINESE = {
    "the name or the password is wrong": "用户名或密码错误",
    "this refresh token is spent, expired or none of ours; sign in again": "刷新令牌已使用、已过期或无效；请重新登录",
    "the old password is wrong": "原密码错误",
    "the password was changed meanwhile": "密码已在此期间更改",
    "this is for administrators": "此操作仅限管理员",
    "this project was changed in the meantime; read it again first": "该项目已在此期间更改；请先重新读取",
    "this delivery is under way; look again in a moment": "此投递正在进行；请稍后再看",
    "this username or email is already taken; choose another one": "该用户名或邮箱已被使用；请换一个",
    "the video is not finished: it is queued": "视频尚未完成：正在排队",
    "the video is not finished: it is running": "视频尚未完成：正在制作",
    "the video is not finished: it has failed": "视频尚未完成：制作失败",
    "the video is not finished: it was cancelled": "视频尚未完成：已取消",
    "the video is not finished: it has no timeline to edit": "视频尚未完成：还没有可编辑的时间线",
    "the video is queued: cancel it first": "视频正在排队：请先取消",
    "the video is running: cancel it first": "视频正在制作：请先取消",
    "the video has succeeded: only one that is queued or running can be cancelled": (
        "视频已完成：只能取消排队或制作中的视频"
    ),
    "the video has failed: only one that is queued or running can be cancelled": (
        "视频制作失败：只能取消排队或制作中的视频"
    ),
    "this Idempotency-Key stands for another request; a new key is right": (
        "此 Idempotency-Key 已用于另一个请求；请换一个新的"
    ),
    "exactly one of changes and timeline is right": "changes 与 timeline 必须且只能提供一个",
    "this video was made from a timeline: an edited timeline is right": "此视频由时间线制作：请提供修改后的时间线",
    "the text is empty: at least one sentence is right": "文本为空：至少需要一句话",
    "there is no source: exactly one of script, article, topic, document, scenes is right": (
        "没有内容来源：script、article、topic、document、scenes 必须且只能提供一个"
    ),
    "a topic needs a language model, and there is none here: a script or an article is right": (
        "主题需要语言模型，而此服务没有：请改用 script 或 article"
    ),
    "it is none: the id of one of your projects is right": "项目不存在：请使用您自己的项目编号",
}
"""What errors of the domain say, where it is always the same."""


class Refusal(Exception):
    """A request that cannot be served, by the ``kind`` of its problem; ``values`` fill in the detail's text."""

    def __init__(self, kind: str, *, headers: dict[str, str] | None = None, **values: Any) -> None:
        self.kind, self.headers, self.values = kind, headers or {}, values
        super().__init__(kind, values)

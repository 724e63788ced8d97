"""MPEG-4 Part 2 as players want it: the colours' meaning written into the stream, which libav's encoder leaves out.

AVI has no place for it, and without it many players take small pictures for BT.601.
"""

from typing import Any, TypeAlias

import av

Packet: TypeAlias = "av.Packet[Any]"

_VISUAL_OBJECT = b"\x00\x00\x01\xb5"
_BT709 = 1
_UNSPECIFIED_FORMAT = 5


def with_colour(packet: Packet) -> Packet:
    """A packet with video_signal_type (ISO/IEC 14496-2, 6.2.2) in its visual object header: BT.709, limited range.

    Packets without that header, all but the key frames, come back as they are.
    """
    data = bytes(packet)
    at = data.find(_VISUAL_OBJECT)
    if at < 0:
        return packet
    start = at + len(_VISUAL_OBJECT)
    end = data.index(b"\x00\x00\x01", start)
    identified, verid, priority, kind = 1, data[start] >> 3 & 0xF, data[start] & 7, data[start + 1] >> 4
    fields = (
        *((identified, 1), (verid, 4), (priority, 3), (kind, 4)),
        *((1, 1), (_UNSPECIFIED_FORMAT, 3), (0, 1)),  # video_signal_type, video_format, video_range
        *((1, 1), (_BT709, 8), (_BT709, 8), (_BT709, 8)),  # primaries, transfer, matrix
    )
    bits = "".join(f"{value:0{width}b}" for value, width in fields) + "0"
    bits += "1" * (-len(bits) % 8)  # next_start_code
    header = int(bits, 2).to_bytes(len(bits) // 8, "big")
    changed: Packet = av.Packet(data[:start] + header + data[end:])
    changed.pts, changed.dts, changed.duration = packet.pts, packet.dts, packet.duration
    changed.time_base, changed.stream, changed.is_keyframe = packet.time_base, packet.stream, packet.is_keyframe
    return changed

"""The system calls of Linux that a confined process is refused, by their numbers on each architecture."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """``architecture`` is AUDIT_ARCH of the kernel's headers.

    ``refused`` answer EPERM; ``absent`` answer ENOSYS, so that the C library takes an older call instead; ``own_only``
    take a process first, which must be the caller's own, or 0 for itself; ``clone`` may make threads only, and
    ``fcntl`` may not name another process as one that signals go to.
    """

    architecture: int
    refused: tuple[int, ...]
    absent: tuple[int, ...]
    own_only: tuple[int, ...]
    clone: int
    fcntl: int


# io_uring_setup, _enter, _register; pidfd_send_signal, pidfd_open, pidfd_getfd; process_madvise; memfd_secret;
# open_tree, move_mount, fsopen, fsconfig, fsmount, fspick; mount_setattr
_EVERYWHERE = (425, 426, 427, 424, 434, 438, 440, 447, 428, 429, 430, 431, 432, 433, 442)
_CLONE3 = 435

FILTERED = {
    "x86_64": Calls(
        architecture=0xC000003E,
        refused=(
            *(41, 42, 43, 49, 50, 53, 288),  # socket, connect, accept, bind, listen, socketpair, accept4
            *(101, 310, 311),  # ptrace, process_vm_readv, process_vm_writev
            *(312, 256, 279),  # kcmp, migrate_pages, move_pages
            *(57, 58, 59, 322),  # fork, vfork, execve, execveat
            *(112, 109, 200),  # setsid, setpgid, tkill
            *(319, 29, 30, 64, 68, 240),  # memfd_create, shmget, shmat, semget, msgget, mq_open
            *(165, 166, 155, 161, 308, 272),  # mount, umount2, pivot_root, chroot, setns, unshare
            *(321, 298, 323, 248, 249, 250),  # bpf, perf_event_open, userfaultfd, add_key, request_key, keyctl
            *(175, 176, 313, 246, 320),  # init_module, delete_module, finit_module, kexec_load, kexec_file_load
            *(169, 167, 168, 163, 179, 103),  # reboot, swapon, swapoff, acct, quotactl, syslog
            *(164, 227, 159, 305),  # settimeofday, clock_settime, adjtimex, clock_adjtime
            *(133, 259, 304, 135, 172, 173),  # mknod, mknodat, open_by_handle_at, personality, iopl, ioperm
            *_EVERYWHERE,
        ),
        absent=(_CLONE3,),
        own_only=(62, 234, 129, 297, 302),  # kill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, prlimit64
        clone=56,
        fcntl=72,
    ),
    "aarch64": Calls(
        architecture=0xC00000B7,
        refused=(
            *(198, 203, 202, 200, 201, 199, 242),  # socket, connect, accept, bind, listen, socketpair, accept4
            *(117, 270, 271),  # ptrace, process_vm_readv, process_vm_writev
            *(272, 238, 239),  # kcmp, migrate_pages, move_pages
            *(221, 281),  # execve, execveat
            *(157, 154, 130),  # setsid, setpgid, tkill
            *(279, 194, 196, 190, 186, 180),  # memfd_create, shmget, shmat, semget, msgget, mq_open
            *(40, 39, 41, 51, 268, 97),  # mount, umount2, pivot_root, chroot, setns, unshare
            *(280, 241, 282, 217, 218, 219),  # bpf, perf_event_open, userfaultfd, add_key, request_key, keyctl
            *(105, 106, 273, 104, 294),  # init_module, delete_module, finit_module, kexec_load, kexec_file_load
            *(142, 224, 225, 89, 60, 116),  # reboot, swapon, swapoff, acct, quotactl, syslog
            *(170, 112, 171, 266),  # settimeofday, clock_settime, adjtimex, clock_adjtime
            *(33, 265, 92),  # mknodat, open_by_handle_at, personality
            *_EVERYWHERE,
        ),
        absent=(_CLONE3,),
        own_only=(129, 131, 138, 240, 261),  # kill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, prlimit64
        clone=220,
        fcntl=25,
    ),
}

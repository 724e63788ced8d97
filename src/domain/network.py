"""Which addresses of the network a service may call for its users, and which would open its own house to them."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


NEVER = _networks(
    "0.0.0.0/8",  # this network; 0.0.0.0 is this machine
    "100.100.100.200/32",  # metadata of a cloud
    "168.63.129.16/32",  # metadata of a cloud, public by its looks
    "169.254.0.0/16",  # link-local, the metadata of most clouds
    "192.0.0.0/24",  # protocol assignments, metadata of a cloud
    "192.0.2.0/24",  # documentation
    "192.88.99.0/24",  # relays of 6to4
    "198.18.0.0/15",  # measuring of devices
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, broadcast
    "2001::/23",  # protocol assignments, Teredo and ORCHID
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4, which holds any address of IPv4
    "3fff::/20",  # documentation
    "fd00:ec2::254/128",  # metadata of a cloud
    "fd20:ce::254/128",  # metadata of a cloud
)
"""What nobody calls: the special-purpose registries of IANA (RFC 6890), and where clouds keep their credentials."""

PRIVATE = _networks(
    "10.0.0.0/8",
    "100.64.0.0/10",  # shared by the customers of a provider (RFC 6598)
    "127.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
)
"""One's own machine and network: for users only where the operator says so."""

_GLOBAL = IPv6Network("2000::/3")
"""All of IPv6 that is given out to the public; what lies outside is special."""
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: how a machine with IPv6 alone calls one with IPv4."""


def callable_address(text: str, *, private: bool = False) -> bool:
    """Whether an address, as a resolver gives it, may be called; with ``private`` also one of the own network.

    Of an address of IPv4 inside one of IPv6 (mapped, NAT64) that of IPv4 counts. Raises ValueError for no address.
    """
    address = _inner(ip_address(text))
    if private and _within(address, PRIVATE):
        return not _within(address, NEVER)
    if isinstance(address, IPv6Address) and address not in _GLOBAL:
        return False
    return not _within(address, NEVER) and not _within(address, PRIVATE)


def _inner(address: Address) -> Address:
    if isinstance(address, IPv6Address) and (address in _MAPPED or address in _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == one.version and address in one for one in networks)

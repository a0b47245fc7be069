"""The service's address: what may be given, and the one form everything else works with."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, quote, urlsplit

__all__ = ["DEFAULT", "is_ip", "is_loopback", "normal", "profile_page"]

DEFAULT = "https://codestats.net"
_NONE = "must be an address like https://codestats.net"
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+", re.IGNORECASE)
_PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")
_LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


def is_loopback(host: str) -> bool:
    """Whether the host (without brackets) is surely this machine: 127.0.0.0/8, ::1, localhost."""
    if not is_ip(host):
        return host.lower() == "localhost"
    return any(ipaddress.ip_address(host) in network for network in _LOOPBACK)


def is_ip(host: str) -> bool:
    """Whether the host (without brackets) is an IP address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def normal(url: object) -> str:
    """`scheme://host[:port][/prefix]`, without a trailing slash or `/api`.

    Raises ValueError with the second half of a sentence ("must …"). It never quotes the value: somebody may
    have pasted the token, or a password, in its place.
    """
    if not isinstance(url, str):
        raise ValueError("must be a string like 'https://codestats.net'")  # noqa: TRY004 (all alike to callers)
    url = url.strip()
    if not url.isprintable():  # urlsplit would quietly drop line breaks
        raise ValueError(_NONE)
    try:
        parts = urlsplit(url)
        host, port = _host(parts), parts.port
    except ValueError:  # a port that is none, brackets that do not match, a host no name can be made of
        raise ValueError(_NONE) from None
    scheme = parts.scheme.lower()
    _check(parts, scheme, host)
    if port is not None and port != {"https": 443, "http": 80}[scheme]:
        host = f"{host}:{port}"
    return f"{scheme}://{host}{_prefix(parts.path)}"


def profile_page(address: str, user: str) -> str:
    """Where people look at a user's profile; '' without a user or a usable address."""
    return f"{address}/users/{quote(user, safe='')}" if address and user else ""


def _host(parts: SplitResult) -> str:
    """The host in ASCII, lower case, an IPv6 address in its brackets; '' where there is none."""
    host = parts.hostname or ""
    if not host.isascii():
        host = host.encode("idna").decode()
    return f"[{ipaddress.IPv6Address(host)}]" if "[" in parts.netloc else host


def _check(parts: SplitResult, scheme: str, host: str) -> None:
    if scheme not in ("https", "http"):
        raise ValueError("must begin with https://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not have a user name or password in it: the token is all the service needs")
    if parts.query or parts.fragment:
        raise ValueError("must be the plain address of the service, without ? or # and what follows them")
    if not _HOST.fullmatch(host.strip("[]")) or not _PATH.fullmatch(parts.path):
        raise ValueError(_NONE)
    if scheme == "http" and not is_loopback(host.strip("[]")):
        raise ValueError("must begin with https:// (http:// would show your token to the network)")


def _prefix(path: str) -> str:
    path = path.rstrip("/")
    return path[: -len("/api")].rstrip("/") if path.endswith("/api") else path

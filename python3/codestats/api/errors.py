"""In words, why a request got no answer: exceptions into one line for the user, without their own texts."""

from __future__ import annotations

import os
import re
import socket
import ssl
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from typing import TYPE_CHECKING

from codestats.api.proxy import InvalidProxyError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["InvalidCertificatesError", "why_not_sent", "why_unanswered"]

_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")
_CERTIFICATE = {  # OpenSSL's verify codes
    9: "it is not valid yet (is this machine's clock right?)",
    10: "it has expired (or is this machine's clock wrong?)",
    18: "it is self-signed; g:codestats_ca_file can name it as trusted",
    19: "its issuer is not trusted; g:codestats_ca_file can name it",
    20: "its issuer is not known; g:codestats_ca_file can name it",
    62: "it is for another name",
    64: "it is for another address",
}


class InvalidCertificatesError(Exception):
    """`ca_file` cannot be read, or holds no certificates."""


def why_not_sent(error: BaseException, host: str) -> str:
    """Why the request could not be delivered; `host` is the service's."""
    chain = list(_chain(error))
    names = {type(link).__name__ for link in chain}  # for urllib3's, which may be what is missing
    tunnel = next((match for link in chain if (match := _TUNNEL.search(str(link)))), None)
    if tunnel:
        return _tunnel_refused(tunnel[1], host)
    if isinstance(error, InvalidProxyError):
        return str(error)
    if isinstance(error, InvalidCertificatesError):
        return "g:codestats_ca_file cannot be read as a file of PEM certificates"
    if isinstance(error, ModuleNotFoundError):
        return "the Python package urllib3 is missing: :CodeStatsInstall, or python3 -m codestats install"
    there = "the proxy" if "ProxyError" in names else host
    return _tls(chain, there) or _network(chain, names, there)


def _tunnel_refused(status: str, host: str) -> str:
    if status == "407":
        return "the proxy asks for a password: put it into HTTPS_PROXY (407)"
    return f"the proxy does not lead to {host} ({status})"


def _tls(chain: list[BaseException], there: str) -> str:
    for link in chain:
        if isinstance(link, ssl.SSLCertVerificationError):
            words = _CERTIFICATE.get(link.verify_code, "it is not trusted")
            return f"the certificate of {there} is refused: {words}"
        if type(link).__name__ == "CertificateError":  # urllib3 1.26 compares addresses by itself
            return f"the certificate of {there} is refused: {_CERTIFICATE[64]}"
    for link in chain:
        if isinstance(link, ssl.SSLError) and not isinstance(link, TimeoutError):
            reason = (link.reason or "").lower().replace("_", " ")
            return f"no secure connection to {there} could be made" + (f" ({reason})" if reason else "")
    return ""


def _network(chain: list[BaseException], names: set[str], there: str) -> str:
    if any(isinstance(link, socket.gaierror) for link in chain):
        return f"the name of {there} is not found: is the network up?"
    if any(isinstance(link, TimeoutError) for link in chain) or "ConnectTimeoutError" in names:
        return f"{there} did not answer in time"
    if any(isinstance(link, ConnectionRefusedError) for link in chain):
        return f"{there} refuses connections"
    if any(isinstance(link, (HTTPException, ConnectionError)) for link in chain):
        return f"{there} closed the connection"
    numbers = [link.errno for link in chain if isinstance(link, OSError) and link.errno]
    if numbers:
        return f"{there} cannot be reached: {os.strerror(numbers[-1])}"
    return f"the request to {there} failed ({type(chain[0]).__name__})"


def why_unanswered(error: BaseException, host: str) -> str:
    """Why there is no usable answer to a request that had left."""
    chain = list(_chain(error))
    if any(isinstance(link, TimeoutError) or type(link).__name__ == "ReadTimeoutError" for link in chain):
        return f"{host} did not answer in time"
    if any(
        isinstance(link, (ConnectionError, RemoteDisconnected, IncompleteRead, ssl.SSLError))
        for link in chain
    ):
        return f"{host} closed the connection before its answer was complete"
    if any(isinstance(link, ValueError) for link in chain):
        return f"the answer of {host} has no end"
    return f"the answer of {host} makes no sense"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all it was made from: causes, contexts, and the ones urllib3 wraps as arguments."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [link.__cause__, link.__context__, *link.args]

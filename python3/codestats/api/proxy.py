"""Which proxy the environment (on macOS and Windows also the system's settings) wants for the service."""

from __future__ import annotations

import base64
import urllib.request
from urllib.parse import unquote, urlsplit

from codestats.address import is_loopback

__all__ = ["InvalidProxyError", "proxy_for"]


class InvalidProxyError(Exception):
    """The environment names a proxy that cannot be used; the text says why, without its password."""


def proxy_for(origin: str) -> tuple[str, dict[str, str]] | None:
    """The environment's proxy for an origin, as its address and the headers it wants, or None for none.

    HTTPS_PROXY, then ALL_PROXY, but for what NO_PROXY names, in either letter case (and what macOS and
    Windows are set to). Never for this very machine: a proxy's loopback is not ours, and there the token
    may travel unencrypted. HTTP_PROXY thereby has no use: plain http:// is for loopback addresses only.
    Raises InvalidProxyError.
    """
    target = urlsplit(origin)
    host = target.hostname or ""
    if is_loopback(host) or urllib.request.proxy_bypass(f"{host}:{target.port or 443}"):
        return None
    proxies = urllib.request.getproxies()
    given = proxies.get(target.scheme) or proxies.get("all")
    return _proxy(given) if given else None


def _proxy(given: str) -> tuple[str, dict[str, str]]:
    try:
        parts = urlsplit(given if "://" in given else f"http://{given}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host:
        raise InvalidProxyError("the proxy in HTTPS_PROXY or ALL_PROXY is no address like http://proxy:3128")
    if parts.scheme not in ("http", "https"):
        raise InvalidProxyError("the proxy in HTTPS_PROXY or ALL_PROXY must begin with http:// or https://")
    host = f"[{host}]" if ":" in host else host
    url = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    if parts.username is None:
        return url, {}
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return url, {"Proxy-Authorization": f"Basic {base64.b64encode(login).decode()}"}

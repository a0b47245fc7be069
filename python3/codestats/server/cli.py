"""``codestats serve``: the service as a command."""

# ruff: noqa: T201 - a command prints
from __future__ import annotations

import argparse
import io
import json
import logging
import os
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from codestats.address import is_loopback
from codestats.server.admin.access import SCOPES
from codestats.server.database import StoreError
from codestats.server.service import DEFAULT_MACHINE, DEFAULT_USER, Service

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from codestats.server.store import StoredPulse

__all__ = ["add_parser", "run"]

_DESCRIPTION = """\
Runs a small Code::Stats-compatible service on this machine, for trying the plugin without an account.
It prints an address, and each token once: when it is made; Ctrl-C ends it."""


_SHOWN = "shown when it was made; --new-tokens makes another."


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Adds the command ``serve``; its ``run`` default is the function to call."""
    parser = subparsers.add_parser(
        "serve",
        help="run a small local Code::Stats-compatible service",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=_port, default=0, help="port to listen on (default: 0, any free one)")
    add("--data", type=Path, metavar="FILE", help="keep users and XP in this file (default: in memory only)")
    for option, noun, default in (
        ("--user", "user", DEFAULT_USER),
        ("--machine", "machine", DEFAULT_MACHINE),
    ):
        text = f"make this {noun}; may be repeated: every user gets every machine (default: {default})"
        add(option, type=_name, action="append", metavar="NAME", help=text)
    add(
        "--new-tokens",
        action="store_true",
        help="make new tokens for these machines and of --grant, and end those they had",
    )
    text = "make a token, once, with which programs may read, manage or administrate, for each user (doc/service.md)"
    add("--grant", choices=SCOPES[1:], metavar="SCOPE", help=f"{text}: {', '.join(SCOPES[1:])}")
    add("--private", action="store_true", help="hide the profiles of these users")
    add("--ready-file", type=Path, metavar="FILE", help="write address and tokens to this file once ready")
    add("--allow-remote", action="store_true", help="listen on an address that other machines can reach")
    add("--quiet", action="store_true", help="do not print a line for each pulse")
    parser.set_defaults(run=run)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Serves until Ctrl-C or SIGTERM. Exit code 0, or 1 with one sentence on stderr when it can't start."""
    if not arguments.allow_remote and not is_loopback(arguments.host):
        return _fail(
            f"{arguments.host or 'An empty host'} is not a loopback address; this service is for this machine"
            " only, unencrypted. Use --allow-remote if other machines shall reach it all the same."
        )
    logging.basicConfig(format="codestats serve: %(message)s")
    try:
        service = Service(
            arguments.data,
            host=arguments.host,
            port=arguments.port,
            on_pulse=None if arguments.quiet else _print_pulse,
        )
    except StoreError as error:
        return _fail(str(error))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without Unicode shows what it can
    # An exception, not an Event: its set() waits for ever where the signal comes while wait() has its lock.
    ended: list[int] = []

    def end(number: int, _: FrameType | None) -> None:
        ended.append(number)
        raise KeyboardInterrupt

    _on_end_signals(end)
    try:
        service.start()
        _announce(service, arguments)
        while not ended:  # what is raised in a destructor is lost
            time.sleep(1)
        _on_end_signals(signal.SIG_IGN)
    except KeyboardInterrupt:
        _on_end_signals(signal.SIG_IGN)
    except OSError as error:
        return _fail(f"Can't serve on {arguments.host}, port {arguments.port}: {error.strerror or error}.")
    finally:
        service.close()
        if arguments.ready_file is not None:
            arguments.ready_file.unlink(missing_ok=True)
    return 0


def _on_end_signals(handler: Callable[[int, FrameType | None], object] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _announce(service: Service, arguments: argparse.Namespace) -> None:
    """Writes the ready file; prints address, tokens and their use."""
    users, machines = arguments.user or [DEFAULT_USER], arguments.machine or [DEFAULT_MACHINE]
    owners = [(user, machine) for user in users for machine in machines]
    make = service.token if arguments.new_tokens else service.new_token
    tokens = [(user, machine, make(user, machine)) for user, machine in owners]
    grants = [
        (user, arguments.grant, service.grant_once(arguments.grant, user, anew=arguments.new_tokens))
        for user in users
        if arguments.grant
    ]
    if arguments.private:
        service.private = service.private | set(users)
    print(f"Code::Stats-compatible service on {service.url}, data in {arguments.data or 'memory only'}.")
    for user, machine, token in tokens:
        print(f"\nToken of {_clean(user)} on {_clean(machine)}: {token or _SHOWN}")
        if token:
            use = f"let g:codestats_api_url = '{service.url}' | let g:codestats_api_key = '{token}'"
            print(f"In Vim:  :{use}")
    for user, scope, token in grants:
        print(f"\nToken of {_clean(user)} for programs that {scope}: {token or _SHOWN}")
    if arguments.ready_file is not None:
        names = ("user", "machine", "token")
        ready = {
            "url": service.url,
            "pid": os.getpid(),
            "tokens": [dict(zip(names, one, strict=True)) for one in tokens],
            "access": [{"user": user, "scope": scope, "token": token} for user, scope, token in grants],
        }
        _write_private(arguments.ready_file, json.dumps(ready, ensure_ascii=False))
    print("\nCtrl-C ends it.", flush=True)


def _write_private(path: Path, text: str) -> None:
    """Writes a file (0600) that is either not there or complete. Raises OSError."""
    number, name = tempfile.mkstemp(dir=path.absolute().parent)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(path)


def _print_pulse(pulse: StoredPulse) -> None:
    at = time.strftime("%H:%M:%S", time.localtime(pulse.received_at))
    xps = ", ".join(f"{_clean(name)} +{xp}" for name, xp in pulse.xps.items()) or "nothing"
    with suppress(OSError):  # nobody reads on; the pulse is taken all the same
        print(f"{at}  {_clean(pulse.user)} on {_clean(pulse.machine)}: {xps}", flush=True)


def _clean(text: str) -> str:
    """Text that can't move the terminal's cursor."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError
    return port


def _name(text: str) -> str:
    if not text.strip():
        raise ValueError
    text.encode()  # bytes that are no text come as half surrogates, and raise a ValueError here
    return text


_port.__name__, _name.__name__ = "port", "name"  # argparse shows them in its messages


def _fail(sentence: str) -> int:
    print(f"codestats serve: {sentence}", file=sys.stderr)
    return 1

"""Odd answers of services, gateways and portals, for a while each: what a soak has among its weather."""

from __future__ import annotations

from codestats.server.exchange import HTML, Request, Response
from support.faults import fault_injector as w
from support.faults.fault_injector import Fault, FaultyHandler

__all__ = ["ODDITIES"]


def takes_and_says(status: int, body: str = "<html>gateway</html>", kind: str = HTML) -> Fault:
    """The pulse is taken, and the answer is somebody else's."""

    def fault(handler: FaultyHandler, request: Request) -> None:
        handler.take(request)
        handler.send(Response(status, body.encode(), kind))

    return w.only_pulses(fault)


ODDITIES: dict[str, Fault] = {
    "400 of a gateway": w.says(400, {"error": "no route"}),
    "400, Invalid date.": w.only_pulses(w.says(400, {"error": "Invalid date."})),
    "413 of a proxy": w.only_pulses(w.says(413, "<html>too large</html>", kind=HTML)),
    "422 of a proxy": w.only_pulses(w.says(422, {"message": "unprocessable"})),
    "201 of a portal": w.says(201, {"login": "http://portal.invalid/"}),
    "200 of a portal": w.PORTAL,
    "403 of a firewall": w.says(403, "<html>blocked</html>", kind=HTML),
    "429": w.only_pulses(w.says(429)),
    "500": w.only_pulses(w.says(500, {"error": "Unknown error"})),
    "500, pulse taken": takes_and_says(500),
    "202, pulse taken": takes_and_says(202, "{}", "application/json"),
    "201 with HTML, pulse taken": takes_and_says(201),
    "408, pulse taken": takes_and_says(408),
    "closes, pulse taken": w.only_pulses(w.takes_and_closes),
    "reset, pulse taken": w.only_pulses(w.takes_and_resets),
}

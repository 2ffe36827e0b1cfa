"""The server that ours are made of: what connects and asks nothing, or asks without end, holds nobody up."""

from __future__ import annotations

import os
import socket
import struct
import sys
import time
from http.server import BaseHTTPRequestHandler
from queue import SimpleQueue
from threading import Event
from types import SimpleNamespace

import pytest

from ssoenv import loopback
from ssoenv.loopback import LoopbackHandler, LoopbackServer


class Handler(BaseHTTPRequestHandler):
    timeout = 60  # so that it is no limit of reads that makes room

    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def connect(server):
    return socket.create_connection(("127.0.0.1", server.server_port), timeout=20)


def ask(connection):
    """Return the first byte of an answer."""
    connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
    return connection.recv(1)


def test_a_slow_request_is_cut(monkeypatch):
    """One that sends a byte now and then would hold its thread for ever."""
    monkeypatch.setattr(LoopbackServer, "longest_connection", 0.1)
    with LoopbackServer(Handler) as server, connect(server) as connection:
        connection.settimeout(0.05)
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        with pytest.raises(ConnectionError):
            while True:
                connection.sendall(b"x")
                try:
                    if connection.recv(1) == b"":
                        raise ConnectionResetError
                except TimeoutError:
                    pass


def test_many_idle_connections_keep_nobody_out(monkeypatch):
    """The oldest ones make room, so that threads are bounded and who asks still gets an answer."""
    monkeypatch.setattr(LoopbackServer, "most_connections", 8)
    monkeypatch.setattr(LoopbackServer, "longest_connection", 60)
    with LoopbackServer(Handler) as server:
        idle = [connect(server) for _ in range(40)]
        with connect(server) as connection:
            assert ask(connection) == b"H"
        assert [connection.recv(1) for connection in idle[:32]] == [b""] * 32
        for connection in idle:
            connection.close()


def test_no_file_to_open_makes_it_wait(monkeypatch):
    """A connection that can't be accepted waits, and the server rests meanwhile: it would ask again at once."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    pauses = []

    def rest(seconds):
        pauses.append(seconds)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

    monkeypatch.setattr(loopback, "time", SimpleNamespace(monotonic=loopback.time.monotonic, sleep=rest))
    with LoopbackServer(Handler) as server, socket.socket() as connection:
        connection.settimeout(20)
        lowest = os.dup(connection.fileno())
        os.close(lowest)
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, before[1]))
        try:
            connection.connect(("127.0.0.1", server.server_port))
            assert ask(connection) == b"H"
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert pauses == [loopback._PAUSE]


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root can be two users")
@pytest.mark.parametrize("is_reset", [False, True], ids=["closed", "reset"])
def test_who_has_closed_the_connection_is_not_let_in(is_reset):
    """The system shows a closed connection as root's, and a reset one not at all: another user is told all the same."""
    asked, told = Event(), SimpleQueue()

    class Slow(LoopbackHandler):
        def do_GET(self):
            asked.set()
            time.sleep(0.2)  # a connection is shown so once its end is acknowledged
            told.put(self.is_own())

    with LoopbackServer(Slow) as server:
        os.seteuid(65534)
        try:
            theirs = socket.socket()
        finally:
            os.seteuid(0)
        theirs.connect(("127.0.0.1", server.server_port))
        theirs.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert asked.wait(10)
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", is_reset, 0))
        theirs.close()
        assert told.get(timeout=10) is False

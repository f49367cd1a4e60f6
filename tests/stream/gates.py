"""A gate before a server: closed, it is as if the server had been killed."""

import contextlib
import socket
import threading

BUFFER = 65_536


class Gate:
    """A port of ours that leads to another one until it is shut; then nobody answers there."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._behind = (host, port)
        self._listener = self._listen(0)
        self.port = int(self._listener.getsockname()[1])
        self._open: set[socket.socket] = set()
        self._accept()

    def shut(self) -> None:
        """Cut all connections off and refuse new ones."""
        listener, self._listener = self._listener, None  # type: ignore[assignment]
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for one in list(self._open):
            self._drop(one)

    def open(self, port: int | None = None) -> None:
        """Let through again; to another port when the server came back there."""
        if port is not None:
            self._behind = (self._behind[0], port)
        self._listener = self._listen(self.port)
        self._accept()

    def _listen(self, port: int) -> socket.socket:
        return socket.create_server(("127.0.0.1", port), reuse_port=True, backlog=128)

    def _accept(self) -> None:
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                caller, _address = listener.accept()
                behind = socket.create_connection(self._behind)
            except OSError:
                return
            self._open |= {caller, behind}
            for ends in ((caller, behind), (behind, caller)):
                threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while said := source.recv(BUFFER):
                target.sendall(said)
        self._drop(source)
        self._drop(target)

    def _drop(self, one: socket.socket) -> None:
        self._open.discard(one)
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()

"""Downloads one file over HTTP, going on where an earlier try was cut off."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CONNECT_SECONDS, _SILENCE_SECONDS = 10.0, 30.0
_MOST_STALLED_TRIES = 3
# What a connection delivered of an unfinished chunk is lost when it is cut.
_CHUNK = 1 << 14


@dataclass(frozen=True, slots=True)
class ResumingDownloader:
    """A downloader for pooch that collects the bytes in `part`, which outlives a cut connection or a crash.

    `notify(done, total)` is told the bytes so far and in all (None where the server does not say).
    """

    part: Path
    notify: Callable[[int, int | None], None]

    def __call__(self, url: str, output_file: str, pooch: Any) -> None:  # noqa: ARG002 - pooch's interface
        """Download `url` to `output_file`.

        Raises:
            requests.RequestException: where the server refuses, or the connection fails and stays down.
        """
        import requests  # noqa: PLC0415 - slow to import, and rarely needed

        stalled, ever_moved = 0, False
        while True:
            before = self._size()
            try:
                self._continue(url)
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError):
                moved = self._size() > before
                ever_moved |= moved
                stalled = 0 if moved else stalled + 1
                # A server that never sent a byte is left to the next source at once.
                if not ever_moved or stalled == _MOST_STALLED_TRIES:
                    raise
                time.sleep(stalled)
            else:
                self.part.replace(output_file)
                return

    def _size(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _continue(self, url: str) -> None:
        """Ask for what `part` lacks and append it, or start over where the server only sends the whole."""
        import requests  # noqa: PLC0415

        offset = self._size()
        # Packed on the way, the bytes would not be those that the offset counts.
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={offset}-"} if offset else {})
        timeouts = (_CONNECT_SECONDS, _SILENCE_SECONDS)
        with requests.get(url, headers=headers, stream=True, timeout=timeouts) as response:
            if offset and response.status_code == requests.codes.requested_range_not_satisfiable:
                if response.headers.get("Content-Range") != f"bytes */{offset}":  # else nothing is lacking
                    self.part.unlink()
                    self._continue(url)
                return
            response.raise_for_status()
            goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {offset}-")
            done = offset if response.status_code == requests.codes.partial_content and goes_on else 0
            length = response.headers.get("Content-Length")
            total = None if length is None else done + int(length)
            with self.part.open("ab" if done else "wb") as file:
                self.notify(done, total)
                for chunk in response.iter_content(_CHUNK):
                    file.write(chunk)
                    done += len(chunk)
                    self.notify(done, total)
        if total is not None and done < total:
            raise requests.ConnectionError(f"the connection ended after {done:,} of {total:,} bytes")

import hashlib
import http.server
import threading
from functools import partial

import pytest
from commands import letters_csv

from signtui.data.fetch import Download, Source
from signtui.data.published import PublishedFile


@pytest.fixture
def letters(tmp_path):
    letters_csv(tmp_path / "sign_mnist_train.csv", 192, size=28)
    letters_csv(tmp_path / "sign_mnist_test.csv", 96, size=28, seed=1)
    return f"--data-dir={tmp_path}"


def test_info_counts_images_classes_and_photographs(signtui, letters):
    info = signtui("data", "info", letters, "--json").json
    assert info["synthetic"] is False
    assert len(info["classes"]) == 24
    train, test = info["sets"]
    assert train["shape"] == [192, 28, 28]
    assert train["photographs"] == 96
    assert sum(train["class_counts"]) == 192
    assert test["role"] == "test"
    assert [file["role"] for file in info["files"]] == ["train", "test"]


def test_the_info_page_names_files_and_verdicts(signtui, letters):
    answer = signtui("data", "info", letters)
    assert "sign_mnist_train.csv" in answer.out
    assert "unknown" in answer.out
    assert "synthetic" not in answer.out + answer.err


def test_info_on_synthetic_hands_says_so_and_how_to_get_real_ones(signtui):
    answer = signtui("data", "info", "--synthetic-images=192")
    assert "synthetic, not photographs" in answer.out
    assert "signtui data fetch" in answer.err


def test_preview_shows_ten_images_with_their_letters(signtui, letters):
    answer = signtui("data", "preview", letters)
    captions = [word for line in answer.out.splitlines() for word in line.split() if word in "ABCDEFGHIK"]
    assert answer.code == 0
    assert len(answer.out.splitlines()) > 70
    assert captions[:2] == ["A", "A"]
    assert "10 of 192 train images" in answer.err


def test_preview_of_one_letter_in_the_test_images(signtui, letters):
    answer = signtui("data", "preview", letters, "-n", "2", "--letter=y", "--split=test")
    assert answer.out.splitlines()[-1].split() == ["Y", "Y"]
    other = signtui("data", "preview", letters, "-n", "2", "--letter=y", "--split=test", "--seed=5")
    assert other.out.splitlines()[-1].split() == ["Y", "Y"]
    assert other.out != answer.out


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server on this machine that publishes one small file; `fetch` knows of no other place."""
    folder = tmp_path / "served"
    folder.mkdir()
    content = b"label,pixel1\n0,1\n"
    (folder / "sign_mnist_train.csv").write_bytes(content)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as served:
        threading.Thread(target=served.serve_forever, args=(0.01,)).start()
        url = f"http://127.0.0.1:{served.server_port}/sign_mnist_train.csv"
        versions = {hashlib.sha256(content).hexdigest(): (len(content), "published bytes")}
        published = PublishedFile("sign_mnist_train.csv", "train", 1, versions)
        monkeypatch.setattr(
            "signtui.data.fetch.SOURCES", (Source("nearby", (Download(url, (published.name,)),)),)
        )
        monkeypatch.setattr("signtui.data.published.PUBLISHED", (published,))
        yield folder
        served.shutdown()


def test_fetch_puts_the_file_where_it_is_told_and_prints_its_path(signtui, server, tmp_path):
    answer = signtui("data", "fetch", "--to", "there")
    assert answer.code == 0
    assert answer.out == "there/sign_mnist_train.csv\n"
    assert "downloading from nearby" in answer.err
    assert (tmp_path / "there" / "sign_mnist_train.csv").read_bytes() == b"label,pixel1\n0,1\n"
    assert "signtui train --data-dir there" in answer.err


def test_fetch_that_gets_the_wrong_bytes_fails_in_one_sentence(signtui, server):
    (server / "sign_mnist_train.csv").write_bytes(b"something else...")
    answer = signtui("data", "fetch", "--to", "there")
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.splitlines()[-1].startswith("signtui: error: ")
    assert "nearby" in answer.err


def test_info_counts_images_and_photographs_of_each_signer(signtui, letters, tmp_path):
    rows = [f"sign_mnist_train.csv,{row + 1},{'ann' if row < 96 else 'bo'}" for row in range(192)]
    (tmp_path / "signers.csv").write_text("file,row,signer\n" + "\n".join(rows) + "\n")
    info = signtui("data", "info", letters, "--json").json
    assert info["group_kind"] == "signer"
    assert [(group["name"], group["images"]) for group in info["groups"]] == [
        ("ann", [96, None]),
        ("bo", [96, None]),
    ]
    assert sum(group["photographs"][0] for group in info["groups"]) == 96
    page = signtui("data", "info", letters).out
    lines = [line.split() for line in page.splitlines()]
    assert ["ann", "96", "48", "-", "-"] in [line[:5] for line in lines]
    assert "says which signer each image is of" in page
    assert "names no row of sign_mnist_test.csv" in page


def test_info_says_why_a_table_of_signers_is_passed_over(signtui, letters, tmp_path):
    (tmp_path / "signers.csv").write_text("file,row,signer\nsign_mnist_train.csv,0,ann\n")
    answer = signtui("data", "info", letters)
    assert answer.code == 0
    assert "line 2, column row: '0' is not a whole number from 1" in answer.out

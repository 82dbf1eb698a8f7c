"""The choices script/server makes before it starts anything."""

import socket

import pytest

from dho.embedded import server


def test_it_takes_the_next_port_when_the_first_is_taken(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    first, second = server._listen(), server._listen()
    assert 8000 <= first.getsockname()[1] < second.getsockname()[1]
    assert first.getsockname()[0] == "127.0.0.1"
    first.close()
    second.close()


def test_it_refuses_a_taken_port_that_was_asked_for(monkeypatch):
    taken = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
    with pytest.raises(server.StartFailed, match="Choose another PORT"):
        server._listen()
    taken.close()


def test_it_prepares_again_only_when_a_source_file_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(server, "CHECKOUT", tmp_path)
    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts" / "models.py").write_text("first")
    before = server._fingerprint()
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "log.txt").write_text("not source")
    assert server._fingerprint() == before
    (tmp_path / "alerts" / "models.py").write_text("second")
    assert server._fingerprint() != before


def test_it_tells_a_stand_in_who_there_is(tmp_path):
    people = tmp_path / "helseid.jsonl"
    people.write_text('{"sub": "ida"}\n{"sub": "dahl"}\n')
    command = server._stand_in("http://127.0.0.1:49152", people)
    assert command[1:] == [
        "-m",
        "oidc_provider_mock",
        "--port=49152",
        "--user-claims",
        '{"sub": "ida"}',
        "--user-claims",
        '{"sub": "dahl"}',
    ]

"""Accounts as a caller meets them: a running server on SQLite and on PostgreSQL."""

import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from reelwright.adapters.http import create_app
from tests.people import OTHER, PASSWORD, ROOT, accounts_in, bearer, kind, newcomer, register, sign_in
from tests.service import served


def test_a_person_s_first_minutes(client: httpx.Client) -> None:
    name, made = register(client)
    assert (made["username"], made["role"], made["plan"]) == (name, "user", "free")
    assert "password" not in str(made)

    answer = sign_in(client, f"{name.upper()}@example.org")
    assert answer.headers["cache-control"] == "no-store"
    tokens = answer.json()
    assert set(tokens) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 900)
    me = bearer(tokens)
    assert client.get("/api/users/profile", headers=me).json() == made

    change = {"display_name": "Ada  Lovelace", "language": "zh"}
    changed = client.put("/api/users/profile", headers=me, json=change).json()
    assert changed == made | {"display_name": "Ada Lovelace", "language": "zh"}
    assert client.put("/api/users/profile", headers=me, json={}).json() == changed

    videos, *others = client.get("/api/users/quota", headers=me).json()["resources"]
    assert (videos["resource"], videos["used"], videos["limit"], videos["left"]) == ("videos", 0, 20, 20)
    assert videos["resets_at"].endswith("T00:00:00Z")
    assert [one["resource"] for one in others] == ["render_seconds", "storage_bytes", "ai_calls", "jobs"]

    stats = client.get(f"/api/users/stats/{made['id']}", headers=me).json()
    assert stats["actions"] == {"register": 1, "login": 1, "profile.update": 2}
    history = client.get("/api/users/usage-history", headers=me, params={"limit": 3}).json()
    assert [one["action"] for one in history["items"]] == ["profile.update", "profile.update", "login"]
    rest = client.get("/api/users/usage-history", headers=me, params={"limit": 3, "cursor": history["next"]}).json()
    assert ([one["action"] for one in rest["items"]], rest["next"]) == (["register"], None)

    assert client.post("/api/users/logout", headers=me).status_code == 204
    assert kind(client.get("/api/users/profile", headers=me)) == (401, "unauthenticated")
    assert kind(client.post("/api/users/refresh", json={"refresh_token": tokens["refresh_token"]}))[0] == 401


def test_a_changed_password_ends_every_session(client: httpx.Client) -> None:
    name, _ = register(client)
    here, there = sign_in(client, name).json(), sign_in(client, name).json()
    path = "/api/users/change-password"
    wrong = client.post(path, headers=bearer(here), json={"old_password": OTHER, "new_password": OTHER})
    assert kind(wrong) == (403, "forbidden")
    weak = client.post(path, headers=bearer(here), json={"old_password": PASSWORD, "new_password": "12345678"})
    assert kind(weak) == (422, "invalid-input")
    assert [one["pointer"] for one in weak.json()["errors"]] == ["#/new_password"]
    assert client.get("/api/users/profile", headers=bearer(here)).status_code == 200

    done = client.post(path, headers=bearer(here), json={"old_password": PASSWORD, "new_password": OTHER})
    assert (done.status_code, done.content) == (204, b"")
    for tokens in (here, there):
        assert client.get("/api/users/profile", headers=bearer(tokens)).status_code == 401
        spent = client.post("/api/users/refresh", json={"refresh_token": tokens["refresh_token"]})
        assert spent.status_code == 401
    assert sign_in(client, name).status_code == 401
    assert sign_in(client, name, OTHER).status_code == 200


def test_a_refresh_token_is_good_for_one_use_and_a_second_one_ends_the_session(client: httpx.Client) -> None:
    _, first = newcomer(client)

    def refresh(tokens: dict[str, Any]) -> httpx.Response:
        return client.post("/api/users/refresh", json={"refresh_token": tokens["refresh_token"]})

    answer = refresh(first)
    assert answer.headers["cache-control"] == "no-store"
    second = answer.raise_for_status().json()
    assert second["refresh_token"] != first["refresh_token"]
    third = refresh(second).raise_for_status().json()
    assert client.get("/api/users/profile", headers=bearer(third)).status_code == 200
    assert kind(refresh(first)) == (401, "unauthenticated")
    assert refresh(third).status_code == 401
    for tokens in (first, second, third):
        assert client.get("/api/users/profile", headers=bearer(tokens)).status_code == 401


def test_a_deleted_account_is_gone_and_its_name_free(client: httpx.Client) -> None:
    made, tokens = newcomer(client)
    assert client.delete("/api/users/account", headers=bearer(tokens)).status_code == 204
    assert client.get("/api/users/profile", headers=bearer(tokens)).status_code == 401
    assert sign_in(client, made["username"]).status_code == 401
    body = {"username": made["username"], "email": made["email"], "password": PASSWORD}
    again = client.post("/api/users/register", json=body).raise_for_status().json()
    assert again["id"] != made["id"]


def told(answer: httpx.Response) -> dict[str, Any]:
    """The answer without what is of each request."""
    return {name: value for name, value in answer.json().items() if name != "request_id"}


def test_a_refused_login_does_not_tell_which_account_exists(client: httpx.Client) -> None:
    name, _ = register(client)
    answers = [
        sign_in(client, name, OTHER),
        sign_in(client, f"{name}@example.org", OTHER),
        sign_in(client, "nobody"),
        sign_in(client, "nobody@example.org"),
        sign_in(client, "", ""),
        sign_in(client, "a\0b", "c\0d"),
    ]
    assert {kind(one) for one in answers} == {(401, "unauthenticated")}
    assert [told(one) for one in answers] == [told(answers[0])] * len(answers)
    assert len({tuple(sorted(one.headers)) for one in answers}) == 1


def test_a_refusal_is_told_in_chinese_to_who_reads_it(client: httpx.Client) -> None:
    made, tokens = newcomer(client)
    name = made["username"]
    chinese = {"Accept-Language": "zh-CN"}
    body = {"username": name, "password": OTHER}
    login = client.post("/api/users/login", headers=chinese, json=body).json()
    assert (login["title"], login["detail"]) == ("未登录", "用户名或密码错误")
    passwords = {"old_password": OTHER, "new_password": "a third one now"}
    wrong = client.post("/api/users/change-password", headers=chinese | bearer(tokens), json=passwords).json()
    assert (wrong["title"], wrong["detail"]) == ("无权访问", "原密码错误")
    taken = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
    conflict = client.post("/api/users/register", headers=chinese, json=taken).json()
    assert conflict["detail"] == "与现有内容冲突：该用户名或邮箱已被使用；请换一个"
    spent = client.post("/api/users/refresh", headers=chinese, json={"refresh_token": "x"}).json()
    assert spent["detail"] == "刷新令牌已使用、已过期或无效；请重新登录"


def test_a_refused_registration_does_not_tell_what_is_in_use(client: httpx.Client) -> None:
    name, _ = register(client)
    taken = [
        {"username": name.upper(), "email": "new@example.org", "password": PASSWORD},
        {"username": "somebody.new", "email": f"{name}@EXAMPLE.org", "password": PASSWORD},
        {"username": name, "email": f"{name}@example.org", "password": PASSWORD},
    ]
    answers = [client.post("/api/users/register", json=one) for one in taken]
    assert {kind(one) for one in answers} == {(409, "conflict")}
    assert [told(one) for one in answers] == [told(answers[0])] * 3
    _, tokens = newcomer(client)
    changed = client.put("/api/users/profile", headers=bearer(tokens), json={"username": name})
    assert kind(changed) == (409, "conflict")
    assert changed.json()["detail"] == answers[0].json()["detail"]


def test_who_guesses_has_to_wait_whether_the_account_exists_or_not(client: httpx.Client) -> None:
    name, _ = register(client)
    for guessed in (name, f"no-{name}"):
        statuses = [sign_in(client, guessed, OTHER).status_code for _ in range(5)]
        assert statuses == [401] * 5
        refused = sign_in(client, guessed)
        assert kind(refused) == (429, "too-many-requests")
        wait = int(refused.headers["retry-after"])
        assert 800 < wait <= 900
        assert refused.json()["detail"] == f"Wait {wait} s before the next request"


def test_what_another_user_did_is_for_administrators(client: httpx.Client) -> None:
    ada, tokens = newcomer(client)
    other, _ = newcomer(client)
    root = bearer(sign_in(client, "root").json())
    hidden = client.get(f"/api/users/stats/{other['id']}", headers=bearer(tokens))
    missing = client.get("/api/users/stats/nobody", headers=bearer(tokens))
    assert kind(hidden) == kind(missing) == (404, "not-found")
    assert hidden.json()["detail"] == missing.json()["detail"].replace("nobody", other["id"])
    assert client.get(f"/api/users/stats/{ada['id']}", headers=root).json()["actions"] == {"register": 1, "login": 1}
    assert kind(client.get("/api/users/stats/nobody", headers=root)) == (404, "not-found")


def test_an_administrator_lists_accounts_and_sets_plans(client: httpx.Client) -> None:
    ada, tokens = newcomer(client)
    root = bearer(sign_in(client, "root").json())
    assert kind(client.get("/api/users/", headers=bearer(tokens))) == (403, "forbidden")
    path = f"/api/users/{ada['id']}/plan"
    assert kind(client.put(path, headers=bearer(tokens), json={"plan": "unlimited"})) == (403, "forbidden")

    page = client.get("/api/users/", headers=root, params={"limit": 1}).json()
    assert page["items"] == [ada]
    names, cursor = [ada["username"]], page["next"]
    while cursor:
        page = client.get("/api/users/", headers=root, params={"limit": 100, "cursor": cursor}).json()
        names += [one["username"] for one in page["items"]]
        cursor = page["next"]
    assert names[-1] == "root"
    assert len(set(names)) == len(names)

    assert client.put(path, headers=root, json={"plan": "team"}).json() == ada | {"plan": "team"}
    videos = client.get("/api/users/quota", headers=bearer(tokens)).json()["resources"][0]
    assert videos["limit"] == 200
    wrong = client.put(path, headers=root, json={"plan": "taem"})
    assert kind(wrong) == (422, "invalid-input")
    (error,) = wrong.json()["errors"]
    assert error["pointer"] == "#/plan"
    assert "did you mean 'team'?" in error["detail"]
    for limit in (0, 101):
        assert kind(client.get("/api/users/", headers=root, params={"limit": limit}))[0] == 422


def test_every_route_but_those_that_sign_in_asks_for_a_token(client: httpx.Client) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    asked = 0
    for path, operations in paths.items():
        for method in operations if path.startswith("/api/users") else ():
            if re.search("/(register|login|refresh)$", path):
                continue
            asked += 1
            answer = client.request(method, re.sub("{.*?}", "x", path), json={})
            assert kind(answer) == (401, "unauthenticated"), path
    assert asked == 14


def test_an_ended_session_lets_nobody_in_after_a_restart_and_a_living_one_does(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'reelwright.db'}"
    with served(create_app(accounts_in(tmp_path, url, **ROOT))) as client:
        living, ended = sign_in(client, "root").json(), sign_in(client, "root").json()
        client.post("/api/users/logout", headers=bearer(ended)).raise_for_status()
    with served(create_app(accounts_in(tmp_path, url, **ROOT))) as client:
        assert client.get("/api/users/profile", headers=bearer(living)).json()["role"] == "admin"
        assert client.get("/api/users/profile", headers=bearer(ended)).status_code == 401


def test_sessions_end_when_their_time_is_over(tmp_path: Path) -> None:
    parts = accounts_in(tmp_path, f"sqlite:///{tmp_path / 'reelwright.db'}", **ROOT)
    with served(create_app(parts)) as client:
        parts.access_tokens().lifetime = timedelta(seconds=1)
        tokens = sign_in(client, "root").json()
        assert tokens["expires_in"] == 1
        assert client.get("/api/users/profile", headers=bearer(tokens)).status_code == 200
        time.sleep(1.1)
        assert kind(client.get("/api/users/profile", headers=bearer(tokens))) == (401, "unauthenticated")
        newer = client.post("/api/users/refresh", json={"refresh_token": tokens["refresh_token"]}).json()
        assert client.get("/api/users/profile", headers=bearer(newer)).status_code == 200

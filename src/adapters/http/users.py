"""``/api/users``: registering, signing in and out, one's own account, and what administrators set."""

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter

from ...application.accounts import Accounts, Caller
from ...application.paging import LONGEST_PAGE
from ...application.sessions import Tokens
from ...domain.errors import InvalidField, NotFound, UnknownName
from . import user_bodies as bodies
from .authentication import ADMIN, PUBLIC, signed_in
from .rate_limits import address
from .user_bodies import (
    Account,
    AccountPage,
    ActionPage,
    Login,
    PasswordChange,
    PlanChange,
    ProfileChange,
    Quota,
    Refresh,
    Registration,
    UserStatistics,
    account,
    action,
    allotment,
    statistics,
)

Asked = Request[Any, Any, Any]
UserId = Annotated[
    str, PathParameter(description="The `id` of an account.", examples=[Example(value=bodies.ACCOUNT.id)])
]
Cursor = Annotated[str | None, QueryParameter(description="The `next` of the page before.")]
Limit = Annotated[int, QueryParameter(description="The most items of the page.", ge=1, le=LONGEST_PAGE)]

_UNKEPT = {"Cache-Control": "no-store"}
"""RFC 6749, section 5.1: no cache keeps an answer that holds tokens."""


def _problems(*slugs: str) -> dict[str, Any]:
    return {"problems": ("unavailable", *slugs)}


def _answer(shape: Any, example: Any, told: str) -> ResponseSpec:
    shown = [Example(value=msgspec.to_builtins(example))]
    return ResponseSpec(shape, generate_examples=False, description=told, examples=shown)


class Users(Controller):
    path = "/api/users"
    tags = ("users",)

    @post(
        "/register",
        opt=PUBLIC | _problems("conflict"),
        summary="Make an account",
        description="A name or an address that is in use is refused without telling which of them it is.",
        operation_id="register",
        responses={201: _answer(Account, bodies.ACCOUNT, "The account")},
    )
    async def register(
        self,
        request: Asked,
        accounts: NamedDependency[Accounts],
        data: Annotated[Registration, bodies.body(bodies.REGISTRATION)],
    ) -> Account:
        made = await accounts.register(data.username, data.email, data.password, address=_address(request))
        return account(made)

    @post(
        "/login",
        status_code=200,
        opt=PUBLIC | _problems("unauthenticated"),
        summary="Sign in",
        description="By username or e-mail address. A wrong password and a missing account get the same answer.",
        operation_id="login",
        responses={200: _answer(Tokens, bodies.TOKENS, "An access token for minutes and a refresh token")},
    )
    async def login(
        self, request: Asked, accounts: NamedDependency[Accounts], data: Annotated[Login, bodies.body(bodies.LOGIN)]
    ) -> Response[Tokens]:
        tokens = await accounts.login(data.username, data.password, address=_address(request))
        return Response(tokens, headers=_UNKEPT)

    @post(
        "/refresh",
        status_code=200,
        opt=PUBLIC | _problems("unauthenticated"),
        summary="Get new tokens",
        description="A refresh token is good for one use. One that comes a second time ends its session.",
        operation_id="refresh",
        responses={200: _answer(Tokens, bodies.TOKENS, "New tokens in the place of the old ones")},
    )
    async def refresh(
        self,
        request: Asked,
        accounts: NamedDependency[Accounts],
        data: Annotated[Refresh, bodies.body(bodies.REFRESH)],
    ) -> Response[Tokens]:
        return Response(await accounts.refresh(data.refresh_token, address=_address(request)), headers=_UNKEPT)

    @post(
        "/logout",
        status_code=204,
        opt=_problems(),
        summary="Sign out",
        description="Ends the session of the access token; its refresh token is good no more, either.",
        operation_id="logout",
    )
    async def logout(self, request: Asked, accounts: NamedDependency[Accounts]) -> None:
        who = signed_in(request.scope)
        await accounts.logout(Caller(user_id=who.user, session_id=who.session, role=who.role))

    @get(
        "/profile",
        opt=_problems("not-found"),
        summary="Show one's account",
        operation_id="getProfile",
        responses={200: _answer(Account, bodies.ACCOUNT, "The account")},
    )
    async def profile(self, request: Asked, accounts: NamedDependency[Accounts]) -> Account:
        return account(await accounts.profile(signed_in(request.scope).user))

    @put(
        "/profile",
        opt=_problems("not-found", "conflict"),
        summary="Change one's account",
        operation_id="updateProfile",
        responses={200: _answer(Account, bodies.ACCOUNT, "The account as it is now")},
    )
    async def update_profile(
        self,
        request: Asked,
        accounts: NamedDependency[Accounts],
        data: Annotated[ProfileChange, bodies.body(bodies.PROFILE_CHANGE)],
    ) -> Account:
        changed = await accounts.update_profile(
            signed_in(request.scope).user,
            username=data.username,
            email=data.email,
            display_name=data.display_name,
            language=data.language,
        )
        return account(changed)

    @get(
        "/stats/{user_id:str}",
        opt=_problems(),
        summary="Tell what an account did",
        description="Over its whole life. That of somebody else is not found, unless an administrator asks.",
        operation_id="getUserStats",
        responses={200: _answer(UserStatistics, bodies.STATISTICS, "How often what was done, and what it used")},
    )
    async def stats(self, request: Asked, accounts: NamedDependency[Accounts], user_id: UserId) -> UserStatistics:
        who = signed_in(request.scope)
        if user_id != who.user and who.role != "admin":
            raise NotFound("user", user_id)
        return statistics(await accounts.statistics(user_id))

    @get(
        "/quota",
        opt=_problems("not-found"),
        summary="Tell what is left of one's plan",
        operation_id="getQuota",
        responses={200: _answer(Quota, bodies.QUOTA, "Each resource in its current period")},
    )
    async def quota(self, request: Asked, accounts: NamedDependency[Accounts]) -> Quota:
        standings = await accounts.quota(signed_in(request.scope).user)
        return Quota(resources=[allotment(one) for one in standings])

    @get(
        "/usage-history",
        opt=_problems("not-found"),
        summary="List what one did",
        description="The newest first.",
        operation_id="listUsageHistory",
        responses={200: _answer(ActionPage, bodies.ACTION_PAGE, "A page of actions")},
    )
    async def usage_history(
        self, request: Asked, accounts: NamedDependency[Accounts], cursor: Cursor = None, limit: Limit = 20
    ) -> ActionPage:
        found = await accounts.usage_history(signed_in(request.scope).user, cursor=cursor, limit=limit)
        return ActionPage(items=[action(one) for one in found.items], next=found.next)

    @post(
        "/change-password",
        status_code=204,
        opt=_problems("forbidden", "not-found"),
        summary="Change one's password",
        description="All sessions end, that of the caller, too: sign in again.",
        operation_id="changePassword",
    )
    async def change_password(
        self,
        request: Asked,
        accounts: NamedDependency[Accounts],
        data: Annotated[PasswordChange, bodies.body(bodies.PASSWORD_CHANGE)],
    ) -> None:
        user = signed_in(request.scope).user
        try:
            await accounts.change_password(user, data.old_password, data.new_password, address=_address(request))
        except InvalidField as error:
            raise InvalidField("new_password", error.problem) from error

    @delete(
        "/account",
        status_code=204,
        opt=_problems("not-found"),
        summary="Delete one's account",
        description="With everything that belongs to it: sessions, jobs, files, rows. There is no way back.",
        operation_id="deleteAccount",
    )
    async def delete_account(self, request: Asked, accounts: NamedDependency[Accounts]) -> None:
        await accounts.delete_account(signed_in(request.scope).user, address=_address(request))

    @get(
        "/",
        opt=ADMIN | _problems("not-found"),
        summary="List all accounts",
        description="The newest first, for administrators.",
        operation_id="listUsers",
        responses={200: _answer(AccountPage, bodies.ACCOUNT_PAGE, "A page of accounts")},
    )
    async def list_users(
        self, request: Asked, accounts: NamedDependency[Accounts], cursor: Cursor = None, limit: Limit = 20
    ) -> AccountPage:
        found = await accounts.users(signed_in(request.scope).user, cursor=cursor, limit=limit)
        return AccountPage(items=[account(one) for one in found.items], next=found.next)

    @put(
        "/{user_id:str}/plan",
        opt=ADMIN | _problems(),
        summary="Put an account on a plan",
        description="At once, for administrators.",
        operation_id="setPlan",
        responses={200: _answer(Account, bodies.ACCOUNT, "The account as it is now")},
    )
    async def set_plan(
        self,
        request: Asked,
        accounts: NamedDependency[Accounts],
        user_id: UserId,
        data: Annotated[PlanChange, bodies.body(bodies.PLAN_CHANGE)],
    ) -> Account:
        try:
            return account(await accounts.set_plan(signed_in(request.scope).user, user_id, data.plan))
        except UnknownName as error:
            raise InvalidField("plan", str(error)) from error


def _address(request: Asked) -> str:
    """The network address that guesses are counted by."""
    scope: Any = request.scope
    return address(scope) or ""

"""Accounts: registering, signing in and out, the profile, the password, the plan, and leaving."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..domain.errors import AlreadyTaken, Forbidden, InvalidField, NotFound, Unauthenticated
from ..domain.ids import Clock, new_id, now
from ..domain.quota import Standing
from ..domain.usage import Statistics, Usage
from ..domain.user import Language, Profile, Role, User, comparable_password, profile, valid_password
from .paging import Page, page, place_of, valid_limit
from .quotas import Quotas
from .records import audit, note
from .security import AccessTokens, Passwords
from .sessions import Sessions, Tokens
from .store import Store, Work
from .throttling import Throttle

Farewell = Callable[[str], Awaitable[None]]
"""Called with the id of an account that is being deleted: cancels its jobs, removes its files. May be called again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who a request comes from, by its access token."""

    user_id: str
    session_id: str
    role: Role


class Accounts:
    """The use cases. ``farewells`` are run when an account is deleted, before its rows go.

    ``admin_plan`` and ``plan`` are the plans of new accounts. All methods raise StoreUnavailable, and NotFound where
    a user_id is none or its account is gone.
    """

    def __init__(
        self,
        *,
        store: Store,
        passwords: Passwords,
        access_tokens: AccessTokens,
        quotas: Quotas,
        sessions: Sessions,
        throttle: Throttle,
        plan: str = "free",
        admin_plan: str = "unlimited",
        farewells: Sequence[Farewell] = (),
        clock: Clock = now,
    ) -> None:
        self._store, self._passwords, self._access_tokens = store, passwords, access_tokens
        self._quotas, self._sessions, self._throttle = quotas, sessions, throttle
        self._plan, self._admin_plan = plan, admin_plan
        self._farewells, self._clock = tuple(farewells), clock

    async def register(self, username: str, email: str, password: str, *, address: str = "") -> Profile:
        """Raises InvalidField, and AlreadyTaken, which does not tell whether it is the name or the e-mail address."""
        return await self._create(username, email, password, role="user", plan=self._plan, address=address)

    async def create_admin(self, username: str, email: str, password: str) -> Profile:
        """An administrator, made by the operator of the machine. Raises as ``register``."""
        return await self._create(username, email, password, role="admin", plan=self._admin_plan, address="")

    async def ensure_admin(self, username: str, email: str, password: str) -> Profile | None:
        """``create_admin`` where there is no administrator yet, else nothing."""
        if await self._has_admin():
            return None
        try:
            return await self.create_admin(username, email, password)
        except AlreadyTaken:
            if await self._has_admin():  # another process was faster
                return None
            raise

    async def login(self, name: str, password: str, *, address: str) -> Tokens:
        """Sign in by username or e-mail address, from a network address.

        Raises Unauthenticated, equally and equally late whether the account exists or not, and TooManyAttempts.
        """
        at = self._clock()
        async with self._store() as work:
            await self._throttle.attempt(work, "login", name, address, at)
            user = await work.users.named(name)
            await work.commit()
        known = user is not None and not user.leaving
        right = await self._matches(password, user.password_hash if user is not None and known else None)
        if user is None or not right:
            async with self._store() as work:
                await audit(work, at=at, actor=user.id if user else "", action="login.failed", address=address)
                await work.commit()
            raise Unauthenticated("the name or the password is wrong")
        newer = None
        if self._passwords.outdated(user.password_hash):
            newer = await self._passwords.hash(comparable_password(password))
        async with self._store() as work:
            current = await work.users.lock(user.id)
            if current is None or current.leaving or current.password_hash != user.password_hash:
                raise Unauthenticated("the name or the password is wrong")
            if newer is not None:
                await work.users.save(replace(current, password_hash=newer))
            await self._throttle.succeeded(work, "login", name, address)
            tokens = await self._sessions.begin(work, user.id, address, at)
            await note(work, at=at, user_id=user.id, action="login", address=address)
            await work.commit()
        return tokens

    async def authenticate(self, access_token: str) -> Caller:
        """Who an access token stands for. Raises Unauthenticated, also once its session was revoked."""
        claims = self._access_tokens.read(access_token)
        async with self._store(read_only=True) as work:
            owner = await work.sessions.owner(claims.session_id)
        if owner is None:
            raise Unauthenticated("this session has ended; sign in again")
        session, user = owner
        if user.leaving or user.id != claims.user_id or not session.live(self._clock()):
            raise Unauthenticated("this session has ended; sign in again")
        return Caller(user_id=user.id, session_id=claims.session_id, role=user.role)

    async def refresh(self, refresh_token: str, *, address: str = "") -> Tokens:
        """New tokens for a refresh token, which is spent by that. Raises Unauthenticated.

        A token that was spent before is in two hands: its whole session is revoked.
        """
        return await self._sessions.refresh(self._store, refresh_token, self._clock(), address)

    async def logout(self, caller: Caller) -> None:
        """End the session: neither its refresh token nor its access tokens work any more."""
        at = self._clock()
        async with self._store() as work:
            await work.sessions.revoke(caller.session_id, at)
            await note(work, at=at, user_id=caller.user_id, action="logout")
            await work.commit()

    async def profile(self, user_id: str) -> Profile:
        async with self._store(read_only=True) as work:
            return profile(await self._present(work, user_id))

    async def update_profile(
        self,
        user_id: str,
        *,
        username: str | None = None,
        email: str | None = None,
        display_name: str | None = None,
        language: Language | None = None,
    ) -> Profile:
        """Change what is not None. Raises InvalidField, and AlreadyTaken as ``register`` does."""
        given = {"username": username, "email": email, "display_name": display_name, "language": language}
        changes = {name: value for name, value in given.items() if value is not None}
        at = self._clock()
        async with self._store() as work:
            user = await self._locked(work, user_id)
            changed = replace(user, **changes, updated_at=at)  # type: ignore[arg-type]
            try:
                await work.users.save(changed)
            except AlreadyTaken as error:
                raise AlreadyTaken("username", "email") from error
            await note(work, at=at, user_id=user_id, action="profile.update", detail=", ".join(changes))
            await work.commit()
        return profile(changed)

    async def change_password(self, user_id: str, old: str, new: str, *, address: str = "") -> None:
        """All sessions end, the caller's too. Raises Forbidden for a wrong old one, InvalidField, TooManyAttempts."""
        at = self._clock()
        async with self._store() as work:
            user = await self._locked(work, user_id)
            await self._throttle.attempt(work, "password", user_id, "", at)
            await work.commit()
        fresh = valid_password(new, username=user.username, email=user.email)
        if not await self._matches(old, user.password_hash):
            raise Forbidden("the old password is wrong")
        if fresh == comparable_password(old):
            raise InvalidField("password", "it is the old one; another one is right")
        hashed = await self._passwords.hash(fresh)
        async with self._store() as work:
            current = await self._locked(work, user_id)
            if current.password_hash != user.password_hash:
                raise Forbidden("the password was changed meanwhile")
            await work.users.save(replace(current, password_hash=hashed, updated_at=at))
            await work.sessions.revoke_all(user_id, at)
            await self._throttle.succeeded(work, "password", user_id, "")
            await note(work, at=at, user_id=user_id, action="password.change", address=address)
            await work.commit()

    async def delete_account(self, user_id: str, *, address: str = "") -> None:
        """Remove the account and everything that it owns; names and address are free again afterwards.

        Its sessions end first. What a crash interrupts, ``finish_deletions`` ends.
        """
        at = self._clock()
        async with self._store() as work:
            user = await self._locked(work, user_id)
            await work.users.save(replace(user, leaving=True, updated_at=at))
            await work.sessions.revoke_all(user_id, at)
            await audit(work, at=at, actor=user_id, action="account.delete", subject=user_id, address=address)
            await work.commit()
        await self._remove(user_id)

    async def finish_deletions(self) -> int:
        """End the deletions that a crash interrupted; to be called at the start. How many there were."""
        async with self._store(read_only=True) as work:
            leaving = await work.users.leaving()
        for user in leaving:
            await self._remove(user.id)
        return len(leaving)

    async def statistics(self, user_id: str) -> Statistics:
        """How often the user did what, and what that used, over the account's whole life."""
        async with self._store(read_only=True) as work:
            await self._present(work, user_id)
            return await work.usage.statistics(user_id)

    async def quota(self, user_id: str) -> tuple[Standing, ...]:
        async with self._store(read_only=True) as work:
            return await self._quotas.standings(work, await self._present(work, user_id))

    async def usage_history(self, user_id: str, *, cursor: str | None = None, limit: int = 20) -> Page[Usage]:
        """The newest first. Raises InvalidField for a cursor or a limit that is none."""
        before, most = place_of(cursor), valid_limit(limit)
        async with self._store(read_only=True) as work:
            await self._present(work, user_id)
            rows = await work.usage.history(user_id, before=before, limit=most + 1)
        return page(rows, most, lambda usage: usage.id)

    async def users(self, admin_id: str, *, cursor: str | None = None, limit: int = 20) -> Page[Profile]:
        """All accounts, the newest first. Raises Forbidden for who is no administrator, InvalidField."""
        before, most = place_of(cursor), valid_limit(limit)
        async with self._store(read_only=True) as work:
            await self._admin(work, admin_id)
            rows = await work.users.newest(before=before, limit=most + 1)
        return page([profile(user) for user in rows], most, lambda user: user.id)

    async def set_plan(self, admin_id: str, user_id: str, plan: str) -> Profile:
        """Put an account on another plan, at once. Raises Forbidden for who is no administrator, UnknownName."""
        at = self._clock()
        async with self._store() as work:
            await self._admin(work, admin_id)
            changed = replace(await self._locked(work, user_id), plan=plan, updated_at=at)
            self._quotas.plan(changed)
            await work.users.save(changed)
            await audit(work, at=at, actor=admin_id, action="plan.set", subject=user_id, detail=plan)
            await work.commit()
        return profile(changed)

    async def forget_expired(self) -> int:
        """Remove sessions and counters of attempts that are over; how many."""
        at = self._clock()
        async with self._store() as work:
            gone = await work.sessions.forget(at) + await self._throttle.forget(work, at)
            await work.commit()
        return gone

    async def _create(
        self, username: str, email: str, password: str, *, role: Role, plan: str, address: str
    ) -> Profile:
        at: datetime = self._clock()
        blank = User(
            id=new_id(),
            username=username,
            email=email,
            password_hash="",
            role=role,
            plan=plan,
            created_at=at,
            updated_at=at,
        )
        self._quotas.plan(blank)
        fit = valid_password(password, username=blank.username, email=blank.email)
        user = replace(blank, password_hash=await self._passwords.hash(fit))
        async with self._store() as work:
            try:
                await work.users.add(user)
            except AlreadyTaken as error:
                raise AlreadyTaken("username", "email") from error
            await note(work, at=at, user_id=user.id, action="register", address=address, detail=role)
            await work.commit()
        return profile(user)

    async def _has_admin(self) -> bool:
        async with self._store(read_only=True) as work:
            return await work.users.has_admin()

    async def _matches(self, password: str, password_hash: str | None) -> bool:
        try:
            comparable = comparable_password(password)
        except UnicodeEncodeError:
            comparable, password_hash = "", None
        return await self._passwords.matches(comparable, password_hash)

    async def _present(self, work: Work, user_id: str) -> User:
        return _not_leaving(await work.users.get(user_id), user_id)

    async def _locked(self, work: Work, user_id: str) -> User:
        return _not_leaving(await work.users.lock(user_id), user_id)

    async def _admin(self, work: Work, user_id: str) -> None:
        if (await self._present(work, user_id)).role != "admin":
            raise Forbidden("this is for administrators")

    async def _remove(self, user_id: str) -> None:
        for farewell in self._farewells:
            await farewell(user_id)
        async with self._store() as work:
            await work.users.remove(user_id)
            await work.commit()


def _not_leaving(user: User | None, user_id: str) -> User:
    if user is None or user.leaving:
        raise NotFound("user", user_id)
    return user

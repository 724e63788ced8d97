"""The files of an order, where a maker finds them."""

import asyncio
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from ..domain.errors import NotFound
from ..domain.file import StoredFile
from ..domain.order import Order
from .file_ports import Storage
from .store import Store


class Material:
    """The files of an order under their names, as links in the folder of the job, as long as the context lasts.

    Photos and clips to be matched lie in ``assets``, each with its tags beside it. Entered, it gives their paths by
    their ids; raises NotFound for one that is gone.
    """

    def __init__(self, store: Store, files: Storage, owner: str, order: Order, folder: Path) -> None:
        self._store, self._files, self._owner, self._order, self._folder = store, files, owner, order, folder
        self._stack = ExitStack()

    async def __aenter__(self) -> Mapping[str, Path]:
        async with self._store(read_only=True) as work:
            found = {file_id: await work.files.get(self._owner, file_id) for file_id in self._order.files}
        try:
            return await asyncio.to_thread(self._linked, found)
        except BaseException:
            self._stack.close()
            raise

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._stack.close)

    def _linked(self, found: Mapping[str, StoredFile | None]) -> dict[str, Path]:
        for name in ("assets", "material"):
            shutil.rmtree(self._folder / name, ignore_errors=True)
        links: dict[str, Path] = {}
        for number, (file_id, file) in enumerate(found.items()):
            if file is None:
                raise NotFound("file", file_id)
            content = self._stack.enter_context(self._files.local(file.sha256)).resolve()
            name = file.name.lstrip(".") or "file"  # what begins with a dot would be passed over as hidden
            link = self._folder / "material" / str(number) / name
            if file_id in self._order.assets:
                link = self._folder / "assets" / name
                if link.is_symlink():
                    link = self._folder / "assets" / str(number) / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(content)
            links[file_id] = link
            if file.tags and len(name.encode()) < 250:
                link.with_name(f"{name}.txt").write_text("\n".join(file.tags), "utf-8")
        return links

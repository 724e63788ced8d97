"""The files that a brief names, looked at before a word is voiced: photos, clips, music and logo."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from ..domain.asset import PLANS, SIDECARS, Asset
from ..domain.brief import Brief
from ..domain.errors import InvalidBrief, UnusableAsset
from ..domain.narration import SAMPLE_RATE
from ..domain.scenes import SceneBrief
from .ports import Probe

MOST_ASSETS = 2_000
"""Files of a folder of assets, and of the folders in it, at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Photos and clips by name: ``assets`` of the folder, and those ``brought`` by scenes for themselves alone.

    ``given`` names each scene's own, None where one is to be matched; ``warnings`` say what was left out.
    """

    assets: dict[str, Asset]
    brought: dict[str, Asset]
    given: tuple[str | None, ...]
    music: Asset | None
    logo: Asset | None
    warnings: tuple[str, ...]


def gather(brief: Brief, probe: Probe) -> Gathered:
    """Probe every file of the brief. Raises InvalidBrief for a folder, UnusableAsset for a file that cannot be used."""
    assets, warnings = _folder(brief, probe)
    brought, given = _of_scenes(brief.scenes, assets, probe)
    return Gathered(
        assets=assets,
        brought=brought,
        given=given,
        music=_music(brief, probe),
        logo=_logo(brief, probe),
        warnings=warnings,
    )


def _folder(brief: Brief, probe: Probe) -> tuple[dict[str, Asset], tuple[str, ...]]:
    """The assets of the brief's folder by their paths in it, and what was left out."""
    if brief.assets is None:
        return {}, ()
    if not brief.assets.is_dir():
        raise InvalidBrief(f"{brief.assets}: there is no such folder of assets")
    files = _files(brief.assets)
    if len(files) > MOST_ASSETS:
        raise InvalidBrief(f"{brief.assets}: {len(files):,} files are in it: at most {MOST_ASSETS:,} assets are right")
    assets: dict[str, Asset] = {}
    warnings = []
    for path in files:
        try:
            asset = probe.asset(path)
            if asset.kind == "sound":
                raise UnusableAsset(path, "a sound has no picture; give it as the music instead")
        except UnusableAsset as error:
            if brief.strict:
                raise
            warnings.append(f"left out {error}")
        else:
            assets[path.relative_to(brief.assets).as_posix()] = asset
    return assets, tuple(warnings)


def _files(folder: Path) -> list[Path]:
    """The files in a folder and the folders in it, in order, without hidden ones, plans and descriptions of others."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    described = {path.with_suffix("") for path in files if path.suffix.lower() not in SIDECARS} | set(files)
    return [
        path
        for path in files
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.suffix.lower() not in PLANS
        and not (path.suffix.lower() in SIDECARS and path.with_suffix("") in described)
    ]


def _of_scenes(
    scenes: tuple[SceneBrief, ...], assets: dict[str, Asset], probe: Probe
) -> tuple[dict[str, Asset], tuple[str | None, ...]]:
    """The assets that scenes bring along, each once, and each scene's by name; they have to be usable."""
    brought: dict[str, Asset] = {}
    names = {asset.path: name for name, asset in assets.items()}
    given: list[str | None] = []
    for scene in scenes:
        if scene.asset is None:
            given.append(None)
            continue
        asset = probe.asset(scene.asset)
        _check(scene, scene.asset, asset)
        if asset.path not in names:
            names[asset.path] = _free_name(scene.asset.name, {*assets, *brought})
            brought[names[asset.path]] = asset
        given.append(names[asset.path])
    return brought, tuple(given)


def _check(scene: SceneBrief, path: Path, asset: Asset) -> None:
    """Whether the asset can do what its scene asks of it."""
    if asset.kind == "sound":
        raise UnusableAsset(path, "a sound has no picture: a photo or a clip is right for a scene")
    if scene.start and scene.start * SAMPLE_RATE >= asset.samples:
        raise UnusableAsset(path, f"it has no second {scene.start:g} to start at: a clip that long is right")
    if scene.level is not None and not asset.has_sound:
        raise UnusableAsset(path, "there is no sound in it to keep at a level: leave the level out")


def _free_name(name: str, taken: Collection[str]) -> str:
    numbered = (f"{number}-{name}" for number in count(2))
    return next(one for one in chain((name,), numbered) if one not in taken)


def _music(brief: Brief, probe: Probe) -> Asset | None:
    if brief.music is None:
        return None
    asset = probe.asset(brief.music)
    if asset.kind == "photo" or not asset.has_sound:
        raise UnusableAsset(brief.music, "there is no sound in it")
    return asset


def _logo(brief: Brief, probe: Probe) -> Asset | None:
    if brief.logo is None:
        return None
    asset = probe.asset(brief.logo)
    if asset.kind != "photo":
        raise UnusableAsset(brief.logo, "a logo is a still picture: a PNG with transparency is right")
    return asset

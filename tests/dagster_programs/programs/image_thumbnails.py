"""A job of ops: as many thumbnails as there are images, and hooks that tell how it went."""

from pathlib import Path

import dagster as dg

told: list[str] = []


class Folder(dg.Config):
    path: str
    pattern: str = "*.pgm"


@dg.op(out=dg.DynamicOut(str))
def find_images(config: Folder):
    for path in sorted(Path(config.path).glob(config.pattern)):
        yield dg.DynamicOutput(str(path), mapping_key=path.stem, metadata={"size": path.stat().st_size})


@dg.op(pool="scaling")
def shrink(context: dg.OpExecutionContext, path: str) -> str:
    small = Path(path).with_suffix(".small")
    small.write_text(Path(path).read_text()[::2])
    if "broken" in path:
        raise dg.Failure("not an image", metadata={"path": dg.MetadataValue.path(path)}, allow_retries=False)
    context.log.info("%s from %s", small.name, context.get_mapping_key())
    return str(small)


@dg.op
def gallery(paths: list[str]) -> str:
    return " ".join(Path(path).name for path in paths)


@dg.op(ins={"start": dg.In(dg.Nothing)})
def announce() -> None:
    told.append("the gallery is there")


@dg.success_hook
def say_success(context: dg.HookContext) -> None:
    told.append(f"{context.op.name} went well")


@dg.failure_hook(required_resource_keys={"pager"})
def page(context: dg.HookContext) -> None:
    context.resources.pager.append(f"{context.op.name}: {context.op_exception.description}")


pager: list[str] = []


@dg.job(
    hooks={page},
    resource_defs={"pager": dg.ResourceDefinition.hardcoded_resource(pager)},
    tags={"kind": "images"},
)
def thumbnails():
    small = find_images().map(shrink)
    announce(start=gallery.with_hooks({say_success})(small.collect()))


defs = dg.Definitions(jobs=[thumbnails])


def put(*names: str) -> dict:
    Path("images").mkdir(exist_ok=True)
    for name in names:
        Path("images", f"{name}.pgm").write_text(f"P2 {name}")
    return {"ops": {"find_images": {"config": {"path": "images"}}}}


def check() -> None:
    assert isinstance(thumbnails, dg.JobDefinition)
    assert isinstance(shrink, dg.OpDefinition)
    result: dg.ExecuteInProcessResult = thumbnails.execute_in_process(run_config=put("a", "b"))
    assert result.output_for_node("shrink") == {"a": "images/a.small", "b": "images/b.small"}
    assert result.output_for_node("gallery") == "a.small b.small"
    assert told == ["gallery went well", "the gallery is there"]
    assert {event.step_key for event in result.get_step_success_events()} >= {"shrink[a]", "shrink[b]"}

    result = thumbnails.execute_in_process(run_config=put("broken"), raise_on_error=False)
    assert not result.success
    assert result.get_failed_step_keys() == {"shrink[broken]"}
    assert pager == ["shrink: not an image"]

    context = dg.build_hook_context(resources={"pager": pager}, op=shrink, op_exception=dg.Failure("dark"))
    page(context)
    assert pager[-1].endswith(": dark")
    assert gallery(["x/one", "two"]) == "one two"
    assert [one.mapping_key for one in find_images(Folder(path="images"))] == ["a", "b", "broken"]

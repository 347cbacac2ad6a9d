"""The file of a process's metrics."""

from pathlib import Path

from dillo.app.metrics.textfile import TextFile, gauge


def test_a_file_is_replaced_and_leaves_no_draft(tmp_path: Path) -> None:
    file = TextFile(tmp_path / "metrics", "signal", lambda: [gauge("dillo_calls", "Calls.", 3)])
    file.write()
    file.write()
    (written,) = (tmp_path / "metrics").iterdir()
    assert written.name == "signal.prom"
    assert "\ndillo_calls 3.0\n" in written.read_text("utf-8")


def test_what_cannot_be_written_leaves_no_draft_and_is_tried_again(tmp_path: Path) -> None:
    file = TextFile(tmp_path, "signal", list)
    in_the_way = tmp_path / "signal.prom"
    in_the_way.mkdir()
    file.write()
    assert list(tmp_path.iterdir()) == [in_the_way]
    in_the_way.rmdir()
    file.write()
    assert in_the_way.is_file()

"""No word goes to a Ray cluster on other machines before somebody has confirmed it on this one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import commands_on

from annotations.errors import BadInput
from annotations.study.config import Study, read_study
from service.composition import Parts
from service.new_study import make_study
from service.serving.precode import precode
from service.settings import read_settings
from service.trust.confirmations import confirm_address, remove_address, standing
from service.trust.reach import ClusterNotConfirmed, NotConfirmed, cluster_address, machines_allowed

ELSEWHERE = "head.example.org:6379"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """An empty study."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    make_study(tmp_path / "study", codebook="common-framework", config={"name": "S"})
    return read_study((tmp_path / "study").resolve())


def _names(study: Study, **precoding: Any) -> Study:
    (study.folder / "study.yaml").write_text(yaml.safe_dump({"name": "S", "precoding": precoding}), "utf-8")
    return read_study(study.folder)


def test_a_cluster_elsewhere_waits_for_a_confirmation(study: Study) -> None:
    """Typed or named by the study; confirmed, it is used, and taken back, it is not."""
    settings = read_settings()
    with pytest.raises(
        ClusterNotConfirmed, match=r"the words of all passages.*tandem trust ray://head"
    ) as found:
        cluster_address(study, settings, ELSEWHERE)
    assert "nothing was sent" in str(found.value)
    said = confirm_address(study, settings, f"ray://{ELSEWHERE}", plain_http=False)
    assert "the words of all passages" in said
    assert cluster_address(study, settings, ELSEWHERE) == ELSEWHERE
    assert [one.state for one in standing(study, settings)] == ["confirmed"]
    named = _names(study, engine="ray", address=ELSEWHERE)
    assert cluster_address(named, settings, None) == ELSEWHERE
    remove_address(study, settings, f"ray://{ELSEWHERE}")
    with pytest.raises(NotConfirmed, match=r"study\.yaml \(precoding\.address\) names ray://head"):
        cluster_address(named, settings, None)


def test_this_machine_needs_no_confirmation_unless_it_leads_elsewhere(study: Study) -> None:
    """A port of this machine may be somebody's way to a cluster of others: these are asked about."""
    settings = read_settings()
    head = cluster_address(study, settings, "127.0.0.1:6379")
    assert head == "127.0.0.1:6379"
    machines_allowed(study, settings, head, [])
    with pytest.raises(ClusterNotConfirmed, match=r"leads to other machines: 10\.0\.0\.5"):
        machines_allowed(study, settings, head, ["10.0.0.5"])
    confirm_address(study, settings, "ray://127.0.0.1:6379", plain_http=False)
    machines_allowed(study, settings, head, ["10.0.0.5"])


@pytest.mark.parametrize(
    "text", ["head", "head:0", "head:70000", "a@head:6379", "http://head:6379", "head:6379/x", ""]
)
def test_what_is_no_address_is_refused(study: Study, text: str) -> None:
    """It says what one looks like."""
    with pytest.raises(BadInput, match=r"no address of a Ray cluster.*6379"):
        cluster_address(study, read_settings(), text)


def test_precode_asks_before_it_does_anything(study: Study) -> None:
    """The command refuses an unknown engine, an address without one, and a cluster that nobody has confirmed."""
    parts = Parts(study, read_settings())
    try:
        with pytest.raises(BadInput, match='engine "spark" is not known'):
            precode(parts, engine="spark")
        with pytest.raises(BadInput, match="--address names a Ray cluster, so it needs --engine ray"):
            precode(parts, address=ELSEWHERE)
        with pytest.raises(ClusterNotConfirmed):
            precode(parts, engine="ray", address=ELSEWHERE)
    finally:
        parts.close()


def test_the_command_shows_a_confirmed_cluster(study: Study) -> None:
    """``tandem trust`` confirms it although study.yaml does not name it, and lists it."""
    rows = commands_on(study.folder)("trust", f"ray://{ELSEWHERE}")["addresses"]
    assert [(one["address"], one["key"], one["state"]) for one in rows] == [
        (f"ray://{ELSEWHERE.removesuffix(':6379')}", "--address", "confirmed")
    ]

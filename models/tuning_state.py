"""Where the tuning of an encoder stands between two passes, as arrays: with them it comes to the same end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.tuned_network import TunedNetwork

_MOMENTS = ("step", "exp_avg", "exp_avg_sq")  # of AdamW, for each parameter


@dataclass(frozen=True)
class TuningState:
    """The network, its optimiser and NumPy's random numbers; PyTorch's are those of the process."""

    network: TunedNetwork
    optimiser: Any
    random: np.random.Generator

    def arrays(self, passes: int) -> dict[str, NDArray[Any]]:
        """Everything, after so many passes."""
        import torch

        arrays = {
            f"{part}/{name}": its.detach().cpu().numpy()
            for part, module in self._parts().items()
            for name, its in module.state_dict().items()
        }
        for at, moments in self.optimiser.state_dict()["state"].items():
            arrays |= {f"optimiser/{at}/{name}": moments[name].cpu().numpy() for name in _MOMENTS}
        arrays["passes"] = np.array(passes)
        arrays["torch"] = torch.get_rng_state().numpy()
        if self.network.device.startswith("cuda"):
            arrays["cuda"] = torch.cuda.get_rng_state(self.network.device).numpy()
        drawn = json.dumps(self.random.bit_generator.state)
        arrays["numpy"] = np.frombuffer(drawn.encode(), dtype=np.uint8)
        return arrays

    def go_on(self, kept: Mapping[str, NDArray[Any]] | None) -> int:
        """Stand where ``arrays`` stood; returns after how many passes, 0 where nothing is kept or it does not fit."""
        import torch

        if kept is None:
            return 0
        # parts of an encoder that its logits do not use have no moments
        moved = [at for at in range(len(self._weights())) if f"optimiser/{at}/step" in kept]
        own = {key: tuple(its.shape) for key, its in self._expected(moved).items()}
        try:
            if any(
                kept[key].shape != shape or not np.isfinite(kept[key]).all() for key, shape in own.items()
            ):
                return 0
            drawn = json.loads(kept["numpy"].tobytes())
            passes, torch_state = int(kept["passes"]), torch.tensor(kept["torch"])
            self.random.bit_generator.state = drawn
            torch.set_rng_state(torch_state)
            if "cuda" in kept and self.network.device.startswith("cuda"):
                torch.cuda.set_rng_state(torch.tensor(kept["cuda"]), self.network.device)
        except (KeyError, ValueError, TypeError, RuntimeError):
            return 0
        for part, module in self._parts().items():
            names = module.state_dict()
            module.load_state_dict({name: torch.tensor(kept[f"{part}/{name}"]) for name in names})
        groups = self.optimiser.state_dict()["param_groups"]
        state = {
            at: {name: torch.tensor(kept[f"optimiser/{at}/{name}"]) for name in _MOMENTS} for at in moved
        }
        self.optimiser.load_state_dict({"state": state, "param_groups": groups})
        return passes

    def _parts(self) -> dict[str, Any]:
        return {"encoder": self.network.encoder, "top": self.network.top}

    def _weights(self) -> list[Any]:
        return [its for group in self.optimiser.param_groups for its in group["params"]]

    def _expected(self, moved: Sequence[int]) -> dict[str, Any]:
        """By name a tensor of the shape that is kept of it. ``moved``: the weights that have moments."""
        expected = {
            f"{part}/{name}": its
            for part, module in self._parts().items()
            for name, its in module.state_dict().items()
        }
        every = self._weights()
        for at in moved:
            expected |= {f"optimiser/{at}/{name}": every[at] for name in _MOMENTS[1:]}
        return expected

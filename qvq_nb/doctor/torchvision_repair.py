"""Let a CUDA build of torchvision be imported beside a CPU build of torch.

`qvq-nb doctor --fix` copies this file into site-packages as `qvq_nb_torchvision_repair.py`, where a `.pth`
file imports it whenever Python starts, so that plain scripts work too. Hence: standard library only, and
nothing heavy at import.

torchvision loads its compiled operators in `torchvision.extension`. When they do not fit torch, it keeps
quiet and stumbles over them in its next module: "operator torchvision::nms does not exist". The finder below
stands in between, asks torchvision whether it has its operators, and if not declares the two that it names.
A sound torchvision is left alone.
"""

import sys

SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


class OperatorDeclarer:
    """A finder that finds nothing: it acts at the moment when torchvision is about to name its operators."""

    library = None  # the declarations last as long as this object

    def find_spec(self, name, path=None, target=None):
        """Declare the operators just before the module that names them; the next finder finds it."""
        if name == "torchvision._meta_registrations" and self.library is None:
            extension = sys.modules.get("torchvision.extension")
            has_operators = getattr(extension, "_has_ops", None)
            if has_operators and not has_operators():
                self.declare()

    def declare(self):
        """Tell torch the operators' names and signatures; calling one still gives torchvision's error."""
        from torch.library import Library

        self.library = Library("torchvision", "DEF")
        self.library.define("nms" + SIGNATURE)
        self.library.define("qnms" + SIGNATURE)


sys.meta_path.insert(0, OperatorDeclarer())

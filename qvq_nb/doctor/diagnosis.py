"""Is this machine sound for the lessons? Look at it, say so in sentences, and repair what can be repaired."""

from qvq_nb.doctor import gpus, machine, packages, repair
from qvq_nb.doctor.finding import Finding


def diagnose() -> list[Finding]:
    """Look at this machine and at the Python environment that runs now; changes nothing."""
    report = packages.probe()
    return [
        machine.python_version(),
        packages.package_versions(),
        packages.torch_pair(report, repaired=repair.is_repaired(repair.site_packages())),
        gpus.cuda_and_driver(report, gpus.driver_listing()),
        gpus.graphics_processor(report),
        *gpus.free_gpu_memory(report),
        gpus.peer_copies(report),
        *machine.room(),
        machine.ports(),
        machine.embedded_model(),
        machine.notebook_kernel(),
    ]


def fix(findings: list[Finding]) -> list[Finding]:
    """Repair what the findings call fixable and look again; without such a finding nothing is touched."""
    fixable = [finding for finding in findings if finding.fixable]
    if not fixable:
        return findings
    for finding in fixable:  # a sound one has a repair that is no longer needed
        change = repair.remove_repair if finding.ok else repair.write_repair
        change(repair.site_packages())
    return diagnose()

"""Is this machine sound for the lessons? Look at it, say so in sentences, and repair what can be repaired."""

from qvq_nb.doctor import cleaning, gpus, machine, packages, repair
from qvq_nb.doctor.finding import Finding


def diagnose() -> list[Finding]:
    """Look at this machine and at the Python environment that runs now; changes nothing."""
    report, listing = packages.probe(), gpus.driver_listing()
    return [
        machine.python_version(),
        packages.package_versions(),
        packages.torch_pair(report, repaired=repair.is_repaired(repair.site_packages())),
        gpus.cuda_and_driver(report, listing),
        gpus.graphics_processor(report, listing),
        *gpus.free_gpu_memory(report),
        gpus.peer_copies(report),
        *machine.room(),
        machine.ports(),
        machine.embedded_model(),
        machine.notebook_kernel(),
        cleaning.leftovers(),
    ]


def fix(findings: list[Finding]) -> list[Finding]:
    """Repair what the findings call fixable and look again; without such a finding nothing is touched."""
    fixable = [finding for finding in findings if finding.fixable]
    if not fixable:
        return findings
    for finding in fixable:
        if finding.name == cleaning.NAME:
            cleaning.clean()
        elif finding.ok:  # a repair that is no longer needed
            repair.remove_repair(repair.site_packages())
        else:
            repair.write_repair(repair.site_packages())
    return diagnose()

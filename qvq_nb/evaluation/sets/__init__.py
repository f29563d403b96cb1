"""Files of public benchmarks, and the kit's own cases, as questions; answers as files for other scorers."""

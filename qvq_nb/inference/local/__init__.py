"""The engine on this machine: transformers on the CPU or on GPUs. Fetches nothing."""

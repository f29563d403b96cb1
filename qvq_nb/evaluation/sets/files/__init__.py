"""The formats of benchmarks' files: tab-separated tables and JSON, their rows and their pictures."""

"""One file per family: its facts drawn with matplotlib, and as a page for the browser where it has one."""

"""The hubs' own clients at work in a process of their own. Decides nothing: what to fetch is said to it."""

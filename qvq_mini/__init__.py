"""How qvq-mini is made: what it is taught, its training, its card, and pictures by other hands to test it on.

For training only: the kit never imports it, and it is not in the wheel.
"""

"""Many cases asked and counted, with intervals. Trains nothing."""

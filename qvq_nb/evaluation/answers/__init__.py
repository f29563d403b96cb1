"""Many questions asked so that no answer is lost and none is asked twice. Scores nothing."""

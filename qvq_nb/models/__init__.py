"""What a model is and what its name means: profiles, folders, configurations. Loads none."""

"""Pictures of what the annotation track learnt."""

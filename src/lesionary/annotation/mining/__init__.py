"""From judged mentions to the labels that are learnt."""

"""Many cases of a workflow played through by chance: how long they wait, how many are late."""

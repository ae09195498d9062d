"""HTTP's front door: partners hand in messages, operators ask how things stand."""

"""The path of a message: the line with one file a step (`line.py`), and its first steps alone (`translate.py`)."""

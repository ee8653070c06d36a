"""Files of persons that people bring to ``kedro resolve``: which column is what, every record once, as text."""

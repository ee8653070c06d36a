"""What only Kedro-Viz shows: no run imports or executes anything in here."""

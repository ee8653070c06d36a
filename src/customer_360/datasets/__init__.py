"""Where records come from and where tables are written: the datasets that the catalog names."""

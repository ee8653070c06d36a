"""Customer 360 for Microsoft Fabric: four systems in, one trustworthy profile per customer out."""

__version__ = "0.1.0"

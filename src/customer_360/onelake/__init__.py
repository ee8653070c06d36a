"""OneLake: where the lakehouse is, who may enter, and how Python reads and writes files there.

Tables are read and written by the Spark engine; this package gives it the address and the credentials, and
covers what is not Spark's: the landing files, the staging folder and the check before the first write.
"""

# Fabric notebook source

# METADATA ********************

# META {
# META   "kernel_info": {
# META     "name": "synapse_pyspark"
# META   },
# META   "dependencies": {
# META     "lakehouse": {
# META       "default_lakehouse": "5068d334-1010-544f-a05d-6bdc2472f5c8",
# META       "default_lakehouse_name": "customer_360",
# META       "default_lakehouse_workspace_id": "00000000-0000-0000-0000-000000000000",
# META       "known_lakehouses": [
# META         {
# META           "id": "5068d334-1010-544f-a05d-6bdc2472f5c8"
# META         }
# META       ]
# META     },
# META     "environment": {
# META       "environmentId": "dba9d0eb-189c-5cc5-813e-748dc3811a83",
# META       "workspaceId": "00000000-0000-0000-0000-000000000000"
# META     }
# META   }
# META }

# MARKDOWN ********************

# # Maintain customer_360
# 
# Keeps the lakehouse fast and small: joins small files, sorts tables that are changed by key, removes files that no
# version needs any more, and shortens logs. Rows stay as they are. `customer_360_daily` calls it once a week.

# PARAMETERS CELL ********************

# Environment of the configuration.
environment = "onelake"
# Settings as JSON, for example {"maintenance": {"retention_hours": 336}}
parameters = "{}"
# Which lakehouse: two names or two GUIDs. Blank: this notebook's default lakehouse.
workspace = ""
lakehouse = ""
# Configuration folder or archive. Blank: Files/customer_360/conf-customer_360.tar.gz in the lakehouse.
conf_source = ""

# METADATA ********************

# META {
# META   "language": "python",
# META   "language_group": "synapse_pyspark"
# META }

# CELL ********************

from customer_360 import fabric

report = fabric.maintain(
    spark,
    environment=environment,
    parameters=parameters,
    workspace=workspace,
    lakehouse=lakehouse,
    conf_source=conf_source,
)

# METADATA ********************

# META {
# META   "language": "python",
# META   "language_group": "synapse_pyspark"
# META }

# CELL ********************

# It ends the notebook, so it comes last and stands alone.
notebookutils.notebook.exit(report.to_json())

# METADATA ********************

# META {
# META   "language": "python",
# META   "language_group": "synapse_pyspark"
# META }

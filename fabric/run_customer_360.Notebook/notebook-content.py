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

# # Run customer_360
# 
# Runs the packaged Kedro project on this notebook's Spark session: four sources to one profile per customer, as
# Delta tables in the lakehouse. A Fabric pipeline sets the parameters of the next cell and reads the exit value.

# PARAMETERS CELL ********************

# What to run: "" is the whole flow; otherwise names such as "ingestion" or "cleaning,enrichment".
pipelines = ""
# Environment of the configuration.
environment = "onelake"
# Run settings as JSON, for example {"crm_url": "https://crm.example.org", "marketing_url": "https://posts.example.org"}
parameters = "{}"
# Where to write: two names or two GUIDs. Blank: this notebook's default lakehouse.
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

summary = fabric.run(
    spark,
    pipelines=pipelines,
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

if "gold/customer_360" in summary.rows:
    display(summary.show(spark, "gold/customer_360"))

# METADATA ********************

# META {
# META   "language": "python",
# META   "language_group": "synapse_pyspark"
# META }

# CELL ********************

# The pipeline reads this. It ends the notebook, so it comes last and stands alone.
notebookutils.notebook.exit(summary.to_json())

# METADATA ********************

# META {
# META   "language": "python",
# META   "language_group": "synapse_pyspark"
# META }

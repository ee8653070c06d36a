-- The tables of benchmarks/floor.py: each section `-- layer.table` becomes a Parquet file, and a view layer_table that
-- the sections behind it read. The variables pages and landing say where the systems' answers and files are.

-- macros
CREATE MACRO tidy(t) AS CASE WHEN lower(trim(t)) NOT IN ('', 'n/a', 'unknown', '-', 'none', 'xxx', 'tbd')
  THEN regexp_replace(trim(t), '\s+', ' ', 'g') END;
CREATE MACRO title_case(t) AS CASE WHEN t = upper(t) OR t = lower(t)
  THEN list_aggregate([upper(w[1]) || lower(w[2:]) FOR w IN string_split(t, ' ')], 'string_agg', ' ') ELSE t END;
CREATE MACRO email(t) AS lower(tidy(t));
CREATE MACRO is_email(e) AS regexp_full_match(e, '[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}');
CREATE MACRO dialled(t) AS regexp_replace(regexp_replace(tidy(t), '\s*x\d+$', ''), '[^+0-9]', '', 'g');
CREATE MACRO e164(d) AS CASE WHEN d LIKE '00%' THEN '+' || d[3:] WHEN d LIKE '+%' THEN d
  WHEN length(d) = 10 THEN '+1' || d WHEN length(d) = 11 AND d LIKE '1%' THEN '+' || d END;
CREATE MACRO phone(t) AS CASE WHEN regexp_full_match(e164(dialled(t)), '\+[1-9]\d{7,14}') THEN e164(dialled(t)) END;
CREATE MACRO word(t, known) AS CASE WHEN list_contains(known, lower(trim(t))) THEN lower(trim(t)) ELSE 'unknown' END;

-- bronze.crm_users
SELECT unnest(users) AS payload FROM read_json(getvariable('pages') || '/users-*.json', columns = {users: 'JSON[]'},
  format = 'unstructured', maximum_object_size = 268435456)

-- bronze.marketing_posts
SELECT unnest(posts) AS payload FROM read_json(getvariable('pages') || '/posts-*.json', columns = {posts: 'JSON[]'},
  format = 'unstructured', maximum_object_size = 268435456)

-- bronze.erp_customers
SELECT * FROM read_csv(getvariable('landing') || '/erp_customers.csv', header = true, all_varchar = true, delim = ',', quote = '"',
  ignore_errors = true, null_padding = false)

-- bronze.support_tickets
SELECT json AS payload FROM read_json_objects(getvariable('landing') || '/support_tickets.json', format = 'array',
  maximum_object_size = 268435456)

-- silver.crm_users
WITH fields AS (
  SELECT json_extract_string(payload, ['$.id', '$.firstName', '$.lastName', '$.maidenName', '$.email', '$.phone',
    '$.birthDate', '$.gender', '$.address.address', '$.address.city', '$.address.state', '$.address.postalCode',
    '$.address.coordinates.lat', '$.address.coordinates.lng', '$.company.name', '$.company.department',
    '$.company.title']) AS f FROM bronze_crm_users),
typed AS (
  SELECT try_cast(f[1] AS BIGINT) AS id, title_case(tidy(f[2])) AS given_name, title_case(tidy(f[3])) AS family_name,
    tidy(f[4]) AS maiden_name, email(f[5]) AS email, is_email(email(f[5])) AS email_valid, phone(f[6]) AS phone,
    try_cast(f[7] AS DATE) AS birth_date, lower(tidy(f[8])) AS gender, tidy(f[9]) AS street, tidy(f[10]) AS city,
    tidy(f[11]) AS region, tidy(f[12]) AS postal_code, try_cast(f[13] AS DOUBLE) AS latitude,
    try_cast(f[14] AS DOUBLE) AS longitude, tidy(f[15]) AS company_name, tidy(f[16]) AS department,
    tidy(f[17]) AS job_title FROM fields)
SELECT *, nullif(concat_ws(' ', given_name, family_name), '') AS full_name FROM typed
WHERE id IS NOT NULL AND (given_name IS NOT NULL OR family_name IS NOT NULL OR email IS NOT NULL)

-- silver.erp_customers
SELECT row_number() OVER () AS row, try_cast(regexp_extract(cust_number, '\d+') AS BIGINT) AS number,
  title_case(tidy(full_name)) AS full_name, tidy(street) AS street, tidy(city) AS city,
  tidy(postal_code) AS postal_code, try_cast(split_part(lat_lng, ' : ', 1) AS DOUBLE) AS latitude,
  try_cast(split_part(lat_lng, ' : ', 2) AS DOUBLE) AS longitude, upper(tidy(tax_id)) AS tax_id
FROM bronze_erp_customers

-- silver.marketing_posts
WITH fields AS (
  SELECT json_extract_string(payload, ['$.id', '$.userId', '$.title', '$.reactions.likes', '$.reactions.dislikes',
    '$.views', '$.createdAt']) AS f, from_json(payload->'$.tags', '["VARCHAR"]') AS tags
  FROM bronze_marketing_posts)
SELECT try_cast(f[1] AS BIGINT) AS id, try_cast(f[2] AS BIGINT) AS user_id, tidy(f[3]) AS title,
  try_cast(f[4] AS BIGINT) AS likes, try_cast(f[5] AS BIGINT) AS dislikes, try_cast(f[6] AS BIGINT) AS views,
  try_cast(try_cast(f[7] AS TIMESTAMP) AS DATE) AS published_date,
  list_distinct([lower(trim(tag)) FOR tag IN tags IF trim(tag) <> '']) AS tags
FROM fields WHERE f[1] IS NOT NULL AND least(coalesce(views, 0), coalesce(likes, 0), coalesce(dislikes, 0)) >= 0

-- silver.support_tickets
WITH fields AS (
  SELECT json_extract_string(payload, ['$.ticket_id', '$.email', '$.category', '$.status', '$.priority',
    '$.created_at']) AS f FROM bronze_support_tickets)
SELECT try_cast(f[1] AS BIGINT) AS ticket_id, email(f[2]) AS email,
  word(f[3], ['billing', 'technical', 'general']) AS category, word(f[4], ['open', 'pending', 'closed']) AS status,
  word(f[5], ['low', 'medium', 'high']) AS priority, CAST(try_strptime(f[6], '%m/%d/%Y') AS DATE) AS created_date
FROM fields WHERE f[1] IS NOT NULL

-- gold.customer_crosswalk
WITH crm AS (SELECT id, email, email_valid FROM silver_crm_users),
emails AS (SELECT email, any_value(id) AS id FROM crm WHERE email_valid GROUP BY email HAVING count(*) = 1)
SELECT 'crm' AS source, id AS source_key, 'crm-' || id AS customer_id FROM crm
UNION ALL SELECT 'erp', row, CASE WHEN crm.id IS NOT NULL THEN 'crm-' || crm.id WHEN number IS NOT NULL
    THEN 'erp-' || number ELSE 'erp-row-' || row END
  FROM silver_erp_customers LEFT JOIN crm ON number = crm.id
UNION ALL SELECT 'marketing', post.id, 'crm-' || crm.id
  FROM silver_marketing_posts AS post JOIN crm ON user_id = crm.id
UNION ALL SELECT 'support', ticket_id, 'crm-' || emails.id
  FROM silver_support_tickets JOIN emails USING (email)

-- gold.customer_profile
WITH links AS (SELECT * FROM gold_customer_crosswalk),
customers AS (SELECT customer_id, count(DISTINCT source) AS source_count, count(*) AS record_count
  FROM links GROUP BY customer_id HAVING count(*) FILTER (source IN ('crm', 'erp')) > 0),
erp AS (SELECT customer_id, arg_min(erp, row) AS e FROM links
  JOIN silver_erp_customers AS erp ON source = 'erp' AND source_key = row
  GROUP BY customer_id),
crm AS (SELECT customer_id, crm AS c FROM links
  JOIN silver_crm_users AS crm ON source = 'crm' AND source_key = id)
SELECT customer_id, c.given_name, c.family_name, coalesce(c.full_name, e.full_name) AS full_name,
  CASE WHEN c.email_valid THEN c.email END AS email, c.phone, c.birth_date, c.gender,
  CASE WHEN whole THEN e.street ELSE c.street END AS street, CASE WHEN whole THEN e.city ELSE c.city END AS city,
  c.region, coalesce(CASE WHEN whole THEN e.postal_code END, c.postal_code) AS postal_code,
  CASE WHEN whole THEN e.latitude ELSE c.latitude END AS latitude,
  CASE WHEN whole THEN e.longitude ELSE c.longitude END AS longitude,
  e.tax_id, c.company_name, c.job_title, c.department, c.maiden_name, source_count, record_count
FROM (SELECT *, e.street IS NOT NULL AND e.city IS NOT NULL AS whole
  FROM customers LEFT JOIN erp USING (customer_id) LEFT JOIN crm USING (customer_id))

-- gold.customer_marketing_metrics
WITH posts AS (SELECT customer_id, post.* FROM gold_customer_crosswalk
  JOIN silver_marketing_posts AS post ON source = 'marketing' AND source_key = id),
tags AS (SELECT customer_id, tag, count(*) AS posts FROM (SELECT customer_id, unnest(tags) AS tag FROM posts)
  GROUP BY ALL),
top AS (SELECT customer_id, string_agg(tag, ', ' ORDER BY posts DESC, tag) AS top_tags FROM (SELECT * FROM tags
  QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY posts DESC, tag) <= 3) GROUP BY customer_id),
sums AS (SELECT customer_id, count(*) AS post_count, CAST(coalesce(sum(views), 0) AS BIGINT) AS view_count,
  CAST(coalesce(sum(likes), 0) AS BIGINT) AS like_count, CAST(coalesce(sum(dislikes), 0) AS BIGINT) AS dislike_count,
  min(published_date) AS first_post_date, max(published_date) AS last_post_date FROM posts GROUP BY customer_id)
SELECT *, (like_count + dislike_count) / nullif(view_count, 0) AS engagement_rate,
  like_count / nullif(like_count + dislike_count, 0) AS like_share FROM sums LEFT JOIN top USING (customer_id)

-- gold.customer_support_metrics
SELECT customer_id, count(*) AS ticket_count, count(*) FILTER (status = 'open') AS open_ticket_count,
  count(*) FILTER (status = 'pending') AS pending_ticket_count,
  count(*) FILTER (status = 'closed') AS closed_ticket_count,
  count(*) FILTER (priority = 'high') AS high_priority_ticket_count,
  count(*) FILTER (priority = 'high' AND status = 'open') AS open_high_priority_ticket_count,
  count(*) FILTER (category = 'billing') AS billing_ticket_count,
  count(*) FILTER (category = 'technical') AS technical_ticket_count,
  count(*) FILTER (category = 'general') AS general_ticket_count,
  min(created_date) AS first_ticket_date, max(created_date) AS last_ticket_date
FROM gold_customer_crosswalk
JOIN silver_support_tickets ON source = 'support' AND source_key = ticket_id
GROUP BY customer_id

-- gold.customer_360
SELECT COLUMNS(lambda c: NOT ends_with(c, '_count')), coalesce(COLUMNS('_count$'), 0),
  email IS NOT NULL OR phone IS NOT NULL AS is_reachable
FROM gold_customer_profile LEFT JOIN gold_customer_marketing_metrics USING (customer_id)
LEFT JOIN gold_customer_support_metrics USING (customer_id)

-- totals
SELECT (SELECT count(*) FROM gold_customer_360) AS customers,
  (SELECT count(*) FROM silver_marketing_posts) AS posts, (SELECT sum(views) FROM silver_marketing_posts) AS views,
  (SELECT count(*) FROM silver_support_tickets) AS tickets, (SELECT sum(post_count) FROM gold_customer_360) AS linked_posts,
  (SELECT sum(view_count) FROM gold_customer_360) AS linked_views,
  (SELECT sum(ticket_count) FROM gold_customer_360) AS linked_tickets

-- The two roles and the database. Run once by a superuser through psql: by script/server on its own cluster, by
-- docker-compose on first start, by hand on a database server you run yourself. Running it again changes nothing.
--
-- dho_owner owns every table and migrates. dho_app is what the application runs as: it owns nothing and is neither
-- superuser nor BYPASSRLS, because such roles pass row-level security silently.
\set ON_ERROR_STOP on
\getenv owner_password DHO_OWNER_PASSWORD
\getenv app_password DHO_APP_PASSWORD

SELECT 'CREATE ROLE dho_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dho_owner') \gexec
SELECT 'CREATE ROLE dho_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dho_app') \gexec
-- CREATEDB lets the tests make their own databases; it gives no right inside anyone else's.
ALTER ROLE dho_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE dho_app LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS PASSWORD :'app_password';

-- In template1, so that every database made from it, also a test database, opens the owner's tables to dho_app.
\connect template1
ALTER DEFAULT PRIVILEGES FOR ROLE dho_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO dho_app;
ALTER DEFAULT PRIVILEGES FOR ROLE dho_owner GRANT USAGE, SELECT ON SEQUENCES TO dho_app;
\connect postgres

SELECT 'CREATE DATABASE dho OWNER dho_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'dho') \gexec

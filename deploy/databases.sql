-- A database and a role for each service, made when PostgreSQL starts for the first time. None of them may do more than
-- use its own database. The passwords come from the environment, and stand in no command.
\getenv tandem_password TANDEM_DB_PASSWORD
\getenv mlflow_password MLFLOW_DB_PASSWORD
\getenv label_studio_password LABEL_STUDIO_DB_PASSWORD

CREATE ROLE tandem LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'tandem_password';
CREATE ROLE mlflow LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'mlflow_password';
CREATE ROLE label_studio LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'label_studio_password';

CREATE DATABASE tandem OWNER tandem;
CREATE DATABASE mlflow OWNER mlflow;
CREATE DATABASE label_studio OWNER label_studio;

REVOKE ALL ON DATABASE tandem FROM PUBLIC;
REVOKE ALL ON DATABASE mlflow FROM PUBLIC;
REVOKE ALL ON DATABASE label_studio FROM PUBLIC;

# Tandem's command line, server and worker in one image. Label Studio and MLflow run beside it (compose.yaml).
FROM python:3.11-slim-trixie

ENV PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    HF_HUB_OFFLINE=1 \
    TANDEM_STATE=/state

# pg_dump for backups, of the version of PostgreSQL in compose.yaml
RUN apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-client-17 \
 && rm -rf /var/lib/apt/lists/*

# the uid of whoever owns the study's folder on the host
ARG UID=1000
RUN useradd --create-home --uid $UID tandem \
 && mkdir /study /state /mlflow /certs \
 && chown tandem:tandem /study /state /mlflow \
 && chmod 700 /study /state /mlflow \
 # the user "postgres" of its image makes what PostgreSQL proves itself with
 && chown 999:999 /certs

# the requirements change more rarely than the code, so they are a layer of their own
WORKDIR /opt/tandem
COPY pyproject.toml constraints.txt requirements.lock README.md ./
RUN python -m venv .venv \
 && .venv/bin/pip install --no-cache-dir -c constraints.txt torch==2.13.0 \
 && .venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

COPY annotations ./annotations
COPY models ./models
COPY training ./training
COPY service ./service
COPY deploy ./deploy
RUN .venv/bin/pip install --no-cache-dir --no-deps .

ENV PATH=/opt/tandem/.venv/bin:$PATH
USER tandem
WORKDIR /study
VOLUME ["/study", "/state"]
EXPOSE 8430

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8430/health', timeout=4)"]
CMD ["tandem", "serve", "--host", "0.0.0.0"]

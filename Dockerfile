# The image of every process of docker-compose.yml. Its steps are those of script/setup, which does the work here too.
FROM python:3.11-slim-trixie

WORKDIR /app
ENV PYTHONUNBUFFERED=1

# First only what decides the dependencies, so that a change of code does not install them again.
COPY script/setup script/setup
COPY requirements.txt requirements-dev.txt requirements-node.txt package.json package-lock.json .npmrc ./
COPY dho/embedded/static_files.py dho/embedded/static_files.py
# --system brings Pango for PDF. Node is needed for the static files only and does not stay in the image.
RUN script/setup --system && rm -rf .node node_modules var /var/lib/apt/lists/*

COPY . .
RUN .venv/bin/python dho/translations.py compile
# Settings want secrets to start; these are thrown away with the step.
RUN DHO_PRODUCTION=1 DHO_SECRET_KEY=build DHO_BLIND_INDEX_KEY=00 \
    DHO_ENCRYPTION_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    .venv/bin/python manage.py collectstatic --no-input

RUN useradd --system --uid 10001 --no-create-home dho
USER dho
ENV PATH=/app/.venv/bin:$PATH
EXPOSE 8000
CMD ["gunicorn", "--config=gunicorn.conf.py", "dho.wsgi:application"]
